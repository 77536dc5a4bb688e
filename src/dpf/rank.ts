/** The rank of a claim at a node: one double, so that one compare decides. Priority, bits tested (below 2^14), then order. */
const BITS_AT = 2 ** 31;
const PRIORITY_AT = 2 ** 45;

export function rankOf(priority: number, bits: number, order: number): number {
  return priority * PRIORITY_AT + bits * BITS_AT + order;
}

export function rankPriority(rank: number): number {
  return Math.floor(rank / PRIORITY_AT);
}
