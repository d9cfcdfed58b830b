/** How far one recording is on its way: what the page shows and the sender reports. */

export type Phase =
  /** In the queue behind others. */
  | "queued"
  /** The digests of a chosen file are compared with what was sent before. */
  | "comparing"
  | "sending"
  /** All parts are there; the archive reads the whole back. Not safe before "stored". */
  | "checking"
  | "stored"
  | "paused"
  | "failed";

/** Why nothing moves although nothing is wrong with the recording. */
export type Waiting = "offline" | "line" | "breaks" | null;

/** What the person should be told once about a file chosen again. */
export type Note = "new-copy" | "kept-parts" | "some-parts-again" | null;

export interface Progress {
  phase: Phase;
  waiting: Waiting;
  note: Note;
  uploadId: string | null;
  recordingId: string | null;
  partSizeBytes: number;
  partCount: number;
  /** Numbers of the parts that the archive has received and checked. */
  received: ReadonlySet<number>;
  /** Bytes that left for parts still under way, by number. */
  underWay: ReadonlyMap<number, number>;
}

export type Report = (change: Partial<Progress>) => void;

/** Bytes sent so far: whole parts received, and what left of the parts under way. */
export function bytesSent(progress: Progress, sizeBytes: number): number {
  let sum = 0;
  for (const number of progress.received) {
    const start = (number - 1) * progress.partSizeBytes;
    sum += Math.max(0, Math.min(progress.partSizeBytes, sizeBytes - start));
  }
  for (const [number, bytes] of progress.underWay) {
    if (!progress.received.has(number)) sum += bytes;
  }
  return Math.min(sizeBytes, sum);
}

/** Whole percent of bytes sent; 100 only when all have left. */
export function percentSent(progress: Progress, sizeBytes: number): number {
  if (progress.phase === "checking" || progress.phase === "stored") return 100;
  return sizeBytes === 0 ? 0 : Math.floor((100 * bytesSent(progress, sizeBytes)) / sizeBytes);
}

const WINDOW_MS = 20_000;

/** How fast bytes left within the last 20 s, so that "about 4 minutes" follows the line. */
export class Pace {
  private marks: { at: number; bytes: number }[] = [];

  /** Note that `bytes` in all had left at time `at` (ms). Fewer than before starts anew. */
  note(bytes: number, at: number): void {
    const last = this.marks.at(-1);
    if (last !== undefined && bytes < last.bytes) this.marks = [];
    this.marks.push({ at, bytes });
    while (this.marks.length > 2 && at - (this.marks[0]?.at ?? at) > WINDOW_MS) this.marks.shift();
  }

  /** Milliseconds until `bytes` more have left, or null while it is too early to say. */
  timeFor(bytes: number): number | null {
    const first = this.marks[0];
    const last = this.marks.at(-1);
    if (first === undefined || last === undefined || last.at - first.at < 2000) return null;
    const gone = last.bytes - first.bytes;
    return gone <= 0 ? null : (bytes * (last.at - first.at)) / gone;
  }
}
