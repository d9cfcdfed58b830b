/** What the phone says about its line and its screen: when to wait, when to try, how much at once. */

const LONGEST_WAIT_MS = 30_000;

export interface Surroundings {
  /** False only where the phone is sure that it has no network. */
  online(): boolean;
  /** True on a line where each byte costs: one part at a time then. */
  thin(): boolean;
  /** Call `again` when the network comes back or the page is looked at again; returns the way out. */
  onReturn(again: () => void): () => void;
}

interface NetworkInformation {
  type?: string;
  saveData?: boolean;
}

/** The browser's own signs. */
export const browserSurroundings: Surroundings = {
  online: () => navigator.onLine,
  thin: () => {
    const line = (navigator as Navigator & { connection?: NetworkInformation }).connection;
    return line?.type === "cellular" || line?.saveData === true;
  },
  onReturn: (again) => {
    const looked = () => {
      if (document.visibilityState === "visible") again();
    };
    window.addEventListener("online", again);
    document.addEventListener("visibilitychange", looked);
    return () => {
      window.removeEventListener("online", again);
      document.removeEventListener("visibilitychange", looked);
    };
  },
};

/** How long to wait before try `attempt` (from 0), in ms: 1, 2, 4 … 30 s, a quarter up or down. */
export function waitBefore(attempt: number, chance: () => number = Math.random): number {
  const steady = Math.min(LONGEST_WAIT_MS, 1000 * 2 ** Math.min(attempt, 10));
  return steady * (0.75 + chance() / 2);
}

/** Wait for `ms`, less when the network or the reader comes back. Raises the signal's reason. */
export function rest(ms: number, around: Surroundings, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const end = (finish: () => void) => {
      clearTimeout(timer);
      leave();
      signal.removeEventListener("abort", stop);
      finish();
    };
    const stop = () => end(() => reject(signal.reason));
    const timer = setTimeout(() => end(resolve), ms);
    const leave = around.onReturn(() => end(resolve));
    signal.addEventListener("abort", stop);
  });
}
