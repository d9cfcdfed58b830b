/** The languages these pages can be read in: a row, or the items of a menu. */
import { useLingui } from "@lingui/react";
import { Icon } from "../ui/Icon";
import { MENU_ITEM } from "../ui/Menu";
import { choose, LOCALES } from "./index";

export function LanguageRow({ className = "" }: { className?: string }) {
  const { i18n } = useLingui();
  return (
    <ul className={`flex flex-wrap gap-x-6 ${className}`}>
      {LOCALES.map((locale) => {
        const on = locale.tag === i18n.locale;
        return (
          <li key={locale.tag}>
            <button
              type="button"
              lang={locale.tag}
              aria-pressed={on}
              onClick={() => choose(locale.tag)}
              className={`min-h-11 border-b-2 ${on ? "border-accent font-bold" : "border-transparent"}`}
            >
              {locale.name}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

export function LanguageItems({ close }: { close: () => void }) {
  const { i18n } = useLingui();
  return (
    <ul>
      {LOCALES.map((locale) => {
        const on = locale.tag === i18n.locale;
        return (
          <li key={locale.tag}>
            <button
              type="button"
              lang={locale.tag}
              aria-pressed={on}
              className={`${MENU_ITEM} ${on ? "font-bold" : ""}`}
              onClick={() => {
                choose(locale.tag);
                close();
              }}
            >
              {locale.name}
              {on && <Icon name="check" />}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/** The name of the language that is on. */
export function useLocaleName(): { tag: string; name: string; draft: boolean } {
  const { i18n } = useLingui();
  return (
    LOCALES.find((locale) => locale.tag === i18n.locale) ?? {
      tag: "en",
      name: "English",
      draft: false,
    }
  );
}
