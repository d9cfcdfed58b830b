/** What the answers become: names with their scripts, and a consent record of the very words. */
import { describe, expect, it } from "vitest";
import { consentOf } from "./consent";
import { ANSWERS, CONSENT_TEXTS } from "./consentTexts";
import { calledAs, type Draft, EMPTY, narratorsOf } from "./draft";
import { scriptOf } from "./names";

const draft: Draft = {
  ...EMPTY,
  narrators: [
    [
      { text: " Nguyễn Mai Lan ", language: "" },
      { text: "阮梅蘭", language: "yue" },
      { text: "  ", language: "ja" },
    ],
    [{ text: "Remedios Santos", language: "" }],
  ],
  answer: "family",
  askedIn: "vi",
  words: false,
};

describe("names", () => {
  it.each([
    ["Nguyễn Mai Lan", "Latn"],
    ["阮梅蘭", "Hani"],
    ["なかむら", "Hira"],
    ["中村はな", "Jpan"],
    ["박하나", "Hang"],
    ["आशा", "Deva"],
    ["Lola 蘭", "Latn"],
    ["…", null],
  ])("%s is in %s", (text, script) => {
    expect(scriptOf(text)).toBe(script);
  });

  it("keep every form in its order and leave empty ones out", () => {
    expect(narratorsOf(draft)).toEqual([
      {
        names: [
          { text: "Nguyễn Mai Lan", language: null, script: "Latn" },
          { text: "阮梅蘭", language: "yue", script: "Hani" },
        ],
      },
      { names: [{ text: "Remedios Santos", language: null, script: "Latn" }] },
    ]);
    expect(calledAs(draft)).toBe("Nguyễn Mai Lan, Remedios Santos");
  });
});

describe("consent", () => {
  it("is kept word for word in the language it was asked in", () => {
    const record = consentOf({ ...draft, narrators: draft.narrators.slice(0, 1) });
    expect(record?.language).toBe("vi");
    expect(record?.given_by).toBe("Nguyễn Mai Lan");
    expect(record?.statement).toBe(
      "Ai được nghe câu chuyện này? Gia đình chúng ta: Những người Nguyễn Mai Lan hoặc bạn mời.\n" +
        "Máy tính có được chép lại lời nói không? Không: Bản ghi âm được giữ và có thể nghe. Không máy nào nghe nó.",
    );
  });

  it("grants publishing only to whom the answer names, and the machine only by a yes", () => {
    const granted = ANSWERS.map((answer) => consentOf({ ...draft, answer, words: true }));
    expect(granted.map((record) => [record?.audience, record?.scope])).toEqual([
      [null, ["listen", "read", "process_by_ai"]],
      ["registered", ["listen", "read", "publish_online", "process_by_ai"]],
      ["public", ["listen", "read", "publish_online", "process_by_ai"]],
      [null, ["process_by_ai"]],
    ]);
    expect(consentOf({ ...draft, answer: "nobody" })?.scope).toEqual([]);
  });

  it("is missing as long as an answer is", () => {
    expect(consentOf({ ...draft, answer: null })).toBeNull();
    expect(consentOf({ ...draft, words: null })).toBeNull();
    expect(consentOf({ ...draft, narrators: [] })).toBeNull();
  });

  it("asks the same four answers in every language, named where a name belongs", () => {
    for (const text of CONSENT_TEXTS) {
      expect(Object.keys(text.answers)).toEqual([...ANSWERS]);
      expect(text.answers.family[1]).toContain("{name}");
      expect(text.answers.nobody[1]).toContain("{name}");
      expect(text.draft).toBe(text.tag !== "en");
    }
    expect(new Set(CONSENT_TEXTS.map(({ tag }) => tag)).size).toBe(CONSENT_TEXTS.length);
  });
});
