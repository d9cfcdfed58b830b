import { expect, test } from "vitest";
import { clock, formatT, parseT, parts } from "./time";

test("a time of an address is read in all its spellings, and a bad one is the start", () => {
  expect(parseT("83.2")).toBe(83_200);
  expect(parseT(83.2)).toBe(83_200);
  expect(parseT("1:23")).toBe(83_000);
  expect(parseT("1:02:03.5")).toBe(3_723_500);
  expect(parseT("0h1m23s")).toBe(83_000);
  expect(parseT("90s")).toBe(90_000);
  for (const bad of ["", "abc", "-5", "1:2:3:4", "1h x", "NaN", undefined, null, {}, "1e3", "h"])
    expect(parseT(bad)).toBe(0);
});

test("what is written into an address is read back as the same tenth of a second", () => {
  for (const ms of [0, 100, 83_200, 9_000_000]) expect(parseT(formatT(ms))).toBe(ms);
  expect(formatT(83_249)).toBe("83.2");
  expect(formatT(-4)).toBe("0");
});

test("a clock always shows the hour", () => {
  expect(clock(0)).toBe("0:00:00");
  expect(clock(2_328_900)).toBe("0:38:48");
  expect(clock(36_000_000)).toBe("10:00:00");
  expect(parts(4_360_000)).toEqual({ hours: 1, minutes: 12, seconds: 40 });
});
