import { expect, test } from "vitest";
import { PhysicalMemory } from "../../src/machine/memory.js";

test("octets are moved, also onto themselves, and never beyond the memory", () => {
  const memory = PhysicalMemory.create(65_536);
  const { octets, move } = memory;
  for (let at = 0; at < 300; at++) octets[at] = at & 0xff;
  move(1000, 3, 297);
  expect([...octets.subarray(999, 1298)]).toEqual([0, ...Array.from({ length: 297 }, (_, at) => (at + 3) & 0xff), 0]);
  move(1005, 1000, 100);
  expect([...octets.subarray(1005, 1105)]).toEqual(Array.from({ length: 100 }, (_, at) => at + 3));
  expect(() => move(65_530, 0, 7)).toThrow(WebAssembly.RuntimeError);
  expect(() => move(0, 65_530, 7)).toThrow(WebAssembly.RuntimeError);
  expect(memory.move).toBe(move);
});
