import { expect, test } from "vitest";
import { Stlb } from "../../src/kernel/stlb.js";
import { PhysicalMemory } from "../../src/machine/memory.js";
import { Chance } from "../seeded.js";
import { entriesOf } from "./stlb-entries.js";

const ENTRIES = 64;

interface Mapping {
  readonly environment: number;
  readonly page: number;
  readonly frame: number;
}

/** Index → what lies there: direct-mapped, told in the plainest way. */
class Twin {
  readonly entries = new Map<number, Mapping>();

  constructor(readonly stlb: Stlb) {}

  indexOf(environment: number, page: number): number {
    return (page ^ this.stlb.saltOf(environment)) & (ENTRIES - 1);
  }

  drop(which: (mapping: Mapping) => boolean): void {
    for (const [index, mapping] of this.entries) if (which(mapping)) this.entries.delete(index);
  }
}

test.each([1, 2, 3])("10,000 operations agree with a map, and with what images see (seed %i)", (seed) => {
  const chance = new Chance(seed);
  const memory = PhysicalMemory.create(64 * 4096);
  const stlb = new Stlb(memory, ENTRIES);
  const twin = new Twin(stlb);
  const { entries } = twin;
  for (let step = 0; step < 10_000; step++) {
    const environment = 1 + chance.below(5);
    const page = chance.pick([0, 1, 2, 64, 65, 0xfffff, 0x80000, chance.below(1 << 20)]);
    const physical = chance.below(memory.pages);
    const what = chance.below(100);
    if (what < 60) {
      const rights = 1 + chance.below(3);
      stlb.write(environment, page, physical, rights);
      entries.set(twin.indexOf(environment, page), { environment, page, frame: (physical << 12) | rights });
    } else if (what < 75) {
      stlb.flush(environment, page);
      twin.drop((one) => one.environment === environment && one.page === page);
    } else if (what < 99) {
      stlb.flushPage(physical);
      twin.drop(({ frame }) => frame >>> 12 === physical);
    } else {
      stlb.flushEnvironment(environment);
      twin.drop((one) => one.environment === environment);
    }
    const known = entries.get(twin.indexOf(environment, page));
    const frame = known?.environment === environment && known.page === page ? known.frame : 0;
    expect(stlb.lookup(environment, page), `step ${step}`).toBe(frame);
    if (step % 100 > 0) continue;
    for (let index = 0; index < ENTRIES; index++) {
      const mapping = entries.get(index);
      const at = (stlb.address >> 2) + index * 2;
      const tag = mapping === undefined ? 0 : (mapping.environment << 20) | mapping.page;
      expect([...memory.words.subarray(at, at + 2)], `step ${step}, entry ${index}`).toEqual([
        tag,
        mapping?.frame ?? 0,
      ]);
    }
    const ours = [...entries.values()].filter((one) => one.environment === environment).length;
    expect(entriesOf(stlb, memory, environment)).toBe(ours);
  }
});

test("an entry that the memory was overwritten in is not what the kernel goes by", () => {
  const memory = PhysicalMemory.create(64 * 4096);
  const stlb = new Stlb(memory, ENTRIES);
  stlb.write(3, 5, 7, 1);
  memory.words.fill(-1, stlb.address >> 2, (stlb.address >> 2) + ENTRIES * 2);
  expect(stlb.lookup(3, 5)).toBe((7 << 12) | 1);
  stlb.flushPage(7);
  expect(stlb.lookup(3, 5)).toBe(0);
});

test("other page sizes and sizes of the table; what cannot be is refused", () => {
  const memory = PhysicalMemory.create(64 * 16_384, 16_384);
  const stlb = new Stlb(memory, 4096);
  stlb.write(63, 0x3ffff, 9, 3);
  expect(stlb.lookup(63, 0x3ffff)).toBe((9 << 14) | 3);
  expect(stlb.virtualPages).toBe(1 << 18);
  expect(() => stlb.write(63, 1, 9, 0)).toThrow(RangeError);
  expect(() => stlb.write(0, 1, 9, 1)).toThrow(RangeError);
  expect(() => new Stlb(memory, 48)).toThrow(RangeError);
  expect(() => new Stlb(PhysicalMemory.create(65_536), 16_384)).toThrow(Error);
});
