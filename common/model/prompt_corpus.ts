/** What made-up texts can consist of. */
export const PROMPT_CORPORA = ["words", "sonnet", "coding", "random"] as const;

/** What made-up texts consist of: common words, lines of verse or code, or any of the vocabulary. */
export type PromptCorpus = typeof PROMPT_CORPORA[number];
