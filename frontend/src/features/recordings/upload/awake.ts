/** Keeps the phone's screen on while recordings are being sent, where the phone lends that. */

export interface Awake {
  /** Ask for the screen to stay on, or let it go. */
  want(on: boolean): void;
}

/** The browser's Wake Lock; it is lost whenever the page is hidden, so it is asked for again. */
export function screenAwake(): Awake {
  let wanted = false;
  let lock: WakeLockSentinel | null = null;
  let asking = false;
  const ask = async () => {
    if (!wanted || lock !== null || asking || document.visibilityState !== "visible") return;
    if (!("wakeLock" in navigator)) return;
    asking = true;
    try {
      const held = await navigator.wakeLock.request("screen");
      held.addEventListener("release", () => {
        lock = null;
      });
      lock = held;
      if (!wanted) await held.release();
    } catch {
      // A low battery refuses it; sending goes on, and resumes when the screen comes back.
    } finally {
      asking = false;
    }
  };
  document.addEventListener("visibilitychange", () => void ask());
  return {
    want(on) {
      wanted = on;
      if (on) void ask();
      else void lock?.release().catch(() => {});
    },
  };
}
