/** The head of every page: word mark, where to go, language, account. */

import { Trans, useLingui } from "@lingui/react/macro";
import { Link, useRouterState } from "@tanstack/react-router";
import { LanguageItems, LanguageRow, useLocaleName } from "@/shared/i18n/Languages";
import { PLAIN } from "@/shared/ui/Button";
import { Icon } from "@/shared/ui/Icon";
import { MENU_ITEM, Menu } from "@/shared/ui/Menu";
import { useAccount, useSignOut } from "../session";

const NAV = "flex min-h-11 items-center border-b-2 border-transparent px-3 no-underline";
const HERE = { className: `${NAV} border-accent! font-bold` };

function AccountPlace() {
  const account = useAccount();
  const signOut = useSignOut();
  if (account === undefined) return null;
  if (account === null)
    return (
      <Link to="/sign-in" className="hidden min-h-11 items-center px-3 no-underline lg:flex">
        <Trans>Sign in</Trans>
      </Link>
    );
  return (
    <Menu
      className="hidden lg:block"
      label={
        <>
          <span className="max-w-40 truncate">{account.name || account.email}</span>
          <Icon name="down" size={16} />
        </>
      }
    >
      {(close) => (
        <ul>
          <li>
            <Link to="/my" className={MENU_ITEM} onClick={close}>
              <Trans>My contributions</Trans>
            </Link>
          </li>
          <li>
            <button
              type="button"
              className={MENU_ITEM}
              onClick={() => {
                close();
                signOut.mutate();
              }}
            >
              <Trans>Sign out</Trans>
            </button>
          </li>
        </ul>
      )}
    </Menu>
  );
}

function PhoneMenu({ close }: { close: () => void }) {
  const account = useAccount();
  const signOut = useSignOut();
  return (
    <ul>
      <li>
        <Link to="/stories" className={MENU_ITEM} onClick={close}>
          <Trans>Listen</Trans>
        </Link>
      </li>
      <li>
        <Link to="/search" className={MENU_ITEM} onClick={close}>
          <Trans>Search</Trans>
        </Link>
      </li>
      <li>
        <Link to="/add" className={MENU_ITEM} onClick={close}>
          <Trans>Add a story</Trans>
        </Link>
      </li>
      {account ? (
        <>
          <li>
            <Link to="/my" className={MENU_ITEM} onClick={close}>
              <Trans>My contributions</Trans>
            </Link>
          </li>
          <li>
            <button
              type="button"
              className={MENU_ITEM}
              onClick={() => {
                close();
                signOut.mutate();
              }}
            >
              <Trans>Sign out</Trans>
            </button>
          </li>
        </>
      ) : (
        <li>
          <Link to="/sign-in" className={MENU_ITEM} onClick={close}>
            <Trans>Sign in</Trans>
          </Link>
        </li>
      )}
    </ul>
  );
}

export function Header() {
  const { t } = useLingui();
  const locale = useLocaleName();
  const home = useRouterState({ select: (state) => state.location.pathname === "/" });
  return (
    <header className="border-b border-line print:hidden">
      <div className="page flex min-h-[4.5rem] items-center gap-x-6 max-lg:min-h-15">
        <Link
          to="/"
          className="flex min-h-11 items-center text-24 font-bold no-underline max-lg:text-20"
        >
          Storybraid
        </Link>
        <nav aria-label={t`Main`} className="hidden lg:block">
          <ul className="flex gap-x-1 pl-3">
            <li>
              <Link to="/stories" className={NAV} activeProps={HERE}>
                <Trans>Listen</Trans>
              </Link>
            </li>
            <li>
              <Link to="/search" className={NAV} activeProps={HERE}>
                <Trans>Search</Trans>
              </Link>
            </li>
          </ul>
        </nav>
        <div className="ml-auto flex items-center gap-x-2">
          <Menu
            className={home ? "lg:hidden" : ""}
            label={
              <>
                <span lang={locale.tag}>{locale.name}</span>
                <Icon name="down" size={16} />
              </>
            }
          >
            {(close) => <LanguageItems close={close} />}
          </Menu>
          <AccountPlace />
          <Link to="/add" className={`${PLAIN} max-lg:hidden`}>
            <Trans>Add a story</Trans>
          </Link>
          <Menu className="lg:hidden" name={t`Menu`} label={<Icon name="menu" size={24} />}>
            {(close) => <PhoneMenu close={close} />}
          </Menu>
        </div>
      </div>
      {home && (
        <nav aria-label={t`Read this site in`} className="hidden border-t border-line lg:block">
          <div className="page">
            <LanguageRow />
          </div>
        </nav>
      )}
    </header>
  );
}
