/** Library code of downloaded environments, in VCODE, on every target: what comes out, and in whose time. */
import { describe, expect, test } from "vitest";
import { Cause, COMPARISONS, PAGE_TAKEN } from "../../src/kernel/abi.js";
import { errorNumber } from "../../src/kernel/kerrno.js";
import { Entry, type MappedPage } from "../../src/libos/downloaded/entry.js";
import {
  DIGEST_FACTOR,
  PIPE_FACTOR,
  PipePage,
  pingPong,
  pipePingPong,
  pipeReader,
  pipeWriter,
  rpcClient,
  rpcServer,
  TwoPipes,
} from "../../src/libos/downloaded/ipc.js";
import { strideScheduler } from "../../src/libos/downloaded/stride.js";
import type { Program } from "../../src/vcode/insn.js";
import { printProgram } from "../../src/vcode/print.js";
import { TARGETS } from "../../src/vcode/target.js";
import { balanced, Machine, type MachineShape } from "./images.js";

const PAGE: MappedPage = { virtualPage: 5, physicalPage: 40 };

/** Spends the slice that it is given to its end, unit by unit. */
function spinner(pageSize: number): Program {
  const entry = new Entry(pageSize);
  const { v } = entry;
  entry.on(Cause.start, 2, () => {
    const again = v.genlabel();
    const left = v.getreg("i");
    v.label(again);
    v.fuel(8);
    entry.kernel(left, "sliceLeft");
    v.bri("bgt", "i", left, 0, again);
  });
  return entry.end();
}

const SHAPES: MachineShape[] = [
  ...TARGETS.map((target) => ({ target })),
  { target: "interpreter", pageSize: 16_384, stlbEntries: 2 },
  // The two machines on which all library code is to run alike.
  { target: "wasm", pageSize: 4096, stlbEntries: 4096 },
  { target: "interpreter", pageSize: 16_384, stlbEntries: 64 },
];

