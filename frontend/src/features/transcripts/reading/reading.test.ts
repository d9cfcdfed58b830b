import { describe, expect, test } from "vitest";
import type { Cue } from "@/shared/api/contract";
import { FOLLOWING, follow, pull } from "./follow";
import { joined, lineAt, linesOf, turnsOf } from "./turns";
import { placesOf, unsureIn, wordAt, wordsWithin } from "./words";

const cue = (start_ms: number, end_ms: number, text: string, over: Partial<Cue> = {}): Cue => ({
  recording_id: "r",
  start_ms,
  end_ms,
  text,
  language: "en",
  speaker: null,
  words: [],
  doubtful: false,
  provenance: {},
  ...over,
});

describe("turns", () => {
  test("another speaker or a long pause begins a turn; a placeholder stays in the turn before it", () => {
    const lines = linesOf(
      [
        cue(0, 1000, "One.", { speaker: "A" }),
        cue(1200, 2000, "Two.", { speaker: "A" }),
        cue(9000, 9900, "Three.", { speaker: "B" }),
      ],
      [
        { start_ms: 3000, end_ms: 6000, reason: "no_words" },
        { start_ms: 6100, end_ms: 6900, reason: "no_words" },
      ],
      [],
    );
    expect(lines.map((line) => line.kind)).toEqual(["cue", "cue", "untranscribed", "cue"]);
    expect(turnsOf(lines).map((turn) => [turn.speaker, turn.lines.length])).toEqual([
      ["A", 3],
      ["B", 1],
    ]);
    const nobody = turnsOf(
      linesOf([cue(0, 1000, "a."), cue(1100, 2000, "b."), cue(5000, 6000, "c")], [], []),
    );
    expect(nobody.map((turn) => turn.lines.length)).toEqual([2, 1]);
  });

  test("pieces of one sentence are one line, and its words keep their times and places", () => {
    const word = (text: string, start_ms: number) => ({
      text,
      start_ms,
      end_ms: start_ms + 90,
      probability: 0.9,
    });
    const [line, other, zh] = joined([
      cue(0, 900, "And so,", { words: [word("And", 0), word(" so,", 400)] }),
      cue(1000, 2000, "ask not.", { words: [word("ask", 1000), word(" not.", 1500)] }),
      cue(2100, 3000, "Yes"),
      cue(3000, 4000, "你好", { language: "zh" }),
      cue(4000, 5000, "再见", { language: "zh" }),
    ]);
    expect(line?.text).toBe("And so, ask not.");
    expect(
      placesOf(line ?? cue(0, 0, "")).map(({ from, to, start_ms }) => [
        line?.text.slice(from, to),
        start_ms,
      ]),
    ).toEqual([
      ["And", 0],
      ["so,", 400],
      ["ask", 1000],
      ["not.", 1500],
    ]);
    expect([other?.text, zh?.text]).toEqual(["Yes", "你好再见"]);
  });

  test("doubtful spans side by side are one box without words", () => {
    const lines = linesOf(
      [
        cue(0, 2000, "", { doubtful: true }),
        cue(2100, 4000, "", { doubtful: true }),
        cue(4000, 5000, "Yes."),
      ],
      [],
      [],
    );
    expect(lines.map((line) => [line.kind, line.end_ms])).toEqual([
      ["doubtful", 4000],
      ["cue", 5000],
    ]);
  });

  test("the line at a time is the one that sounds, for a breath the one before, else none", () => {
    const lines = linesOf([cue(1000, 2000, "a."), cue(2500, 3000, "b.")], [], []);
    expect([0, 1000, 1999, 2400, 2500, 3600, 5000].map((ms) => lineAt(lines, ms))).toEqual([
      -1, 0, 0, 0, 1, 1, -1,
    ]);
  });
});

describe("words", () => {
  const text = "Ba viết bằng tiếng Việt, 😀 viết.";
  const words = text.split(" ").map((word, i) => ({
    text: ` ${word}`,
    start_ms: i * 100,
    end_ms: i * 100 + 90,
    probability: 0.9,
  }));

  test("every word is found at its own place, the second of two equal ones too", () => {
    const places = placesOf({ text, words });
    expect(places.map(({ from, to }) => text.slice(from, to))).toEqual(text.split(" "));
  });

  test("a word that an editor took out is passed over", () => {
    const places = placesOf({ text: "Ba bằng tiếng", words });
    expect(places.map(({ start_ms }) => start_ms)).toEqual([0, 200, 300]);
  });

  test("the word that sounds is the last begun; a hit's words are those inside its time", () => {
    const places = placesOf({ text, words });
    expect(wordAt(places, 150)?.start_ms).toBe(100);
    expect(wordAt(places, -1)).toBeNull();
    expect(
      wordsWithin(places, { start_ms: 100, end_ms: 290 }).map(({ start_ms }) => start_ms),
    ).toEqual([100, 200]);
  });
});

describe("following", () => {
  test("it stops when the reader scrolls and starts only when the reader asks", () => {
    const gone = follow(FOLLOWING, { type: "reader-scrolled" });
    expect(gone.following).toBe(false);
    const away = follow(gone, { type: "line-seen", seen: false });
    expect(away).toEqual({ following: false, away: true });
    expect(follow(away, { type: "line-seen", seen: true }).following).toBe(false);
    expect(follow(away, { type: "asked-for-place" })).toEqual(FOLLOWING);
  });

  test("under reduced motion it never begins by itself", () => {
    expect(follow(FOLLOWING, { type: "calm", calm: true }).following).toBe(false);
  });

  test("a line inside the free band is left alone, one outside is brought a third down", () => {
    expect(pull({ top: 100, bottom: 150 }, { top: 80, bottom: 600 })).toBe(0);
    expect(pull({ top: 700, bottom: 750 }, { top: 0, bottom: 600 })).toBe(500);
    expect(pull({ top: -50, bottom: 20 }, { top: 0, bottom: 600 })).toBe(-250);
  });
});

describe("unsure words", () => {
  const said = (...words: [string, number][]) => ({
    text: words.map(([text]) => text).join(" "),
    words: words.map(([text, probability], i) => ({
      text: ` ${text}`,
      start_ms: i * 100,
      end_ms: i * 100 + 90,
      probability,
    })),
  });
  const marked = (line: ReturnType<typeof said>) =>
    unsureIn(line).map(({ from, to }) => line.text.slice(from, to));

  test("those that follow each other are one doubt, and a comma is none of it", () => {
    expect(
      marked(
        said(["on", 0.9], ["Đồng", 0.2], ["Khánh,", 0.1], ["I", 0.8], ["think", 0.3], ["so.", 0.9]),
      ),
    ).toEqual(["Đồng Khánh", "think"]);
  });

  test("a word at the limit is sure, and a mark alone is no word", () => {
    expect(marked(said(["Yes", 0.35], ["…", 0.01], ["no", 0.34]))).toEqual(["no"]);
  });
});
