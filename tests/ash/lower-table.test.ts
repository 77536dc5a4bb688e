/** Tables against a map that keeps its keys in the order of their use. */
import { describe, expect, test } from "vitest";
import { checkHandler } from "../../src/ash/check.js";
import { MOST_IN_BUCKET, TableHead } from "../../src/ash/layout.js";
import { lowerHandler } from "../../src/ash/lower.js";
import type { Scalar } from "../../src/ash/tree.js";
import { STATE_BASE } from "../../src/vcode/handler.js";
import { TARGETS } from "../../src/vcode/target.js";
import { Chance } from "../seeded.js";
import { keyHash } from "./evaluate-table.js";
import { compare } from "./handler-running.js";
import { Lockstep } from "./lockstep.js";
import { onAll, RunningHandler } from "./running.js";
import { DELETE, ENTER, FIND, RESULTS, tabling } from "./tabling.js";
import * as t from "./trees.js";

/** Keys by their octets, the least recently used one first. */
class Model {
  readonly #uses = new Map<string, number>();
  readonly #capacity: number;
  evicted = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  do(operation: number, key: string): readonly number[] {
    const uses = this.#uses.get(key);
    if (operation === DELETE) {
      this.#uses.delete(key);
      return [uses === undefined ? 0 : 1, 0, this.#uses.size];
    }
    if (uses === undefined && operation === FIND) return [0, 0, this.#uses.size];
    this.#uses.delete(key);
    if (this.#uses.size === this.#capacity) {
      this.evicted++;
      for (const oldest of this.#uses.keys()) {
        this.#uses.delete(oldest);
        break;
      }
    }
    this.#uses.set(key, (uses ?? 0) + 1);
    return [1, (uses ?? 0) + 1, this.#uses.size];
  }
}

function resultsOf(state: Uint8Array): readonly number[] {
  const view = new DataView(state.buffer);
  return Array.from({ length: RESULTS / 4 }, (_, index) => view.getUint32(4 * index, true));
}

const SHAPES: readonly (readonly [readonly Scalar[], number, number])[] = [
  [["u32"], 16, 0],
  [["u32", "u16", "u8"], 100, 0],
  [["u64", "i8", "bool"], 7, 0],
  [["i64"], 1, 200],
];
const OPERATIONS = 3000;

describe("tables", () => {
  test.each(SHAPES)("of %j, capacity %i, are maps by use", (keys, capacity, padding) => {
    const compiled = t.lowered(tabling(keys, capacity, padding));
    const chance = new Chance(capacity);
    const octets = keys.reduce((sum, type) => sum + ({ u64: 8, i64: 8, u32: 4, u16: 2 }[String(type)] ?? 1), 0);
    const messages = Array.from({ length: OPERATIONS }, () => {
      const operation = chance.pick([FIND, FIND, ENTER, ENTER, DELETE]);
      const message = new Uint8Array(1 + octets);
      message[0] = operation;
      // Few different keys, some of them alike but in one octet.
      message[1 + chance.below(octets)] = chance.below(Math.ceil((2 * capacity) / octets) + 1);
      if (keys.includes("bool")) message[octets] = message[octets] === 0 ? 0 : 1;
      return message;
    });
    for (const target of TARGETS) {
      const machine = new RunningHandler(compiled, target);
      const model = new Model(capacity);
      for (const [number, message] of messages.entries()) {
        expect(machine.run(message).outcome).toBe(1);
        const expected = model.do(message[0]!, message.subarray(1).join());
        expect(resultsOf(machine.state(RESULTS)), `${target} ${number}`).toEqual(expected);
      }
      expect(model.evicted).toBeGreaterThan(20);
    }
  });

  test("an entry that comes again is of zeros", () => {
    const compiled = t.lowered(tabling(["u8"], 2, 100));
    const enter = (key: number) => Uint8Array.of(ENTER, key);
    const { state } = onAll(compiled, [enter(1), enter(1), enter(2), enter(3), enter(1)]);
    expect(resultsOf(state)).toEqual([1, 1, 2]);
  });

  test("what somebody scribbles over it ends a run by fuel or an address, and nothing else", () => {
    const compiled = t.lowered(tabling(["u32"], 8));
    const chance = new Chance(5);
    const seen = new Set<unknown>();
    for (let round = 0; round < 150; round++) {
      const at = 16 + 4 * chance.below((compiled.layout.octets - 16) / 4);
      const word = chance.pick([
        0,
        4,
        STATE_BASE + at,
        STATE_BASE + 16 + TableHead.octets,
        0xffff_fffc,
        7,
        STATE_BASE + 88,
      ]);
      const messages = Array.from({ length: 12 }, () => {
        return Uint8Array.of(chance.below(3), 0, 0, 0, chance.below(12));
      });
      const { told } = onAll(compiled, messages, {
        fuel: 5000,
        prepare: (machine) => {
          for (const message of messages) machine.run(message);
          machine.poke(at, new Uint8Array(Uint32Array.of(word).buffer));
        },
      });
      for (const { outcome } of told) seen.add(outcome);
    }
    for (const outcome of seen) expect([1, "fuel", "address", "unaligned"]).toContain(outcome);
    expect(seen.size).toBeGreaterThan(2);
  });

  test("keys that somebody made for one bucket cost no more than it holds, and leave others alone", () => {
    const capacity = 512;
    const compiled = t.lowered(tabling(["u32"], capacity));
    const bucketOf = (key: number) => keyHash([key]) % capacity;
    const flood: number[] = [];
    for (let key = 1; flood.length < 300; key++) if (bucketOf(key) === 77) flood.push(key);
    const others = Array.from({ length: 200 }, (_, at) => at + 1).filter((key) => bucketOf(key) !== 77);
    for (const target of TARGETS) {
      const machine = new RunningHandler(compiled, target);
      const run = (operation: number, key: number) => {
        const octets = new Uint8Array(5);
        octets[0] = operation;
        new DataView(octets.buffer).setUint32(1, key);
        const { fuel, outcome } = machine.run(octets);
        expect(outcome).toBe(1);
        return { fuel, found: resultsOf(machine.state(RESULTS))[0] };
      };
      for (const key of others) run(ENTER, key);
      const first = run(ENTER, flood[0]!).fuel;
      const fuel = flood.map((key) => run(ENTER, key).fuel);
      expect(Math.max(...fuel)).toBeLessThan(first + MOST_IN_BUCKET * 12);
      const found = flood.filter((key) => run(FIND, key).found === 1);
      expect(found).toEqual(flood.slice(-MOST_IN_BUCKET));
      expect(others.filter((key) => run(FIND, key).found === 0)).toEqual([]);
      expect(resultsOf(machine.state(RESULTS))[2]).toBe(others.length + MOST_IN_BUCKET);
    }
  });

  test("fields of a key are computed in the order in which they are written", () => {
    const text = `import { consume, type Message, type Outcome, record, shape, table, u16, u32 } from "exonet/ash";
const Key = shape({ a: u32, b: u16, c: u32 });
const Value = shape({ times: u32 });
const all = table(Key, Value, 4);
const seen = record({ calls: u32, entered: u32, found: u32, deleted: u32 });
function next(): u32 {
  seen.calls = seen.calls * 2 + 1;
  return seen.calls;
}
export default function keys(message: Message): Outcome {
  seen.calls = 0;
  all.enter({ c: next(), a: next(), b: u16(next()) }).times += 1;
  if (all.find({ a: 3, b: 7, c: 1 }) !== undefined) seen.entered += 1;
  seen.calls = 0;
  if (all.find({ c: next(), a: next(), b: u16(next()) }) !== undefined) seen.found += 1;
  seen.calls = 0;
  if (all.delete({ c: next(), a: next(), b: u16(next()) })) seen.deleted += 1;
  return consume;
}
`;
    const checked = checkHandler(text);
    if (!checked.ok) throw new Error(JSON.stringify(checked.errors[0]));
    const lowered = lowerHandler(checked.tree);
    if (!lowered.ok) throw new Error(JSON.stringify(lowered.errors[0]));
    expect(compare(checked.tree, lowered.handler, 1).difference).toBeUndefined();
    const handler = new Lockstep(text);
    const seen = handler.layout.items.find(({ name }) => name === "seen")!.offset;
    for (let times = 1; times <= 3; times++) {
      handler.run({ octets: new Uint8Array(60), wire: 60, time: 0n, port: 0, number: times }, 2000);
      const words = [4, 8, 12].map((at) => handler.state().readUInt32LE(seen + at));
      expect(words).toEqual([times, times, times]);
    }
  });

  test.each([
    ["next to each other", 1],
    ["in steps of an octet", 256],
    ["in steps of two", 65_536],
    ["in large steps", 0x0101_0100],
  ])("keys %s hardly meet in one bucket", (_, step) => {
    const capacity = 1024;
    const compiled = t.lowered(tabling(["u32"], capacity));
    const machine = new RunningHandler(compiled, "wasm");
    const message = (operation: number, key: number) => {
      const octets = new Uint8Array(5);
      octets[0] = operation;
      new DataView(octets.buffer).setUint32(1, Math.imul(key, step));
      return octets;
    };
    const first = machine.run(message(ENTER, 0)) && machine.run(message(FIND, 0)).fuel;
    let fuel = 0;
    for (let key = 0; key < capacity; key++) machine.run(message(ENTER, key));
    for (let key = 0; key < capacity; key++) fuel += machine.run(message(FIND, key)).fuel;
    expect(fuel / capacity).toBeLessThan(1.3 * first);
  });
});
