/** The engine as React sees it. */
import { useSyncExternalStore } from "react";
import { type State, snapshot, subscribe } from "./engine";

/** One value of the player; the component is drawn again only when that value changes. */
export function usePlayer<T>(select: (state: State) => T): T {
  return useSyncExternalStore(subscribe, () => select(snapshot()));
}
