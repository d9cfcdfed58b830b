/** The languages of the pages: which catalogues exist, which one is on, and how it is changed. */
import { i18n, type Messages } from "@lingui/core";
import { pseudo } from "./pseudo";

export type Locale = { tag: string; name: string; draft: boolean };

/** Only catalogues that exist. `draft`: made by a machine, not yet read by a native reader. */
export const LOCALES: readonly Locale[] = [
  { tag: "en", name: "English", draft: false },
  { tag: "zh-Hant", name: "繁體中文", draft: true },
];

/** The pseudo-locale is never offered; tests ask for it by its tag. */
export const PSEUDO = "en-XA";
const KEPT = "storybraid.language";

const load: Record<string, () => Promise<{ messages: Messages }>> = {
  en: () => import("./locales/en.po"),
  "zh-Hant": () => import("./locales/zh-Hant.po"),
};

/** The best catalogue for what the reader's browser asks for, in the browser's order. */
export function preferred(asked: readonly string[]): string {
  for (const tag of asked) {
    const low = tag.toLowerCase();
    if (/^(zh|yue)-(hant|tw|hk|mo)|^yue$/.test(low)) return "zh-Hant";
    const base = low.split("-")[0];
    const found = LOCALES.find((locale) => locale.tag === base);
    if (found) return found.tag;
  }
  return "en";
}

function kept(): string | null {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null; // Storage may be closed; the browser's languages then decide each time.
  }
}

/** The language to begin with: the one chosen before, else the browser's. */
export function initialLocale(): string {
  const chosen = kept();
  if (chosen && (chosen in load || chosen === PSEUDO)) return chosen;
  return preferred(navigator.languages);
}

/** Loads a catalogue, turns it on and writes it on the page's `lang`. */
export async function activate(tag: string): Promise<void> {
  const { messages } = await (load[tag] ?? load.en ?? (() => Promise.reject()))();
  i18n.loadAndActivate({ locale: tag, messages: tag === PSEUDO ? pseudo(messages) : messages });
  document.documentElement.lang = tag;
}

/** As `activate`, and remembered on this device. */
export async function choose(tag: string): Promise<void> {
  await activate(tag);
  try {
    localStorage.setItem(KEPT, tag);
  } catch {
    // The choice then lasts until the page is left.
  }
}
