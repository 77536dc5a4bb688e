/** Handlers go over to another target between two batches: all of them or none, each on its state as it lies. */
import { expect, test } from "vitest";
import type { HandlerProgram } from "../../src/kernel/bound-handler.js";
import { Refusal } from "../../src/kernel/refusal.js";
import { Relinking } from "../../src/kernel/relinking.js";
import { TARGETS, type TargetName } from "../../src/vcode/target.js";
import { COUNTS, COUNTS_AND_CONSUMES, Handled } from "./handled.js";

const ROWS = 8;

class Switched {
  readonly handled = new Handled();
  readonly linked: string[] = [];

  /** Code for all targets but those; tells what it is linked for. */
  program(text: string, without: readonly TargetName[] = []): HandlerProgram {
    const made = new Map<string, HandlerProgram>();
    for (const target of TARGETS) {
      if (!without.includes(target)) made.set(target, this.handled.program(text, 64, "words", target));
    }
    const link: HandlerProgram["link"] = (machine, target = "js") => {
      this.linked.push(target);
      const program = made.get(target);
      if (program === undefined) throw new RangeError(`none for ${target}`);
      return program.link(machine);
    };
    return { name: "h", octets: 64, identity: "words", link };
  }

  bind(name: string, program: HandlerProgram): number {
    const { kernel, bench } = this.handled;
    const { binding } = bench.bind({ name, mode: "tap" });
    kernel.handlers.bind({ binding: binding!, budget: { share: 1 } }, program, bench.root);
    return binding!;
  }

  run(): void {
    const { kernel, bench } = this.handled;
    kernel.receive(bench.rows, 0, ROWS, false, () => {});
  }
}

test("code is another's, state and counts go on", () => {
  const switched = new Switched();
  const { handled, linked } = switched;
  const { ash, handlers } = handled.kernel;
  const one = switched.bind("one", switched.program(COUNTS));
  const two = switched.bind("two", switched.program(COUNTS_AND_CONSUMES));
  for (const [round, target] of TARGETS.entries()) {
    switched.run();
    expect([handled.words(one), handled.words(two)]).toEqual([[ROWS * (round + 1)], [ROWS * (round + 1)]]);
    const before = [one, two].map((slot) => ash.get(slot)!.linked);
    const relinking = new Relinking(ash, handlers, target);
    expect([one, two].map((slot) => ash.get(slot)!.linked)).toEqual(before);
    relinking.install();
    for (const [at, slot] of [one, two].entries()) expect(ash.get(slot)!.linked).not.toBe(before[at]);
    expect(linked.slice(-2)).toEqual([target, target]);
  }
  switched.run();
  expect(handled.counts(two)).toMatchObject({ run: 4 * ROWS, consumed: 4 * ROWS });
  expect(handled.counts(one)).toMatchObject({ run: 4 * ROWS, passed: 4 * ROWS });
});

test("where one cannot be had for the target all are as they were", () => {
  const switched = new Switched();
  const { handled } = switched;
  const { ash, handlers } = handled.kernel;
  const one = switched.bind("one", switched.program(COUNTS));
  const two = switched.bind("two", switched.program(COUNTS, ["wasm"]));
  const before = [one, two].map((slot) => ash.get(slot)!.linked);
  expect(() => new Relinking(ash, handlers, "wasm")).toThrow(new Refusal("E_IMAGE", "none for wasm"));
  expect([one, two].map((slot) => ash.get(slot)!.linked)).toEqual(before);
  switched.run();
  expect([handled.words(one), handled.words(two)]).toEqual([[ROWS], [ROWS]]);
});

test("what came in between goes over as well, but for one that cannot, and one that has gone is let be", () => {
  const switched = new Switched();
  const { handled, linked } = switched;
  const { ash, handlers } = handled.kernel;
  const { root } = handled.bench;
  const [gone, swapped] = [
    switched.bind("gone", switched.program(COUNTS)),
    switched.bind("swapped", switched.program(COUNTS)),
  ];
  const relinking = new Relinking(ash, handlers, "wasm");
  handlers.unbind({ bindings: [gone] }, root);
  const other = switched.program(COUNTS_AND_CONSUMES);
  handlers.swap({ bindings: [swapped], keepState: true }, other, root);
  const late = switched.bind("late", switched.program(COUNTS));
  const stays = switched.bind("stays", switched.program(COUNTS, ["wasm"]));
  const before = ash.get(stays)!.linked;
  linked.length = 0;
  relinking.install();
  expect(linked).toEqual(["wasm", "wasm", "wasm"]);
  expect(ash.get(stays)!.linked).toBe(before);
  switched.run();
  expect([swapped, late, stays].map((slot) => handled.words(slot)[0])).toEqual([ROWS, ROWS, ROWS]);
  expect(handled.counts(swapped)).toMatchObject({ consumed: ROWS });
});

test("a swap that is open when the target is another holds: what it replaced is of the target before", () => {
  const switched = new Switched();
  const { handled } = switched;
  const { ash, handlers } = handled.kernel;
  const { root } = handled.bench;
  const slot = switched.bind("one", switched.program(COUNTS));
  const swap = (target: TargetName) => {
    const relinking = new Relinking(ash, handlers, target);
    const args = { bindings: [slot], keepState: true, undoable: true };
    const made = handlers.swap(args, switched.program(COUNTS_AND_CONSUMES), root).swap;
    return { made, relinking };
  };
  // One that comes to nothing lets it be.
  const { made } = swap("interpreter");
  handlers.settle({ swap: made, undo: true }, root);
  expect(ash.get(slot)!.linked.chained).toBeDefined();
  const { made: open, relinking } = swap("interpreter");
  relinking.install();
  expect(() => handlers.settle({ swap: open, undo: true }, root)).toThrow(new Refusal("E_NO_CHANGE"));
  switched.run();
  expect(handled.counts(slot)).toMatchObject({ run: ROWS, consumed: ROWS });
  // On the interpreter nothing runs ahead.
  expect(ash.get(slot)!.linked.chained).toBeUndefined();
});
