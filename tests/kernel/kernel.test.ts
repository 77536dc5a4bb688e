import { beforeEach, describe, expect, test } from "vitest";
import { FilterProgram } from "../../src/appliance/filter-program.js";
import { Mailbox } from "../../src/kernel/abi.js";
import type { Calls } from "../../src/kernel/calls.js";
import { seal } from "../../src/kernel/capability.js";
import { MAX_HELD_ATOMS } from "../../src/kernel/limits.js";
import { Refusal } from "../../src/kernel/refusal.js";
import { KernelBench, RING } from "./kernel-bench.js";

const EVERY = { conjunctions: [[]] };

let bench: KernelBench;
beforeEach(() => {
  bench = new KernelBench();
});

describe("the turn", () => {
  test("a paced replay drops into a full ring, and counts where and why", () => {
    const slow = bench.environment("slow");
    const { binding } = bench.bind({ environment: slow });
    bench.receive(0, RING + 5);
    const { ledger, bindings } = bench.kernel;
    expect([ledger.inFlight, ledger.undelivered[0]]).toEqual([RING, 5]);
    expect([bindings.packets[binding!], bindings.delivered[binding!]]).toEqual([RING + 5, RING]);
    expect(bench.balance()).toEqual([0, 0, 0]);
    bench.drain(slow);
    bench.kernel.settle(false);
    expect([ledger.inFlight, ledger.delivered]).toEqual([0, RING]);
    expect(bench.balance()).toEqual([0, 0, 0]);
  });

  test("who misses a turn is late: the run is not deterministic, and is not waited for twice", () => {
    const hung = bench.environment("hung");
    bench.bind({ environment: hung });
    bench.kernel.beginEpoch();
    expect(bench.kernel.deterministic).toBe(false);
    expect(bench.kernel.environments.get(hung)?.late).toBe(true);
    const began = performance.now();
    for (let batch = 0; batch < 4; batch++) bench.receive(batch, batch + 1, true);
    // Four waits to the deadline would be 2 s.
    expect(performance.now() - began).toBeLessThan(1500);
    bench.drain(hung);
    bench.kernel.settle(true);
    expect(bench.kernel.environments.get(hung)?.late).toBe(false);
    expect(bench.balance()).toEqual([0, 0, 0]);
  });

  test("a failed environment's packets are undelivered, in flight and later ones, and its segments let go", () => {
    const dying = bench.environment("dying");
    bench.bind({ environment: dying });
    bench.receive(0, 3);
    bench.segments.release(0);
    expect(bench.segments.held).toBe(1);
    bench.kernel.environmentFailed(bench.kernel.environments.get(dying)!, null);
    bench.kernel.environmentFailed(bench.kernel.environments.get(dying)!, null);
    expect(bench.segments.held).toBe(0);
    bench.receive(3, 5);
    expect([...bench.kernel.ledger.undelivered]).toEqual([0, 5, 0, 0, 0]);
    expect(bench.failures).toEqual(["dying: null"]);
    expect(bench.kernel.ledger.inFlight).toBe(0);
    expect(bench.balance()).toEqual([0, 0, 0]);
  });
});

test("an environment whose tail cannot be is failed, with the reason, and not waited for", () => {
  const liar = bench.environment("liar");
  bench.bind({ environment: liar });
  const { mailbox } = bench.kernel.environments.get(liar)!.ring!;
  Atomics.store(bench.memory.words, (mailbox >> 2) + Mailbox.tail, 1000);
  bench.receive(0, 3, true);
  expect(bench.failures).toEqual(["liar: it gave back what it never had: its tail cannot be"]);
  expect(bench.kernel.environments.get(liar)?.state).toBe("failed");
  expect(bench.balance()).toEqual([0, 0, 0]);
});

test("frames that had no segment are dropped before demux, and numbered all the same", () => {
  const { binding } = bench.bind({});
  bench.receive(0, 2);
  bench.kernel.dropBeforeDemux(5);
  bench.receive(2, 4);
  expect([bench.kernel.packet, bench.kernel.bindings.packets[binding!]]).toEqual([9, 4]);
  expect([bench.kernel.ledger.offered, bench.kernel.ledger.rxDropped[0]]).toEqual([9, 5]);
  expect(bench.balance()).toEqual([0, 0, 0]);
});

