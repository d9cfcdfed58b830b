/** The story of the answers is made once, whatever is lost on the way. */
import { afterEach, expect, it, vi } from "vitest";
import { type Draft, EMPTY, newStoryKey } from "./draft";
import { saveAnswers } from "./saveAnswers";

const draft: Draft = {
  ...EMPTY,
  narrators: [[{ text: "Lan", language: "" }]],
  answer: "everyone",
  askedIn: "en",
  words: true,
  storyKey: newStoryKey(),
};

type Sent = { method: string; path: string; key: string | null };

/** An archive at the other end of `fetch` that gives these answers in turn. */
function archive(...answers: [status: number, body: unknown][]): Sent[] {
  const sent: Sent[] = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    const key = new Headers(init.headers).get("Idempotency-Key");
    sent.push({ method: init.method ?? "GET", path, key });
    const [status, body] = answers.shift() ?? [500, {}];
    return new Response(JSON.stringify(body), { status });
  });
  return sent;
}

afterEach(() => vi.unstubAllGlobals());

it("names the request, so that the same one again makes no second story", async () => {
  const sent = archive([201, { id: "s1" }]);
  expect((await saveAnswers(draft)).storyId).toBe("s1");
  expect(sent).toEqual([{ method: "POST", path: "/api/v1/stories", key: draft.storyKey }]);
  expect(newStoryKey()).not.toBe(draft.storyKey);
});

it("brings the story of a lost answer up to the answers of now", async () => {
  const sent = archive(
    [409, { title: "used", story_id: "s1" }],
    [200, { version: 3, narrators: [] }],
    [200, {}],
    [201, {}],
  );
  expect((await saveAnswers(draft)).storyId).toBe("s1");
  expect(sent.map(({ method, path }) => `${method} ${path}`)).toEqual([
    "POST /api/v1/stories",
    "GET /api/v1/stories/s1",
    "PATCH /api/v1/stories/s1",
    "POST /api/v1/stories/s1/consents",
  ]);
});

it("tells a story anew, under no key, when the one begun is gone", async () => {
  const sent = archive([404, {}], [201, { id: "s2" }]);
  expect((await saveAnswers({ ...draft, storyId: "s1" })).storyId).toBe("s2");
  expect(sent[1]).toEqual({ method: "POST", path: "/api/v1/stories", key: null });
});

it("says a refusal as it is", async () => {
  archive([409, { title: "no" }]);
  await expect(saveAnswers(draft)).rejects.toThrow();
});
