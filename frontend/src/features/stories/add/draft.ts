/** The answers given so far, kept on this device until the story is told to the archive and done. */
import type { Answer } from "./consentTexts";
import { scriptOf } from "./names";

export interface NameForm {
  text: string;
  /** BCP 47, "" where nobody said. */
  language: string;
}

export interface Draft {
  /** Each person with the forms of their name, the plain one first. */
  narrators: NameForm[][];
  answer: Answer | null;
  /** The language in which the question was read. */
  askedIn: string | null;
  /** May a computer write down the words? */
  words: boolean | null;
  /** Names the request that makes the story, so that one sent twice makes one; "" until it is sent. */
  storyKey: string;
  /** The story that the archive made of these answers, "" until then. */
  storyId: string;
  /** The consent that the archive has already, as `consentOf` wrote it. */
  consentKept: string;
}

export const EMPTY: Draft = {
  narrators: [[{ text: "", language: "" }]],
  answer: null,
  askedIn: null,
  words: null,
  storyKey: "",
  storyId: "",
  consentKept: "",
};

/** A key that no other draft has; `crypto.randomUUID` is missing on plain http. */
export function newStoryKey(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join("-");
}

const key = (account: string) => `storybraid.add.${account}`;

/** The unfinished answers of this account on this device, or an empty sheet. */
export function loadDraft(account: string): Draft {
  try {
    const kept = JSON.parse(localStorage.getItem(key(account)) ?? "null");
    return kept === null ? EMPTY : { ...EMPTY, ...kept };
  } catch {
    return EMPTY;
  }
}

/** Keep the answers; where the device keeps nothing they live as long as the page. */
export function keepDraft(account: string, draft: Draft): void {
  try {
    localStorage.setItem(key(account), JSON.stringify(draft));
  } catch {
    // A full or closed storage must not stop anybody from telling a story.
  }
}

export function dropDraft(account: string): void {
  try {
    localStorage.removeItem(key(account));
  } catch {
    // Nothing was kept then.
  }
}

/** The narrators with at least one name, empty forms left out, each with the script it is in. */
export function narratorsOf(draft: Draft) {
  return draft.narrators
    .map((forms) => ({
      names: forms
        .map(({ text, language }) => ({ text: text.trim(), language }))
        .filter(({ text }) => text !== "")
        .map(({ text, language }) => ({
          text,
          language: language || null,
          script: scriptOf(text),
        })),
    }))
    .filter(({ names }) => names.length > 0);
}

/** What the narrators are called in a sentence: the first form of each name. */
export function calledAs(draft: Draft): string {
  return narratorsOf(draft)
    .map(({ names }) => names[0]?.text ?? "")
    .join(", ");
}
