import { expect, test } from "vitest";
import { Stlb } from "../../src/kernel/stlb.js";
import { VirtualMemory } from "../../src/kernel/virtual-memory.js";
import { PhysicalMemory } from "../../src/machine/memory.js";
import { READABLE, WRITABLE } from "../../src/vcode/image.js";

const PAGE = 4096;
const [ONE, OTHER] = [2, 3];
const BOTH = READABLE | WRITABLE;

function setUp(entries = 64) {
  const memory = PhysicalMemory.create(64 * PAGE, PAGE);
  const stlb = new Stlb(memory, entries);
  const virtual = new VirtualMemory(memory, stlb, (environment, page) =>
    environment === ONE && page === stlb.virtualPages - 1 ? 40 : undefined,
  );
  return { memory, stlb, virtual };
}

test("a text goes over from page to page, all of it or nothing", () => {
  const { memory, stlb, virtual } = setUp();
  stlb.write(ONE, 5, 30, BOTH);
  stlb.write(ONE, 6, 20, BOTH);
  expect(virtual.writeText(ONE, 6 * PAGE - 2, "four")).toBe(true);
  expect(virtual.text(ONE, 6 * PAGE - 2, 4)).toBe("four");
  expect(Buffer.from(memory.octets.slice(31 * PAGE - 2, 31 * PAGE)).toString()).toBe("fo");
  expect(Buffer.from(memory.octets.slice(20 * PAGE, 20 * PAGE + 2)).toString()).toBe("ur");
  stlb.write(ONE, 6, 20, READABLE);
  expect(virtual.writeText(ONE, 6 * PAGE - 2, "more")).toBe(false);
  expect(virtual.text(ONE, 6 * PAGE - 2, 4)).toBe("four");
  stlb.write(ONE, 6, 20, WRITABLE);
  expect(virtual.text(ONE, 6 * PAGE - 2, 4)).toBeUndefined();
  expect(virtual.text(OTHER, 5 * PAGE, 1)).toBeUndefined();
});

test("beyond the last address nothing stands, of nobody's: its tag would be the next environment's", () => {
  // One entry, which both look into.
  const { memory, stlb, virtual } = setUp(1);
  stlb.write(OTHER, 0, 30, BOTH);
  memory.words[(30 * PAGE) >> 2] = 7;
  expect(virtual.word(OTHER, 0)).toBe(7);
  expect(virtual.word(ONE, 2 ** 32)).toBeUndefined();
  expect(virtual.text(ONE, -4, 8)).toBeUndefined();
  expect(virtual.text(ONE, -4, 4)).toBe("\0\0\0\0");
  expect(virtual.word(ONE, 2 ** 32 - 4)).toBe(0);
  expect(virtual.word(OTHER, 2 ** 32 - 4)).toBeUndefined();
  expect(virtual.word(OTHER, 2)).toBeUndefined();
  expect(virtual.translate(ONE, -4)).toBeUndefined();
});
