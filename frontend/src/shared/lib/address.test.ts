import { expect, test } from "vitest";
import { list, parseAddress, text, within, writeAddress } from "./address";

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
