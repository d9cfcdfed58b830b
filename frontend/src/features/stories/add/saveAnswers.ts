/** Tells the archive who speaks and what they allowed: a new draft, or changes to the one begun. */
import { api } from "@/shared/api/client";
import type { Story } from "@/shared/api/contract";
import { Problem } from "@/shared/api/problem";
import { consentOf } from "./consent";
import { type Draft, narratorsOf } from "./draft";

/**
 * Make the story of these answers, or bring the one begun up to them. A consent record is never
 * changed: another answer is another record, the newest counts. Raises `Problem`.
 */
export async function saveAnswers(draft: Draft): Promise<Pick<Draft, "storyId" | "consentKept">> {
  const consent = consentOf(draft);
  if (consent === null) throw new Problem(0, {});
  const consentKept = JSON.stringify(consent);
  const narrators = narratorsOf(draft);
  let key = draft.storyKey;
  const told = { machine_text_allowed: draft.words === true };
  if (draft.storyId !== "") {
    const path = `/stories/${encodeURIComponent(draft.storyId)}`;
    try {
      const story = await api.get<Story>(path);
      const known = story.narrators.map(({ names }) => ({ names }));
      // Persons are not made a second time for an answer that only went back and forth.
      const renamed = JSON.stringify(known) !== JSON.stringify(narrators);
      const change = { version: story.version, ...told, ...(renamed ? { narrators } : {}) };
      await api.patch<Story>(path, change);
      if (consentKept !== draft.consentKept) {
        await api.post(`${path}/consents`, { kind: "contributor_statement", ...consent });
      }
      return { storyId: draft.storyId, consentKept };
    } catch (error) {
      // A story that is not there any more is told anew, under no key: the old one names that story.
      if (!(error instanceof Problem && error.status === 404)) throw error;
      key = "";
    }
  }
  try {
    const headers: Record<string, string> = key ? { "Idempotency-Key": key } : {};
    const story = await api.post<Story>("/stories", { ...told, narrators, consent }, { headers });
    return { storyId: story.id, consentKept };
  } catch (error) {
    // The story was made of other answers, and word of it was lost on the way: it is brought up to these.
    const made = error instanceof Problem && error.status === 409 ? error.body.story_id : undefined;
    if (typeof made !== "string") throw error;
    return saveAnswers({ ...draft, storyId: made, consentKept: "" });
  }
}
