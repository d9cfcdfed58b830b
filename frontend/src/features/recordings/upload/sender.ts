/** Sends one recording: begins or resumes its upload, sends the missing parts, has it completed. */
import type { UploadView } from "./api";
import type { RememberedUpload } from "./memory";
import { compare, expectedPartSize, idempotencyKey, readPart, type Source } from "./parts";
import { patiently, type Tools } from "./patience";
import { UploadProblem } from "./problems";
import type { Report } from "./progress";
import { sendParts } from "./sendParts";
import { rest } from "./surroundings";

export interface Job {
  account: string;
  storyId: string;
  file: Source;
  /** The upload to go on with, if there is one. */
  remembered: RememberedUpload | null;
  /** True while the page still holds the very file that was chosen: then nothing is compared. */
  sameFile: boolean;
}

/** Takes parts: new, under way, or failed in a way that sending some parts again mends. */
function alive(view: UploadView): boolean {
  return (
    view.state === "created" ||
    view.state === "uploading" ||
    (view.state === "failed" && !view.recording_id && view.retryable === true)
  );
}

/** Takes nothing more and keeps nothing. A failed *recording* is kept: it has an id. */
function left(view: UploadView): boolean {
  if (view.state === "abandoned" || view.state === "cancelled") return true;
  return view.state === "failed" && !view.recording_id && view.retryable !== true;
}
/** More uploads of one file that were all given up are no accident of a bad line. */
const MOST_ATTEMPTS = 50;
const MOST_ROUNDS = 4;

/** An upload to send parts to, or the one that has all its parts already. */
type Prepared = { upload: RememberedUpload } | { whole: UploadView; id: string };

/** Begin an upload of `job.file`, or find the one that an answer lost on the way began already. */
async function begin(
  job: Job,
  tools: Tools,
  report: Report,
  signal: AbortSignal,
): Promise<Prepared> {
  const { file } = job;
  const first = await readPart(file, 1, expectedPartSize(file.size));
  const ask = <T>(work: () => Promise<T>) => patiently(work, tools.around, report, signal);
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const key = await idempotencyKey(file, job.storyId, first.sha256, attempt);
    const request = {
      story_id: job.storyId,
      filename: file.name,
      size_bytes: file.size,
      content_type: file.type || "application/octet-stream",
      last_modified: new Date(file.lastModified).toISOString(),
      first_part_sha256: first.sha256,
    };
    const plan = await ask(() => tools.api.begin(request, key, signal));
    const view = await ask(() => tools.api.look(plan.id, signal));
    if (left(view)) continue;
    if (!alive(view)) {
      return { whole: view, id: plan.id };
    }
    const upload: RememberedUpload = {
      account: job.account,
      id: plan.id,
      storyId: job.storyId,
      filename: file.name,
      sizeBytes: file.size,
      lastModified: file.lastModified,
      partSizeBytes: plan.part_size_bytes,
      partCount: plan.part_count,
      maxConcurrency: plan.max_concurrency,
      digests: {},
      etags: {},
      startedAt: Date.now(),
    };
    await tools.memory.keep(upload);
    return { upload };
  }
  throw new UploadProblem("refused");
}

/** Find out what of the remembered upload can be kept for this file; begin anew where nothing can. */
async function prepare(
  job: Job,
  tools: Tools,
  report: Report,
  signal: AbortSignal,
): Promise<Prepared> {
  const old = job.remembered;
  if (old === null) return begin(job, tools, report, signal);
  const { api, memory, around } = tools;
  let view: UploadView | null;
  try {
    view = await patiently(() => api.look(old.id, signal), around, report, signal);
  } catch (error) {
    if (!(error instanceof UploadProblem && error.kind === "gone")) throw error;
    view = null;
  }
  if (view !== null && !alive(view) && !left(view)) {
    return { whole: view, id: old.id };
  }
  if (view !== null && alive(view)) {
    const there = new Set(view.received);
    const kept = { ...old, digests: { ...old.digests }, etags: { ...old.etags } };
    for (const number of Object.keys(kept.digests).map(Number)) {
      if (!there.has(number)) delete kept.digests[number];
    }
    if (job.sameFile) return { upload: kept };
    report({ phase: "comparing" });
    const verdict = await compare(job.file, kept);
    signal.throwIfAborted();
    if (verdict.kind === "other-file") throw new UploadProblem("other-file");
    if (verdict.kind === "same") {
      for (const number of verdict.differing) delete kept.digests[number];
      if (verdict.differing.length > 0) report({ note: "some-parts-again" });
      else if (verdict.kept.length > 0) report({ note: "kept-parts" });
      return { upload: kept };
    }
    report({ phase: "sending", note: "new-copy" });
    // Nothing is lost if closing fails: an upload without parts is swept after a week.
    await api.close(old.id).catch(() => {});
  }
  await memory.forget(old.account, old.id);
  return begin(job, tools, report, signal);
}

/**
 * Bring every byte of `job.file` to the archive and have it completed. Resolves when the archive
 * has taken the upload over for its own check; `untilStored` tells how that ends. Raises
 * `UploadProblem`, or the signal's reason when the person pauses or cancels.
 */
export async function deliver(
  job: Job,
  tools: Tools,
  report: Report,
  signal: AbortSignal,
): Promise<string> {
  if (job.file.size === 0) throw new UploadProblem("empty");
  const prepared = await prepare(job, tools, report, signal);
  if ("whole" in prepared) {
    const recordingId = prepared.whole.recording_id ?? null;
    report({ phase: "checking", waiting: null, uploadId: prepared.id, recordingId });
    return prepared.id;
  }
  const { upload } = prepared;
  report({
    phase: "sending",
    waiting: null,
    uploadId: upload.id,
    partSizeBytes: upload.partSizeBytes,
    partCount: upload.partCount,
    received: new Set(Object.keys(upload.digests).map(Number)),
    underWay: new Map(),
  });
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    await sendParts(upload, job.file, tools, report, signal);
    const parts = Object.entries(upload.digests).map(([number, sha256]) => ({
      number: Number(number),
      etag: upload.etags[Number(number)] ?? "",
      sha256,
    }));
    const answer = await patiently(
      () => tools.api.complete(upload.id, parts, signal),
      tools.around,
      report,
      signal,
    );
    if (answer.kind === "accepted") {
      report({ phase: "checking", waiting: null, recordingId: answer.recordingId });
      return upload.id;
    }
    for (const number of answer.parts) delete upload.digests[number];
    await tools.memory.keep(upload);
    report({ received: new Set(Object.keys(upload.digests).map(Number)) });
  }
  throw new UploadProblem("damaged");
}

/**
 * Wait until the archive has read the whole back and keeps it, whatever becomes of its copies.
 * Resolves with the recording's id. Raises `UploadProblem`: "incomplete" where parts have to come
 * again, "rejected" where the archive does not keep it, "gone" where somebody closed it.
 */
export async function untilStored(
  uploadId: string,
  tools: Tools,
  report: Report,
  signal: AbortSignal,
): Promise<string | null> {
  for (let look = 0; ; look += 1) {
    const ask = () => tools.api.look(uploadId, signal);
    const view = await patiently(ask, tools.around, report, signal);
    if (view.state === "cancelled" || view.state === "abandoned") throw new UploadProblem("gone");
    if (view.state === "failed" && !view.recording_id) {
      throw new UploadProblem(view.retryable ? "incomplete" : "rejected", view.reason ?? "");
    }
    if (!alive(view) && view.state !== "completing") return view.recording_id ?? null;
    await rest(Math.min(5000, 500 * (look + 1)), tools.around, signal);
  }
}
