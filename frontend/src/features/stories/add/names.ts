/** Which writing a name is in, told from its letters (ISO 15924). */

const SCRIPTS: readonly [code: string, letter: RegExp][] = [
  ["Hira", /\p{Script=Hiragana}/u],
  ["Kana", /\p{Script=Katakana}/u],
  ["Hang", /\p{Script=Hangul}/u],
  ["Hani", /\p{Script=Han}/u],
  ["Deva", /\p{Script=Devanagari}/u],
  ["Arab", /\p{Script=Arabic}/u],
  ["Cyrl", /\p{Script=Cyrillic}/u],
  ["Grek", /\p{Script=Greek}/u],
  ["Thai", /\p{Script=Thai}/u],
  ["Tglg", /\p{Script=Tagalog}/u],
  ["Taml", /\p{Script=Tamil}/u],
  ["Beng", /\p{Script=Bengali}/u],
  ["Latn", /\p{Script=Latin}/u],
];

/**
 * The script of `text`, null where no letter of it is known here. Kanji mixed with kana is "Jpan",
 * as ISO 15924 calls it; of other mixtures the first in the text.
 */
export function scriptOf(text: string): string | null {
  const found = new Map<string, number>();
  for (const [code, letter] of SCRIPTS) {
    const at = text.search(letter);
    if (at >= 0) found.set(code, at);
  }
  const kana = found.has("Hira") || found.has("Kana");
  if (kana && (found.has("Hani") || (found.has("Hira") && found.has("Kana")))) return "Jpan";
  const first = [...found].sort((one, other) => one[1] - other[1])[0];
  return first?.[0] ?? null;
}
