/** Wakeup predicates: every target answers as looking does, and none reads what is not its environment's. */
import { describe, expect, test } from "vitest";
import { Cause, COMPARISONS, type Comparison, PAGE_TAKEN, type WakeupProduct } from "../../src/kernel/abi.js";
import {
  MAX_OWN_PREDICATES_A_TURN,
  MAX_PREDICATES,
  MAX_PREDICATES_A_TURN,
  MAX_PRODUCTS,
  MAX_TERMS,
} from "../../src/kernel/limits.js";
import { Refusal } from "../../src/kernel/refusal.js";
import { compilePredicate, Wakeups } from "../../src/kernel/wakeup.js";
import { PhysicalMemory } from "../../src/machine/memory.js";
import { TARGETS, type TargetName } from "../../src/vcode/target.js";
import { Chance } from "../seeded.js";
import { Cpu } from "./cpu.js";

const memory = PhysicalMemory.create(1 << 16);
const machine = { buffer: memory.octets.buffer, memory: memory.memory };
const PAGE = memory.pageSize;

function isShared(buffer: ArrayBufferLike): buffer is SharedArrayBuffer {
  return buffer instanceof SharedArrayBuffer;
}

function runMemory(): { buffer: SharedArrayBuffer; memory: WebAssembly.Memory } {
  if (!isShared(machine.buffer)) throw new Error("memory is not shared");
  return { buffer: machine.buffer, memory: machine.memory };
}

/** The oracle: by looking. */
const HOLDS: Readonly<Record<Comparison, (a: number, b: number) => boolean>> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
};

function look(products: readonly WakeupProduct[]): number {
  const holds = ({ terms }: WakeupProduct) =>
    terms.every(({ address, comparison, constant }) =>
      HOLDS[comparison](memory.view.getUint32(address, true), constant >>> 0),
    );
  return products.find(holds)?.tag ?? 0;
}

/** Constants near each other, and near where signs and widths change. */
const WORDS = [0, 1, 2, 3, 0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe, 0xffffffff];

function randomProducts(chance: Chance): WakeupProduct[] {
  const terms = 1 + chance.below(3);
  return Array.from({ length: 1 + chance.below(5) }, (_, at) => ({
    tag: at === 0 ? 0x7fffffff - chance.below(9) : 1 + chance.below(1000),
    terms: Array.from({ length: 1 + chance.below(terms) }, () => ({
      address: chance.percent(5) ? (1 << 16) - 4 : 4 * chance.below(6),
      comparison: chance.pick(COMPARISONS),
      constant: chance.percent(30) ? chance.pick(WORDS) | 0 : chance.pick(WORDS),
    })),
  }));
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return "";
}

describe("a predicate", () => {
  test("2,000 of them, each on 8 memories, are answered by every target as by looking (seed 3)", () => {
    const chance = new Chance(3);
    const fired = new Map<boolean, number>();
    for (let round = 0; round < 2000; round++) {
      const products = randomProducts(chance);
      const compiled = TARGETS.map((target) => compilePredicate(products, target, runMemory()));
      for (let state = 0; state < 8; state++) {
        for (const address of [0, 4, 8, 12, 16, 20, (1 << 16) - 4])
          memory.view.setUint32(address, chance.pick(WORDS), true);
        const expected = look(products);
        fired.set(expected !== 0, (fired.get(expected !== 0) ?? 0) + 1);
        const outcomes = compiled.map((each) => each.run([0, 1 << 16], 0));
        if (outcomes.some((outcome) => !outcome.ok || outcome.value !== expected))
          throw new Error(`round ${round}: ${JSON.stringify([products, expected, outcomes])}`);
      }
    }
    expect(Math.min(fired.get(true) ?? 0, fired.get(false) ?? 0)).toBeGreaterThan(2000);
  });

  test("as large as may be is compiled by every target", () => {
    const products = Array.from({ length: MAX_PRODUCTS }, (_, product) => ({
      tag: product + 1,
      terms: Array.from({ length: MAX_TERMS / MAX_PRODUCTS }, (_, term) => {
        return { address: 4 * (product * 4 + term), comparison: "eq" as const, constant: 5 };
      }),
    }));
    memory.octets.fill(0, 0, 256);
    for (let term = 0; term < 4; term++) memory.view.setUint32(4 * (15 * 4 + term), 5, true);
    for (const target of TARGETS)
      expect(compilePredicate(products, target, runMemory()).run([0, 1 << 16], 0)).toMatchObject({
        ok: true,
        value: 16,
      });
  });
});

