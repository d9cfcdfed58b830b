/** The one thing that sounds: a media element that outlives pages, and who listens to its clock. */

export type Sound = {
  recordingId: string;
  storyId: string;
  number: number;
  title: string;
  url: string;
  durationMs: number;
  waveformUrl: string | null;
  picture: boolean;
  narrators: string;
  /** A clip ends here by itself; null plays on. */
  untilMs: number | null;
  /** Said under the title in the mini-player, for example "just before the word". */
  note?: string;
};

export type State = {
  sound: Sound | null;
  playing: boolean;
  /** Asked to sound, and nothing has come yet. */
  waiting: boolean;
  failed: boolean;
  rate: number;
  /** Whole seconds, for texts; the fine clock is `onTime`. */
  second: number;
};

export const RATES = [0.75, 1, 1.25, 1.5, 2] as const;

let state: State = {
  sound: null,
  playing: false,
  waiting: false,
  failed: false,
  rate: 1,
  second: 0,
};
let element: HTMLVideoElement | null = null;
let wanted = 0; // Where the reader wants to be; the sound follows.
let settled = true; // False until the element stands where the reader wants to be.
let frame = 0;
const listeners = new Set<() => void>();
const clocks = new Set<(ms: number) => void>();

function change(next: Partial<State>): void {
  state = { ...state, ...next };
  for (const listener of listeners) listener();
}

/** Where the sound is, or is about to be, in ms. */
export function timeMs(): number {
  return settled && element ? element.currentTime * 1000 : wanted;
}

function tell(): void {
  const ms = timeMs();
  for (const listener of clocks) listener(ms);
  const second = Math.floor(ms / 1000);
  if (second !== state.second) change({ second });
}

function run(): void {
  frame = 0;
  tell();
  const until = state.sound?.untilMs;
  if (until != null && settled && timeMs() >= until) {
    pause();
    return;
  }
  if (state.playing) frame = requestAnimationFrame(run);
}

function media(): HTMLVideoElement {
  if (element) return element;
  const made = document.createElement("video");
  made.playsInline = true;
  made.preload = "metadata";
  const settle = () => {
    settled = true;
    tell();
  };
  made.addEventListener("loadedmetadata", () => {
    if (wanted > 0) made.currentTime = wanted / 1000;
    else settle();
    made.playbackRate = state.rate;
  });
  made.addEventListener("seeked", settle);
  made.addEventListener("playing", () => {
    change({ playing: true, waiting: false, failed: false });
    if (!frame) frame = requestAnimationFrame(run);
  });
  made.addEventListener("waiting", () => change({ waiting: true }));
  made.addEventListener("pause", () => {
    change({ playing: false, waiting: false });
    tell();
  });
  made.addEventListener("timeupdate", () => {
    // Frames stop in a page that is not seen; the end of a clip must still come.
    if (!document.hidden) return;
    tell();
    const until = state.sound?.untilMs;
    if (until != null && timeMs() >= until) pause();
  });
  made.addEventListener("error", () => {
    if (made.getAttribute("src")) change({ failed: true, playing: false, waiting: false });
  });
  element = made;
  return made;
}

/** The element itself, for a page that shows its picture. */
export function pictureElement(): HTMLVideoElement {
  return media();
}

/** Takes a sound up, standing still at `ms`. The same recording goes on without a break. */
export function load(sound: Sound, ms: number): void {
  const made = media();
  const same =
    state.sound?.recordingId === sound.recordingId &&
    state.sound.url === sound.url &&
    !state.failed;
  change({ sound });
  if (same) {
    seek(ms);
    return;
  }
  wanted = ms;
  settled = false;
  made.src = sound.url;
  change({ playing: false, waiting: false, failed: false });
  announce(sound);
  tell();
}

/** Sounds from `ms` on; only from a press, browsers refuse it otherwise. */
export function play(sound: Sound, ms: number): void {
  load(sound, ms);
  resume();
}

export function resume(): void {
  if (!state.sound) return;
  if (state.failed) load({ ...state.sound }, wanted);
  change({ waiting: true, failed: false });
  media()
    .play()
    .catch((error: unknown) => {
      // An interrupted start (a pause, another sound) is no failure, and says so by its name.
      const name = error instanceof DOMException ? error.name : "";
      if (name === "NotAllowedError" || name === "AbortError")
        change({ waiting: false, playing: false });
      else change({ waiting: false, playing: false, failed: true });
    });
}

export function pause(): void {
  element?.pause();
  change({ waiting: false });
}

export function toggle(): void {
  if (state.playing || state.waiting) pause();
  else resume();
}

/** Moves to a time at once for the eye; the sound follows when it can. Ends a clip's own end. */
export function seek(ms: number): void {
  if (!state.sound) return;
  const end = state.sound.durationMs || Number.POSITIVE_INFINITY;
  wanted = Math.min(Math.max(0, ms), end);
  settled = false;
  const made = media();
  if (made.readyState >= 1) made.currentTime = wanted / 1000;
  tell();
}

export function setRate(rate: number): void {
  if (element) element.playbackRate = rate;
  change({ rate });
}

/** Puts the sound away. */
export function close(): void {
  pause();
  change({ sound: null, second: 0 });
  element?.removeAttribute("src");
  element?.load();
}

function announce(sound: Sound): void {
  if (!("mediaSession" in navigator)) return;
  navigator.mediaSession.metadata = new MediaMetadata({
    title: sound.title,
    artist: sound.narrators,
  });
  navigator.mediaSession.setActionHandler("play", resume);
  navigator.mediaSession.setActionHandler("pause", pause);
  navigator.mediaSession.setActionHandler("seekbackward", () => seek(timeMs() - 10_000));
  navigator.mediaSession.setActionHandler("seekforward", () => seek(timeMs() + 10_000));
}

export const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
export const snapshot = () => state;

/** Calls back with the fine clock on every frame that sounds and on every seek. */
export function onTime(listener: (ms: number) => void): () => void {
  clocks.add(listener);
  listener(timeMs());
  return () => clocks.delete(listener);
}
