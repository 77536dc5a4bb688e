/** Tables of the evaluator against a Map, whose order is that of use, and against what lies in state. */
import { describe, expect, test } from "vitest";
import {
  bucketsOf,
  EntryHead,
  LayoutBuilder,
  MOST_IN_BUCKET,
  partsOf,
  shapeOf,
  type Table,
  TableHead,
} from "../../src/ash/layout.js";
import type { Scalar } from "../../src/ash/tree.js";
import { STATE_BASE } from "../../src/vcode/handler.js";
import { Chance } from "../seeded.js";
import { Memory } from "./evaluate-memory.js";
import { EvaluatedTable, keyHash } from "./evaluate-table.js";
import type { Value } from "./evaluate-value.js";

const KEYS: readonly (readonly Scalar[])[] = [["u32"], ["i8"], ["bool"], ["u64"], ["i64", "u8"], ["i16", "u32", "u16"]];

class Tried {
  readonly octets: Uint8Array;
  readonly memory: Memory;
  readonly table: EvaluatedTable;
  readonly item: Table;
  readonly #parts: ReturnType<typeof partsOf>;

  constructor(types: readonly Scalar[], capacity: number) {
    const builder = new LayoutBuilder();
    builder.add("before", { kind: "accumulator", of: "u32" });
    const key = shapeOf(types.map((type, n) => ({ name: `key${n}`, type, count: undefined })));
    const value = shapeOf([{ name: "value", type: "u32", count: undefined }]);
    const item = builder.add("table", { kind: "table", key, value, capacity });
    if (item.kind !== "table") throw new Error("no table");
    this.item = item;
    this.#parts = partsOf(item);
    this.octets = new Uint8Array(builder.octets);
    this.memory = new Memory(this.octets);
    this.table = new EvaluatedTable(this.memory, item);
  }

  head(name: Exclude<keyof typeof TableHead, "octets">): number {
    return this.memory.word(STATE_BASE + this.item.offset + TableHead[name]);
  }

  /** Values of a list of entries. */
  list(first: number, link: "next" | "newer" | "older"): number[] {
    const values: number[] = [];
    for (let entry = first; entry !== 0; entry = this.memory.word(entry + EntryHead[link])) {
      values.push(this.memory.word(entry + this.#parts.value));
    }
    return values;
  }

  bucketed(): number {
    const buckets = STATE_BASE + this.item.offset + this.#parts.buckets;
    const lengths = Array.from(
      { length: bucketsOf(this.item) },
      (_, bucket) => this.list(this.memory.word(buckets + 4 * bucket), "next").length,
    );
    return lengths.reduce((sum, length) => sum + length, 0);
  }
}

function keyOf(types: readonly Scalar[], chance: Chance): Value[] {
  return types.map((type) => {
    const value = chance.below(type === "bool" ? 2 : 5) - (type.startsWith("i") ? 2 : 0);
    return type.endsWith("64") ? BigInt(value) * (2n ** 40n + 1n) * (type === "u64" ? 1n : -1n) : value;
  });
}

describe("as a Map of the last used", () => {
  const counts = { hit: 0, evicted: 0, deleted: 0, missing: 0, reused: 0 };

  test.each(KEYS.flatMap((types) => [1, 2, 3, 8].map((capacity) => ({ types, capacity }))))(
    "by $types, $capacity entries",
    ({ types, capacity }) => {
      const chance = new Chance(capacity * 31 + types.length);
      const tried = new Tried(types, capacity);
      // By key as text; the last is the newest.
      const map = new Map<string, number>();
      for (let round = 1; round <= 600; round++) {
        const key = keyOf(types, chance);
        const had = map.get(key.join());
        switch (chance.below(3)) {
          case 0: {
            const value = tried.table.find(key);
            expect(value === 0 ? undefined : tried.memory.word(value)).toBe(had);
            if (had !== undefined) counts.hit++;
            else counts.missing++;
            if (had !== undefined) use(map, key.join(), had);
            break;
          }
          case 1: {
            const value = tried.table.enter(key);
            expect(tried.memory.word(value)).toBe(had ?? 0);
            tried.memory.setWord(value, round);
            if (had === undefined && map.size === capacity) {
              counts.evicted++;
              map.delete([...map.keys()][0] ?? "");
            }
            use(map, key.join(), round);
            break;
          }
          default:
            expect(tried.table.delete(key)).toBe(map.delete(key.join()));
            if (had !== undefined) counts.deleted++;
        }
        if (tried.head("free") !== 0) counts.reused++;
        expect(tried.table.size).toBe(map.size);
        expect(tried.list(tried.head("oldest"), "newer")).toEqual([...map.values()]);
        expect(tried.list(tried.head("newest"), "older")).toEqual([...map.values()].toReversed());
        expect(tried.list(tried.head("free"), "next").length + map.size).toBe(tried.head("fresh"));
        expect(tried.bucketed()).toBe(map.size);
      }
      expect(tried.memory.word(STATE_BASE), "what lies before it").toBe(0);
    },
  );

  test("of a bucket that is full the first that was entered leaves, though there is room", () => {
    const tried = new Tried(["u32"], 64);
    const keys: number[] = [];
    for (let key = 1; keys.length < 12; key++) if (keyHash([key]) % 64 === 5) keys.push(key);
    for (const key of keys) tried.memory.setWord(tried.table.enter([key]), key);
    const left = keys.slice(-MOST_IN_BUCKET);
    expect(keys.filter((key) => tried.table.find([key]) !== 0)).toEqual(left);
    expect(tried.list(tried.head("oldest"), "newer")).toEqual(left);
    expect([tried.table.size, tried.bucketed(), tried.head("fresh")]).toEqual([8, 8, 8]);
  });

  test("each happened", () => {
    for (const [name, count] of Object.entries(counts)) expect(count, name).toBeGreaterThan(200);
  });
});

function use(map: Map<string, number>, key: string, value: number): void {
  map.delete(key);
  map.set(key, value);
}

test("a hash takes all bits of all words, and neighbours lie apart", () => {
  const buckets = new Set(Array.from({ length: 256 }, (_, n) => keyHash([0x0a00_0000 + n, 53]) & 1023));
  expect(buckets.size).toBeGreaterThan(200);
  const high = new Set(Array.from({ length: 256 }, (_, n) => keyHash([n << 24]) & 1023));
  expect(high.size).toBeGreaterThan(100);
  expect(keyHash([-1])).toBe(keyHash([0xffff_ffff]));
  expect([keyHash([]), keyHash([1]), keyHash([1, 2])]).toEqual([0, expect.any(Number), expect.any(Number)]);
});
