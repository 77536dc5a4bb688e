/** What code takes of the heap, for tests of ways on which nothing is to be allocated. */
import { getHeapStatistics } from "node:v8";

const CHUNK = 1000;

/**
 * Octets of the heap that one `run` takes, once it is warm: the median over chunks of 1,000 runs, so that a compilation or a collection
 * in between does not count. The smallest object that V8 makes takes 16.
 */
export function heapPerRun(run: (count: number) => void, runs = 100_000): number {
  for (let warm = 0; warm < 20; warm++) run(CHUNK);
  const taken: number[] = [];
  for (let chunk = 0; chunk < runs / CHUNK; chunk++) {
    const before = getHeapStatistics().used_heap_size;
    run(CHUNK);
    taken.push(getHeapStatistics().used_heap_size - before);
  }
  return (taken.sort((a, b) => a - b)[taken.length >> 1] ?? 0) / CHUNK;
}
