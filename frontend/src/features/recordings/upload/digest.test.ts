/** Digests, waits and pace: the small sums the uploader stands on. */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { sha256, sha256InJavaScript } from "./digest";
import { expectedPartSize, sizeOfPart } from "./parts";
import { Pace } from "./progress";
import { waitBefore } from "./surroundings";

describe("digests", () => {
  it.each([0, 1, 63, 1 << 20, 2_500_001])(
    "are the same by browser and in JavaScript (%i bytes)",
    async (length) => {
      const bytes = new Uint8Array(length).map((_, at) => at % 251);
      const wanted = createHash("sha256").update(bytes).digest("hex");
      expect(await sha256(bytes.buffer)).toBe(wanted);
      expect(await sha256InJavaScript(bytes.buffer)).toBe(wanted);
    },
  );
});

describe("parts", () => {
  it("are 8 MiB unless 9,000 of them would not hold the file", () => {
    expect(expectedPartSize(1)).toBe(8 * 1024 * 1024);
    expect(expectedPartSize(9000 * 8 * 1024 * 1024 + 1)).toBe(8 * 1024 * 1024 + 1);
  });

  it("end with a shorter one", () => {
    expect([1, 2, 3, 4].map((number) => sizeOfPart(number, 1000, 2500))).toEqual([
      1000, 1000, 500, 0,
    ]);
  });
});

describe("waiting", () => {
  it("doubles from a second to half a minute, a quarter up or down", () => {
    expect([0, 1, 2, 9].map((attempt) => waitBefore(attempt, () => 0.5))).toEqual([
      1000, 2000, 4000, 30000,
    ]);
    expect(waitBefore(0, () => 0)).toBe(750);
    expect(waitBefore(0, () => 1)).toBe(1250);
  });
});

describe("time left", () => {
  it("is unknown for two seconds, then follows the last twenty", () => {
    const pace = new Pace();
    pace.note(0, 0);
    pace.note(500, 1000);
    expect(pace.timeFor(1000)).toBeNull();
    for (let second = 2; second <= 60; second += 1) pace.note(second * 500, second * 1000);
    expect(pace.timeFor(5000)).toBe(10_000);
    for (let second = 61; second <= 82; second += 1)
      pace.note(30_000 + (second - 60) * 50, second * 1000);
    expect(pace.timeFor(5000)).toBeCloseTo(100_000, -4);
  });
});
