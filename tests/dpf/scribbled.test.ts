/**
 * Somebody scribbles over the stretch of memory in which WebAssembly finds the tables: it ends, does not throw, says nothing that
 * cannot be; and as soon as it found out, its verdicts are right again.
 */
import { expect, test } from "vitest";
import type { Filter } from "../../src/dpf/atom.js";
import { Classifier } from "../../src/dpf/dpf.js";
import { MAX_ID } from "../../src/dpf/limits.js";
import { WasmEngine } from "../../src/dpf/wasm-engine.js";
import { Chance } from "../../src/machine/chance.js";
import { frameMemory } from "./machine.js";
import { Rows } from "./support.js";

const FRAMES = Array.from({ length: 64 }, (_, at) => new Uint8Array(8).fill(at));
const rows = new Rows(FRAMES, false);

/** Equalities, prefixes and ranges, some of which many have, so that there are lists of each kind. */
function filters(): Filter[] {
  const equal = (value: number, mask = 255): Filter => ({
    conjunctions: [[{ kind: "equal", offset: 0, width: 8, mask, value: value & mask }]],
  });
  const range = (low: number, high: number): Filter => ({
    conjunctions: [[{ kind: "range", offset: 1, width: 8, mask: 255, low, high }]],
  });
  const all: Filter[] = [];
  for (let at = 0; at < 60; at++) all.push(equal(at), equal(at), equal(at, 0xf0), range(at, at + 9), range(0, at));
  return all;
}

function engineOf() {
  const memory = frameMemory();
  const classifier = new Classifier("wasm");
  for (const [at, filter] of filters().entries()) {
    classifier.insert(at + 1, filter, at % 5 === 0 ? "claim" : "tap", 0, at + 1);
  }
  const update = classifier.update();
  if (update.kind !== "program") throw new Error("the first update is a program");
  const engine = new WasmEngine(memory, rows.count, MAX_ID * 2);
  engine.install(update);
  const { machine } = memory;
  if (machine === undefined) throw new Error("no machine");
  const words = new Int32Array(memory.buffer);
  const first = machine.from >> 2;
  const used = words.subarray(first, machine.to >> 2).findLastIndex((word) => word !== 0) + 64;
  return { engine, words, first, used };
}

/** Verdicts of all rows, whatever they say, as those who use them read them. */
function verdicts(engine: WasmEngine): string[] {
  return FRAMES.map((_, row) => {
    const from = engine.tapStart[row]!;
    const taps = [...engine.taps.subarray(from, from + engine.tapCount[row]!)].sort((a, b) => a - b);
    return `${engine.winner[row]}: ${taps.join(" ")}`;
  });
}

test("one word here and there, or all of a stretch: it goes on, and where it was found out all is as before", () => {
  const { engine, words, first, used } = engineOf();
  expect(engine.run(rows, 0, rows.count)).toBe(rows.count);
  const right = verdicts(engine);
  const chance = new Chance(29);
  let found = 0;
  for (let round = 0; round < 100; round++) {
    const before = engine.repairs;
    const count = chance.happens(0.5) ? 1 + chance.below(8) : 2000;
    for (let each = 0; each < count; each++) {
      const small = chance.happens(0.7) ? chance.below(400) - 20 : chance.word() | 0;
      words[first + chance.below(used)] = small;
    }
    const stopped = engine.run(rows, 0, rows.count);
    expect(stopped).toBeGreaterThan(0);
    expect(stopped).toBeLessThanOrEqual(rows.count);
    if (engine.repairs === before) continue;
    found++;
    expect(verdicts(engine)).toEqual(right);
  }
  expect(found).toBeGreaterThan(10);
});

test("links and entries that go round are found out", () => {
  const { engine, words, first, used } = engineOf();
  engine.run(rows, 0, rows.count);
  const right = verdicts(engine);
  // Every word that could name an entry or a link names itself or a neighbour.
  for (const step of [1, 2, 3]) {
    const before = engine.repairs;
    const tables = words.subarray(first, first + used);
    for (let at = 0; at < tables.length; at++) if (tables[at]! > 0 && tables[at]! < 300) tables[at] = step;
    engine.run(rows, 0, rows.count);
    if (engine.repairs > before) expect(verdicts(engine)).toEqual(right);
  }
});
