/** The consent record that the answers make: the very words, and only what they grant. */
import { type Answer, consentText, withName } from "./consentTexts";
import { calledAs, type Draft } from "./draft";

type Use = "listen" | "read" | "publish_online" | "process_by_ai";

/**
 * Only what was said aloud is granted. Family circles do not exist in the archive yet, so "our
 * family" grants hearing and reading but no publishing: the story stays closed until they do.
 */
const GRANTS: Record<Answer, { scope: Use[]; audience: "public" | "registered" | null }> = {
  family: { scope: ["listen", "read"], audience: null },
  community: { scope: ["listen", "read", "publish_online"], audience: "registered" },
  everyone: { scope: ["listen", "read", "publish_online"], audience: "public" },
  nobody: { scope: [], audience: null },
};

/** The consent record of these answers, or null while one is missing. */
export function consentOf(draft: Draft) {
  const { answer, words } = draft;
  const name = calledAs(draft);
  if (answer === null || words === null || name === "") return null;
  const text = consentText(draft.askedIn ?? "en");
  const [who, whoNote] = text.answers[answer];
  const [write, writeNote] = words ? text.words.yes : text.words.no;
  const { scope, audience } = GRANTS[answer];
  return {
    statement: withName(
      `${text.question} ${who}: ${whoNote}\n${text.words.question} ${write}: ${writeNote}`,
      name,
    ),
    scope: words ? [...scope, "process_by_ai" as const] : scope,
    audience,
    language: text.tag,
    given_by: name,
  };
}
