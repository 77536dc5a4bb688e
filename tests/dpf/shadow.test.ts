/** Shadow mode: what a second target says otherwise is counted, and nothing else is. */
import { expect, test } from "vitest";
import { type Filter, LINK, WIRE } from "../../src/dpf/atom.js";
import { Demux } from "../../src/dpf/demux.js";
import { DISAGREEMENT_OCTETS } from "../../src/dpf/disagreement.js";
import { Classifier } from "../../src/dpf/dpf.js";
import { RECORD_WORDS, RecordWord } from "../../src/dpf/layout.js";
import { MAX_ID } from "../../src/dpf/limits.js";
import { TableNumber } from "../../src/dpf/tables.js";
import { TARGETS } from "../../src/dpf/target.js";
import type { ProgramUpdate } from "../../src/dpf/update.js";
import { frameMemory } from "./machine.js";
import { Rows } from "./support.js";

const equal = (value: number) => ({ kind: "equal", offset: 0, width: 8, mask: 0xff, value }) as const;
const FRAMES = [1, 2, 3, 2, 1, 9].map((first, row) => Uint8Array.from({ length: 300 }, (_, at) => (at ? row : first)));
const rows = new Rows(FRAMES, false);

/** Claims 11, 12, 13 of frames that begin with 1, 2, 3, and taps 21, 22, 23 of the same. */
function classifierOf(target: string, shadow: string | null): Classifier {
  const classifier = new Classifier(target, shadow);
  for (const value of [1, 2, 3]) {
    classifier.insert(10 + value, { conjunctions: [[equal(value)]] }, "claim", 0, value);
    classifier.insert(20 + value, { conjunctions: [[equal(value)], [equal(value + 100)]] }, "tap", 0, value);
  }
  return classifier;
}

/** The record of the claim in the update's tables, to be spoilt. */
function recordOf(update: ProgramUpdate, claim: number): { record: Int32Array; at: number } {
  const record = update.kind === "program" ? update.tables[TableNumber.record] : undefined;
  if (record === undefined) throw new Error("no program");
  for (let at = 0; at < record.length; at += RECORD_WORDS) {
    if (record[at + RecordWord.claim] === claim) return { record, at };
  }
  throw new Error(`no claim ${claim}`);
}

test.each(TARGETS.flatMap((target) => TARGETS.map((shadow) => [target, shadow] as const)))(
  "%s and %s agree",
  (target, shadow) => {
    const demux = new Demux(frameMemory(), rows.count);
    demux.install(classifierOf(target, shadow).update());
    expect(demux.run(rows, 0, rows.count)).toBe(rows.count);
    expect([...demux.winner]).toEqual([11, 12, 13, 12, 11, 0]);
    const { count, first } = demux.disagreements;
    expect([count, first]).toEqual([0, null]);
  },
);

test("a spoilt claim is counted wherever it wins; the target's verdict stands, and the first is kept", () => {
  const demux = new Demux(frameMemory(), rows.count);
  const update = classifierOf("js", "wasm").update();
  demux.install(update);
  demux.run(rows, 0, rows.count);
  expect(demux.disagreements.compared).toBe(rows.count);
  // JavaScript goes by these very arrays, WebAssembly by a copy.
  const { record, at } = recordOf(update, 12);
  record[at + RecordWord.claim] = 99;
  demux.run(rows, 0, rows.count);
  expect([...demux.winner]).toEqual([11, 99, 13, 99, 11, 0]);
  const { count, compared, first } = demux.disagreements;
  expect([count, compared]).toEqual([2, 2 * rows.count]);
  expect(first).toEqual({
    row: 1,
    octets: FRAMES[1]?.slice(0, DISAGREEMENT_OCTETS),
    ...rows.factsAt(1),
    target: { winner: 99, taps: [22] },
    shadow: { winner: 12, taps: [22] },
  });
  // Another shadow: counts go on, the first is that of the new one.
  const again = classifierOf("js", "interpreter");
  demux.install(again.update());
  expect([demux.disagreements.count, demux.disagreements.first]).toEqual([2, null]);
  expect(first?.row).toBe(1);
});

test("facts are judged alike by both, from the first filter on that asks for them", () => {
  const classifier = classifierOf("wasm", "js");
  const demux = new Demux(frameMemory(), rows.count);
  demux.install(classifier.update());
  demux.run(rows, 0, rows.count);
  const facts = FRAMES.map((_, row) => rows.factsAt(row));
  const [first] = facts;
  if (first === undefined) throw new Error("no rows");
  const both: Filter = {
    conjunctions: [[{ kind: "equal", ...WIRE, value: first.wire }], [{ kind: "equal", ...LINK, value: first.link }]],
  };
  classifier.insert(30, both, "claim", 9, 30);
  demux.install(classifier.update());
  demux.run(rows, 0, rows.count);
  const expected = facts.map(({ wire, link }) => wire === first.wire || link === first.link);
  expect([...demux.winner].map((id) => id === 30)).toEqual(expected);
  expect(new Set(expected).size).toBe(2);
  expect([demux.disagreements.count, demux.disagreements.compared]).toEqual([0, 2 * rows.count]);
});

test("taps that are missing, or others, are counted too; their order is not", () => {
  const update = classifierOf("js", "wasm").update();
  const spoilt = (change: (record: Int32Array, at: number) => void) => {
    if (update.kind !== "program") throw new Error("no program");
    const copy = { ...update, tables: update.tables.map((table) => table.slice()) };
    const demux = new Demux(frameMemory(), rows.count);
    demux.install(copy);
    const { record, at } = recordOf(copy, 13);
    change(record, at);
    demux.run(rows, 0, rows.count);
    return demux.disagreements;
  };
  expect(spoilt(() => undefined).count).toBe(0);
  const missing = spoilt((record, at) => {
    record[at + RecordWord.tap] = 0;
  });
  expect([missing.count, missing.first?.row, missing.first?.target.taps]).toEqual([1, 2, []]);
  const other = spoilt((record, at) => {
    record[at + RecordWord.tap] = 7;
  });
  expect([other.count, other.first?.target.taps, other.first?.shadow.taps]).toEqual([1, [7], [23]]);
});

test("patches reach both, and a full list of taps splits the rows of both alike", () => {
  const many = new Rows(
    Array.from({ length: 60 }, (_, row) => Uint8Array.of(row % 4)),
    false,
  );
  const classifier = new Classifier("wasm", "js");
  for (let id = 1; id <= 30; id++) classifier.insert(id, { conjunctions: [[equal(id % 4)]] }, "tap", 0, id);
  const demux = new Demux(frameMemory(), many.count, MAX_ID + 20);
  demux.install(classifier.update());
  classifier.insert(40, { conjunctions: [[equal(2)]] }, "tap", 0, 40);
  const patch = classifier.update();
  expect(patch.kind).toBe("patch");
  demux.install(patch);
  let stops = 0;
  for (let from = 0; from < many.count; stops++) from = demux.run(many, from, many.count);
  expect(stops).toBeGreaterThan(5);
  expect([demux.disagreements.count, demux.disagreements.compared]).toEqual([0, many.count]);
});
