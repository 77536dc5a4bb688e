/** Limits of a merged program, each with its unit and reason. Those of one filter are in atom.ts. */

/** Ids are 1 to this; a power of two less one, so that whatever a table says can be made an id by a mask. */
export const MAX_ID = 16_383;
/** Priorities are 0 to this, ages likewise: rank is one double. */
export const MAX_PRIORITY = 255;
export const MAX_AGE = 0x7fffffff;
/** Nodes that a trie may have: bounds memory (a KiB each), and the time of making the plan anew (4 µs each). */
export const MAX_NODES = 1 << 18;
/**
 * Instructions of a merged program, as ways.ts counts them: bounds the time of making it anew (12 µs each in a worker that has
 * just begun, and a third of that in one that is warm), which everybody waits for whose change needs that.
 */
export const MAX_CODE = 1 << 16;
/** Octets that all tables may have together. */
export const MAX_TABLE_OCTETS = 32 * 1024 * 1024;
/** Steps along a list in the tables, of links or of entries: more than any list of ours has, since either takes 8 octets. */
export const MOST_STEPS = MAX_TABLE_OCTETS / 8;
