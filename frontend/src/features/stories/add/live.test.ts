/** Lines as they come: told twice, out of order, with words the machine was unsure of. */
import { expect, it } from "vitest";
import type { LiveCue } from "@/shared/api/contract";
import { joined } from "./follow";
import { marked } from "./LiveLines";

function cue(id: string, start_ms: number, text = "", words: [string, number][] = []): LiveCue {
  return {
    id,
    start_ms,
    end_ms: start_ms + 1000,
    recording_id: "r",
    language: "en",
    speaker: null,
    text,
    words: words.map(([word, probability]) => ({
      text: word,
      probability,
      start_ms,
      end_ms: start_ms,
    })),
    doubtful: false,
    provenance: {},
    reason: null,
  };
}

it("joins lines by id and orders them by time; a line told twice stays the same one", () => {
  const first = [cue("a", 5000, "five"), cue("b", 9000, "nine")];
  const again = joined(first, [cue("a", 5000, "five"), cue("c", 1000, "one")]);
  expect(again.map(({ id }) => id)).toEqual(["c", "a", "b"]);
  expect(again[1]).toBe(first[0]);
});

it("marks unsure words at their own place, also where a word stands twice", () => {
  const line = cue("a", 0, "ask, ask what", [
    [" ask,", 0.9],
    [" ask", 0.3],
    [" what", 0.8],
  ]);
  expect(marked(line)).toEqual([
    { text: "ask, ", unsure: false },
    { text: "ask", unsure: true },
    { text: " what", unsure: false },
  ]);
});

it("keeps the text whole where its words are not found in it", () => {
  expect(marked(cue("a", 0, "corrected by hand", [["wrong", 0.1]]))).toEqual([
    { text: "corrected by hand", unsure: false },
  ]);
});
