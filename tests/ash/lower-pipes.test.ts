/** Pipelines of every kind against what the test computes octet by octet. */
import { crc32 } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { CompiledHandler } from "../../src/ash/ash.js";
import { FRAME_AT, type ItemKind } from "../../src/ash/layout.js";
import type { Expr, Gauge, Handler, Octets, Pipe } from "../../src/ash/tree.js";
import { TARGETS } from "../../src/vcode/target.js";
import { Chance } from "../seeded.js";
import { onAll, RunningHandler } from "./running.js";
import * as t from "./trees.js";

const ROOM = 2048;
const gatheredWord: ItemKind = { kind: "accumulator", of: "u32" };

/** What a pipe does to data, octet by octet, and to what it has gathered. */
interface Model {
  readonly pipe: (at: number) => Pipe;
  readonly changes: (data: number[]) => void;
  readonly gathers: (data: readonly number[], gathered: number) => number;
  readonly gauge: Gauge;
}

const keep = { changes: () => {}, gathers: (_: readonly number[], gathered: number) => gathered };

function words(data: readonly number[], gauge: number): number[] {
  const all: number[] = [];
  for (let at = 0; at < data.length; at += gauge) {
    let value = 0;
    for (let octet = 0; octet < gauge; octet++) value = value * 256 + (data[at + octet] ?? 0);
    all.push(value);
  }
  return all;
}

function change(data: number[], gauge: number, by: (value: number) => number): void {
  for (const [index, value] of words(data, gauge).entries()) {
    const changed = by(value) >>> 0;
    for (let octet = 0; octet < gauge; octet++) {
      data[index * gauge + octet] = (changed >>> (8 * (gauge - 1 - octet))) & 0xff;
    }
  }
}

function swapped(gauge: number): (data: number[]) => void {
  return (data) => {
    for (let at = 0; at < data.length; at += gauge) {
      const part = data.slice(at, at + gauge).reverse();
      data.splice(at, gauge, ...part);
    }
  };
}

function folded(sum: number): number {
  let folding = sum;
  while (folding > 0xffff) folding = (folding % 0x10000) + Math.floor(folding / 0x10000);
  return folding;
}

const SCRAMBLE = 0x9e3779b1;

function mapped(gauge: Gauge): Model {
  // x * c + 1, in so many bits.
  const body = t.math("add", t.math("mul", t.local(0), t.num(SCRAMBLE)), t.num(1));
  const bits = 2 ** (8 * gauge);
  return {
    pipe: () => ({ name: `map${gauge}`, gauge, order: "kept", work: { kind: "map", body } }),
    changes: (data) => change(data, gauge, (value) => ((Math.imul(value, SCRAMBLE) + 1) >>> 0) % bits),
    gathers: keep.gathers,
    gauge,
  };
}

function gathered(gauge: Gauge): Model {
  const body = t.math("xor", t.math("mul", t.local(0), t.num(31)), t.local(1));
  return {
    pipe: (accumulator) => ({
      name: `fold${gauge}`,
      gauge,
      order: "kept",
      work: { kind: "fold", accumulator, type: "u32", body },
    }),
    changes: keep.changes,
    gathers: (data, before) => words(data, gauge).reduce((all, value) => (Math.imul(all, 31) ^ value) >>> 0, before),
    gauge: 1,
  };
}

const KEY = 0xc0ffee11;

