/** Tables of which a message was out of fuel in the middle of an operation, with every fuel there is. */
import { expect, test } from "vitest";
import { bucketsOf, EntryHead, partsOf, type Table, TableHead } from "../../src/ash/layout.js";
import { STATE_BASE } from "../../src/vcode/handler.js";
import { TARGETS } from "../../src/vcode/target.js";
import { keyHash } from "./evaluate-table.js";
import { RunningHandler } from "./running.js";
import { DELETE, ENTER, FIND, tabling } from "./tabling.js";
import * as t from "./trees.js";

const CAPACITY = 8;
/** Octets of a value beside its count: those of the second are cleared by the kernel. */
const PADDINGS = [0, 200];

/** What leads to what. */
interface Linked {
  readonly size: number;
  /** Keys, the newest first. */
  readonly used: readonly number[];
  readonly fresh: number;
  readonly free: readonly number[];
}

class Read {
  readonly #view: DataView;
  readonly #table: Table;

  constructor(table: Table, state: Uint8Array) {
    this.#table = table;
    this.#view = new DataView(state.buffer, state.byteOffset, state.length);
  }

  #word(address: number): number {
    return this.#view.getUint32(address - STATE_BASE, true);
  }

  #head(name: Exclude<keyof typeof TableHead, "octets">): number {
    return this.#word(STATE_BASE + this.#table.offset + TableHead[name]);
  }

  /** Entries of a list, each once. */
  #list(first: number, link: "next" | "newer" | "older"): number[] {
    const entries: number[] = [];
    for (let entry = first; entry !== 0; entry = this.#word(entry + EntryHead[link])) {
      expect(entries).not.toContain(entry);
      entries.push(entry);
    }
    return entries;
  }

  /** All that is invariant holds. */
  linked(): Linked {
    const { buckets, key } = partsOf(this.#table);
    const used = this.#list(this.#head("newest"), "older");
    expect(this.#list(this.#head("oldest"), "newer")).toEqual(used.toReversed());
    const held = Array.from({ length: bucketsOf(this.#table) }, (_, bucket) => {
      const at = STATE_BASE + this.#table.offset + buckets + 4 * bucket;
      const entries = this.#list(this.#word(at), "next");
      for (const entry of entries) {
        expect(this.#word(entry + EntryHead.hash)).toBe(keyHash([this.#word(entry + key)]));
        expect(this.#word(entry + EntryHead.hash) & (bucketsOf(this.#table) - 1)).toBe(bucket);
      }
      return entries;
    }).flat();
    expect(held.toSorted()).toEqual(used.toSorted());
    expect(this.#head("size")).toBe(used.length);
    const free = this.#list(this.#head("free"), "next");
    expect(free.length + used.length).toBe(this.#head("fresh"));
    for (const entry of free) expect(used).not.toContain(entry);
    return {
      size: used.length,
      used: used.map((entry) => this.#word(entry + key)),
      fresh: this.#head("fresh"),
      free,
    };
  }
}

function messageOf(operation: number, key: number): Uint8Array {
  const octets = new Uint8Array(5);
  octets[0] = operation;
  new DataView(octets.buffer).setUint32(1, key);
  return octets;
}

/** Keys of one bucket, which chains of all lengths come of, and neighbours. */
function keysOf(kind: "one bucket" | "neighbours", table: Table): number[] {
  const all = Array.from({ length: 4000 }, (_, key) => key);
  const inOne = all.filter((key) => keyHash([key]) % bucketsOf(table) === 3);
  return (kind === "neighbours" ? all : inOne).slice(0, CAPACITY + 1);
}

test.each(
  TARGETS.flatMap((target) =>
    PADDINGS.flatMap((padding) => (["one bucket", "neighbours"] as const).map((kind) => ({ target, padding, kind }))),
  ),
)("on $target, $padding octets more, keys of $kind: as before, or as after", ({ target, padding, kind }) => {
  const compiled = t.lowered(tabling(["u32"], CAPACITY, padding));
  const table = compiled.layout.items[1];
  if (table?.kind !== "table") throw new Error("no table");
  const keys = keysOf(kind, table);
  const machine = new RunningHandler(compiled, target);
  // At the ends of chains and of the list, in their middle, and one that is not there.
  const asked = [0, 3, CAPACITY - 1, CAPACITY].map((n) => keys[n]!);
  const linked = () => new Read(table, machine.state()).linked();
  const seen = { evicted: 0, asBefore: 0 };
  // A table with room; a full one; one of which an entry was freed, in the middle and at both ends.
  const prepared = [keys.slice(0, 5), keys.slice(0, CAPACITY)].map((entered) =>
    entered.map((key) => messageOf(ENTER, key)),
  );
  for (const n of [0, 3, CAPACITY - 1]) prepared.push([...prepared[1]!, messageOf(DELETE, keys[n]!)]);
  for (const messages of prepared) {
    machine.poke(0, new Uint8Array(compiled.layout.octets));
    for (const message of messages) machine.run(message);
    const before = machine.state();
    const linkedBefore = linked();
    for (const operation of [FIND, ENTER, DELETE]) {
      for (const key of asked) {
        const message = messageOf(operation, key);
        machine.poke(0, before);
        const whole = machine.run(message);
        expect(whole.outcome).toBe(1);
        const after = linked();
        if (after.size === CAPACITY && linkedBefore.size === CAPACITY && !linkedBefore.used.includes(key))
          seen.evicted++;
        for (let fuel = 0; fuel < whole.fuel; fuel++) {
          machine.poke(0, before);
          expect(machine.run(message, {}, fuel).outcome).toBe("fuel");
          const isBefore = Buffer.from(before.subarray(table.offset)).equals(machine.state().subarray(table.offset));
          if (isBefore) seen.asBefore++;
          else {
            expect(linked(), `operation ${operation}, key ${key}, fuel ${fuel}`).toEqual(after);
          }
        }
      }
    }
  }
  expect(seen.evicted).toBeGreaterThan(0);
  expect(seen.asBefore).toBeGreaterThan(500);
});
