/** Going on after a pause, a closed page, a new copy of the file, another person at the phone. */
import { describe, expect, it } from "vitest";
import { sha } from "./testing/archive";
import { all, aQueue, archive, bytes, cutAfter, file, memory, only, when } from "./testing/fixture";

describe("going on", () => {
  it("after a pause sends only what is missing", async () => {
    archive.maxConcurrency = 1;
    const content = bytes(8000);
    const queue = aQueue();
    queue.add([file(content)], "s1");
    const [item] = await when(queue, ([one]) => one?.received.size === 3);
    queue.pause(item?.key ?? "");
    await when(queue, ([one]) => one?.phase === "paused");
    queue.resume(item?.key ?? "");
    await all(queue);
    expect(sha(archive.whole("u1"))).toBe(sha(content));
    expect(archive.arrived.length).toBeLessThanOrEqual(9);
  });

  it("after closing keeps each part that matches the file chosen again, whatever its name and date", async () => {
    const content = bytes(8000);
    const row = await cutAfter(3, content);
    const before = archive.arrived.length;
    const queue = aQueue();
    queue.add([file(content, "IMG 2.m4a", 999)], "s1", row);
    const item = await only(queue);
    expect(item.phase).toBe("stored");
    expect(item.note).toBe("kept-parts");
    expect(sha(archive.whole("u1"))).toBe(sha(content));
    expect(archive.uploads.size).toBe(1);
    expect(archive.arrived.length - before).toBeLessThanOrEqual(5);
  });

  it("keeps what another phone sent: the archive says which parts it holds", async () => {
    const content = bytes(8000);
    const row = await cutAfter(3, content);
    const before = archive.arrived.length;
    const queue = aQueue();
    queue.add([file(content, "IMG 2.m4a")], "s1", { ...row, digests: {}, etags: {} });
    expect((await only(queue)).phase).toBe("stored");
    expect(sha(archive.whole("u1"))).toBe(sha(content));
    expect(archive.arrived.length - before).toBeLessThanOrEqual(5);
  });

  it("sends only the one block again that the phone changed", async () => {
    const content = bytes(8000);
    const row = await cutAfter(4, content);
    const changed = content.slice();
    changed[1500] = (changed[1500] ?? 0) ^ 255;
    const before = archive.arrived.length;
    const queue = aQueue();
    queue.add([file(changed)], "s1", row);
    const item = await only(queue);
    expect(item.note).toBe("some-parts-again");
    expect(sha(archive.whole("u1"))).toBe(sha(changed));
    expect(archive.arrived.slice(before)).toContain("u1:2");
    expect(archive.arrived.slice(before)).not.toContain("u1:1");
    expect(archive.uploads.size).toBe(1);
  });

  it("begins again and closes the old upload when the phone made a new copy", async () => {
    const row = await cutAfter(3, bytes(8000));
    const copy = bytes(8000, 77);
    const queue = aQueue();
    queue.add([file(copy)], "s1", row);
    const item = await only(queue);
    expect(item.phase).toBe("stored");
    expect(item.note).toBe("new-copy");
    expect(archive.uploads.get("u1")?.state).toBe("cancelled");
    expect(sha(archive.whole("u2"))).toBe(sha(copy));
  });

  it("throws nothing away when a wrong file was tapped", async () => {
    const row = await cutAfter(3, bytes(8000));
    const queue = aQueue();
    queue.add([file(bytes(500, 3), "holiday.jpg")], "s1", row);
    expect((await only(queue)).problem?.kind).toBe("other-file");
    expect(archive.uploads.get("u1")?.state).toBe("uploading");
    expect(await memory.of("ana")).toHaveLength(1);
  });

  it("waits for its owner after sign-out, hidden from the next person, and goes on for the owner", async () => {
    archive.maxConcurrency = 1;
    const content = bytes(8000);
    const queue = aQueue();
    queue.add([file(content)], "s1");
    await when(queue, ([one]) => one?.received.size === 2);
    queue.belongTo("ben");
    expect(queue.snapshot()).toEqual([]);
    expect(queue.waitingForOwner()).toBe(1);
    expect(await memory.of("ben")).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 60));
    const there = archive.arrived.length;
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(archive.arrived.length).toBe(there);
    queue.belongTo("ana");
    await all(queue);
    expect(sha(archive.whole("u1"))).toBe(sha(content));
  });

  it("cancels: the upload is closed at the archive and forgotten here", async () => {
    archive.maxConcurrency = 1;
    const queue = aQueue();
    queue.add([file(bytes(8000))], "s1");
    const [item] = await when(queue, ([one]) => one?.received.size === 2);
    await queue.cancel(item?.key ?? "");
    expect(queue.snapshot()).toEqual([]);
    expect(archive.uploads.get("u1")?.state).toBe("cancelled");
    expect(await memory.of("ana")).toEqual([]);
  });
});
