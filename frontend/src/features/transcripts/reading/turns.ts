/** From cues to what is read: lines gathered into turns, with placeholders where no words are. */
import type { Cue, Span } from "@/shared/api/contract";

export type Line = Span &
  ({ kind: "cue" | "doubtful"; cue: Cue } | { kind: "untranscribed" | "gap"; reason: string });
export type Turn = { speaker: string | null; lines: Line[] };

/** Shorter stretches without words are breath, not a loss worth a box. */
const LEAST_UNTRANSCRIBED_MS = 2_000;
/** A pause after which a new paragraph begins where nobody is named. */
const PAUSE_MS = 2_500;
/** A paragraph this long ends at the next end of a sentence. */
const LONG_MS = 45_000;

/** A line grows from cue to cue up to this length, unless a sentence ends before. */
const LINE_MS = 20_000;
const LINE_LETTERS = 240;
const SENTENCE_END = /[.!?…。！？।]["”’」』)]*$/u;
/** Scripts that are written without spaces between words. */
const UNSPACED = /^(zh|yue|ja|th|lo|km|my)\b/;

type Untranscribed = Span & { reason: string };

/**
 * Cues as a reader reads them: the pieces in which a machine heard a sentence are joined to one line,
 * in one language, of one speaker, without a pause between. Words keep their own times.
 */
export function joined(cues: readonly Cue[]): Cue[] {
  const out: Cue[] = [];
  for (const cue of cues) {
    const last = out.at(-1);
    const goesOn =
      last &&
      !last.doubtful &&
      !cue.doubtful &&
      last.language === cue.language &&
      last.speaker === cue.speaker &&
      !SENTENCE_END.test(last.text.trim()) &&
      cue.start_ms - last.end_ms < 1500 &&
      cue.end_ms - last.start_ms <= LINE_MS &&
      last.text.length + cue.text.length <= LINE_LETTERS;
    if (!goesOn) {
      out.push({ ...cue, text: cue.text.trim() });
      continue;
    }
    const space = UNSPACED.test(cue.language ?? "") ? "" : " ";
    last.text = `${last.text}${space}${cue.text.trim()}`;
    last.words = [...last.words, ...cue.words];
    last.end_ms = Math.max(last.end_ms, cue.end_ms);
  }
  return out;
}

/** All lines of one recording by time; a doubtful span beside another becomes one. */
export function linesOf(
  cues: readonly Cue[],
  untranscribed: readonly Untranscribed[],
  gaps: readonly Span[],
): Line[] {
  const lines: Line[] = [
    ...joined(cues).map(
      (cue): Line => ({
        kind: cue.doubtful ? "doubtful" : "cue",
        cue,
        start_ms: cue.start_ms,
        end_ms: cue.end_ms,
      }),
    ),
    ...untranscribed
      .filter((span) => span.end_ms - span.start_ms >= LEAST_UNTRANSCRIBED_MS)
      .map((span): Line => ({ ...span, kind: "untranscribed" })),
    ...gaps.map((span): Line => ({ ...span, kind: "gap", reason: "" })),
  ].sort((a, b) => a.start_ms - b.start_ms || a.end_ms - b.end_ms);
  const out: Line[] = [];
  for (const line of lines) {
    const last = out.at(-1);
    const wordless = line.kind === "doubtful" && line.cue.text === "";
    if (
      wordless &&
      last?.kind === "doubtful" &&
      last.cue.text === "" &&
      line.start_ms - last.end_ms < 1000
    )
      last.end_ms = Math.max(last.end_ms, line.end_ms);
    else out.push({ ...line });
  }
  return out;
}

/** Turns: a new one with another speaker, or after a pause where nobody is named. */
export function turnsOf(lines: readonly Line[]): Turn[] {
  const turns: Turn[] = [];
  for (const line of lines) {
    const turn = turns.at(-1);
    const before = turn?.lines.at(-1);
    const speaker = "cue" in line ? line.cue.speaker : (turn?.speaker ?? null);
    const first = turn?.lines[0];
    const ended = before && "cue" in before && SENTENCE_END.test(before.cue.text.trim());
    const long = !!first && !!before && !!ended && before.end_ms - first.start_ms > LONG_MS;
    const paused =
      !!before && "cue" in line && "cue" in before && line.start_ms - before.end_ms >= PAUSE_MS;
    if (!turn || speaker !== turn.speaker || long || paused) turns.push({ speaker, lines: [line] });
    else turn.lines.push(line);
  }
  return turns;
}

/** The index of the line that sounds at `ms`: the last that has begun, and not long ended; -1 between. */
export function lineAt(lines: readonly Line[], ms: number): number {
  let [low, high] = [0, lines.length - 1];
  let found = -1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if ((lines[middle]?.start_ms ?? 0) <= ms) {
      found = middle;
      low = middle + 1;
    } else high = middle - 1;
  }
  const line = lines[found];
  // Between two lines the last one stays lit for a breath, so that the page does not flicker.
  return line && ms < Math.max(line.end_ms, line.start_ms + 200) + 700 ? found : -1;
}

/** The line to bring onto the screen for a time: the one that sounds, else the last begun, else the first. */
export function lineNear(lines: readonly Line[], ms: number): number {
  const at = lines.findLastIndex((line) => line.start_ms <= ms);
  return Math.max(0, at);
}
