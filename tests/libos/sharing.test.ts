/**
 * A page of one downloaded environment's in another's memory: as far as the owner says, no longer than it says, in every mapping;
 * and epochs, which both count.
 */
import { expect, test } from "vitest";
import { Cause, ContextPage, DownloadedCall, READABLE, WRITABLE } from "../../src/kernel/abi.js";
import { Entry } from "../../src/libos/downloaded/entry.js";
import { forger, TRAPPED, Try } from "../../src/libos/downloaded/forger.js";
import { Trap } from "../../src/vcode/image.js";
import type { Program } from "../../src/vcode/insn.js";
import { TARGETS } from "../../src/vcode/target.js";
import { said } from "../kernel/downloads.js";
import { call, ForgerBench, OWN } from "./forger-kernel.js";

const BOTH = READABLE | WRITABLE;
const THERE = 33;
/** Behind the save areas and the repossession vector. */
const COUNTED = ContextPage.repossession + 1536;

/** A reader, which does what it is told as the forger does, beside the forger as owner of OWN. */
function setUp(target: (typeof TARGETS)[number]) {
  const bench = new ForgerBench(target);
  const reader = bench.download("reader", forger(bench.memory.pageSize));
  const tries = (...words: number[]) => {
    const args = { environment: reader, cause: Cause.message, message: words, fuel: 1 << 16 };
    return said(bench.kernel.lifetimes.activate(args, bench.root).value);
  };
  const map = (rights: number) => tries(...call("map", THERE, OWN.page, rights));
  const share = (access: number) => bench.try(call("share", reader, OWN.page, access));
  const load = () => tries(Try.load, THERE * 4096);
  const store = (word: number) => tries(Try.store, THERE * 4096, word);
  return { bench, reader, map, share, load, store };
}

test.each(TARGETS)("is mapped as far as its owner lets it, and not when that is over: %s", (target) => {
  const { bench, reader, map, share, load, store } = setUp(target);
  const [fault, protection] = [TRAPPED - Trap.pageFault, TRAPPED - Trap.protection];
  bench.try([Try.store, OWN.at, 77]);
  expect([map(1), map(2), map(3), load()]).toEqual(["E_PAGE_RIGHT", "E_PAGE_RIGHT", "E_PAGE_RIGHT", fault]);
  // To read.
  expect(share(READABLE)).toBe(0);
  expect([map(3), map(2), map(1), load(), store(5)]).toEqual(["E_PAGE_RIGHT", "E_PAGE_RIGHT", 0, 77, protection]);
  // To write, too: each sees what the other writes.
  expect(share(BOTH)).toBe(0);
  expect([map(3), store(88), load()]).toEqual([0, 0, 88]);
  expect(bench.try([Try.load, OWN.at])).toBe(88);
  // Less again: the mapping is gone at once, and is made anew as far as it goes.
  expect(share(READABLE)).toBe(0);
  expect([load(), map(3), map(1), load(), store(9)]).toEqual([fault, "E_PAGE_RIGHT", 0, 88, protection]);
  bench.map();
  expect(bench.try(call("relock", OWN.page))).toBe(0);
  expect([load(), map(1)]).toEqual([fault, "E_PAGE_RIGHT"]);
  // What is freed is nobody's, whatever it was.
  expect(share(BOTH)).toBe(0);
  expect([map(3), bench.try(call("free", OWN.page)), load(), map(1)]).toEqual([0, 0, fault, "E_PAGE_RIGHT"]);
  expect(bench.kernel.environments.pages.access(reader, OWN.page)).toBe(0);
  expect(bench.failures).toEqual([]);
});

test("ends with whoever may use it: who has its number next may not", () => {
  const { bench, reader, share, map } = setUp("js");
  share(BOTH);
  expect(map(3)).toBe(0);
  bench.kernel.destroyEnvironment(bench.kernel.beginDestroying(reader, bench.root));
  expect(bench.download("next", forger(4096))).toBe(reader);
  expect(map(1)).toBe("E_PAGE_RIGHT");
});

test("is gone for whoever used it when it is taken from its owner by force", () => {
  const { bench, reader } = setUp("js");
  const { pages } = bench.kernel.environments;
  // The first of an owner's are never taken: these are more.
  const first = 100;
  for (let page = first; page < first + 12; page++) expect(bench.try(call("alloc", page))).toBe(page);
  const taken = first + 11;
  expect(bench.try(call("share", reader, taken, BOTH))).toBe(0);
  const tries = (...words: number[]) => {
    const args = { environment: reader, cause: Cause.message, message: words, fuel: 1 << 16 };
    return said(bench.kernel.lifetimes.activate(args, bench.root).value);
  };
  expect([tries(...call("map", THERE, taken, 3)), tries(Try.load, THERE * 4096)]).toEqual([0, 0]);
  bench.kernel.holdings.reclaim({ environment: bench.forger, resource: "pages", count: 1, deadlineMs: 0 });
  bench.kernel.tend();
  expect([pages.ownerOf(taken), pages.access(reader, taken)]).toEqual([-1, 0]);
  expect(tries(Try.load, THERE * 4096)).toBe(TRAPPED - Trap.pageFault);
  expect(tries(...call("map", THERE, taken, 1))).toBe("E_PAGE_RIGHT");
});

