import { describe, expect, it } from "vitest";
import { ownName } from "./languages";

describe("ownName", () => {
  it("names a language as its speakers do, also where a browser's tables lack it", () => {
    expect(["nan", "bo", "my", "as", "ilo"].map(ownName)).toEqual([
      "閩南語",
      "བོད་སྐད་",
      "မြန်မာ",
      "অসমীয়া",
      "Ilokano",
    ]);
  });

  it("tells the two ways of writing Chinese apart by script or place", () => {
    expect([ownName("zh-Hant"), ownName("zh-Hans"), ownName("zh-TW"), ownName("zh")]).toEqual([
      "繁體中文",
      "简体中文",
      "繁體中文",
      "中文",
    ]);
  });

  it("falls back to the tag, and says nothing of an unknown language", () => {
    expect(ownName("und")).toBe("");
    expect(ownName("not a tag")).toBe("not a tag");
  });
});
