/** Lets in who may add a story; tells everybody else how to get in. */
import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { atLeast, useAccount } from "@/features/accounts/session";
import { Header } from "@/features/accounts/shell/Header";
import type { Account } from "@/shared/api/contract";
import { MAIN } from "@/shared/ui/Button";
import { useHeadingFocus } from "./Frame";

function Closed({ heading, children }: { heading: ReactNode; children: ReactNode }) {
  const title = useHeadingFocus("closed");
  return (
    <>
      <Header />
      <div className="page py-8 lg:py-18">
        <h1 ref={title} tabIndex={-1} className="text-32 leading-[1.2] outline-none lg:text-40">
          {heading}
        </h1>
        {children}
      </div>
    </>
  );
}

type Props = { waiting: ReactNode; children: (account: Account) => ReactNode };

export function Gate({ waiting, children }: Props) {
  const account = useAccount();
  if (account === undefined) return waiting;
  if (account === null)
    return (
      <Closed heading={<Trans>Add a story</Trans>}>
        <p className="mt-4 max-w-[62ch] text-18 leading-(--lh)">
          <Trans>
            Sign in first, so that the recording stays yours. You come back here afterwards, and
            what you had begun on this phone is kept.
          </Trans>
        </p>
        <p className="mt-6">
          <Link to="/sign-in" search={{ next: "/add" }} className={MAIN}>
            <Trans>Sign in</Trans>
          </Link>
        </p>
        <p className="mt-6 max-w-[62ch] text-16 text-ink-2">
          <Trans>
            No account yet? Ask the people of this archive for an invitation. They send you a link
            that works once.
          </Trans>
        </p>
      </Closed>
    );
  if (!atLeast(account, "volunteer"))
    return (
      <Closed heading={<Trans>Add a story</Trans>}>
        <p className="mt-4 max-w-[62ch] text-18 leading-(--lh)">
          <Trans>
            With your account you may listen and read. To add stories, ask the people of this
            archive to make you a volunteer.
          </Trans>
        </p>
        <p className="mt-6">
          <Link to="/" className="link reach">
            <Trans>Home</Trans>
          </Link>
        </p>
      </Closed>
    );
  return children(account);
}
