/** Marks in the text without touching it: ranges for the browser's own highlights. */

type Name = "said" | "unsure" | "found" | "found-here";

const PRIORITY: Record<Name, number> = { unsure: 0, found: 1, "found-here": 2, said: 3 };

/** Whether this browser can mark ranges; without it the line alone is lit. */
export const canHighlight =
  typeof CSS !== "undefined" && "highlights" in CSS && typeof Highlight !== "undefined";

export function mark(name: Name, ranges: Iterable<AbstractRange>): void {
  if (!canHighlight) return;
  const highlight = new Highlight(...ranges);
  highlight.priority = PRIORITY[name];
  CSS.highlights.set(name, highlight);
}

export function unmark(...names: Name[]): void {
  if (canHighlight) for (const name of names) CSS.highlights.delete(name);
}

/**
 * A range of a line's own text, across the "?" of unsure words, which hold none; null where a
 * browser's translation has put its own nodes there.
 */
export function rangeIn(line: Element | null, from: number, to: number): StaticRange | null {
  let at = 0;
  let start: { node: Text; offset: number } | null = null;
  for (const node of line?.childNodes ?? []) {
    if (node instanceof HTMLElement && node.classList.contains("unsure")) continue;
    if (!(node instanceof Text)) return null;
    if (!start && from < at + node.length) start = { node, offset: from - at };
    if (start && to <= at + node.length)
      return new StaticRange({
        startContainer: start.node,
        startOffset: start.offset,
        endContainer: node,
        endOffset: to - at,
      });
    at += node.length;
  }
  return null;
}
