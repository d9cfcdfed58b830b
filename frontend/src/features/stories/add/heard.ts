/** How much of a sound has been heard while its windows come back in an order of their own. */
import type { Span } from "@/shared/api/contract";

/** Pauses up to this between two heard stretches were heard with them. */
const PAUSE_MS = 4000;

/** Stretches that overlap or stand near each other joined, in order of the sound. */
export function stretches(spans: readonly Span[], pauseMs = PAUSE_MS): Span[] {
  const out: Span[] = [];
  for (const { start_ms, end_ms } of [...spans].sort((a, b) => a.start_ms - b.start_ms)) {
    const last = out.at(-1);
    if (last !== undefined && start_ms - last.end_ms <= pauseMs) {
      last.end_ms = Math.max(last.end_ms, end_ms);
    } else {
      // A sound that begins with a short pause was heard from its first moment.
      out.push({ start_ms: out.length === 0 && start_ms <= pauseMs ? 0 : start_ms, end_ms });
    }
  }
  return out;
}

/** Milliseconds covered by stretches that do not overlap. */
export function covered(spans: readonly Span[]): number {
  return spans.reduce((sum, { start_ms, end_ms }) => sum + (end_ms - start_ms), 0);
}
