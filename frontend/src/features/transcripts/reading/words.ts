/** Where each timed word lies in the text of its cue. */
import type { Cue, Span } from "@/shared/api/contract";

export type Place = Span & { from: number; to: number; probability: number | null };

/**
 * UTF-16 ranges of a cue's words in its text, in order. A word that is not found where it should
 * stand (an edited text) is left out, and the ones after it are still found.
 */
export function placesOf(cue: Pick<Cue, "text" | "words">): Place[] {
  const places: Place[] = [];
  let at = 0;
  for (const word of cue.words) {
    const bare = word.text.trim();
    if (!bare) continue;
    const from = cue.text.indexOf(bare, at);
    if (from < 0 || from - at > 40) continue;
    at = from + bare.length;
    places.push({
      from,
      to: at,
      start_ms: word.start_ms,
      end_ms: word.end_ms,
      probability: word.probability,
    });
  }
  return places;
}

/** The word that sounds at `ms`: the last that has begun within this cue, null before the first. */
export function wordAt(places: readonly Place[], ms: number): Place | null {
  let found: Place | null = null;
  for (const place of places) {
    if (place.start_ms > ms) break;
    found = place;
  }
  return found;
}

/** Below this the machine was not sure of a word. */
export const UNSURE = 0.35;

/** A stretch of a cue's text, in UTF-16 units. */
export type Stretch = { from: number; to: number };
const TAIL = /[\p{P}\p{S}\s]+$/u;
const known = new WeakMap<object, readonly Stretch[]>();

/**
 * The unsure words of a cue, those that follow each other as one stretch; a comma or full stop at
 * the end belongs to the sentence and not to the doubt.
 */
export function unsureIn(cue: Pick<Cue, "text" | "words">): readonly Stretch[] {
  const before = known.get(cue);
  if (before) return before;
  const out: Stretch[] = [];
  let open = false;
  for (const { from, to, probability } of placesOf(cue)) {
    const unsure = probability !== null && probability < UNSURE;
    const end = from + cue.text.slice(from, to).replace(TAIL, "").length;
    const last = out.at(-1);
    if (unsure && end > from) {
      if (open && last) last.to = end;
      else out.push({ from, to: end });
    }
    open = unsure;
  }
  known.set(cue, out);
  return out;
}

/** Words that overlap a span of time, with a little slack for rounding. */
export function wordsWithin(places: readonly Place[], span: Span): Place[] {
  return places.filter(
    (place) => place.start_ms >= span.start_ms - 60 && place.end_ms <= span.end_ms + 60,
  );
}

/** A place found: its time, and the words that matched as they are written there. */
export type Found = Span & { forms: readonly string[] };

const bare = (text: string) =>
  text
    .normalize("NFKC")
    .toLocaleLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}]/gu, "");

/** The words of a cue that a place found marks; all within its time where none is written alike. */
export function foundWords(cue: Pick<Cue, "text" | "words">, found: Found): Place[] {
  const within = wordsWithin(placesOf(cue), found);
  const forms = found.forms.map(bare).filter(Boolean);
  const alike = within.filter((place) => {
    const word = bare(cue.text.slice(place.from, place.to));
    return word !== "" && forms.some((form) => form.includes(word) || word.includes(form));
  });
  return alike.length > 0 ? alike : within;
}
