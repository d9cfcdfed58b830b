/** Keeps the spoken line on the screen until the reader goes elsewhere. */
import { type RefObject, useCallback, useEffect, useReducer, useRef } from "react";
import { FOLLOWING, follow, pull } from "./follow";

/** What is covered at the top and the foot of the screen, in px, by players that stay there. */
export type Cover = { top: number; foot: number };

const SCROLL_KEYS = new Set(["PageDown", "PageUp", "Home", "End", "ArrowDown", "ArrowUp"]);

export function useFollow(current: RefObject<HTMLElement | null>, cover: () => Cover) {
  const [state, send] = useReducer(follow, FOLLOWING);
  const following = useRef(true);
  following.current = state.following;
  const covered = useRef(cover);
  covered.current = cover;

  const bring = useCallback(
    (force: boolean) => {
      const line = current.current;
      if (!line) return;
      const { top, foot } = covered.current();
      const box = line.getBoundingClientRect();
      const band = { top: top + 16, bottom: window.innerHeight - foot - 16 };
      const by = pull(box, band);
      const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
      if (by !== 0 && (force || following.current))
        window.scrollBy({ top: by, behavior: calm || Math.abs(by) > 2000 ? "instant" : "smooth" });
      else send({ type: "line-seen", seen: by === 0 });
    },
    [current],
  );

  useEffect(() => {
    if (window.matchMedia("(prefers-reduced-motion: reduce)").matches)
      send({ type: "calm", calm: true });
    const look = () => {
      const line = current.current;
      if (!line) return send({ type: "line-seen", seen: true });
      const box = line.getBoundingClientRect();
      const { top, foot } = covered.current();
      send({ type: "line-seen", seen: box.bottom > top && box.top < window.innerHeight - foot });
    };
    const away = () => send({ type: "reader-scrolled" });
    const key = (event: KeyboardEvent) => {
      if (SCROLL_KEYS.has(event.key) && !(event.target instanceof HTMLInputElement)) away();
    };
    let waiting = 0;
    const scrolled = () => {
      if (!waiting)
        waiting = requestAnimationFrame(() => {
          waiting = 0;
          look();
        });
    };
    window.addEventListener("wheel", away, { passive: true });
    window.addEventListener("touchmove", away, { passive: true });
    window.addEventListener("keydown", key);
    window.addEventListener("scroll", scrolled, { passive: true });
    return () => {
      window.removeEventListener("wheel", away);
      window.removeEventListener("touchmove", away);
      window.removeEventListener("keydown", key);
      window.removeEventListener("scroll", scrolled);
      cancelAnimationFrame(waiting);
    };
  }, [current]);

  /** The reader asked for a place: follow again, and go there now. */
  const back = useCallback(() => {
    send({ type: "asked-for-place" });
    following.current = true;
    bring(true);
  }, [bring]);

  return { state, bring, back };
}
