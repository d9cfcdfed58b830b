/** What the uploader's tests share: a small archive, a phone's memory and line, files of bytes. */
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach } from "vitest";
import { uploadApi } from "../api";
import { lastingMemory, type RememberedUpload, type UploadMemory } from "../memory";
import { type QueuedFile, UploadQueue } from "../queue";
import type { Surroundings } from "../surroundings";
import type { PutPart } from "../transport";
import { Archive, putByFetch } from "./archive";

export let archive: Archive;
export let memory: UploadMemory;
export let wake: Set<() => void>;
export let around: Surroundings & { up: boolean; cellular: boolean };

beforeEach(async () => {
  archive = await new Archive().start();
  globalThis.indexedDB = new IDBFactory();
  memory = lastingMemory();
  wake = new Set();
  around = {
    up: true,
    cellular: false,
    online: () => around.up,
    thin: () => around.cellular,
    onReturn: (again) => {
      wake.add(again);
      return () => wake.delete(again);
    },
  };
});

afterEach(() => archive.stop());

export function bytes(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(length);
  let state = seed;
  for (let at = 0; at < length; at += 1) {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    out[at] = state >> 16;
  }
  return out;
}

export function file(
  content: Uint8Array<ArrayBuffer>,
  name = "grandmother.m4a",
  lastModified = 1,
): File {
  return new File([content], name, { lastModified, type: "audio/mp4" });
}

export function aQueue(
  account: string | null = "ana",
  { put = putByFetch, stillMs = 10_000 }: { put?: PutPart; stillMs?: number } = {},
): UploadQueue {
  const queue = new UploadQueue({ api: uploadApi(archive.base), put, memory, around, stillMs });
  queue.belongTo(account);
  return queue;
}

/** Resolve with the first state of the queue that `good` accepts; the test's time is the limit. */
export function when(queue: UploadQueue, good: (items: readonly QueuedFile[]) => boolean) {
  return new Promise<readonly QueuedFile[]>((resolve) => {
    const look = () => {
      if (!good(queue.snapshot())) return;
      leave();
      resolve(queue.snapshot());
    };
    const leave = queue.subscribe(look);
    look();
  });
}

export const ended = (items: readonly QueuedFile[]) =>
  items.length > 0 && items.every(({ phase }) => phase === "stored" || phase === "failed");
export const all = async (queue: UploadQueue) => when(queue, ended);
export const only = async (queue: UploadQueue) => (await all(queue))[0] as QueuedFile;

/**
 * Send a file until `parts` parts are there, and close the page: what a reload leaves behind.
 */
export async function cutAfter(
  parts: number,
  content: Uint8Array<ArrayBuffer>,
): Promise<RememberedUpload> {
  archive.maxConcurrency = 1;
  const queue = aQueue();
  queue.add([file(content)], "s1");
  await when(queue, ([item]) => (item?.received.size ?? 0) >= parts);
  queue.belongTo(null);
  await when(queue, (items) => items.length === 0);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const [row] = await memory.of("ana");
  if (row === undefined) throw new Error("nothing was remembered");
  return row;
}

/** Resolve as soon as `good` holds, looked at every 10 ms. */
export async function until(good: () => boolean): Promise<void> {
  while (!good()) await new Promise((resolve) => setTimeout(resolve, 10));
}
