/** Sends the parts of one upload that are still missing, several at once where the line allows. */
import type { RememberedUpload } from "./memory";
import { readPart, type Source, sizeOfPart } from "./parts";
import { patiently, type Tools } from "./patience";
import { PartRefusal, passes, UploadProblem } from "./problems";
import type { Report } from "./progress";
import { rest, waitBefore } from "./surroundings";

/** Refused addresses or damaged parts in a row that are put down to bad luck. */
const BAD_LUCK = 3;
/** Parts that broke off in a row, though the archive answers, before a server in front is named. */
const BREAKS = 4;
/** A line that moves no byte for so long is waited for, and no time is promised any more. */
const STILL_MS = 10_000;

/**
 * Send each part of `file` that `upload.digests` lacks, and remember each one that was received.
 * Raises `UploadProblem`, or the signal's reason; what was received until then stays remembered.
 */
export async function sendParts(
  upload: RememberedUpload,
  file: Source,
  tools: Tools,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const missing: number[] = [];
  for (let number = 1; number <= upload.partCount; number += 1) {
    if (upload.digests[number] === undefined) missing.push(number);
  }
  const underWay = new Map<number, number>();
  let quiet: ReturnType<typeof setTimeout> | undefined;
  const together = new AbortController();
  const both = together.signal;
  const stop = () => together.abort(signal.reason);
  signal.throwIfAborted();
  signal.addEventListener("abort", stop);

  const show = (number: number, bytes: number | null) => {
    if (bytes === null) underWay.delete(number);
    else underWay.set(number, bytes);
    report({ underWay: new Map(underWay), ...(bytes ? { waiting: null } : {}) });
    clearTimeout(quiet);
    quiet = setTimeout(stands, tools.stillMs ?? STILL_MS);
  };

  /** Parts that have left whole wait for the archive's answer, not for the line. */
  const stands = () => {
    const { partSizeBytes, sizeBytes } = upload;
    const left = ([number, bytes]: [number, number]) =>
      bytes >= sizeOfPart(number, partSizeBytes, sizeBytes);
    if (underWay.size === 0 || [...underWay].some(left)) return;
    report({ waiting: tools.around.online() ? "line" : "offline" });
  };

  const lane = async (index: number) => {
    for (;;) {
      const most = tools.around.thin() ? 1 : upload.maxConcurrency;
      const number = index < most ? missing.shift() : undefined;
      if (number === undefined) return;
      await sendPart(number);
    }
  };

  const sendPart = async (number: number) => {
    let part = await readPart(file, number, upload.partSizeBytes);
    let refused = 0;
    let damaged = 0;
    let broken = 0;
    for (;;) {
      const { blob, sha256 } = part;
      const { address, there } = await patiently(
        () => tools.api.address(upload.id, { number, sha256 }, both),
        tools.around,
        report,
        both,
      );
      try {
        // Another page, or another phone, may have brought this very part.
        const etag = there
          ? (upload.etags[number] ?? "")
          : await tools.put(address, blob, (bytes) => show(number, bytes), both);
        upload.digests[number] = sha256;
        upload.etags[number] = etag;
        await tools.memory.keep(upload);
        report({ received: new Set(Object.keys(upload.digests).map(Number)) });
        show(number, null);
        return;
      } catch (error) {
        show(number, null);
        both.throwIfAborted();
        const status = error instanceof PartRefusal ? error.status : 0;
        if (status === 413 && !(error as PartRefusal).ours) {
          // The last part is shorter than the others, and may be the first to come back.
          const longest = Math.min(upload.partSizeBytes, upload.sizeBytes);
          throw new UploadProblem("front-refuses", "", longest);
        }
        if (status === 507) throw new UploadProblem("no-room");
        if (status === 403 || status === 410) {
          // The address ran out: a new one costs nothing.
          refused += 1;
          if (refused > BAD_LUCK) throw new UploadProblem("address-refused");
          continue;
        }
        if (status === 400 || status === 422) {
          damaged += 1;
          if (damaged > BAD_LUCK) throw new UploadProblem("damaged");
          part = await readPart(file, number, upload.partSizeBytes);
          continue;
        }
        if (status === 404 || status === 409) throw new UploadProblem("gone");
        if (!passes(error)) throw status > 0 ? new UploadProblem("refused") : error;
        broken += 1;
        const elsewhere = !(error instanceof PartRefusal && error.ours);
        const steadily = elsewhere && broken >= BREAKS;
        report({ waiting: !tools.around.online() ? "offline" : steadily ? "breaks" : "line" });
        await rest(waitBefore(broken - 1), tools.around, both);
      }
    }
  };

  const lanes = Array.from({ length: Math.max(1, upload.maxConcurrency) }, (_, index) =>
    lane(index),
  );
  try {
    await Promise.all(lanes);
  } catch (error) {
    together.abort(error);
    await Promise.allSettled(lanes);
    throw error;
  } finally {
    clearTimeout(quiet);
    signal.removeEventListener("abort", stop);
  }
  if (missing.length > 0) await sendParts(upload, file, tools, report, signal);
}
