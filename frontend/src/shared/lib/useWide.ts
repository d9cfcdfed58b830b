/** Desktop or phone, where the two differ in more than style. */
import { useSyncExternalStore } from "react";

const query = "(min-width: 60rem)";

export function useWide(): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = window.matchMedia(query);
      media.addEventListener("change", listener);
      return () => media.removeEventListener("change", listener);
    },
    () => window.matchMedia(query).matches,
  );
}
