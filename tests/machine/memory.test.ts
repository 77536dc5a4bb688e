import { expect, test } from "vitest";
import { timeDifference, timeFromText, timeToText } from "../../src/machine/clock.js";
import { FREE, PhysicalMemory } from "../../src/machine/memory.js";

test("pages are allocated in rows, owned, zeroed and given back", () => {
  const memory = PhysicalMemory.create(1 << 20);
  const before = memory.freePages;
  const first = memory.allocate(7, 3)!;
  const next = memory.allocate(8, 2)!;
  expect(next).toBe(first + 3);
  expect([memory.ownerOf(first), memory.ownerOf(next), memory.ownerOf(next + 2)]).toEqual([7, 8, FREE]);
  memory.octets.fill(0xa5, first * memory.pageSize, (first + 3) * memory.pageSize);
  memory.release(7, first, 3);
  expect(memory.octets[first * memory.pageSize]).toBe(0);
  expect(memory.allocate(9, 4)).toBe(next + 2);
  memory.release(8, next, 2);
  memory.release(9, next + 2, 4);
  expect(memory.freePages).toBe(before);
});

test("what does not fit is refused, what is another's cannot be released", () => {
  const memory = PhysicalMemory.create(1 << 16);
  expect(memory.allocate(1, memory.pages + 1)).toBeUndefined();
  const page = memory.allocate(1, 1)!;
  expect(() => memory.release(2, page, 1)).toThrow("owned by 1");
});

test("times are halves of 64 bits", () => {
  const time = timeFromText("1700000000123456789")!;
  expect(timeToText(time.high, time.low)).toBe("1700000000123456789");
  const later = timeFromText("1700000005123456790")!;
  expect(timeDifference(later.high, later.low, time.high, time.low)).toBe(5_000_000_001);
  expect(timeFromText("18446744073709551615")).toEqual({ high: 0xffffffff, low: 0xffffffff });
  for (const wrong of ["", "-1", "1.5", "18446744073709551616", "x", "1".repeat(21)]) {
    expect(timeFromText(wrong)).toBeUndefined();
  }
});
