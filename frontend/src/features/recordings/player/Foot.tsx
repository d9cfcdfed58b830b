/** Whether a player stands at the foot of the page; the player itself comes with the first sound. */

import { lazy, Suspense, useEffect } from "react";
import { useHosted } from "./hosts";
import { usePlayer } from "./usePlayer";

const loadMiniPlayer = () => import("./MiniPlayer");
const MiniPlayer = lazy(loadMiniPlayer);
/** Long enough for a page to stand, short enough that nobody has pressed play and gone on. */
const LATER_MS = 2000;

export function Foot() {
  const sound = usePlayer((state) => state.sound);
  const hosted = useHosted(sound?.recordingId);
  const shown = !!sound && !hosted;
  // It follows the page: the first sound need not wait for it, nor for a line that has gone.
  useEffect(() => {
    const timer = setTimeout(() => loadMiniPlayer().catch(() => {}), LATER_MS);
    return () => clearTimeout(timer);
  }, []);
  useEffect(() => {
    document.documentElement.style.setProperty("--player-height", shown ? "5rem" : "0rem");
  }, [shown]);
  if (!shown) return null;
  return (
    <Suspense>
      <MiniPlayer sound={sound} />
    </Suspense>
  );
}
