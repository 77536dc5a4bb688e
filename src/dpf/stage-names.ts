/** The stages that a filter goes through, in the order of the passes. By themselves, as who only names them need not load the compiler. */
export const STAGE_NAMES = ["atoms", "trie", "vcode", "js", "wat"] as const;
export type StageName = (typeof STAGE_NAMES)[number];
