/** What is alive in the heap of this thread. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

let collect: (() => void) | undefined;

/** Octets that a full collection leaves; the second lets go of what the first has finalised. */
export function usedHeap(): number {
  if (collect === undefined) {
    setFlagsFromString("--expose-gc");
    const gc: unknown = runInNewContext("gc");
    if (typeof gc !== "function") throw new Error("heap: V8 has no gc to call");
    collect = () => gc();
  }
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}
