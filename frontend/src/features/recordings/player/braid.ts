/** The braid: one row per language, one line that moves to the row of the language heard. */
import type { Segment } from "@/shared/api/contract";

export type Strand = { tag: string; ms: number };

/** The languages of the segments, most spoken first. */
export function strands(segments: readonly Segment[]): Strand[] {
  const sums = new Map<string, number>();
  for (const { tag, start_ms, end_ms } of segments)
    sums.set(tag, (sums.get(tag) ?? 0) + Math.max(0, end_ms - start_ms));
  return [...sums].map(([tag, ms]) => ({ tag, ms })).sort((a, b) => b.ms - a.ms);
}

/** Neighbours of one language joined, then the shortest swallowed until at most `most` are left. */
export function simplify(segments: readonly Segment[], most: number): Segment[] {
  const joined = (list: readonly Segment[]) =>
    list.reduce<Segment[]>((out, segment) => {
      const last = out.at(-1);
      if (last && last.tag === segment.tag) last.end_ms = segment.end_ms;
      else out.push({ ...segment });
      return out;
    }, []);
  let list = joined([...segments].sort((a, b) => a.start_ms - b.start_ms));
  while (list.length > most) {
    let shortest = 0;
    list.forEach((segment, i) => {
      const best = list[shortest];
      if (best && segment.end_ms - segment.start_ms < best.end_ms - best.start_ms) shortest = i;
    });
    const gone = list[shortest];
    const neighbour = list[shortest - 1];
    if (gone && neighbour) neighbour.end_ms = gone.end_ms;
    list = joined(list.filter((_, i) => i !== shortest));
  }
  return list;
}

type Box = { fromMs: number; toMs: number; width: number; rowHeight: number; curve: number };

/**
 * The line as SVG path data. A change of language is an S-curve of `curve` units around the moment
 * where the next language begins, narrower where two changes stand close together.
 */
export function braidPath(
  segments: readonly Segment[],
  order: readonly string[],
  box: Box,
): string {
  const x = (ms: number) =>
    Math.min(box.width, Math.max(0, ((ms - box.fromMs) / (box.toMs - box.fromMs)) * box.width));
  const y = (tag: string) => (Math.max(0, order.indexOf(tag)) + 0.5) * box.rowHeight;
  const n = (value: number) => String(Math.round(value * 100) / 100);
  const first = segments[0];
  if (!first) return "";
  let path = `M0 ${n(y(first.tag))}`;
  for (let i = 1; i < segments.length; i += 1) {
    const before = segments[i - 1];
    const now = segments[i];
    if (!before || !now || before.tag === now.tag) continue;
    const at = x(now.start_ms);
    const room = Math.min(at - x(before.start_ms), x(segments[i + 1]?.start_ms ?? box.toMs) - at);
    const half = Math.max(0, Math.min(box.curve, room) / 2);
    const [from, to] = [y(before.tag), y(now.tag)];
    path += ` H${n(at - half)} C${n(at)} ${n(from)} ${n(at)} ${n(to)} ${n(at + half)} ${n(to)}`;
  }
  return `${path} H${n(box.width)}`;
}
