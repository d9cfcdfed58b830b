/** Names as their bearers write them. */

import { useLingui } from "@lingui/react/macro";
import type { Narrator, StoryItem, Text } from "@/shared/api/contract";
import { langOf, langOfName } from "@/shared/lib/languages";

type Named = { title: string; title_forms: Text[] };

/** The title, or a plain word where the story has none yet. */
export function useTitle(): (story: Named) => string {
  const { t } = useLingui();
  return (story) => story.title || story.title_forms[0]?.text || t`A story without a title yet`;
}

/** The language of the main title, where one of its forms says so. */
export function titleLang(story: Named): { lang?: string } {
  return langOf(story.title_forms.find((form) => form.text === story.title)?.language);
}

export function narratorLine(narrators: readonly Narrator[]): string {
  return narrators.map((narrator) => narrator.names.map((name) => name.text).join(" ")).join(", ");
}

/** All narrators of a story, each with every name in its own script. */
export function Narrators({
  narrators,
  bold = false,
}: {
  narrators: readonly Narrator[];
  bold?: boolean;
}) {
  return narrators.map((narrator, i) => (
    <span key={narrator.id}>
      {i > 0 && ", "}
      {narrator.names.map((name, n) => (
        <span
          key={`${name.text}${name.script}`}
          {...langOfName(name)}
          className={bold && n === 0 ? "font-bold" : ""}
        >
          {n > 0 && " "}
          {name.text}
        </span>
      ))}
    </span>
  ));
}

const HAN = /\p{Script=Han}/u;

/** What stands on a tile instead of a portrait: a name in its own script, upright where it is Han. */
export function tileName(story: Pick<StoryItem, "narrators" | "title">): {
  text: string;
  lang?: string;
  han: boolean;
} {
  const names = story.narrators[0]?.names ?? [];
  const own =
    names.find((name) => /[^\p{Script=Latin}\p{P}\p{Z}\p{M}\p{N}]/u.test(name.text)) ?? names[0];
  const text = own?.text ?? story.title;
  return { text, ...langOfName(own), han: HAN.test(text) };
}

/** One letter of a tile: the last of a Han name (the given one), else the first. */
export function oneLetter(text: string): string {
  const letters = [
    ...new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text.trim()),
  ].map(({ segment }) => segment);
  return (HAN.test(text) ? letters.at(-1) : letters[0]?.toLocaleUpperCase()) ?? "·";
}
