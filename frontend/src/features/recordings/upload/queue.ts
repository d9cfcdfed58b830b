/** All recordings this page is sending, one after another, so that a bad one never stops the others. */
import type { Awake } from "./awake";
import type { RememberedUpload } from "./memory";
import type { Source } from "./parts";
import type { Tools } from "./patience";
import { UploadProblem } from "./problems";
import { bytesSent, Pace, type Progress } from "./progress";
import { deliver, untilStored } from "./sender";

export interface QueuedFile extends Progress {
  key: string;
  account: string;
  storyId: string;
  file: Source;
  problem: UploadProblem | null;
  /** Milliseconds left at the pace of the last 20 s, or null while unknown. */
  timeLeftMs: number | null;
}

interface Entry {
  view: QueuedFile;
  remembered: RememberedUpload | null;
  /** True once this page has compared or begun: the file in hand is the one being sent. */
  known: boolean;
  stop: AbortController | null;
  /** How often the archive asked for parts again after it had read the whole back. */
  rounds: number;
  /** True when a stop only shortens a wait. */
  again: boolean;
  pace: Pace;
}

/** Why a run was stopped on purpose. */
type Stop = "paused" | "cancelled" | "owner-left";

const BUSY = new Set(["comparing", "sending"]);
const MOST_ROUNDS = 2;

export class UploadQueue {
  private entries: Entry[] = [];
  private listeners = new Set<() => void>();
  private shown: readonly QueuedFile[] = [];
  private account: string | null = null;
  private counter = 0;

