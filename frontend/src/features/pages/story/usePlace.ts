/** Joins the address and the sound: `t` says where to begin, and follows where the reader is. */

import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { load, type Sound, snapshot, subscribe } from "@/features/recordings/player/engine";
import { formatT, parseT } from "@/shared/lib/time";

const EVERY_MS = 5_000;

/** The last place per recording on this device, for "Continue at …". */
const key = (recordingId: string) => `storybraid.place.${recordingId}`;
export const keptPlace = (recordingId: string): number =>
  Number(localStorage.getItem(key(recordingId)) ?? 0);

export function usePlace(sound: Sound | null, t: string | undefined): void {
  const navigate = useNavigate({ from: "/stories/$storyId" });
  const written = useRef<string | undefined>(undefined);
  const id = sound?.recordingId;
  const latest = useRef(sound);
  latest.current = sound;

  useEffect(() => {
    const now = latest.current;
    if (!now || !id) return;
    if (t !== undefined && t === written.current) return; // We wrote it ourselves.
    written.current = t;
    const already = snapshot().sound?.recordingId === id;
    if (t === undefined && already) return; // It sounds already; the page joins it where it is.
    load(now, parseT(t));
  }, [id, t]);

  useEffect(() => {
    if (!id) return;
    let timer = 0;
    let last = 0;
    const write = () => {
      timer = 0;
      last = performance.now();
      if (snapshot().sound?.recordingId !== id) return;
      const second = formatT(snapshot().second * 1000);
      if (snapshot().second === 0 && written.current === undefined) return;
      written.current = second;
      if (snapshot().second > 15) localStorage.setItem(key(id), String(snapshot().second * 1000));
      void navigate({
        search: (old) => ({ ...old, t: second }),
        replace: true,
        resetScroll: false,
      });
    };
    let seen = snapshot().second;
    let playing = snapshot().playing;
    const soon = (ms: number) => {
      if (!timer) timer = window.setTimeout(write, ms);
    };
    const stop = subscribe(() => {
      const state = snapshot();
      if (state.sound?.recordingId !== id) return;
      const moved = state.second !== seen;
      const jumped = Math.abs(state.second - seen) > 1;
      const stopped = playing && !state.playing;
      seen = state.second;
      playing = state.playing;
      if (jumped || stopped) soon(300);
      else if (moved && state.playing && performance.now() - last > EVERY_MS) soon(0);
    });
    return () => {
      stop();
      window.clearTimeout(timer);
    };
  }, [id, navigate]);
}
