import { describe, expect, test } from "vitest";
import { DownloadedCall, MachineFact, StlbCounter } from "../../src/kernel/abi.js";
import { errorNumber } from "../../src/kernel/kerrno.js";
import { READABLE, WRITABLE } from "../../src/vcode/image.js";
import { Chance } from "../seeded.js";
import { Downloads, type HandMade, said } from "./downloads.js";

const BOTH = READABLE | WRITABLE;

/** Runs `code` as environment 1's. */
function ran<T>(downloads: Downloads, code: (cpu: HandMade) => T): T {
  let result: T | undefined;
  if (downloads.activations.get(1) !== undefined) downloads.activations.destroy(1);
  downloads.create(1, (cpu) => {
    result = code(cpu);
    return 0;
  });
  expect(downloads.run(1, 10_000_000).ended).toBe("done");
  if (result === undefined) throw new Error("it was not run");
  return result;
}

describe("kernel calls of downloaded code", () => {
  test("a page is had by name or as it comes, mapped, and given back", () => {
    const downloads = new Downloads();
    const { memory } = downloads;
    const answers = ran(downloads, (cpu) => {
      const any = cpu.call("alloc", -1);
      return [
        any,
        cpu.call("alloc", any),
        cpu.call("alloc", 60),
        cpu.call("alloc", 64),
        cpu.call("alloc", -2),
        cpu.call("map", 1, 60, BOTH),
        cpu.call("free", 60),
        cpu.call("free", 60),
        cpu.call("map", 1, 60, READABLE),
      ].map(said);
    });
    expect(answers.slice(1)).toEqual([
      "E_PAGE_TAKEN",
      60,
      "E_NO_PAGE",
      "E_NO_PAGE",
      0,
      0,
      "E_PAGE_OWNER",
      "E_PAGE_RIGHT",
    ]);
    expect(memory.ownerOf(Number(answers[0]))).toBe(1);
    expect(downloads.activations.stlb.lookup(1, 1)).toBe(0);
  });

  test("what is wrong has an error of its own", () => {
    const downloads = new Downloads();
    downloads.create(2, () => 0);
    const theirs = downloads.memory.pages - 1;
    downloads.memory.allocateAt(2, theirs, 1);
    const context = () => downloads.activations.get(1)!.guaranteed.get(0xfffff)!;
    const answers = ran(downloads, (cpu) =>
      [
        cpu.call("map", 0xfffff, theirs, READABLE),
        cpu.call("unmap", 0xfffff),
        cpu.call("free", context()),
        cpu.call("map", 1, theirs, READABLE),
        cpu.call("map", 1, 0, WRITABLE),
        cpu.call("map", 1, 64, READABLE),
        cpu.call("map", 1 << 20, theirs, READABLE),
        cpu.call("map", -1, theirs, READABLE),
        cpu.call("map", 1, context(), 0),
        cpu.call("map", 1, context(), 4),
        cpu.call("map", 1, context(), READABLE),
        cpu.call("free", theirs),
        cpu.call("unmap", 1 << 20),
        cpu.call("unmap", 17),
        cpu.call("exceptionValue", 1),
        cpu.call("fact", 99),
        cpu.call("counter", 3),
        cpu.call("yield", 2),
        cpu.machine.kernel(99, 0, 0, 0, 0, 0, 0),
      ].map(said),
    );
    expect(answers).toEqual([
      "E_PAGE_FIXED",
      "E_PAGE_FIXED",
      "E_PAGE_FIXED",
      "E_PAGE_RIGHT",
      "E_PAGE_RIGHT",
      "E_NO_PAGE",
      "E_ARGUMENT",
      "E_ARGUMENT",
      "E_ARGUMENT",
      "E_ARGUMENT",
      0,
      "E_PAGE_OWNER",
      "E_ARGUMENT",
      0,
      "E_NO_EXCEPTION",
      "E_ARGUMENT",
      "E_ARGUMENT",
      "E_CALL",
      "E_CALL",
    ]);
    expect(downloads.memory.ownerOf(theirs)).toBe(2);
  });

  test("facts of the machine, the caller's counters, and what it tells", () => {
    const downloads = new Downloads();
    const answers = ran(downloads, (cpu) => [
      cpu.call("null"),
      cpu.call("self"),
      ...[MachineFact.pageSize, MachineFact.physicalPages, MachineFact.stlbEntries, MachineFact.contextPage].map(
        (which) => cpu.call("fact", which),
      ),
      cpu.load(-4096),
      cpu.load(-4096),
      cpu.call("counter", StlbCounter.accesses),
      cpu.call("counter", StlbCounter.hits),
      cpu.call("counter", StlbCounter.misses),
      cpu.call("tell", 1, -2, 3),
    ]);
    expect(answers).toEqual([0, 1, 4096, 64, 64, 0xfffff, 0, 0, 2, 1, 1, 0]);
    expect(downloads.events()).toContain("environmentTold 1 1 -2 3");
  });

  test("others put calls of theirs into the table", () => {
    const downloads = new Downloads();
    downloads.activations.calls.set("yield", { cost: 3, run: ({ environment }, to) => environment * 1000 + to });
    expect(ran(downloads, (cpu) => cpu.call("yield", 7))).toBe(1007);
  });

  test("no memory is left: an error, and what was there stays", () => {
    const downloads = new Downloads();
    const others = downloads.memory.allocate(9, 55)!;
    const answers = ran(downloads, (cpu) => Array.from({ length: 9 }, () => said(cpu.call("alloc", -1))));
    expect(answers.at(-1)).toBe("E_NO_MEMORY");
    downloads.memory.release(9, others, 55);
    downloads.activations.destroy(1);
    expect(downloads.memory.freePages).toBe(63);
  });
});

