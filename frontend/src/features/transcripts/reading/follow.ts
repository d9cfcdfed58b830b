/** Whether the page follows the voice: it does until the reader goes elsewhere, and never pulls back. */

export type Follow = { following: boolean; away: boolean };
export type FollowEvent =
  | { type: "reader-scrolled" }
  | { type: "asked-for-place" }
  | { type: "line-seen"; seen: boolean }
  | { type: "calm"; calm: boolean };

export const FOLLOWING: Follow = { following: true, away: false };

/**
 * `reader-scrolled` stops following; `asked-for-place` (a line pressed, a seek, "Back to …") starts
 * it again; `line-seen` says whether the line that sounds is on the screen: the way back is offered
 * only while it is not. `calm` (reduced motion) never follows by itself.
 */
export function follow(state: Follow, event: FollowEvent): Follow {
  switch (event.type) {
    case "reader-scrolled":
      return state.following ? { ...state, following: false } : state;
    case "asked-for-place":
      return { following: true, away: false };
    case "line-seen":
      return state.away === !event.seen ? state : { ...state, away: !event.seen };
    case "calm":
      return event.calm ? { following: false, away: state.away } : state;
  }
}

type Band = { top: number; bottom: number };

/** How far to scroll so that a line stands a third down the free band; 0 where it is in it already. */
export function pull(line: Band, band: Band): number {
  if (line.top >= band.top && line.bottom <= band.bottom) return 0;
  return line.top - (band.top + (band.bottom - band.top) / 3);
}
