/** What may stand behind a story's address: the second, the recording's number, words to find. */
export type StorySearch = { t?: string; r?: string; q?: string };
