import { expect, test } from "vitest";
import { cutAtMarks, utf16Index } from "./spans";

test("marks count code points, so an emoji or a rare character before them moves nothing", () => {
  expect(utf16Index("😀a𠮷b", 3)).toBe(5);
  expect(cutAtMarks("😀 Nguyễn", [[2, 8]])).toEqual([
    { text: "😀 ", marked: false },
    { text: "Nguyễn", marked: true },
  ]);
});

test("overlapping, touching, empty and over-long marks still give back the whole text once", () => {
  const text = "in my house";
  const pieces = cutAtMarks(text, [
    [3, 5],
    [4, 8],
    [8, 11],
    [2, 2],
    [9, 99],
  ]);
  expect(pieces.map((piece) => piece.text).join("")).toBe(text);
  expect(pieces).toEqual([
    { text: "in ", marked: false },
    { text: "my house", marked: true },
  ]);
});
