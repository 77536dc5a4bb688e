/** The WebAssembly engine's stretch of memory: tables that grow in it, move, do not fit; marks that run out. */
import { describe, expect, test } from "vitest";
import { COLUMN_OCTETS, COLUMNS, CONTEXT_WORDS, MAX_ROWS } from "../../src/dpf/batch-layout.js";
import { Demux } from "../../src/dpf/demux.js";
import { Classifier } from "../../src/dpf/dpf.js";
import type { FrameMemory } from "../../src/dpf/engine.js";
import { MAX_ID } from "../../src/dpf/limits.js";
import { stretchFor, WasmEngine } from "../../src/dpf/wasm-engine.js";
import { frameMemory } from "./machine.js";
import { Rows } from "./support.js";

/** What an engine takes before any table: context, columns, taps and marks, as the constructor says when it is refused. */
const FIXED = 4 * (CONTEXT_WORDS + COLUMNS * (COLUMN_OCTETS / 4) + MAX_ID + MAX_ID + 1) + 16;

function stretchOf(octets: number): FrameMemory {
  const memory = frameMemory();
  if (memory.machine === undefined) throw new Error("no machine");
  const { from } = memory.machine;
  return { ...memory, machine: { ...memory.machine, to: from + octets } };
}

const filter = (value: number) => ({
  conjunctions: [[{ kind: "equal", offset: 0, width: 32, mask: 0xffffffff, value } as const]],
});
const FRAMES = [1, 2, 300, 5000].map((value) => {
  const frame = new Uint8Array(4);
  new DataView(frame.buffer).setUint32(0, value);
  return frame;
});
const rows = new Rows(FRAMES, false);

/** Winners of the four frames, and the octets of tables that were told whole. */
function grow(memory: FrameMemory, count: number) {
  const classifier = new Classifier("wasm");
  const engine = new WasmEngine(memory, rows.count, MAX_ID);
  let told = 0;
  const winners: number[][] = [];
  for (let id = 1; id <= count; id++) {
    classifier.insert(id, filter(id), "claim", 0, id);
    const update = classifier.update();
    if (update.kind === "program") {
      engine.install(update);
      told = update.statistics.tables;
    } else {
      engine.patch(update.patches);
      for (const patch of update.patches) if ("whole" in patch) told += patch.whole.byteLength;
    }
    if (id % 250 !== 0) continue;
    expect(engine.run(rows, 0, rows.count)).toBe(rows.count);
    winners.push([...engine.winner]);
  }
  return { told, tables: classifier.totals.tables, winners };
}

describe("tables that grow", () => {
  const expected = Array.from({ length: 24 }, (_, index) =>
    [1, 2, 300, 5000].map((value) => (value <= 250 * (index + 1) ? value : 0)),
  );

  test("find room behind the others, and, where that is gone, all are laid out anew", () => {
    const roomy = grow(stretchOf(4 << 20), 6000);
    expect(roomy.winners).toEqual(expected);
    // No room for what was left behind: laying out anew is what makes this work.
    const room = 1.3 * roomy.tables;
    expect(roomy.told).toBeGreaterThan(1.2 * room);
    expect(grow(stretchOf(FIXED + room), 6000).winners).toEqual(expected);
  });

  test("are refused where they do not fit even so", () => {
    const { tables } = grow(stretchOf(4 << 20), 6000);
    expect(() => grow(stretchOf(FIXED + tables / 2), 6000)).toThrow("the tables do not fit their stretch");
  });

  test("counts of nodes move along", () => {
    const classifier = new Classifier("wasm");
    classifier.run({ heat: true });
    const demux = new Demux(frameMemory(), rows.count);
    for (let id = 1; id <= 3000; id++) {
      classifier.insert(id, filter(id), "tap", 0, id);
      const update = classifier.update();
      demux.install(update);
      if (update.kind === "program") continue;
      if (id % 100 === 0) demux.run(rows, 0, rows.count);
    }
    const counts = demux.heat.counts();
    const programs = counts[classifier.trie.root.record] ?? 0;
    expect(programs).toBe(4 * 30);
    const first = [...(classifier.trie.root.alternatives[0]?.children.values() ?? [])][0];
    expect(counts[first?.record ?? 0]).toBe(30);
  });
});

describe("a stretch", () => {
  test("as large as is said holds the largest tables that there may be", () => {
    const octets = stretchFor(4 * (MAX_ID + 1));
    expect(octets % 65_536).toBe(0);
    expect(octets).toBeGreaterThan(32 << 20);
  });

  test("that is too small for what every engine needs is refused, and so are too many rows, and no memory", () => {
    expect(() => new WasmEngine(stretchOf(FIXED - 64), 1, MAX_ID)).toThrow("is too small");
    expect(() => new WasmEngine(stretchOf(FIXED), 1, MAX_ID)).not.toThrow();
    expect(() => new WasmEngine(frameMemory(), MAX_ROWS + 1, MAX_ID)).toThrow(`${MAX_ROWS + 1} rows`);
    expect(() => new WasmEngine({ buffer: frameMemory().buffer }, 1, MAX_ID)).toThrow("needs the machine's memory");
    const engine = new WasmEngine(frameMemory(), 2, MAX_ID);
    const columns = {
      address: new Int32Array(4),
      captured: new Int32Array(4),
      wire: new Uint32Array(4),
      linkType: new Uint16Array(4),
    };
    expect(engine.run(columns, 0, 4)).toBe(4);
    const update = new Classifier("wasm").update();
    if (update.kind === "program") engine.install(update);
    expect(() => engine.run(columns, 0, 4)).toThrow("row 4 of 2");
  });

  test("nothing outside of it is written", () => {
    const memory = frameMemory();
    const [from, to] = [memory.machine?.from ?? 0, memory.machine?.to ?? 0];
    const around = [new Uint8Array(memory.buffer, from - 4096, 4096), new Uint8Array(memory.buffer, to, 4096)];
    if (to + 4096 > memory.buffer.byteLength) around.pop();
    const before = around.map((octets) => octets.slice());
    grow(memory, 2000);
    expect(around.map((octets) => octets.slice())).toEqual(before);
  });
});

test("marks of rows that run out are forgotten, and each tap is listed once all the same", () => {
  const classifier = new Classifier("wasm");
  const any = { kind: "length", least: 0, most: 9 } as const;
  const twice = { conjunctions: [[any], [{ ...any, most: 8 }], [{ ...any, most: 7 }]] };
  classifier.insert(5, twice, "tap", 0, 0);
  classifier.insert(6, twice, "tap", 0, 0);
  const engine = new WasmEngine(frameMemory(), rows.count, 2 * MAX_ID, 10);
  const update = classifier.update();
  if (update.kind === "program") engine.install(update);
  for (let run = 0; run < 25; run++) {
    expect(engine.run(rows, 0, rows.count)).toBe(rows.count);
    for (let row = 0; row < rows.count; row++) {
      const start = engine.tapStart[row] ?? 0;
      const taps = engine.taps.slice(start, start + (engine.tapCount[row] ?? 0)).sort();
      expect(taps, `run ${run}`).toEqual(Int32Array.of(5, 6));
    }
  }
});
