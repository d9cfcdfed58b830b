/** The player's keys, where no field has the focus; the reader can switch them off. */
import { useEffect, useRef, useState } from "react";
import { RATES, seek, setRate, snapshot, timeMs, toggle } from "./engine";

const KEPT = "storybraid.keys";

export type PageKeys = {
  find: () => void;
  next: () => void;
  previous: () => void;
  turn: () => void;
  help: () => void;
};

function inField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return target.type !== "range";
  return target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName);
}

function faster(by: 1 | -1): void {
  const at = RATES.indexOf(snapshot().rate as (typeof RATES)[number]);
  setRate(RATES[Math.min(RATES.length - 1, Math.max(0, at + by))] ?? 1);
}

/** What a key does; null where it is none of ours. Exported for the help page's test. */
export function actionOf(key: string, page: PageKeys): (() => void) | null {
  switch (key) {
    case " ":
    case "k":
      return toggle;
    case "j":
      return () => seek(timeMs() - 10_000);
    case "l":
      return () => seek(timeMs() + 10_000);
    case "ArrowLeft":
      return () => seek(timeMs() - 5_000);
    case "ArrowRight":
      return () => seek(timeMs() + 5_000);
    case "[":
      return () => faster(-1);
    case "]":
      return () => faster(1);
    case "/":
      return page.find;
    case "n":
      return page.next;
    case "p":
      return page.previous;
    case "t":
      return page.turn;
    case "?":
      return page.help;
    default:
      return null;
  }
}

export function useKeys(page: PageKeys): { on: boolean; setOn: (on: boolean) => void } {
  const [on, set] = useState(() => localStorage.getItem(KEPT) !== "off");
  const keys = useRef(page);
  keys.current = page;
  useEffect(() => {
    if (!on) return;
    const press = (event: KeyboardEvent) => {
      if (
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        event.isComposing ||
        event.defaultPrevented
      )
        return;
      if (inField(event.target)) return;
      const target = event.target instanceof Element ? event.target : null;
      if (target?.closest("dialog")) return;
      // Space and arrows belong to what has the focus where that is a button or the slider.
      if (event.key === " " && target?.closest("button, a, summary, input")) return;
      if (event.key.startsWith("Arrow") && target?.closest("input")) return;
      const act = actionOf(
        event.key.length === 1 ? event.key.toLowerCase() : event.key,
        keys.current,
      );
      if (!act) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [on]);
  return {
    on,
    setOn: (next) => {
      set(next);
      localStorage.setItem(KEPT, next ? "on" : "off");
    },
  };
}
