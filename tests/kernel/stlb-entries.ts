/** What stands in a software TLB, by looking at the memory that images translate by. */
import type { Stlb } from "../../src/kernel/stlb.js";
import type { PhysicalMemory } from "../../src/machine/memory.js";
import { STLB_ENTRY } from "../../src/vcode/image.js";

/** Entries of an environment. */
export function entriesOf(stlb: Stlb, { words }: PhysicalMemory, environment: number): number {
  const space = stlb.spaceOf(environment);
  const above = -1 << (32 - stlb.pageShift);
  let count = 0;
  for (let entry = 0; entry < stlb.entries; entry++) {
    if ((words[(stlb.address + entry * STLB_ENTRY) >> 2]! & above) === space) count++;
  }
  return count;
}
