/** Light or dark: as the device asks, or as the reader chose on it. */
import { useSyncExternalStore } from "react";

export type Colours = "device" | "light" | "dark";
/** `colours.js` in the page's head reads the same key before the first drawing. */
const KEPT = "storybraid.colours";

const listeners = new Set<() => void>();
const tell = () => {
  for (const listener of listeners) listener();
};

function chosen(): Colours {
  const { colours } = document.documentElement.dataset;
  return colours === "light" || colours === "dark" ? colours : "device";
}

/** The browser's own frame takes the colour of the page, not of the device. */
function frame(colours: Colours): void {
  for (const meta of document.querySelectorAll<HTMLMetaElement>("meta[data-frame]")) {
    const own = meta.dataset.frame;
    meta.media =
      colours === "device" ? `(prefers-color-scheme: ${own})` : colours === own ? "all" : "not all";
  }
}

function apply(colours: Colours): void {
  if (colours === "device") delete document.documentElement.dataset.colours;
  else document.documentElement.dataset.colours = colours;
  frame(colours);
  tell();
}

/** Turns the colours on here and in the archive's other open pages, and keeps them on this device. */
export function chooseColours(colours: Colours): void {
  apply(colours);
  try {
    if (colours === "device") localStorage.removeItem(KEPT);
    else localStorage.setItem(KEPT, colours);
  } catch {
    // The choice then lasts until the page is left.
  }
}

/** Follows the choice of other open pages; called once, when the page begins. */
export function followColours(): void {
  frame(chosen());
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", tell);
  window.addEventListener("storage", ({ key, newValue }) => {
    if (key === KEPT || key === null)
      apply(newValue === "light" || newValue === "dark" ? newValue : "device");
  });
}

/** Calls `changed` when other colours hold, for what is painted by hand; returns the way out. */
export function onColours(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}

export function useColours(): Colours {
  return useSyncExternalStore(onColours, chosen);
}
