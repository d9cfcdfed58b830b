/** Language tags in the reader's eyes: each named in its own script. */

/** Names the browser's own tables get wrong or lack for oral history. */
const OWN: Record<string, string> = {
  yue: "粵語",
  "yue-Hant": "粵語",
  fil: "Tagalog",
  tl: "Tagalog",
  cmn: "中文",
  zh: "中文",
  "zh-Hant": "繁體中文",
  "zh-Hans": "简体中文",
  ja: "日本語",
  ko: "한국어",
  vi: "Tiếng Việt",
  hi: "हिन्दी",
  en: "English",
  // Some browsers' tables are cut down: these are the neighbours of the languages above.
  nan: "閩南語",
  hak: "客家話",
  wuu: "吳語",
  bo: "བོད་སྐད་",
  mn: "Монгол",
  my: "မြန်မာ",
  km: "ខ្មែរ",
  jv: "Basa Jawa",
  su: "Basa Sunda",
  ilo: "Ilokano",
  ne: "नेपाली",
  as: "অসমীয়া",
  si: "සිංහල",
  sa: "संस्कृतम्",
  haw: "ʻŌlelo Hawaiʻi",
  ba: "Башҡортса",
};

/** What a language is called by those who speak it; the tag itself where nobody knows. */
export function ownName(tag: string | null | undefined): string {
  if (!tag || tag === "und") return "";
  const own = OWN[tag] ?? OWN[tag.split("-")[0] ?? ""];
  if (own && !(tag in OWN) && tag.startsWith("zh-"))
    return /-(TW|HK|MO)/.test(tag) ? "繁體中文" : own;
  if (own) return own;
  try {
    const name = new Intl.DisplayNames([tag], { type: "language", fallback: "none" }).of(tag);
    return name ? name.charAt(0).toLocaleUpperCase(tag) + name.slice(1) : tag;
  } catch {
    return tag;
  }
}

/** `lang` for a run of text, left out where the language is not known. */
export function langOf(tag: string | null | undefined): { lang?: string } {
  return tag && tag !== "und" ? { lang: tag } : {};
}

const OF_SCRIPT: Record<string, string> = {
  Hira: "ja",
  Kana: "ja",
  Jpan: "ja",
  Hang: "ko",
  Kore: "ko",
  Deva: "hi",
};

/** `lang` for a name: its language, else what its script leaves no doubt about. */
export function langOfName(name: { language: string | null; script: string | null } | undefined): {
  lang?: string;
} {
  return langOf(name?.language ?? OF_SCRIPT[name?.script ?? ""]);
}
