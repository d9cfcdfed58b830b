/** Marks counted in code points, as the server counts, on strings counted in UTF-16, as JavaScript does. */

export type Piece = { text: string; marked: boolean };

/** The UTF-16 index of a code point; beyond the end, the length. */
export function utf16Index(text: string, codePoint: number): number {
  let index = 0;
  for (let seen = 0; seen < codePoint && index < text.length; seen += 1) {
    index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
  }
  return index;
}

/** A text cut at its marks. Marks may overlap and come in any order; empty ones vanish. */
export function cutAtMarks(text: string, spans: readonly (readonly number[])[]): Piece[] {
  const ranges = spans
    .map(([from = 0, to = 0]) => [utf16Index(text, from), utf16Index(text, to)] as const)
    .filter(([from, to]) => to > from)
    .sort((a, b) => a[0] - b[0]);
  const pieces: Piece[] = [];
  let at = 0;
  for (const [from, to] of ranges) {
    if (to <= at) continue;
    const start = Math.max(from, at);
    if (start > at) pieces.push({ text: text.slice(at, start), marked: false });
    const last = pieces.at(-1);
    if (last?.marked && start === at) last.text += text.slice(start, to);
    else pieces.push({ text: text.slice(start, to), marked: true });
    at = to;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), marked: false });
  return pieces;
}
