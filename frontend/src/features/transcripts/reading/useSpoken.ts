/** Lights the line and the word that sound, straight in the page, without drawing it again. */

import { type RefObject, useEffect, useRef } from "react";
import { onTime, snapshot } from "@/features/recordings/player/engine";
import { mark, rangeIn, unmark } from "./highlight";
import { type Line, lineAt } from "./turns";
import { type Place, placesOf, wordAt } from "./words";

export function lineElement(root: Element | null, index: number): HTMLElement | null {
  return root?.querySelector<HTMLElement>(`[data-line="${index}"], [data-box="${index}"]`) ?? null;
}

/** `onLine` hears of each new line (-1 between lines) after it was lit. Returns the line lit now. */
export function useSpoken(
  root: RefObject<HTMLElement | null>,
  lines: readonly Line[],
  recordingId: string | undefined,
  onLine: (element: HTMLElement | null, index: number) => void,
): RefObject<number> {
  const lit = useRef(-1);
  const tell = useRef(onLine);
  tell.current = onLine;

  useEffect(() => {
    let element: HTMLElement | null = null;
    let places: Place[] = [];
    let word: Place | null = null;
    lit.current = -1;
    const stop = onTime((ms) => {
      if (snapshot().sound?.recordingId !== recordingId) return;
      const index = lineAt(lines, ms);
      if (index !== lit.current) {
        lit.current = index;
        element?.removeAttribute("data-now");
        element = index < 0 ? null : lineElement(root.current, index);
        element?.setAttribute("data-now", "");
        const line = lines[index];
        places = line?.kind === "cue" ? placesOf(line.cue) : [];
        word = null;
        unmark("said");
        tell.current(element, index);
      }
      const now = wordAt(places, ms);
      if (now === word) return;
      word = now;
      const range = now && rangeIn(element, now.from, now.to);
      if (range) mark("said", [range]);
      else unmark("said");
    });
    return () => {
      stop();
      element?.removeAttribute("data-now");
      unmark("said");
    };
  }, [root, lines, recordingId]);
  return lit;
}
