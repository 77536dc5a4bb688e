/**
 * The first of many in an order, without sorting them all: a heap of those kept, the last of them at
 * its root, where it meets each newcomer.
 */

/** Less than 0 where `a` stands before `b`; never 0 for two that differ. */
export type Order = (a: number, b: number) => number;

/** The first `most` of the numbers 0 to `count` - 1 in this order, in this order. */
export function first(count: number, most: number, order: Order): Uint32Array {
  const kept = Uint32Array.from({ length: Math.min(count, most) }, (_, number) => number);
  if (kept.length === 0) return kept;
  // All of them are kept: what is left is to sort.
  if (kept.length < count) {
    for (let at = kept.length >> 1; at >= 0; at--) sink(kept, at, order);
    for (let number = kept.length; number < count; number++) {
      if (order(number, kept[0] ?? 0) >= 0) continue;
      kept[0] = number;
      sink(kept, 0, order);
    }
  }
  return kept.sort(order);
}

/** Lets the entry at `at` down until none below it stands after it. */
function sink(heap: Uint32Array, at: number, order: Order): void {
  const entry = heap[at] ?? 0;
  for (;;) {
    let below = 2 * at + 1;
    if (below >= heap.length) break;
    if (below + 1 < heap.length && order(heap[below + 1] ?? 0, heap[below] ?? 0) > 0) below++;
    const last = heap[below] ?? 0;
    if (order(last, entry) <= 0) break;
    heap[at] = last;
    at = below;
  }
  heap[at] = entry;
}
