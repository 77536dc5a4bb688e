/**
 * Simulated cycles of the primitives, by the same rules as vcode/cost.ts: instructions of an R3000 with warm caches,
 * counted in what a generator would expand them to. A load is two, since what it reads may not be used at once.
 */

const LOAD = 2;
/** sll and addu: from a number to where its words lie. */
const ADDRESS = 2;
const BRANCH = 1;
/** mult and mflo. */
const MULTIPLY = 13;

/** A word of a node's record, detail, or of an entry. */
export const WORD_COST = ADDRESS + LOAD;
/** The claim is looked at, kept where there is one; the tap is looked at. */
export const LEAF_COST = ADDRESS + LOAD + BRANCH + 1 + LOAD + BRANCH;
/** Both words of a rank, and the compare. */
export const RANK_COST = ADDRESS + 2 * LOAD + 3;
export const TAP_COST = 3;
export const LINK_COST = ADDRESS + 2 * LOAD + BRANCH;
export const HEAT_COST = ADDRESS + LOAD + 2;
/** Hash, shift, address; then for each slot that is looked at value and child. */
export const HASH_COST = MULTIPLY + 1 + ADDRESS;
export const SLOT_COST = 2 * LOAD + 2 * BRANCH;
/** The node is spread and added; the child's parent is compared. */
export const NODE_COST = MULTIPLY + 1;
export const PARENT_COST = WORD_COST + BRANCH;
export const MATCH_COST = ADDRESS + LOAD + BRANCH + LOAD;
/** srl, address, bounds, a test, entry. */
export const SPAN_COST = 1 + ADDRESS + 1 + LOAD + BRANCH + LOAD;
/** addu, srl, address, the bound, sltu, branch, move, subu, branch. */
export const HALF_COST = 2 + ADDRESS + LOAD + 1 + BRANCH + 1 + 1 + BRANCH;
/** Low, subu, size, sltu, branch, next. */
export const SCAN_COST = ADDRESS + LOAD + 1 + LOAD + 1 + BRANCH + LOAD;