const MODELS: Readonly<Record<string, Model>> = {
  checksum: {
    pipe: (accumulator) => ({ name: "sum", gauge: 2, order: "free", work: { kind: "checksum", accumulator } }),
    changes: keep.changes,
    gathers: (data, before) => folded(words(data, 2).reduce((sum, value) => sum + value, before)),
    gauge: 1,
  },
  crc32: {
    pipe: (accumulator) => ({ name: "crc", gauge: 1, order: "kept", work: { kind: "crc32", accumulator } }),
    changes: keep.changes,
    gathers: (data, before) => crc32(Uint8Array.from(data), before),
    gauge: 1,
  },
  byteswap16: {
    pipe: () => ({ name: "swap16", gauge: 2, order: "kept", work: { kind: "byteswap" } }),
    ...keep,
    changes: swapped(2),
    gauge: 2,
  },
  byteswap32: {
    pipe: () => ({ name: "swap32", gauge: 4, order: "kept", work: { kind: "byteswap" } }),
    ...keep,
    changes: swapped(4),
    gauge: 4,
  },
  xor: {
    pipe: (key) => ({ name: "xor", gauge: 4, order: "kept", work: { kind: "xor", key } }),
    ...keep,
    changes: (data) => change(data, 4, (value) => value ^ KEY),
    gauge: 4,
  },
  copy: { pipe: () => ({ name: "copy", gauge: 1, order: "free", work: { kind: "copy" } }), ...keep, gauge: 1 },
  map1: mapped(1),
  map2: mapped(2),
  map4: mapped(4),
  fold1: gathered(1),
  fold2: gathered(2),
  fold4: gathered(4),
};

/** Words of state in front of the buffer: one for each pipe, its accumulator or key. */
const WORDS = 8;
const BUFFER = 8 * WORDS;
const ODD = 3;

type How = "run" | "read" | "frame" | "odd" | "eight";

/** from, length and at are the message's first words; `to` begins at the buffer's octet `odd`, or is the frame; eight: `at` is known to be a multiple of it. */
function piping(names: readonly string[], how: How): Handler {
  const items = Array.from({ length: WORDS }, () => gatheredWord);
  const layout = t.stateOf(...items, { kind: "array", of: "u8", count: ROOM }, { kind: "frame" });
  const pipes = names.map((name, index) => MODELS[name]!.pipe(8 * index));
  const to: Octets = how === "frame" ? t.FRAME : t.buffer(BUFFER + (how === "odd" ? ODD : 0), ROOM - ODD);
  const [from, length] = [t.loaded("u32", 0), t.loaded("u32", 4)];
  const word = t.loaded("u32", 8);
  const at = how === "eight" ? t.math("and", word, t.num(0xffff_fff8)) : word;
  const call: Expr =
    how === "read"
      ? { ...t.AT, kind: "pipeline-read", type: "void", pipeline: 0, from, length }
      : { ...t.AT, kind: "pipeline-run", type: "void", pipeline: 0, from, length, to, at };
  const begin: Expr = { ...t.AT, kind: "frame", type: "void", length: t.num(ROOM) };
  return t.handler([t.entry([...(how === "frame" ? [t.run(begin)] : []), { ...t.run(call), start: 7 }, t.CONSUMES])], {
    layout,
    pipes,
    pipelines: [{ name: "line", pipes: names.map((_, index) => index) }],
  });
}

function asked(from: number, length: number, at: number, data: readonly number[]): Uint8Array {
  const message = new Uint8Array(12 + data.length);
  const view = new DataView(message.buffer);
  view.setUint32(0, from);
  view.setUint32(4, length);
  view.setUint32(8, at);
  message.set(data, 12);
  return message;
}

function stretch(names: readonly string[]): number {
  return Math.max(1, ...names.map((name) => MODELS[name]!.gauge));
}

const SEEDS = 120;

interface Asked {
  readonly names: readonly string[];
  readonly how: How;
  readonly length: number;
}

/** On all targets as octet by octet; gives back what was compiled. */
function agree(chance: Chance, { names, how, length }: Asked): CompiledHandler {
  const data = Array.from({ length: length + 40 }, () => chance.pick([0xff, chance.below(256)]));
  const from = 12 + chance.below(30);
  const at = (how === "eight" ? 8 : 4) * chance.below(50);
  const message = asked(from, length, at, data);
  const values = names.map((name) => (name === "xor" ? KEY : name === "checksum" ? chance.below(0xffff_ffff) : 0));

  const compiled = t.lowered(piping(names, how));
  const { told, state } = onAll(compiled, [message], {
    prepare: (machine) => {
      for (const [index, value] of values.entries()) {
        machine.poke(8 * index, new Uint8Array(Uint32Array.of(value).buffer));
      }
    },
  });
  expect(told[0]?.outcome).toBe(1);

  const through = Array.from(message.subarray(from, from + length));
  const view = new DataView(state.buffer);
  for (const [index, name] of names.entries()) {
    const model = MODELS[name]!;
    expect(view.getUint32(8 * index, true), name).toBe(model.gathers(through, values[index]!));
    model.changes(through);
  }
  if (how === "read") return compiled;
  const begin = how === "frame" ? BUFFER + ROOM + FRAME_AT : BUFFER + (how === "odd" ? ODD : 0);
  expect(Array.from(state.subarray(begin + at, begin + at + length))).toEqual(through);
  expect(state.slice(begin + at + length, begin + at + length + 8).every((octet) => octet === 0)).toBe(true);
  return compiled;
}

