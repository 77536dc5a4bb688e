/**
 * How a table works, in words: what the lowering makes and what the evaluator does follow this step by step, so that their states are the same octet for
 * octet. Offsets are those of layout.ts, `e` is the virtual address of an entry, 0 none; a word that is not written here is not changed.
 *
 *   words(key)    of its fields, in their order: the word that a small scalar or a word is in a register (signed ones with their sign, booleans 0 or 1); of a
 *                 long its low word, then its high one
 *   bucket(hash)  the word at table + TableHead.octets + 4 × (hash & (buckets - 1))
 *   same(e, key)  e.hash is the key's hash, and each field is the key's
 *
 *   look(key)     the first entry that is the same, from the bucket on by `next`, or 0
 *   use(e)        where newest is e: nothing. Else out of the list of use (e.newer is not 0): e.newer's `older` = e.older; e.older's `newer` = e.newer, or
 *                 oldest = e.newer where e.older is 0. Then in at its begin
 *   begin(e)      e.older = newest, e.newer = 0; newest's `newer` = e, or oldest = e where newest is 0; newest = e
 *   drop(e)       out of its bucket's list: the link that leads to it (the bucket, or another's `next`) = e.next. Out of the list of use: e.newer's `older` =
 *                 e.older, or newest = e.older where e.newer is 0; e.older's `newer` = e.newer, or oldest = e.newer where e.older is 0. Then
 *                 e.next = free, free = e, size = size - 1. All else of it stays as it was
 *
 *   find(key)     e = look(key); where it is 0: undefined. use(e); the reference is the address of its value
 *   enter(key)    as find, where there is one. Else, in three steps:
 *                 choose  where the bucket leads to MOST_IN_BUCKET entries: e is the first of them, which was entered before the others. Else e = free where that
 *                         is not 0, else the entry of the number `fresh` where that is below the capacity, else oldest, and the link that leads to it is found
 *                 clear   all octets of e's value become 0
 *                 take    of one that was free: free = e.next; of a fresh one: fresh = fresh + 1; else drop(e), then free = e.next. The bucket's
 *                         last `next` (or the bucket) = e, e.next = 0; e.hash; the key's fields; begin(e); size = size + 1
 *   delete(key)   e = look(key); where it is 0: false. The link that leads to it is known; drop(e); true
 *
 * Fuel is paid for each entry that is looked at and for `clear`, so before the first word is written: a message that is out of fuel leaves the
 * table as it was, or as the whole operation leaves it.
 *
 * A key's fields are computed, in the order in which they are written, before all of this.
 */

// hash(words): begins as 0. For each word, from the first on: hash = (hash ^ word) × HASH_FACTOR, hash = hash ^ (hash >>> HASH_SHIFT). At the end, so
// that low bits depend on all of the last word: hash = hash × HASH_FACTOR, hash = hash ^ (hash >>> HASH_LAST_SHIFT). Unsigned words, wrapping.

/** Odd, its bits far from any pattern: 2^32 divided by the golden ratio. */
export const HASH_FACTOR = 0x9e37_79b1;
/** A product's bits depend on those below them alone, so that high ones come down: behind each word, and at the end. */
export const HASH_SHIFT = 15;
export const HASH_LAST_SHIFT = 16;