describe("binding", () => {
  test("takes effect when it is compiled, and says from which packet on", () => {
    bench.receive(0, 7);
    const places: unknown[] = [];
    const args = { name: "x", environment: 0, mode: "tap", priority: 0, filter: EVERY } as const;
    bench.kernel.binder.bind(
      bench.root,
      args,
      ({ from }) => places.push(from),
      () => undefined,
    );
    bench.receive(7, 9);
    expect(places).toEqual([]);
    bench.compile();
    expect(places).toEqual([{ epoch: 0, packet: 10 }]);
    bench.receive(9, 12);
    expect(bench.kernel.bindings.packets[1]).toBe(3);
  });

  test("a slot that is used again begins with nothing", () => {
    const { binding } = bench.bind({});
    bench.receive(0, 9);
    expect(bench.kernel.binder.unbind(bench.root, { bindings: [binding!] })).toEqual({
      until: { epoch: 0, packet: 9 },
      packets: 9,
      octets: 90,
    });
    expect(() => bench.kernel.binder.unbind(bench.root, { bindings: [binding!] })).toThrow(Refusal);
    bench.compile();
    expect(bench.bind({ name: "again" }).binding).toBe(binding);
    expect(bench.kernel.bindings.packets[binding!]).toBe(0);
  });

  test("another filter is swapped in all bindings or in none, with the counters kept", () => {
    const first = bench.bind({ name: "one" }).binding!;
    const second = bench.bind({ name: "two" }).binding!;
    bench.receive(0, 2);
    const filter = { conjunctions: [[{ kind: "equal", offset: 0, width: 8, mask: 255, value: 5 }]] } as const;
    expect(() =>
      bench.kernel.binder.rebind(
        bench.root,
        { bindings: [first, 99], filter },
        () => undefined,
        () => undefined,
      ),
    ).toThrow(Refusal);
    bench.kernel.binder.rebind(
      bench.root,
      { bindings: [first, second], filter },
      () => undefined,
      () => undefined,
    );
    bench.compile();
    bench.receive(2, 10);
    expect([bench.kernel.bindings.packets[first], bench.kernel.bindings.packets[second]]).toEqual([3, 3]);
  });

  test("filters of all bindings have so many atoms together and no more, whichever way they come", () => {
    const value = (each: number) => ({ kind: "equal", offset: 0, width: 8, mask: 255, value: each % 256 }) as const;
    // Many atoms, few nodes.
    const large = { conjunctions: Array.from({ length: 256 }, () => Array.from({ length: 255 }, () => value(1))) };
    const fit = Math.floor(MAX_HELD_ATOMS / 65_536);
    const bound: number[] = [];
    for (let each = 0; each < fit; each++) bound.push(bench.bind({ name: `b${each}`, filter: large }).binding!);
    expect(() => bench.bind({ name: "more" })).toThrow("524288 atoms");
    const nothing = () => undefined;
    bench.kernel.binder.rebind(bench.root, { bindings: [bound[0]!], filter: EVERY }, nothing, nothing);
    bench.compile();
    expect(bench.bind({ name: "more" })).toHaveProperty("binding");
    const back = { bindings: [bound[0]!], filter: large };
    expect(() => bench.kernel.binder.rebind(bench.root, back, nothing, nothing)).toThrow("524288 atoms");
    bench.kernel.binder.unbind(bench.root, { bindings: [bound[1]!] });
    bench.compile();
    bench.kernel.binder.rebind(bench.root, back, nothing, nothing);
    bench.compile();
    bench.receive(0, 2);
    expect(bench.kernel.bindings.packets[bound[0]!]).toBe(1);
  });

  test("rights: priority and others' claims need one each", () => {
    const change = bench.kernel.capabilities.derive(bench.root, "weak", { rights: ["bind"], expires: 0 });
    bench.kernel.changeCapabilities(change);
    const weak = change.put!.capability;
    const mine = bench.kernel.createEnvironment({ name: "mine", program: "some", options: {} }, weak).environment;
    const refusal = (args: Partial<Calls["bind"]["args"]>) => {
      try {
        return bench.bind(args, weak);
      } catch (error) {
        return error instanceof Refusal ? error.code : error;
      }
    };
    expect(refusal({ name: "first", mode: "claim", environment: mine })).toHaveProperty("binding");
    expect(refusal({ name: "high", priority: 1 })).toBe("E_CAPABILITY_RIGHT");
    const inner = { conjunctions: [[{ kind: "equal", offset: 0, width: 8, mask: 255, value: 5 }]] } as const;
    expect(refusal({ name: "inner", mode: "claim", filter: inner })).toEqual({ error: "E_CLAIM_OVERLAP" });
    expect(refusal({ name: "same", mode: "claim" })).toEqual({ error: "E_CLAIM_IDENTICAL" });
    expect(bench.bind({ name: "inner", mode: "claim", filter: inner })).toHaveProperty("binding");
    expect(refusal({ name: "tap" })).toHaveProperty("binding");
    expect(() => bench.kernel.authorise(seal(weak, bench.key), "create")).toThrow("create");
    expect(bench.kernel.authorise(seal(weak, bench.key), "bind")).toEqual(weak);
  });

  test("a new compiler is given all that holds, then what was waiting; what keeps breaking it is refused", () => {
    const kept = bench.bind({ name: "kept" }).binding!;
    const refused: string[] = [];
    const done: string[] = [];
    const ask = (name: string) => {
      const args = { name, environment: 0, mode: "tap", priority: 0, filter: EVERY } as const;
      bench.kernel.binder.bind(
        bench.root,
        args,
        () => done.push(name),
        (error) => refused.push(`${name}: ${error}`),
      );
    };
    ask("breaks");
    ask("waits");
    const replace = () => {
      bench.asked = [];
      bench.program = new FilterProgram("js", null);
      bench.kernel.program.replaceCompiler(bench.compiler(), false);
      expect(bench.asked.map(({ changes }) => changes)).toMatchObject([[{ kind: "insert", slot: kept }]]);
    };
    replace();
    bench.compile();
    expect(bench.asked.map(({ changes }) => changes)).toMatchObject([[{ kind: "insert", slot: 2 }]]);
    replace();
    expect(refused).toEqual(["breaks: E_COMPILE"]);
    bench.compile();
    bench.compile();
    expect(done).toEqual(["waits"]);
    bench.receive(0, 4);
    expect(bench.kernel.bindings.packets[kept]).toBe(4);
    expect(bench.bind({ name: "breaks" })).toHaveProperty("binding");
  });

  test("a new compile worker is told of the target and the heat that were switched to", () => {
    const done: string[] = [];
    const refused: string[] = [];
    const refuse = (error: string) => void refused.push(error);
    const { kernel } = bench;
    for (const args of [
      { target: "wat", shadow: null },
      { target: "js", shadow: "wat" },
      { target: "js", shadow: "js" },
    ]) {
      kernel.program.setTarget(args, () => done.push("never"), refuse);
    }
    expect(refused).toEqual(["E_ARGUMENT", "E_ARGUMENT", "E_ARGUMENT"]);
    expect(bench.asked).toEqual([]);
    kernel.program.setTarget({ target: "interpreter", shadow: "js" }, () => done.push("target"), refuse);
    kernel.program.setHeat(true, () => done.push("heat"), refuse);
    expect(kernel.environments.facts.target).toBe("js");
    bench.compile();
    expect(done).toEqual(["target", "heat"]);
    expect(kernel.environments.facts).toMatchObject({ target: "interpreter", shadow: "js" });
    expect(kernel.running.heatOf([1, 7])).toEqual({ on: true, counts: [0, 0] });
    kernel.program.replaceCompiler(bench.compiler(), false);
    expect(bench.asked.map(({ changes }) => changes)).toEqual([
      [
        { kind: "target", target: "interpreter", shadow: "js" },
        { kind: "heat", on: true },
      ],
    ]);
  });

  test("destroying: once, with its bindings, whatever else is under way for them", () => {
    const leaving = bench.environment("leaving");
    const { binding } = bench.bind({ environment: leaving });
    bench.kernel.binder.unbind(bench.root, { bindings: [binding!] });
    const environment = bench.kernel.beginDestroying(leaving, bench.root);
    expect(() => bench.kernel.beginDestroying(leaving, bench.root)).toThrow(Refusal);
    expect(() => bench.bind({ name: "late", environment: leaving })).toThrow(Refusal);
    expect(bench.kernel.destroyEnvironment(environment)).toEqual([]);
    bench.compile();
    expect(bench.failures).toEqual([]);
    const slots = [bench.bind({ name: "one" }).binding, bench.bind({ name: "two" }).binding];
    expect(new Set(slots).size).toBe(2);
  });
});
