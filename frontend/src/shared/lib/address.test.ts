import { expect, test } from "vitest";
import { list, parseAddress, placeOf, text, within, writeAddress } from "./address";

test("a number, a year or a quoted word in an address stays the word that was typed", () => {
  for (const q of ["123", "true", '"in my house"', "阮 & 妈", "1:23", "a+b"])
    expect(text(parseAddress(writeAddress({ q })), "q")).toEqual({ q });
});

test("a key that stands twice is a list, and an empty one is not there", () => {
  const query = parseAddress("?language=vi&language=yue&place=");
  expect(list(query, "language")).toEqual({ language: ["vi", "yue"] });
  expect(text(query, "place")).toEqual({});
  expect(writeAddress({ language: ["vi", "yue"], q: undefined })).toBe("?language=vi&language=yue");
});

test("a place names its recording, except for the first, and its second where there is one", () => {
  expect(placeOf(1, 83_200)).toEqual({ t: "83.2" });
  expect(placeOf(3, 0)).toEqual({ r: "3", t: "0" });
  expect(placeOf(2)).toEqual({ r: "2" });
  expect(placeOf(null)).toEqual({});
});

test("after signing in nobody is led out of the archive", () => {
  expect(within("/my?x=1")).toBe("/my?x=1");
  for (const bad of [
    "https://elsewhere.test",
    "//elsewhere.test",
    "/\\elsewhere.test",
    "javascript:x",
    "",
    undefined,
  ])
    expect(within(bad)).toBe("/");
});