test("an environment has at most a quarter of the pages, beside what the kernel fixed; another has its own", () => {
  const downloads = new Downloads();
  const all = (cpu: HandMade) => Array.from({ length: 17 }, () => said(cpu.call("alloc", -1)));
  const answers = ran(downloads, (cpu) => [...all(cpu), said(cpu.call("alloc", 63))]);
  expect(answers.slice(15)).toEqual([expect.any(Number), "E_TOO_MANY", "E_TOO_MANY"]);
  let others: unknown[] = [];
  downloads.create(2, (cpu) => {
    others = all(cpu);
    return 0;
  });
  downloads.run(2, 10_000_000);
  expect(others.slice(15)).toEqual([expect.any(Number), "E_TOO_MANY"]);
});

test.each([11, 12, 13])("any number with any words: no throw, and nothing of others changes (seed %i)", (seed) => {
  const downloads = new Downloads();
  const chance = new Chance(seed);
  const { memory, activations } = downloads;
  downloads.create(2, (cpu) => {
    for (const page of [40, 41, 42]) {
      cpu.call("alloc", page);
      cpu.call("map", page, page, BOTH);
      cpu.store(page << 12, page);
    }
    return 0;
  });
  expect(downloads.run(2).ended).toBe("done");
  const owners = () =>
    Array.from({ length: memory.pages }, (_, page) => memory.ownerOf(page)).map((id) => (id === 1 ? -1 : id));
  const before = owners();
  const words = () =>
    chance.pick([
      -1,
      0,
      1,
      40,
      41,
      63,
      64,
      0xfffff,
      1 << 20,
      -(2 ** 31),
      2 ** 31 - 1,
      chance.below(64),
      -chance.below(1 << 30),
    ]);
  downloads.create(1, (cpu, cause) => {
    if (cause === 6) return 1;
    for (let number = -1; number <= 100; number++) {
      for (let time = 0; time < 20; time++) {
        const answer = cpu.machine.kernel(number, words(), words(), words(), words(), words(), words());
        expect(Number.isInteger(answer)).toBe(true);
        const known = Object.values(DownloadedCall).some((call) => call === number);
        if (!known) expect(said(answer)).toBe("E_CALL");
      }
    }
    return 0;
  });
  expect(downloads.run(1, 2 ** 31 - 1).ended).toBe("done");
  expect(owners()).toEqual(before);
  for (const page of [40, 41, 42]) {
    expect(memory.words[page << 10]).toBe(page);
    expect(activations.stlb.lookup(2, page) >>> 12).toBe(page);
    const reached = Array.from({ length: 1 << 10 }, (_, at) => activations.stlb.lookup(1, at) >>> 12);
    expect(reached).not.toContain(page);
  }
});

test("errors fit in the words that calls answer them by", () => {
  expect(errorNumber("E_NO_EXCEPTION")).toBeLessThan(256);
});
