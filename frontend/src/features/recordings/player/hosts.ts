/** Which pages show the controls of the sound themselves, so that the mini-player need not. */
import { useEffect, useSyncExternalStore } from "react";

const hosts = new Map<string, number>();
const listeners = new Set<() => void>();

function count(recordingId: string, by: number): void {
  hosts.set(recordingId, (hosts.get(recordingId) ?? 0) + by);
  for (const listener of listeners) listener();
}

/** While `seen`, this page's own player is in view for the recording. */
export function useHost(recordingId: string | undefined, seen: boolean): void {
  useEffect(() => {
    if (!recordingId || !seen) return;
    count(recordingId, 1);
    return () => count(recordingId, -1);
  }, [recordingId, seen]);
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export function useHosted(recordingId: string | undefined): boolean {
  return useSyncExternalStore(subscribe, () => !!recordingId && (hosts.get(recordingId) ?? 0) > 0);
}