  constructor(
    private readonly tools: Tools,
    private readonly awake: Awake = { want: () => {} },
    private readonly now: () => number = () => performance.now(),
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** The recordings of the account that is signed in; others' are counted by `waitingForOwner`. */
  readonly snapshot = (): readonly QueuedFile[] => this.shown;

  /** How many recordings on this page wait for another account to sign in again. */
  waitingForOwner(): number {
    return this.entries.filter(
      ({ view }) => view.account !== this.account && view.phase !== "stored",
    ).length;
  }

  /** Say who is signed in. Recordings of anybody else stop and wait for their owner. */
  belongTo(account: string | null): void {
    if (account === this.account) return;
    this.account = account;
    for (const entry of this.entries) {
      if (entry.view.account !== account) entry.stop?.abort("owner-left" satisfies Stop);
      else if (entry.view.problem?.kind === "signed-out") {
        this.change(entry, { phase: "queued", problem: null });
      }
    }
    this.publish();
    this.next();
  }

  /**
   * Put files in the queue for a story; the same file twice is taken once. `resume` is the upload
   * that a single chosen file goes on with.
   */
  add(files: readonly Source[], storyId: string, resume: RememberedUpload | null = null): void {
    const account = this.account;
    if (account === null) return;
    for (const file of files) {
      if (this.entries.some(({ view }) => same(view.file, file) && view.storyId === storyId)) {
        continue;
      }
      this.counter += 1;
      this.entries.push({
        remembered: resume,
        known: false,
        stop: null,
        again: false,
        rounds: 0,
        pace: new Pace(),
        view: { ...fresh(), key: `file-${this.counter}`, account, storyId, file },
      });
    }
    this.publish();
    this.next();
  }

  pause(key: string): void {
    const entry = this.find(key);
    if (entry === undefined) return;
    if (entry.stop !== null) entry.stop.abort("paused" satisfies Stop);
    else if (entry.view.phase === "queued") this.change(entry, { phase: "paused" });
  }

  /** Try at once instead of waiting for the line: the same run again, without the wait. */
  tryNow(key: string): void {
    const entry = this.find(key);
    if (entry === undefined || entry.stop === null) return;
    entry.again = true;
    entry.stop.abort("paused" satisfies Stop);
  }

  /** Go on with a paused or failed recording; what the archive has is not sent again. */
  resume(key: string): void {
    const entry = this.find(key);
    if (entry === undefined || !["paused", "failed"].includes(entry.view.phase)) return;
    if (entry.view.problem?.kind === "gone" || entry.view.problem?.kind === "rejected") {
      entry.remembered = null;
    }
    this.change(entry, { phase: "queued", problem: null, waiting: null });
    this.next();
  }

  /** Give a recording the file that was chosen again for it; its digests decide what is kept. */
  again(key: string, file: Source): void {
    const entry = this.find(key);
    if (entry === undefined || entry.stop !== null) return;
    entry.known = false;
    this.change(entry, { file, phase: "failed", underWay: new Map() });
    this.resume(key);
  }

  /** Stop, close the upload at the archive, and take the recording from the list. */
  async cancel(key: string): Promise<void> {
    const entry = this.find(key);
    if (entry === undefined) return;
    entry.stop?.abort("cancelled" satisfies Stop);
    this.entries = this.entries.filter((other) => other !== entry);
    this.publish();
    this.next();
    const id = entry.view.uploadId ?? entry.remembered?.id;
    if (id === undefined || id === null) return;
    await this.tools.memory.forget(entry.view.account, id);
    await this.tools.api.close(id).catch(() => {});
  }

  private find(key: string): Entry | undefined {
    return this.entries.find(({ view }) => view.key === key && view.account === this.account);
  }

  private next(): void {
    if (this.account === null) return;
    const mine = this.entries.filter(({ view }) => view.account === this.account);
    if (mine.some(({ view }) => BUSY.has(view.phase))) return;
    const waiting = mine.find(({ view, stop }) => view.phase === "queued" && stop === null);
    if (waiting !== undefined) void this.run(waiting);
    this.awake.want(waiting !== undefined);
  }

  private async run(entry: Entry): Promise<void> {
    const stop = new AbortController();
    entry.stop = stop;
    const report = (change: Partial<Progress>) => {
      if (!stop.signal.aborted) this.change(entry, change);
    };
    this.change(entry, { phase: "sending", problem: null });
    try {
      const { account, storyId, file } = entry.view;
      const { remembered } = entry;
      const job = { account, storyId, file, remembered, sameFile: entry.known };
      const id = await deliver(job, this.tools, report, stop.signal);
      // The archive checks on its own; the next recording need not wait for that.
      this.next();
      const recordingId = await untilStored(id, this.tools, report, stop.signal);
      await this.tools.memory.forget(account, id);
      report({ phase: "stored", waiting: null, recordingId });
    } catch (error) {
      await this.recall(entry);
      if (!stop.signal.aborted) {
        const problem = error instanceof UploadProblem ? error : new UploadProblem("refused");
        if (problem.kind === "incomplete" && entry.rounds < MOST_ROUNDS) {
          // Only the parts that did not reach the disk are sent again; nobody need press for that.
          entry.rounds += 1;
          this.change(entry, { phase: "queued", underWay: new Map() });
          return;
        }
        // A defect of this page must not look like one of the recording: the browser logs it.
        if (!(error instanceof UploadProblem)) globalThis.reportError?.(error);
        this.change(entry, { phase: "failed", problem, waiting: null, underWay: new Map() });
      } else {
        const paused = stop.signal.reason === ("paused" satisfies Stop) && !entry.again;
        const phase = paused ? "paused" : "queued";
        entry.again = false;
        this.change(entry, { phase, waiting: null, underWay: new Map() });
      }
    } finally {
      entry.stop = null;
      this.next();
    }
  }

  /** After a stop, take from memory how far this recording came, so that going on keeps it. */
  private async recall(entry: Entry): Promise<void> {
    const { account, uploadId } = entry.view;
    if (uploadId === null) return;
    const rows = await this.tools.memory.of(account).catch(() => []);
    const row = rows.find(({ id }) => id === uploadId);
    if (row === undefined) return;
    entry.remembered = row;
    entry.known = true;
  }

  private change(entry: Entry, change: Partial<QueuedFile>): void {
    const view = { ...entry.view, ...change };
    const bytes = bytesSent(view, view.file.size);
    if (change.underWay !== undefined || change.received !== undefined) {
      entry.pace.note(bytes, this.now());
    }
    const moving = view.phase === "sending" && view.waiting === null;
    view.timeLeftMs = moving ? entry.pace.timeFor(view.file.size - bytes) : null;
    entry.view = view;
    this.publish();
  }

  private publish(): void {
    this.shown = this.entries
      .map(({ view }) => view)
      .filter((view) => view.account === this.account);
    for (const listener of this.listeners) listener();
  }
}

function same(one: Source, other: Source): boolean {
  return (
    one.name === other.name && one.size === other.size && one.lastModified === other.lastModified
  );
}

function fresh(): Omit<QueuedFile, "key" | "account" | "storyId" | "file"> {
  return {
    phase: "queued",
    waiting: null,
    note: null,
    uploadId: null,
    recordingId: null,
    partSizeBytes: 0,
    partCount: 0,
    received: new Set(),
    underWay: new Map(),
    problem: null,
    timeLeftMs: null,
  };
}
