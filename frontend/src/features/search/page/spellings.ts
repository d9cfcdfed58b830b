/** Other ways to write what was asked: those found, and those worth trying. */
import type { Hit } from "@/shared/api/contract";

/** The spellings that were found beside the one typed, most seen first. */
export function alsoFound(
  answer: { items: readonly { hits: readonly Hit[] }[] },
  q: string,
): string[] {
  const typed = q.trim().toLocaleLowerCase();
  const seen = answer.items.flatMap((item) =>
    item.hits.flatMap((hit) => (hit.via === "alias" ? (hit.matched_as ?? []) : [])),
  );
  return [...new Set(seen)].filter((form) => form.toLocaleLowerCase() !== typed).slice(0, 4);
}

/** The same family name in the scripts of those who bear it; a hand's count, to show the way. */
const EXAMPLES: readonly string[][] = [
  ["Nguyễn", "阮", "Yuen"],
  ["Trần", "陳", "Chan"],
  ["Lee", "李", "이", "Lý"],
  ["Nakamura", "中村", "なかむら"],
  ["Kim", "김", "金"],
  ["Park", "박", "朴"],
];

export function otherScripts(q: string): string[] {
  const bare = (text: string) =>
    text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase().trim();
  const row = EXAMPLES.find((forms) => forms.some((form) => bare(form) === bare(q)));
  return row ? row.filter((form) => bare(form) !== bare(q)) : [];
}
