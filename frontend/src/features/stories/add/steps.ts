/** The wizard's questions in their order, and which bar of five each stands under. */

export const STEPS = [
  "who",
  "consent",
  "words",
  "recording",
  "sending",
  "details",
  "done",
] as const;

export type Step = (typeof STEPS)[number];

/** Bars filled at each step; the last two come after the five and show none. */
export const BAR: Record<Step, number> = {
  who: 1,
  consent: 2,
  words: 3,
  recording: 4,
  sending: 5,
  details: 0,
  done: 0,
};

export function isStep(text: string | null): text is Step {
  return (STEPS as readonly (string | null)[]).includes(text);
}

/** Steps that speak of a story which the archive must know already. */
export const NEEDS_STORY: ReadonlySet<Step> = new Set(["recording", "sending", "details", "done"]);
