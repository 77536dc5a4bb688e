/** Revocation: whatever the compile worker says, and whether or not it says anything. */
import { describe, expect, test } from "vitest";
import { FilterProgram } from "../../src/appliance/filter-program.js";
import type { Calls, NewBinding } from "../../src/kernel/calls.js";
import { KernelBench } from "./kernel-bench.js";

const EVERY = { conjunctions: [[]] };
const octet = (value: number) =>
  ({ conjunctions: [[{ kind: "equal", offset: 0, width: 8, mask: 255, value }]] }) as const;
const nothing = () => undefined;

function refuse(bench: KernelBench): void {
  for (const { seq } of bench.asked.splice(0)) {
    bench.kernel.program.compiled({ update: undefined, outcomes: [{ seq, error: "E_COMPILE" }] });
  }
}

describe("a binding that is released", () => {
  test("receives nothing from the next packet on, though the program still names it; the books balance", () => {
    const bench = new KernelBench();
    const claim = bench.bind({ name: "claim", mode: "claim" }).binding!;
    const tap = bench.bind({ name: "tap" }).binding!;
    const kept = bench.bind({ name: "kept" }).binding!;
    bench.receive(0, 5);
    expect(bench.kernel.binder.unbind(bench.root, { bindings: [claim] })).toEqual({
      until: { epoch: 0, packet: 5 },
      packets: 5,
      octets: 50,
    });
    bench.kernel.binder.unbind(bench.root, { bindings: [tap] });
    bench.receive(5, 12);
    const { packets } = bench.kernel.bindings;
    expect([packets[claim], packets[tap], packets[kept]]).toEqual([5, 5, 12]);
    const { claimed, tappedOnly, taps, unclaimed } = bench.kernel.ledger;
    expect({ claimed, tappedOnly, taps, unclaimed }).toEqual({ claimed: 5, tappedOnly: 7, taps: 17, unclaimed: 0 });
    expect(bench.balance()).toEqual([0, 0, 0]);
    bench.kernel.binder.unbind(bench.root, { bindings: [kept] });
    bench.receive(12, 20);
    expect(bench.kernel.ledger.unclaimed).toBe(8);
    expect(bench.balance()).toEqual([0, 0, 0]);
  });

  test("is in no digest any more: as if the program did not name it", () => {
    const digests = [true, false].map((compiles) => {
      const bench = new KernelBench();
      const { binding } = bench.bind({ name: "gone", mode: "claim" });
      bench.bind({ name: "tap" });
      bench.receive(0, 5, true);
      bench.kernel.binder.unbind(bench.root, { bindings: [binding!] });
      if (compiles) bench.compile();
      bench.receive(5, 12, true);
      return bench.kernel.digest.finish();
    });
    expect(digests[0]).toBe(digests[1]);
  });

  test("gives its name at once, and its slot when no program names it any more", () => {
    const bench = new KernelBench();
    const slot = bench.bind({ name: "one", filter: octet(3) }).binding!;
    bench.kernel.binder.unbind(bench.root, { bindings: [slot] });
    refuse(bench);
    const asked: number[] = [];
    bench.kernel.binder.bind(bench.root, binding("one"), (made) => asked.push(made.binding), nothing);
    expect(bench.asked.map(({ changes }) => changes.map(({ kind }) => kind))).toEqual([["remove"], ["insert"]]);
    bench.compile();
    expect(asked).not.toContain(slot);
    expect(bench.bind({ name: "two" }).binding).toBe(slot);
  });

  test("stays released when the worker that should take it out ends again and again", () => {
    const bench = new KernelBench();
    const gone = bench.bind({ name: "gone" }).binding!;
    const kept = bench.bind({ name: "kept", filter: octet(7) }).binding!;
    bench.kernel.binder.unbind(bench.root, { bindings: [gone] });
    for (let worker = 0; worker < 3; worker++) {
      bench.asked = [];
      bench.kernel.program.replaceCompiler(bench.compiler(), false);
      bench.program = new FilterProgram("js", null);
      expect(bench.asked[0]).toMatchObject({ held: true, changes: [{ kind: "insert", slot: kept }] });
      bench.compileOne();
      bench.receive(0, 10);
    }
    bench.compile();
    const { packets } = bench.kernel.bindings;
    expect([packets[gone], packets[kept]]).toEqual([0, 3]);
    expect(bench.bind({ name: "again" }).binding).toBe(gone);
    expect(bench.balance()).toEqual([0, 0, 0]);
  });

  test("before it began, with its environment, never begins", () => {
    const bench = new KernelBench();
    const leaving = bench.environment("leaving");
    const made: Calls["bind"]["result"][] = [];
    bench.kernel.binder.bind(
      bench.root,
      { ...binding("late"), environment: leaving },
      (result) => made.push(result),
      nothing,
    );
    const environment = bench.kernel.beginDestroying(leaving, bench.root);
    expect(bench.kernel.destroyEnvironment(environment)).toHaveLength(1);
    bench.compileOne();
    bench.receive(0, 5);
    expect(made).toHaveLength(1);
    expect(bench.kernel.bindings.get(made[0]!.binding)).toBeUndefined();
    expect(bench.kernel.bindings.packets[made[0]!.binding]).toBe(0);
    expect(bench.balance()).toEqual([0, 0, 0]);
    bench.compile();
    expect(bench.bind({ name: "next" }).binding).toBe(made[0]!.binding);
  });
});

test("a program that names slots which nobody was given gives nobody anything", () => {
  const bench = new KernelBench();
  const program = new FilterProgram("js", null);
  const insertion = { kind: "insert", slot: 900, filter: EVERY, mode: "claim", priority: 0, age: 0 } as const;
  const request = {
    kind: "change",
    seq: 1,
    held: false,
    changes: [{ ...insertion, environment: 0, mayTake: true }],
  } as const;
  for (const answer of program.answers([request])) bench.kernel.program.compiled(answer);
  bench.receive(0, 9);
  expect(bench.kernel.ledger.unclaimed).toBe(9);
  expect(bench.balance()).toEqual([0, 0, 0]);
});

function binding(name: string): NewBinding {
  return { name, environment: 0, mode: "tap", priority: 0, filter: EVERY };
}
