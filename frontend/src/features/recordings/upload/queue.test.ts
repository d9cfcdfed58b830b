/** The uploader against a small archive over real HTTP: what is sent, sent again, and what stops it. */
import { describe, expect, it } from "vitest";
import type { Source } from "./parts";
import { percentSent } from "./progress";
import { putByFetch, sha } from "./testing/archive";
import {
  all,
  aQueue,
  archive,
  around,
  bytes,
  file,
  memory,
  only,
  until,
  wake,
  when,
} from "./testing/fixture";
import type { PutPart } from "./transport";

describe("sending", () => {
  it("brings every byte over and says stored only then, with the recording's id", async () => {
    const content = bytes(10_500);
    const queue = aQueue();
    const seen: string[] = [];
    queue.subscribe(() => {
      const item = queue.snapshot()[0];
      if (item) seen.push(`${item.phase} ${percentSent(item, item.file.size)}`);
    });
    queue.add([file(content)], "s1");
    const item = await only(queue);
    expect(item.phase).toBe("stored");
    expect(item.recordingId).toBe("recording-u1");
    expect(sha(archive.whole("u1"))).toBe(sha(content));
    expect(archive.arrived).toHaveLength(11);
    expect(seen.indexOf("checking 100")).toBeGreaterThan(0);
    expect(await memory.of("ana")).toEqual([]);
  });

  it("sends one part at a time on a line where bytes cost, else as many as the archive allows", async () => {
    // Parts are held until the others are there too, however busy the machine is.
    archive.onPart = async () => {
      for (let look = 0; look < 100 && archive.most < 3; look += 1) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    const wide = aQueue();
    wide.add([file(bytes(9000))], "s1");
    await all(wide);
    expect(archive.most).toBe(3);
    archive.onPart = () => {};
    archive.most = 0;
    around.cellular = true;
    const thin = aQueue();
    thin.add([file(bytes(9000, 2))], "s1");
    await all(thin);
    expect(archive.most).toBe(1);
  });

  it("makes one upload when the answer to the first request was lost", async () => {
    archive.faults.push({ at: "begin", status: 0 });
    const queue = aQueue();
    queue.add([file(bytes(2000))], "s1");
    expect((await only(queue)).phase).toBe("stored");
    expect(archive.uploads.size).toBe(1);
  });

  it.each([["begin"], ["address"], ["complete"], ["look"]])(
    "waits for the line where it breaks in the middle of a good answer to %s",
    async (spot) => {
      archive.cuts.push(spot);
      const content = bytes(2000);
      const queue = aQueue();
      queue.add([file(content)], "s1");
      const item = await only(queue);
      expect(item.problem).toBeNull();
      expect(archive.cuts).toEqual([]);
      expect(archive.uploads.size).toBe(1);
      expect(sha(archive.whole("u1"))).toBe(sha(content));
    },
  );

  it("asks for a new address when one ran out", async () => {
    archive.faults.push({ at: "part", status: 403 }, { at: "part", status: 403 });
    const queue = aQueue();
    queue.add([file(bytes(3000))], "s1");
    expect((await only(queue)).phase).toBe("stored");
    expect(archive.addressesAsked).toBe(5);
  });

  it("sends a part again that arrived damaged, and gives up after three", async () => {
    archive.faults.push({ at: "part", status: 400 });
    const queue = aQueue();
    queue.add([file(bytes(3000))], "s1");
    expect((await only(queue)).phase).toBe("stored");
    archive.maxConcurrency = 1;
    for (let times = 0; times < 4; times += 1) archive.faults.push({ at: "part", status: 400 });
    queue.add([file(bytes(3000, 5), "other.m4a")], "s1");
    const [, item] = await all(queue);
    expect(item?.problem?.kind).toBe("damaged");
  });

  it("sends again the parts that complete names as bad", async () => {
    archive.overwritten = [2];
    const queue = aQueue();
    const content = bytes(3500);
    queue.add([file(content)], "s1");
    expect((await only(queue)).phase).toBe("stored");
    expect(sha(archive.whole("u1"))).toBe(sha(content));
    expect(archive.arrived.filter((part) => part === "u1:2")).toHaveLength(2);
    expect(archive.arrived).toHaveLength(5);
  });

  it("sends by itself what did not reach the archive's disk", async () => {
    archive.lost = [2, 3];
    const content = bytes(5000);
    const queue = aQueue();
    queue.add([file(content)], "s1");
    await when(queue, ([item]) => item?.phase === "stored" || item?.phase === "failed");
    expect(queue.snapshot()[0]?.phase).toBe("stored");
    expect(sha(archive.whole("u1"))).toBe(sha(content));
    expect(archive.arrived).toHaveLength(7);
  });

  it("waits while offline and goes on at once when the network is back", async () => {
    around.up = false;
    for (let times = 0; times < 3; times += 1) archive.faults.push({ at: "part", status: 503 });
    const queue = aQueue();
    queue.add([file(bytes(3000))], "s1");
    await until(() => wake.size === 3);
    expect(queue.snapshot()[0]?.waiting).toBe("offline");
    around.up = true;
    const start = performance.now();
    for (const again of [...wake]) again();
    const item = await only(queue);
    expect(item.phase).toBe("stored");
    expect(item.waiting).toBeNull();
    expect(performance.now() - start).toBeLessThan(700);
  });
});

describe("waiting", () => {
  it("ends when the person says try now, and keeps what was received", async () => {
    archive.maxConcurrency = 1;
    const queue = aQueue();
    queue.add([file(bytes(6000))], "s1");
    await when(queue, ([item]) => item?.received.size === 2);
    for (let times = 0; times < 6; times += 1) archive.faults.push({ at: "part", status: 503 });
    await until(() => wake.size === 1);
    archive.faults = [];
    const start = performance.now();
    queue.tryNow(queue.snapshot()[0]?.key ?? "");
    expect((await only(queue)).phase).toBe("stored");
    expect(performance.now() - start).toBeLessThan(700);
    expect(archive.uploads.size).toBe(1);
  });
});

describe("a line that stands still without breaking", () => {
  /** Moves some bytes of each part, stands still until `go`, and then sends it. */
  const halting = (sent: number) => {
    let go = () => {};
    const still = new Promise<void>((resolve) => {
      go = resolve;
    });
    const put: PutPart = async (address, body, onSent, signal) => {
      onSent(Math.min(sent, body.size));
      await still;
      return putByFetch(address, body, onSent, signal);
    };
    return { put, go };
  };

  it("is said to be waited for, until bytes move again", async () => {
    const { put, go } = halting(400);
    const queue = aQueue("ana", { put, stillMs: 30 });
    queue.add([file(bytes(2500))], "s1");
    const [item] = await when(queue, ([one]) => one?.waiting === "line");
    expect(item?.timeLeftMs).toBeNull();
    go();
    expect((await only(queue)).phase).toBe("stored");
    expect(queue.snapshot()[0]?.waiting).toBeNull();
  });

  it("is not blamed while the archive reads a part that has left whole", async () => {
    const { put, go } = halting(1000);
    const queue = aQueue("ana", { put, stillMs: 30 });
    const seen = new Set<string | null>();
    queue.subscribe(() => seen.add(queue.snapshot()[0]?.waiting ?? null));
    queue.add([file(bytes(1000))], "s1");
    await when(queue, ([one]) => one?.underWay.size === 1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    go();
    await only(queue);
    expect(seen).toEqual(new Set([null]));
  });
});

describe("parts that break off in a row", () => {
  it.each([
    ["breaks", "a server in front", 502, false],
    ["line", "the archive or its store", 503, true],
  ] as const)("are called %s where %s answers", async (called, _, status, json) => {
    archive.maxConcurrency = 1;
    for (let times = 0; times < 4; times += 1) archive.faults.push({ at: "part", status, json });
    const queue = aQueue();
    queue.add([file(bytes(900))], "s1");
    for (let times = 1; times < 4; times += 1) {
      await until(() => wake.size === 1);
      expect(queue.snapshot()[0]?.waiting).toBe("line");
      for (const again of [...wake]) again();
    }
    await until(() => wake.size === 1);
    expect(queue.snapshot()[0]?.waiting).toBe(called);
    for (const again of [...wake]) again();
    expect((await only(queue)).phase).toBe("stored");
  });
});

describe("what stops one recording", () => {
  it("names a server in front that refuses long parts, with their size", async () => {
    archive.faults.push({ at: "part", status: 413, json: false });
    const queue = aQueue();
    queue.add([file(bytes(900))], "s1");
    const { problem } = await only(queue);
    expect(problem?.kind).toBe("front-refuses");
    expect(problem?.partBytes).toBe(900);
  });

  it.each([
    ["begin", 413, "too-large"],
    ["begin", 415, "wrong-kind"],
    ["begin", 507, "no-room"],
    ["part", 507, "no-room"],
    ["address", 401, "signed-out"],
  ] as const)("keeps the archive's sentence when %s answers %i", async (at, status, kind) => {
    archive.faults.push({ at, status, body: { detail: "The archive says why." } });
    const queue = aQueue();
    queue.add([file(bytes(900))], "s1");
    const { problem } = await only(queue);
    expect(problem?.kind).toBe(kind);
    if (at !== "part") expect(problem?.detail).toBe("The archive says why.");
  });

  it("says that the account has sent all that it may, and not that the archive is full", async () => {
    archive.faults.push({
      at: "begin",
      status: 507,
      body: { type: "/docs/problems#quota-used-up", detail: "The archive says why." },
    });
    const queue = aQueue();
    queue.add([file(bytes(900))], "s1");
    const { problem } = await only(queue);
    expect([problem?.kind, problem?.detail]).toEqual(["refused", "The archive says why."]);
  });

  it("lets the others go on when the phone gives one file empty and another not at all", async () => {
    const placeholder = file(bytes(0), "cloud.m4a");
    const broken: Source = Object.assign(file(bytes(2500), "moved.m4a"), {
      slice: () => ({
        arrayBuffer: () => Promise.reject(new DOMException("", "NotReadableError")),
      }),
    });
    const queue = aQueue();
    queue.add([placeholder, broken, file(bytes(2500))], "s1");
    const items = await all(queue);
    expect(items.map(({ problem }) => problem?.kind ?? "none")).toEqual([
      "empty",
      "unreadable",
      "none",
    ]);
    expect(items[2]?.phase).toBe("stored");
  });

  it("says with its reason that the archive did not keep the recording", async () => {
    archive.verdict = ["failed", "The whole is not what was sent."];
    const queue = aQueue();
    queue.add([file(bytes(900))], "s1");
    const item = await only(queue);
    expect(item.problem?.kind).toBe("rejected");
    expect(item.problem?.detail).toBe("The whole is not what was sent.");
    archive.verdict = ["stored"];
    queue.resume(item.key);
    await when(queue, ([one]) => one?.phase === "stored");
    expect(archive.uploads.size).toBe(2);
  });
});
