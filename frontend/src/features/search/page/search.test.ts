import { expect, test } from "vitest";
import type { Hit } from "@/shared/api/contract";
import { alsoFound, otherScripts } from "./spellings";

const hit = (via: Hit["via"], matched_as: string | null): Hit => ({
  passage_id: "p",
  story_id: "s",
  recording_id: "r",
  recording_number: 1,
  start_ms: 0,
  end_ms: 1,
  text: "",
  spans: [],
  via,
  matched_as,
  language: null,
  speaker: null,
});

test("spellings found in other scripts are named once, never the one that was typed", () => {
  const items = [
    {
      hits: [hit("alias", "Nguyễn"), hit("exact", null), hit("alias", "Yuen"), hit("alias", "阮")],
    },
  ];
  expect(alsoFound({ items }, "阮")).toEqual(["Nguyễn", "Yuen"]);
});

test("where nothing was found, the same name is offered in the scripts of those who bear it", () => {
  expect(otherScripts("nguyen")).toEqual(["阮", "Yuen"]);
  expect(otherScripts("なかむら")).toEqual(["Nakamura", "中村"]);
  expect(otherScripts("qqq")).toEqual([]);
});