describe.each(SHAPES)("on $target, pages of $pageSize, $stlbEntries entries", (shape) => {
  const pageSize = shape.pageSize ?? 4096;

  test("the stride scheduler's 3:2:1 tracks the ideal line within one slice", () => {
    const machine = new Machine(shape);
    const shares = [3, 2, 1];
    const clients = shares.map((each, at) => ({ environment: at + 2, shares: each }));
    machine.create(1, strideScheduler(clients, PAGE, pageSize), 0, 1, 2, 3, 4, 5, 6, 7);
    for (const { environment } of clients) machine.create(environment, spinner(pageSize));
    const { accounts, slices } = machine.processor;
    let furthest = 0;
    for (let slice = 1; slice <= 1200; slice++) {
      machine.slices(1);
      const all = accounts.ran[2]! + accounts.ran[3]! + accounts.ran[4]!;
      for (const { environment, shares: each } of clients)
        furthest = Math.max(furthest, Math.abs(accounts.ran[environment]! - (all * each) / 6));
    }
    expect(furthest / slices.length).toBeLessThanOrEqual(1);
    expect(accounts.cutOff.every((count) => count === 0)).toBe(true);
    balanced(machine);
  });

  test("a counter in shared memory goes to and fro, one step a turn", () => {
    const machine = new Machine(shape);
    machine.share(PAGE.physicalPage);
    const theirs = { virtualPage: 9, physicalPage: PAGE.physicalPage };
    machine.create(1, pingPong(0, 2, PAGE, pageSize), 0);
    machine.create(2, pingPong(1, 1, theirs, pageSize), 4);
    machine.slices(10);
    expect(machine.networkWord(PAGE.physicalPage, 0)).toBeGreaterThan(200);
    expect(machine.processor.accounts.slices[1]).toBe(5);
    balanced(machine);
  });

  test("a word goes to and fro through two pipes, one step a turn", () => {
    const machine = new Machine(shape);
    machine.share(PAGE.physicalPage);
    machine.create(1, pipePingPong(true, 2, PAGE, pageSize), 0);
    machine.create(2, pipePingPong(false, 1, { ...PAGE, virtualPage: 9 }, pageSize), 4);
    machine.slices(10);
    const at = (offset: number) => machine.networkWord(PAGE.physicalPage, offset);
    const { there, back } = TwoPipes;
    const [sent, answered] = [at(there), at(back)];
    expect(sent).toBeGreaterThan(100);
    expect([0, 1]).toContain(sent - answered);
    // Each has read what it has answered, and the word was handed on as often as there were words.
    expect([at(there + 4), at(back + 4)]).toEqual([answered, sent - 1]);
    expect(at(there + 16 + 4 * ((sent - 1) % 64))).toBe(2 * (sent - 1));
    expect(at(back + 16 + 4 * ((answered - 1) % 64))).toBe(2 * answered - 1);
    balanced(machine);
  });

  test("what goes through a pipe comes out of it: nothing lost, nothing twice", () => {
    const machine = new Machine(shape);
    machine.share(PAGE.physicalPage);
    const pipe = { page: PAGE, pageSize, capacity: 64 };
    const words = 5000;
    machine.create(1, pipeWriter(pipe, words, 2), 0);
    machine.create(2, pipeReader({ ...pipe, page: { ...PAGE, virtualPage: 77 } }, 1));
    machine.slices(150);
    let digest = 0;
    for (let at = 0; at < words; at++) digest = (Math.imul(digest, DIGEST_FACTOR) + Math.imul(at, PIPE_FACTOR)) | 0;
    expect(machine.word(PAGE.physicalPage, PipePage.read)).toBe(words);
    expect(machine.word(PAGE.physicalPage, PipePage.digest)).toBe(digest);
    balanced(machine);
  });

  test("procedures are called in the caller's time, with and without trust", () => {
    const units = [false, true].map((trusting) => {
      const machine = new Machine(shape);
      machine.create(1, rpcClient(trusting, 2, 10, PAGE, pageSize), 0);
      machine.create(2, rpcServer(pageSize));
      machine.slices(1);
      expect(machine.word(PAGE.physicalPage, 0)).toBe(10);
      const { accounts } = machine.processor;
      expect([accounts.paid[2], accounts.slices[2]]).toEqual([0, 0]);
      expect(accounts.ran[2]).toBe(10 * 12);
      balanced(machine);
      return accounts.ran[1]!;
    });
    expect(units[0]! - units[1]!).toBe(10 * 18);
  });

  test("a predicate in its own memory wakes a sleeper; a page that is taken does too", () => {
    const machine = new Machine({ ...shape, length: 20_000 });
    machine.share(PAGE.physicalPage);
    const entry = new Entry(pageSize);
    const { v } = entry;
    const term = [7, COMPARISONS.indexOf("ge"), PAGE.virtualPage * pageSize, 3];
    entry.on(Cause.start, 20, () => {
      const page = entry.address(PAGE);
      const word = v.getreg("i");
      for (const [at, value] of term.entries()) {
        v.set("i", word, value);
        v.stv("host", "i", word, page, { imm: 64 + 4 * at });
      }
      entry.kernel(word, "predicate", { imm: PAGE.virtualPage * pageSize + 64 }, { imm: 1 });
      entry.kernel(word, "sleep", { reg: word });
    });
    entry.on(Cause.wake, 4, () => v.stv("host", "i", entry.m(1), entry.address(PAGE), { imm: 128 }));
    entry.pages(PAGE);
    machine.create(1, entry.end(), 0);
    machine.slices(3);
    expect(machine.processor.accounts.slices[1]).toBe(1);
    machine.memory.words[(PAGE.physicalPage * pageSize) >> 2] = 3;
    machine.slices(1);
    expect(machine.word(PAGE.physicalPage, 128)).toBe(7);
    machine.memory.words[(PAGE.physicalPage * pageSize) >> 2] = 0;
    machine.activations.pages.flush(PAGE.physicalPage);
    machine.slices(1);
    expect(machine.word(PAGE.physicalPage, 128)).toBe(PAGE_TAKEN);
    balanced(machine);
  });

  test("a loop learns of the end of its slice at the v_fuel that finds it, and ends in the grace", () => {
    const machine = new Machine(shape);
    machine.share(PAGE.physicalPage);
    const entry = new Entry(pageSize);
    const { v } = entry;
    entry.on(Cause.start, 8, () => {
      const page = entry.address(PAGE);
      const [word, again] = [v.getreg("i"), v.genlabel()];
      v.set("i", word, 0);
      v.stv("host", "i", word, page, { imm: 0 });
      v.label(again);
      v.fuel(8);
      v.ldv("host", "i", word, page, { imm: 4 });
      v.alui("add", "i", word, word, 1);
      v.stv("host", "i", word, page, { imm: 4 });
      v.ldv("host", "i", word, page, { imm: 0 });
      v.bri("beq", "i", word, 0, again);
    });
    entry.on(Cause.endOfSlice, 8, () => {
      const page = entry.address(PAGE);
      const word = v.getreg("i");
      v.set("i", word, 1);
      v.stv("host", "i", word, page, { imm: 0 });
      v.ldv("host", "i", word, page, { imm: 8 });
      v.alui("add", "i", word, word, 1);
      v.stv("host", "i", word, page, { imm: 8 });
    });
    entry.pages(PAGE);
    machine.create(1, entry.end(), 0);
    machine.slices(10);
    const { accounts, slices } = machine.processor;
    expect([accounts.cutOff[1], accounts.idle, machine.word(PAGE.physicalPage, 8)]).toEqual([0, 0, 10]);
    // Each slice to its end, and a step or two of the grace, which the next is shorter by.
    expect(accounts.ran[1]! - 10 * slices.length).toBe(accounts.owes[1]!);
    expect(accounts.owes[1]!).toBeLessThan(32);
    expect(machine.word(PAGE.physicalPage, 4)).toBeGreaterThan((10 * slices.length) / 8 - 50);
    balanced(machine);
  });

  test("every call answers any words at all with its result or an error, and nothing is lost of the accounts", () => {
    const machine = new Machine(shape);
    const words = [-1, 0, 1, 2, 7, 63, 64, 4096, 2 ** 31 - 1, -(2 ** 31)];
    const calls = ["yield", "transfer", "asyncTransfer", "giveBack", "keep", "sleep"] as const;
    const more = ["sliceLeft", "sliceAlloc", "sliceFree", "sliceOwner", "predicate", "predicateFree"] as const;
    let environment = 1;
    for (const call of [...calls, ...more]) {
      const entry = new Entry(pageSize);
      const answer = entry.v.getreg("i");
      for (const cause of [Cause.start, Cause.syncCall]) {
        entry.on(cause, 40, () => {
          for (const word of words) entry.kernel(answer, call, { imm: word }, { imm: words.indexOf(word) });
        });
      }
      machine.create(environment, entry.end());
      if (machine.processor.slices.free > 0) machine.processor.slices.allocate(environment, -1);
      environment++;
      machine.slices(20);
      balanced(machine);
    }
    expect(machine.failures).toEqual([]);
  });
});

test("the stride scheduler is less than 100 lines of VCODE for three clients", () => {
  const clients = [3, 2, 1].map((shares, at) => ({ environment: at + 2, shares }));
  expect(printProgram(strideScheduler(clients, PAGE, 4096)).split("\n").length).toBeLessThan(100);
});

test("errors of the processor have numbers that downloaded code can tell apart", () => {
  expect(errorNumber("E_SLICE_OVER")).not.toBe(errorNumber("E_CALL_KEPT"));
  expect(errorNumber("E_CALL_KEPT")).toBeLessThan(256);
});
