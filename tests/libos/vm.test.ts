/** Virtual memory as library code, on every target: pages hold what was stored, dirty bits and protection are true, faults are as many as there must be. */
import { describe, expect, test } from "vitest";
import { Cause } from "../../src/kernel/abi.js";
import { AppelAndLi, VM_OPERATIONS, VM_VIOLATIONS, type VmOperation } from "../../src/libos/downloaded/appel.js";
import type { Space } from "../../src/libos/downloaded/vm.js";
import { TARGETS } from "../../src/vcode/target.js";
import { Chance } from "../seeded.js";
import { Machine, type MachineShape } from "./images.js";

const COUNT = 100;
const SPACE: Space = { table: { virtualPage: 100, physicalPage: 130 }, first: 0, count: COUNT };
const FUEL = 1 << 24;
const ENVIRONMENT = 1;

const SHAPES: MachineShape[] = [
  ...TARGETS.map((target) => ({ target, pageSize: 4096, stlbEntries: 4096 })),
  { target: "interpreter", pageSize: 16_384, stlbEntries: 2 },
  { target: "wasm", pageSize: 16_384, stlbEntries: 16 },
];

interface Program {
  /** What the operation gives back. */
  ask(operation: VmOperation, ...args: readonly number[]): number;
  /** How its activation ended. */
  end(operation: VmOperation, ...args: readonly number[]): string;
}

function started(shape: MachineShape, space = SPACE): Program {
  const machine = new Machine({ ...shape, pages: 512 });
  machine.create(ENVIRONMENT, new AppelAndLi(space, shape.pageSize ?? 4096).program());
  const activate = (operation: VmOperation, args: readonly number[]) =>
    machine.activations.activate(ENVIRONMENT, Cause.message, FUEL, [VM_OPERATIONS.indexOf(operation), ...args]);
  const program = {
    ask: (operation: VmOperation, ...args: readonly number[]) => {
      const { ended, value } = activate(operation, args);
      if (ended !== "done") throw new Error(`${operation} ${args} ${ended}: ${machine.failures}`);
      return value;
    },
    end: (operation: VmOperation, ...args: readonly number[]) => activate(operation, args).ended,
  };
  expect(program.ask("prepare")).toBe(0);
  return program;
}

describe.each(SHAPES)("on $target, pages of $pageSize, $stlbEntries entries", (shape) => {
  test("is as a map would have it, whatever is done in whatever order", () => {
    const chance = new Chance(5);
    const program = started(shape);
    const pages = Array.from({ length: COUNT }, () => ({ word: 0, writable: true, dirty: false }));
    let violations = 0;
    program.ask("handle", VM_VIOLATIONS.indexOf("skip"));
    for (let step = 0; step < 1500; step++) {
      const number = chance.below(COUNT);
      const count = 1 + chance.below(Math.min(5, COUNT - number));
      const page = pages[number]!;
      switch (chance.below(6)) {
        case 0:
          expect(program.ask("load", number)).toBe(page.word);
          break;
        case 1:
        case 2:
          program.ask("store", number, step);
          if (page.writable) Object.assign(page, { word: step, dirty: true });
          else violations++;
          break;
        case 3:
          expect(program.ask("protect", number, count)).toBe(0);
          for (const each of pages.slice(number, number + count)) each.writable = false;
          break;
        case 4:
          expect(program.ask("unprotect", number, count)).toBe(0);
          for (const each of pages.slice(number, number + count)) each.writable = true;
          break;
        case 5:
          expect(program.ask("clean", number)).toBe(0);
          page.dirty = false;
          break;
      }
      expect(program.ask("isDirty", number)).toBe(page.dirty ? 1 : 0);
    }
    expect(pages.map((_, number) => program.ask("isDirty", number))).toEqual(pages.map(({ dirty }) => Number(dirty)));
    expect(pages.map((_, number) => program.ask("load", number))).toEqual(pages.map(({ word }) => word));
    expect(program.ask("violations")).toBe(violations);
    expect(violations).toBeGreaterThan(100);
  });

  test("a page that is none of its own is abandoned, and so is a protected one unless something else is said", () => {
    const program = started(shape);
    expect([program.end("load", COUNT + 1), program.end("store", 500), program.end("load", -7)]).toEqual(
      Array(3).fill("abandoned"),
    );
    expect([program.ask("protect", COUNT + 1, 1), program.ask("isDirty", 300)]).toEqual([-1, 0]);
    program.ask("store", 3, 77);
    program.ask("protect", 3, 1);
    expect(program.end("store", 3, 78)).toBe("abandoned");
    expect([program.ask("load", 3), program.ask("violations")]).toEqual([77, 1]);
  });

  test("a hundred are protected and opened again; a fault is taken each time, and the program goes on", () => {
    const program = started(shape);
    program.ask("handle", VM_VIOLATIONS.indexOf("skip"));
    program.ask("prot100", 1);
    program.ask("trap", 25);
    expect(program.ask("violations")).toBe(25);
    for (let page = 0; page < COUNT; page++) program.ask("store", page, 9);
    expect(program.ask("violations")).toBe(25 + COUNT);
    program.ask("unprot100", 1);
    for (let page = 0; page < COUNT; page++) program.ask("store", page, page + 9);
    expect(program.ask("violations")).toBe(25 + COUNT);
    expect(Array.from({ length: COUNT }, (_, page) => program.ask("load", page) - page)).toEqual(Array(COUNT).fill(9));
    program.ask("prot1", 3);
    program.ask("store", 0, 1);
    expect(program.ask("load", 0)).toBe(1);
  });

  test("appel1: each store to a random page faults, opens this one and protects the one before", () => {
    const program = started(shape);
    program.ask("handle", VM_VIOLATIONS.indexOf("swap"));
    program.ask("protect", 0, COUNT);
    program.ask("leaveOpen", 0);
    program.ask("appel1", 300);
    expect(program.ask("violations")).toBe(300);
    program.ask("handle", VM_VIOLATIONS.indexOf("skip"));
    for (let page = 0; page < COUNT; page++) program.ask("store", page, 5);
    // One was open.
    expect(program.ask("violations")).toBe(300 + COUNT - 1);
  });

  test("appel2: each of a hundred faults once, and all are open afterwards", () => {
    const program = started(shape);
    program.ask("handle", VM_VIOLATIONS.indexOf("permit"));
    program.ask("appel2", 3);
    expect(program.ask("violations")).toBe(3 * COUNT);
    for (let page = 0; page < COUNT; page++) expect(program.ask("isDirty", page)).toBe(1);
    for (let page = 0; page < COUNT; page++) program.ask("store", page, 5);
    expect(program.ask("violations")).toBe(3 * COUNT);
  });
});

test("a table is one page", () => {
  const program = (count: number) => new AppelAndLi({ ...SPACE, count }, 4096).program();
  expect(program(504).lambdas).toHaveLength(4);
  for (const count of [0, 505]) expect(() => program(count)).toThrow(RangeError);
});

test("who finds no pages is told", () => {
  const machine = new Machine({ target: "js", pages: 64 });
  machine.create(
    ENVIRONMENT,
    new AppelAndLi({ ...SPACE, table: { virtualPage: 100, physicalPage: 40 } }, 4096).program(),
  );
  const { value } = machine.activations.activate(ENVIRONMENT, Cause.message, FUEL, [VM_OPERATIONS.indexOf("prepare")]);
  expect(value).toBeLessThan(0);
});