describe("pipelines", () => {
  const seen = new Set<string>();
  const tails = new Set<number>();

  test.each(Array.from({ length: SEEDS }, (_, seed) => seed))("are what their pipes are, seed %i", (seed) => {
    const chance = new Chance(seed + 1);
    const all = Object.keys(MODELS);
    const names = Array.from({ length: 1 + chance.below(4) }, () => chance.pick(all));
    if (seed < all.length) names[0] = all[seed]!;
    const how = chance.pick(["run", "run", "read", "frame", "odd"] as const);
    const gauge = stretch(names);
    const length = gauge * chance.below(Math.floor(80 / gauge));
    agree(chance, { names, how, length });
    for (const name of names) seen.add(`${name} ${how === "read" ? "read" : "run"}`);
    if (how !== "read") tails.add(length % 4);
  });

  test.each(["read", "run", "eight", "frame", "odd"] as const)("checksums and copies by longs, %s", (how) => {
    const chance = new Chance(9);
    for (const length of [0, 63, 64, 65, 127, 128, 130, 191, 64 + chance.below(900), 1460]) {
      for (const names of [["checksum"], ["copy", "checksum"], ["checksum", "copy", "checksum"]]) {
        const { names: lambdas } = agree(chance, { names, how, length });
        // The frame's octets begin between two words, so that halves of them are stored.
        expect(lambdas.some((name) => name.endsWith(" by longs"))).toBe(how !== "frame" && how !== "odd");
      }
    }
  });

  test("all pipes and all tails were there", () => {
    expect(seen.size).toBeGreaterThan(20);
    expect([...tails].sort()).toEqual([0, 1, 2, 3]);
  });

  test.each([
    ["message", 12, 200, 0],
    ["message", 200, 0, 0],
    ["message", 0xffff_fff0, 32, 0],
    ["message", 32, 0xffff_fff0, 0],
    ["unaligned", 12, 8, 2],
    ["index", 12, 8, 4 * 512],
    ["index", 12, 8, 0xffff_fffc],
    ["length", 12, 6, 0],
  ])("fault %s of (%i, %i) to %i", (reason, from, length, at) => {
    const compiled = t.lowered(piping(["byteswap32"], "run"));
    const { told } = onAll(compiled, [
      asked(
        from,
        length,
        at,
        Array.from({ length: 100 }, () => 1),
      ),
    ]);
    expect(told[0]).toMatchObject({ outcome: reason, place: 7 });
  });

  test("a checksum of a long packet of ones stays right", () => {
    const compiled = t.lowered(piping(["checksum"], "read"));
    const data = Array.from({ length: 65_000 }, () => 0xff);
    const { state } = onAll(compiled, [asked(12, 65_000, 0, data)]);
    expect(new DataView(state.buffer).getUint32(0, true)).toBe(0xffff);
  });

  test("fused they take a good deal less than one after the other", () => {
    const data = Array.from({ length: 1500 }, (_, at) => at & 0xff);
    const units = (names: readonly string[], how: "run" | "read") => {
      const compiled = t.lowered(piping(names, how));
      const machine = new RunningHandler(compiled, TARGETS[0]);
      return machine.run(asked(12, 1500, 0, data)).fuel;
    };
    const fused = units(["copy", "checksum", "byteswap32"], "run");
    const apart = units(["copy"], "run") + units(["checksum"], "read") + units(["byteswap32"], "run");
    expect(apart / fused).toBeGreaterThan(1.5);
  });
});
