/** What this phone remembers of uploads under way, kept per account so that no other one sees it. */

export interface RememberedUpload {
  account: string;
  id: string;
  storyId: string;
  filename: string;
  sizeBytes: number;
  lastModified: number;
  partSizeBytes: number;
  partCount: number;
  maxConcurrency: number;
  /** SHA-256 (hexadecimal) of each part that the archive has received and checked, by number. */
  digests: Record<number, string>;
  /** The store's ETag of the same parts. */
  etags: Record<number, string>;
  startedAt: number;
}

export interface UploadMemory {
  of(account: string): Promise<RememberedUpload[]>;
  keep(upload: RememberedUpload): Promise<void>;
  forget(account: string, id: string): Promise<void>;
}

const NAME = "storybraid-uploads";
const STORE = "uploads";

function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function finished(work: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    work.oncomplete = () => resolve();
    work.onerror = () => reject(work.error);
    work.onabort = () => reject(work.error);
  });
}

function database(): Promise<IDBDatabase> {
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => {
    const store = opening.result.createObjectStore(STORE, { keyPath: ["account", "id"] });
    store.createIndex("account", "account");
  };
  return answered(opening);
}

/** Memory in IndexedDB: it outlives the page, the browser and the phone's restart. */
export function lastingMemory(): UploadMemory {
  let opened: Promise<IDBDatabase> | undefined;
  const store = async (mode: IDBTransactionMode) => {
    opened ??= database();
    // Strict: an answer means that a killed browser finds the row again.
    return (await opened).transaction(STORE, mode, { durability: "strict" });
  };
  return {
    async of(account) {
      const work = await store("readonly");
      return answered(work.objectStore(STORE).index("account").getAll(account));
    },
    async keep(upload) {
      const work = await store("readwrite");
      work.objectStore(STORE).put(upload);
      await finished(work);
    },
    async forget(account, id) {
      const work = await store("readwrite");
      work.objectStore(STORE).delete([account, id]);
      await finished(work);
    },
  };
}

/** Memory of this page alone, for browsers that lend no database (some private windows). */
export function passingMemory(): UploadMemory {
  const rows = new Map<string, RememberedUpload>();
  const key = (account: string, id: string) => JSON.stringify([account, id]);
  return {
    of: async (account) => [...rows.values()].filter((row) => row.account === account),
    keep: async (upload) => void rows.set(key(upload.account, upload.id), structuredClone(upload)),
    forget: async (account, id) => void rows.delete(key(account, id)),
  };
}

/**
 * `lasting` as long as it works, else `passing`: an upload must not stop because the phone's
 * database is full or locked away.
 */
export function forgivingMemory(lasting: UploadMemory, passing: UploadMemory): UploadMemory {
  const first = async <T>(work: (memory: UploadMemory) => Promise<T>): Promise<T> => {
    try {
      return await work(lasting);
    } catch {
      return work(passing);
    }
  };
  return {
    async of(account) {
      const kept = await lasting.of(account).catch(() => []);
      const ids = new Set(kept.map((row) => row.id));
      return [...kept, ...(await passing.of(account)).filter((row) => !ids.has(row.id))];
    },
    keep: (upload) => first((memory) => memory.keep(upload)),
    async forget(account, id) {
      await lasting.forget(account, id).catch(() => {});
      await passing.forget(account, id);
    },
  };
}
