/** The languages of the pages: which catalogues exist, which one is on, and how it is changed. */
import { i18n, type Messages } from "@lingui/core";

export type Locale = { tag: string; name: string; draft: boolean };

/** Only catalogues that exist. `draft`: made by a machine, not yet read by a native reader. */
export const LOCALES: readonly Locale[] = [
  { tag: "en", name: "English", draft: false },
  { tag: "zh-Hant", name: "繁體中文", draft: true },
];

/** The pseudo-locale is never offered; tests ask for it by its tag. */
export const PSEUDO = "en-XA";
const KEPT = "storybraid.language";

/** Parts of a catalogue: `main` for every page, the others only where they are needed. */
export type Part = "main" | "story" | "add";
type Load = Record<Part, () => Promise<{ messages: Messages }>>;

const CATALOGUES: Record<string, Load> = {
  en: {
    main: () => import("./locales/en/main.po"),
    story: () => import("./locales/en/story.po"),
    add: () => import("./locales/en/add.po"),
  },
  "zh-Hant": {
    main: () => import("./locales/zh-Hant/main.po"),
    story: () => import("./locales/zh-Hant/story.po"),
    add: () => import("./locales/zh-Hant/add.po"),
  },
};

const needed = new Set<Part>(["main"]);

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
  if (chosen && (chosen in CATALOGUES || chosen === PSEUDO)) return chosen;
  return preferred(navigator.languages);
}

async function fetched(tag: string, part: Part): Promise<Messages> {
  const load = CATALOGUES[tag] ?? CATALOGUES.en;
  if (!load) return {};
  const { messages } = await load[part]();
  return tag === PSEUDO ? (await import("./pseudo")).pseudo(messages) : messages;
}

/** Loads the parts in use, turns the language on and writes it on the page's `lang`. */
export async function activate(tag: string): Promise<void> {
  const parts = await Promise.all([...needed].map((part) => fetched(tag, part)));
  i18n.loadAndActivate({ locale: tag, messages: Object.assign({}, ...parts) });
  document.documentElement.lang = tag;
}

/** Makes sure that a part's words are there, in the language that is on and in those chosen later. */
export async function needPart(part: Part): Promise<void> {
  if (needed.has(part)) return;
  const messages = await fetched(i18n.locale, part);
  needed.add(part);
  i18n.load(i18n.locale, messages);
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
