import { expect, test } from "vitest";
import { braidPath, simplify, strands } from "./braid";

const s = (tag: string, start_ms: number, end_ms: number) => ({ tag, start_ms, end_ms });

test("the language spoken most is the first row", () => {
  expect(strands([s("vi", 0, 10), s("en", 10, 50), s("vi", 50, 60)]).map(({ tag }) => tag)).toEqual(
    ["en", "vi"],
  );
});

test("the line starts at the left edge, bends where the language changes and ends at the right", () => {
  const path = braidPath([s("en", 0, 500), s("vi", 500, 1000)], ["en", "vi"], {
    fromMs: 0,
    toMs: 1000,
    width: 100,
    rowHeight: 20,
    curve: 10,
  });
  expect(path).toBe("M0 10 H45 C50 10 50 30 55 30 H100");
});

test("changes close together never make the line run backwards", () => {
  const segments = Array.from({ length: 40 }, (_, i) => s(i % 2 ? "a" : "b", i * 10, i * 10 + 10));
  const path = braidPath(segments, ["a", "b"], {
    fromMs: 0,
    toMs: 400,
    width: 100,
    rowHeight: 8,
    curve: 30,
  });
  const stops = [...path.matchAll(/H([\d.]+)/g)].map((match) => Number(match[1]));
  expect(stops).toEqual([...stops].sort((a, b) => a - b));
});

test("a card's braid is thinned to the segments it can show, and still covers the whole sound", () => {
  const segments = Array.from({ length: 60 }, (_, i) =>
    s(["en", "vi", "yue"][i % 3] ?? "en", i * 10, i * 10 + 3 + (i % 7)),
  );
  const thin = simplify(segments, 14);
  expect(thin.length).toBeLessThanOrEqual(14);
  expect(thin.every((segment, i) => i === 0 || segment.tag !== thin[i - 1]?.tag)).toBe(true);
  expect(thin.at(-1)?.end_ms).toBe(segments.at(-1)?.end_ms);
});
