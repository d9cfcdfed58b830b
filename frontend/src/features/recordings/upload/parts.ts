/** How a file is cut into parts, read, and compared with what was sent before. */
import { sha256 } from "./digest";
import { UploadProblem } from "./problems";

const MIB = 1024 * 1024;
/** How many of the parts sent first decide whether a chosen file is the file of before. */
const DECIDING = 3;

/** What the uploader needs of a `File`. */
export type Source = Pick<File, "name" | "size" | "type" | "lastModified" | "slice">;

/**
 * The size of the first part before the archive has named a plan, in bytes; the same rule as the
 * archive's own (8 MiB, larger only where 9,000 parts would not hold the file).
 */
export function expectedPartSize(sizeBytes: number): number {
  return Math.max(8 * MIB, Math.ceil(sizeBytes / 9000));
}

/** Size in bytes of part `number` (from 1) of a file cut into parts of `partSize`. */
export function sizeOfPart(number: number, partSize: number, sizeBytes: number): number {
  return Math.max(0, Math.min(partSize, sizeBytes - (number - 1) * partSize));
}

/**
 * Read part `number` and its digest. Raises `UploadProblem` "unreadable" when the phone no longer
 * gives the bytes, or gives fewer than it announced.
 */
export async function readPart(
  file: Source,
  number: number,
  partSize: number,
): Promise<{ blob: Blob; sha256: string }> {
  const start = (number - 1) * partSize;
  const length = sizeOfPart(number, partSize, file.size);
  let bytes: ArrayBuffer;
  try {
    bytes = await file.slice(start, start + length).arrayBuffer();
  } catch {
    throw new UploadProblem("unreadable");
  }
  if (bytes.byteLength !== length) throw new UploadProblem("unreadable");
  // The bytes that were hashed are the bytes that are sent, even if the file changes meanwhile.
  return { blob: new Blob([bytes]), sha256: await sha256(bytes) };
}

/** What a comparison says: go on with these parts kept, begin again, or this is some other file. */
export type Verdict =
  | { kind: "same"; kept: number[]; differing: number[] }
  | { kind: "new-copy" }
  | { kind: "other-file" };

/**
 * Compare a chosen file with the digests of the parts already sent. The digests decide, not name or
 * date: phones write a new copy at every pick, often with one changed block. Only where the first
 * parts all differ is it another copy. A size that changed makes the old plan useless, so it counts
 * as a new copy too, unless the name changed with it: then a wrong file was probably tapped, and
 * nothing of the old upload may be thrown away for that. Raises what `readPart` raises.
 */
export async function compare(
  file: Source,
  sent: {
    filename: string;
    sizeBytes: number;
    partSizeBytes: number;
    digests: Readonly<Record<number, string>>;
  },
  onPart: (done: number, of: number) => void = () => {},
): Promise<Verdict> {
  const numbers = Object.keys(sent.digests)
    .map(Number)
    .sort((a, b) => a - b);
  const another: Verdict = {
    kind: file.name.normalize() === sent.filename.normalize() ? "new-copy" : "other-file",
  };
  if (file.size !== sent.sizeBytes) return another;
  const kept: number[] = [];
  const differing: number[] = [];
  for (const [index, number] of numbers.entries()) {
    const part = await readPart(file, number, sent.partSizeBytes);
    (part.sha256 === sent.digests[number] ? kept : differing).push(number);
    onPart(index + 1, numbers.length);
    const decided = index + 1 === Math.min(DECIDING, numbers.length);
    if (decided && kept.length === 0) return another;
  }
  return { kind: "same", kept, differing };
}

/**
 * The Idempotency-Key of an upload: made from the file and the story it is for, so that two taps,
 * or an answer lost on the way, never make two uploads. `attempt` counts uploads of the same file
 * that were given up on purpose.
 */
export async function idempotencyKey(
  file: Source,
  storyId: string,
  firstPartSha256: string,
  attempt: number,
): Promise<string> {
  const facts = [storyId, file.name.normalize(), file.size, firstPartSha256, attempt];
  const text = new TextEncoder().encode(JSON.stringify(facts));
  return sha256(text.buffer);
}