test("ends with its owner, in the memory of whoever used it", () => {
  const { bench, share, map, load } = setUp("js");
  share(BOTH);
  expect([map(3), load()]).toEqual([0, 0]);
  bench.kernel.destroyEnvironment(bench.kernel.beginDestroying(bench.forger, bench.root));
  expect([load(), map(1)]).toEqual([TRAPPED - Trap.pageFault, "E_PAGE_RIGHT"]);
});

/** Counts epochs, and keeps the number of the last and of its packets since, in its context page. */
function counter(pageSize: number): Program {
  const entry = new Entry(pageSize);
  const { v } = entry;
  const counts = (offset: number) => {
    const [address, count] = [v.getreg("i"), v.getreg("i")];
    v.set("i", address, -pageSize);
    v.ldv("host", "i", count, address, { imm: COUNTED + offset });
    v.alui("add", "i", count, count, 1);
    v.stv("host", "i", count, address, { imm: COUNTED + offset });
    return address;
  };
  entry.on(Cause.epoch, 40, () => {
    const address = counts(0);
    v.stv("host", "i", entry.m(1), address, { imm: COUNTED + 4 });
    v.set("i", entry.m(1), 0);
    v.stv("host", "i", entry.m(1), address, { imm: COUNTED + 8 });
  });
  entry.on(Cause.message, 40, () => {
    counts(8);
  });
  entry.on(Cause.start, 40, () => entry.kernel(v.getreg("i"), "sleep", { imm: -1 }));
  return entry.end();
}

function counting(slices = 1) {
  const bench = new ForgerBench("js");
  const { kernel } = bench;
  const environment = bench.download("counter", counter(4096));
  const position = kernel.cpu.slices.ownedBy(environment)[0]!;
  if (slices === 0) kernel.cpu.slices.release(environment, position);
  bench.bind({ name: "every", environment });
  const at = (kernel.activations.get(environment)!.context + COUNTED) >> 2;
  const words = () => ({
    epochs: bench.memory.words[at],
    last: bench.memory.words[at + 1],
    packets: bench.memory.words[at + 2],
  });
  return { bench, kernel, environment, position, words };
}

test.each([true, false])("an environment counts epochs, each before its first packet; lossless: %s", (lossless) => {
  const { bench, kernel, words } = counting();
  const epochs = kernel.epoch;
  for (let epoch = 1; epoch <= 5; epoch++) {
    expect(kernel.beginEpoch()).toBe(epochs + epoch);
    expect(words()).toEqual({ epochs: epoch, last: epochs + epoch, packets: 0 });
    bench.receive(0, epoch, lossless);
    kernel.cpu.turn();
    expect(words()).toEqual({ epochs: epoch, last: epochs + epoch, packets: epoch });
  }
  expect(kernel.deterministic).toBe(true);
});

test("one that sleeps is woken for it, and sleeps again", () => {
  const { kernel, environment, words } = counting();
  kernel.cpu.turn();
  kernel.cpu.turn();
  expect(kernel.cpu.processor.sleeps(environment)).toBe(true);
  kernel.beginEpoch();
  expect(words().epochs).toBe(1);
  kernel.cpu.turn();
  expect(kernel.cpu.processor.sleeps(environment)).toBe(true);
});

test("one that has no time now hears of the last, before all that waited for it; nobody waits for that", () => {
  const { bench, kernel, environment, position, words } = counting(0);
  const { processor } = kernel.cpu;
  const first = kernel.epoch;
  // As much waits for it as may: there is room for an epoch all the same.
  while (processor.pending(environment) < 64) processor.post(environment, Cause.message, []);
  kernel.beginEpoch();
  kernel.beginEpoch();
  expect([words().epochs, kernel.deterministic]).toEqual([0, true]);
  kernel.cpu.slices.allocate(environment, position);
  kernel.cpu.turn();
  expect(words()).toEqual({ epochs: 1, last: first + 2, packets: 64 });
  expect(bench.failures).toEqual([]);
});

test("one that was made in an epoch is told of later ones only, also where its number was another's", () => {
  const { bench, kernel, environment } = counting(0);
  kernel.beginEpoch();
  kernel.destroyEnvironment(kernel.beginDestroying(environment, bench.root));
  expect(bench.download("next", counter(4096))).toBe(environment);
  kernel.cpu.turn();
  const at = (kernel.activations.get(environment)!.context + COUNTED) >> 2;
  expect(bench.memory.words[at]).toBe(0);
  kernel.beginEpoch();
  expect(bench.memory.words[at]).toBe(1);
});

test("calls and causes have numbers of their own", () => {
  for (const numbers of [Object.values(DownloadedCall), Object.values(Cause)])
    expect(new Set<number>(numbers).size).toBe(numbers.length);
});
