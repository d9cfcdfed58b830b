/** The uploader of this page: one queue for all steps, over the browser's own line and memory. */
import { type OpenUpload, uploadApi } from "./api";
import { screenAwake } from "./awake";
import { forgivingMemory, lastingMemory, passingMemory, type RememberedUpload } from "./memory";
import { UploadQueue } from "./queue";
import { browserSurroundings } from "./surroundings";
import { putByXhr } from "./transport";

export { bytesSent, percentSent } from "./progress";
export type { QueuedFile } from "./queue";
export type { RememberedUpload };

const api = uploadApi();
const memory = forgivingMemory(lastingMemory(), passingMemory());

let queue: UploadQueue | undefined;

/** The one queue of this page, made at first use. */
export function uploads(): UploadQueue {
  queue ??= new UploadQueue(
    { api, put: putByXhr, memory, around: browserSurroundings },
    screenAwake(),
  );
  return queue;
}

export interface OpenOne {
  id: string;
  storyId: string | null;
  filename: string;
  sizeBytes: number;
  received: number;
  partCount: number;
  state: "sending" | "checking" | "failed";
  /** Why it failed, in the archive's words. */
  reason: string;
  /** What to go on with: what this phone remembers, or what the archive knows of it. */
  resume: RememberedUpload;
}

/**
 * The account's uploads that were begun and not finished, joined with what this phone remembers;
 * what the archive no longer knows is forgotten here too. Raises `ApiRefusal` and `NetworkDown`.
 */
export async function openUploads(account: string): Promise<OpenOne[]> {
  const [open, rows] = await Promise.all([api.open(), memory.of(account)]);
  const known = new Map(rows.map((row) => [row.id, row]));
  for (const row of rows) {
    if (!open.some(({ id }) => id === row.id)) await memory.forget(account, row.id);
  }
  return open.map((one) => ({
    id: one.id,
    storyId: one.story_id,
    filename: one.filename,
    sizeBytes: one.size_bytes,
    received: one.received.length,
    partCount: one.part_count,
    state: one.state === "completing" ? "checking" : one.state === "failed" ? "failed" : "sending",
    reason: one.reason ?? "",
    resume: known.get(one.id) ?? begunElsewhere(account, one),
  }));
}

/**
 * An upload that another phone or browser began: nothing is remembered of its parts here, but the
 * archive says of each part whether it holds the very one, so nothing is sent twice.
 */
function begunElsewhere(account: string, one: OpenUpload): RememberedUpload {
  return {
    account,
    id: one.id,
    storyId: one.story_id ?? "",
    filename: one.filename,
    sizeBytes: one.size_bytes,
    lastModified: 0,
    partSizeBytes: one.part_size_bytes,
    partCount: one.part_count,
    maxConcurrency: 3,
    digests: {},
    etags: {},
    startedAt: 0,
  };
}

/** Close an unfinished upload for good: its parts are thrown away, the file on the phone stays. */
export async function closeUpload(account: string, id: string): Promise<void> {
  await memory.forget(account, id);
  await api.close(id);
}