describe("wakeups", () => {
  /** Environment e reads page 4 + e at virtual page 1, and nothing else. */
  function wakeups(target: TargetName = "interpreter"): { wakeups: Wakeups; told: string[] } {
    const told: string[] = [];
    const translate = (environment: number, address: number) =>
      Math.floor(address / PAGE) === 1 ? (4 + environment) * PAGE + (address % PAGE) : undefined;
    const options = { memory: runMemory(), pageSize: PAGE, target, translate };
    return { wakeups: new Wakeups(options, (name, a, b) => told.push(`${name} ${a} ${b}`)), told };
  }
  const products = (address: number): WakeupProduct[] => [
    { tag: 9, terms: [{ address, comparison: "eq", constant: 7 }] },
  ];

  test("what is malformed, or not the environment's, is refused", () => {
    const { wakeups: all } = wakeups();
    const register = (...each: WakeupProduct[]) => codeOf(() => all.register(1, each));
    const term = { address: PAGE, comparison: "eq", constant: 0 } as const;
    expect(codeOf(() => all.register(1, products(2 * PAGE)))).toBe("E_ADDRESS");
    expect(codeOf(() => all.register(1, products(PAGE + 2)))).toBe("E_ADDRESS");
    expect(codeOf(() => all.register(1, products(-4)))).toBe("E_ADDRESS");
    expect(codeOf(() => all.register(99, products(PAGE)))).toBe("E_NO_ENVIRONMENT");
    expect(register()).toBe("E_ARGUMENT");
    expect(register({ tag: 1, terms: [] })).toBe("E_ARGUMENT");
    for (const tag of [0, -1, 1.5, 2 ** 31]) expect(register({ tag, terms: [term] })).toBe("E_ARGUMENT");
    expect(register({ tag: 1, terms: Array.from({ length: MAX_TERMS + 1 }, () => term) })).toBe("E_ARGUMENT");
    expect(register(...Array.from({ length: MAX_PRODUCTS + 1 }, () => ({ tag: 1, terms: [term] })))).toBe("E_ARGUMENT");
    expect(all.count(1)).toBe(0);
    for (let each = 0; each < MAX_PREDICATES; each++) {
      all.beginTurn();
      all.register(1, products(PAGE));
    }
    all.beginTurn();
    expect(codeOf(() => all.register(1, products(PAGE)))).toBe("E_TOO_MANY");
    all.release(1, 3);
    expect(all.register(1, products(PAGE))).toBe(3);
    expect(codeOf(() => all.release(2, 3))).toBe("E_NO_PREDICATE");
    expect(codeOf(() => all.waitFor(2, 0))).toBe("E_NO_PREDICATE");
  });

  test("in one turn few are compiled for an environment, and for all; what is refused otherwise does not count", () => {
    const { wakeups: all } = wakeups();
    const register = (environment: number) => codeOf(() => all.register(environment, products(PAGE)));
    for (let turn = 0; turn < 3; turn++) {
      all.beginTurn();
      for (let each = 0; each < 5; each++) expect(codeOf(() => all.register(1, []))).toBe("E_ARGUMENT");
      for (let each = 0; each < MAX_OWN_PREDICATES_A_TURN; each++) expect(register(1)).toBe("");
      expect(register(1)).toBe("E_PREDICATE_RATE");
      const others = Array.from({ length: 40 }, (_, each) => register(2 + (each >> 1)));
      const compiled = others.filter((code) => code === "").length;
      expect(compiled + MAX_OWN_PREDICATES_A_TURN).toBe(MAX_PREDICATES_A_TURN);
      expect(new Set(others.slice(compiled))).toEqual(new Set(["E_PREDICATE_RATE"]));
    }
  });

  test.each(TARGETS)("a page that is taken fires, and is read no more (%s)", (target) => {
    const { wakeups: all, told } = wakeups(target);
    memory.octets.fill(0, 5 * PAGE, 7 * PAGE);
    all.waitFor(1, all.register(1, products(PAGE + 8)));
    all.waitFor(2, all.register(2, products(PAGE + 8)));
    expect([all.wakes(1), all.wakes(2)]).toEqual([0, 0]);
    all.takePageFrom(1, 6);
    expect(all.wakes(1)).toBe(0);
    all.takePage(5);
    memory.view.setUint32(5 * PAGE + 8, 7, true);
    memory.view.setUint32(6 * PAGE + 8, 7, true);
    expect([all.wakes(1), all.wakes(2)]).toEqual([PAGE_TAKEN, 9]);
    expect(told).toEqual(["wakeupPageTaken 1 5"]);
    all.forget(1);
    expect([all.wakes(1), all.count(1)]).toEqual([0, 0]);
  });

  test("a sleeper is woken with the tag of what came to hold, in its own slice", () => {
    const { wakeups: all } = wakeups("js");
    const cpu = new Cpu({ count: 2 });
    memory.octets.fill(0, 5 * PAGE, 7 * PAGE);
    cpu.wakes = all.wakes;
    cpu.create(1, (act) => act.cause === Cause.start && cpu.processor.sleep(1), 0);
    cpu.create(
      2,
      (act) => act.cause === Cause.start && memory.view.setUint32(5 * PAGE + 4, act.cpu.ran.length, true),
      1,
    );
    all.waitFor(
      1,
      all.register(1, [
        { tag: 5, terms: [{ address: PAGE + 4, comparison: "gt", constant: 100 }] },
        { tag: 6, terms: [{ address: PAGE + 4, comparison: "ge", constant: 4 }] },
      ]),
    );
    cpu.processor.turn(6);
    expect(cpu.order).toEqual(["1:1", "2:1", "2:1", "2:1", "1:1", "1:9"]);
    expect(cpu.ran.at(-1)?.message).toEqual([6]);
  });
});
