import { expect, test } from "vitest";
import { preferred } from "./index";
import { lengthen, pseudo } from "./pseudo";

test("a lengthened sentence is at least 40 % longer and keeps its tags and placeholders", () => {
  expect(lengthen("Add a story").length).toBeGreaterThanOrEqual(
    Math.ceil("Add a story".length * 1.4),
  );
  expect(lengthen("Read <0>this</0> now")).toContain("<0>thís</0>".replace("thís", "thís"));
  const made = pseudo({
    a: ["Back to ", ["time"]],
    b: [["n", "plural", { one: ["# story"], other: ["# stories"] }]],
  });
  expect(JSON.stringify(made)).toContain('["time"]');
  expect(JSON.stringify(made)).toContain('"plural"');
});

test("a reader from Hong Kong or Taiwan gets Traditional Chinese, others what they ask for", () => {
  expect(preferred(["zh-TW", "en"])).toBe("zh-Hant");
  expect(preferred(["yue-HK"])).toBe("zh-Hant");
  expect(preferred(["fr-FR", "en-GB"])).toBe("en");
  expect(preferred(["tlh"])).toBe("en");
});
