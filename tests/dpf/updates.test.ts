/** What a change becomes: a patch where tables can say it, else a program; and what either costs. */
import { describe, expect, test } from "vitest";
import { type Atom, type Conjunction, fullMask, LINK, WIRE, type Width } from "../../src/dpf/atom.js";
import { check } from "../../src/dpf/check.js";
import { Demux } from "../../src/dpf/demux.js";
import { Classifier } from "../../src/dpf/dpf.js";
import type { Plan } from "../../src/dpf/plan.js";
import { FIRST_NUMBERED } from "../../src/dpf/tables.js";
import { TARGETS } from "../../src/dpf/target.js";
import type { ProgramUpdate } from "../../src/dpf/update.js";
import { countForms, Tally } from "./coverage.js";
import { frameMemory } from "./machine.js";
import { ofFacts } from "./predicates.js";
import { equal, IP_OPTIONS } from "./samples.js";

const range = (offset: number, width: Width, low: number, high: number): Atom => ({
  kind: "range",
  offset,
  width,
  mask: fullMask(width),
  low,
  high,
});
const LONG: Atom = { kind: "length", least: 60, most: 100 };

const connection = (address: number, port: number): Conjunction => [
  equal(12, 16, 0x0800),
  equal(23, 8, 6),
  equal(30, 32, address),
  IP_OPTIONS,
  equal(16, 16, port),
];

/** A classifier with taps of these conjunctions, ids from 1, whose first update was made. */
function classifierOf(conjunctions: readonly Conjunction[]): Classifier {
  const classifier = new Classifier("interpreter");
  for (const [index, atoms] of conjunctions.entries()) {
    classifier.insert(index + 1, { conjunctions: [atoms] }, "tap", 0, index);
  }
  classifier.update();
  return classifier;
}

function planOf({ plan }: Classifier): Plan {
  if (plan === undefined) throw new Error("no plan yet");
  return plan;
}

function wordsOf(update: ProgramUpdate): number {
  if (update.kind === "program") return Number.POSITIVE_INFINITY;
  return update.patches.reduce((sum, patch) => sum + ("whole" in patch ? patch.whole : patch.index).length, 0);
}

const MANY = Array.from({ length: 20 }, (_, index) => index);

describe("a key added to a dispatch that exists is a patch", () => {
  /** What there is, a form that it has, and what comes and goes. */
  test.each<[string, (index: number) => Conjunction]>([
    ["hash test, own", (index) => [equal(0, 32, index)]],
    ["hash test, shared", (index) => [equal(0, 32, index % 4), equal(4, 16, index)]],
    ["match test", (index) => [equal(0, 32, index), equal(4, 16, index), equal(8, 8, 3)]],
    ["match test, one record", (index) => [equal(0, 32, index), equal(4, 16, index)]],
    ["goto move, record", (index) => [equal(0, 32, index), ...(index % 2 ? [IP_OPTIONS] : [])]],
    ["goto length, record", (index) => [equal(0, 32, index), ...(index % 2 ? [LONG] : [])]],
    ["alias move", (index) => connection(index, index)],
    ["list span, record", (index) => [equal(0, 32, index % 7), range(4, 16, index, index + 9)]],
    ["tree span, record", (index) => [equal(0, 32, index % 3), range(4, 16, index, index + 9)]],
    ["tree span, own, shape 1", (index) => [range(4, 16, index, index + 9)]],
    ["tree span, own, shape 5", (index) => [range(4, 32, index, index + 9)]],
    ["link: hash test, own", (index) => [{ kind: "equal", ...LINK, value: index }]],
    ["wire: tree span, own, shape 5", (index) => [{ kind: "range", ...WIRE, low: index, high: index + 9 }]],
    ["wire: match test, one record", (index) => [equal(0, 32, index), { kind: "equal", ...WIRE, value: index }]],
    ["wire: list span, record", (index) => [equal(0, 32, index), { kind: "range", ...WIRE, low: index, high: 99 }]],
  ])("%s", (form, conjunctionOf) => {
    const count = form.startsWith("tree span, record") ? 36 : 21;
    const classifier = classifierOf(Array.from({ length: count }, (_, index) => conjunctionOf(index)));
    const forms = new Tally();
    countForms(forms, planOf(classifier));
    expect([...forms.counts.keys()]).toContain(form);
    for (const index of [count, count + 1]) {
      classifier.insert(index + 1, { conjunctions: [conjunctionOf(index)] }, "tap", 0, index);
      const update = classifier.update();
      expect(update.kind).toBe("patch");
      expect(wordsOf(update)).toBeGreaterThan(0);
      expect(check(classifier)).toEqual([]);
    }
    for (const id of [3, count + 2]) {
      classifier.remove(id);
      expect(classifier.update().kind).toBe("patch");
      expect(check(classifier)).toEqual([]);
    }
  });

  test("the first filter that asks for a fact is a program that asks for it, and others like it are patches", () => {
    const classifier = classifierOf(MANY.map((index) => connection(index, index)));
    const asks = (update: ProgramUpdate) => update.kind === "program" && [update.traits.wire, update.traits.link];
    const tap = (id: number, ...atoms: Atom[]) => classifier.insert(id, { conjunctions: [atoms] }, "tap", 0, id);
    classifier.run({});
    expect(asks(classifier.update())).toEqual([false, false]);
    for (let id = 100; id < 110; id++) tap(id, ...connection(id, id), { kind: "range", ...WIRE, low: id, high: 999 });
    expect(asks(classifier.update())).toEqual([true, false]);
    tap(110, ...connection(110, 110), { kind: "range", ...WIRE, low: 1, high: 7 });
    expect(classifier.update().kind).toBe("patch");
    tap(111, { kind: "equal", ...LINK, value: 1 });
    expect(asks(classifier.update())).toEqual([true, true]);
    classifier.remove(111);
    expect(asks(classifier.update())).toEqual([true, false]);
    for (const [id, link] of [
      [112, undefined],
      [113, 1],
    ] as const) {
      classifier.insert(id, { conjunctions: [[]], residual: ofFacts(link) }, "tap", 0, id);
      expect(asks(classifier.update())).toEqual([true, id === 113]);
    }
    for (let id = 100; id <= 112; id++) classifier.remove(id);
    classifier.run({});
    expect(asks(classifier.update())).toEqual([true, true]);
    classifier.remove(113);
    expect(asks(classifier.update())).toEqual([false, false]);
    expect(check(classifier)).toEqual([]);
  });

  test("another field, a leaf where none was, taps where all claimed: a program", () => {
    const changes: ((classifier: Classifier) => void)[] = [
      (classifier) => classifier.insert(99, { conjunctions: [[equal(6, 8, 1)]] }, "tap", 0, 99),
      (classifier) => classifier.insert(99, { conjunctions: [[equal(12, 16, 0x0800)]] }, "tap", 0, 99),
      (classifier) => classifier.insert(99, { conjunctions: [connection(99, 99)] }, "claim", 0, 99),
      (classifier) => classifier.run({ heat: true }),
      (classifier) => classifier.run({ target: "js" }),
      (classifier) => classifier.run({ shadow: "wasm" }),
    ];
    for (const change of changes) {
      const classifier = classifierOf(MANY.map((index) => connection(index, index)));
      change(classifier);
      expect(classifier.update().kind).toBe("program");
      expect(classifier.update().kind).toBe("patch");
      expect(check(classifier)).toEqual([]);
    }
  });

  test("back from a table only when few are left, so that one to and fro costs nothing", () => {
    const classifier = classifierOf(MANY.map((index) => [equal(0, 16, index)]));
    const kinds = MANY.map((index) => {
      classifier.remove(index + 1);
      return classifier.update().kind;
    });
    expect(kinds.slice(0, 17)).toEqual(MANY.slice(0, 17).map(() => "patch"));
    expect(kinds.slice(17)).toContain("program");
  });
});

describe("what an update holds", () => {
  test("10,000 connections are three tables' worth of code, as 10 are", () => {
    const sizes = [10, 10_000].map((count) => {
      const classifier = new Classifier("interpreter");
      for (let id = 1; id <= count; id++) {
        classifier.insert(id, { conjunctions: [connection(id, 1000 + id)] }, "tap", 0, id);
      }
      const update = classifier.update();
      if (update.kind !== "program") throw new Error("no program");
      expect(update.statistics.tables).toBeLessThan(32 << 20);
      return update.statistics.instructions;
    });
    expect(sizes[1]).toBe(sizes[0]);
    expect(sizes[0]).toBeLessThan(30);
  });

  test("patches hold only what changed", () => {
    const classifier = classifierOf(Array.from({ length: 2000 }, (_, index) => connection(index, 1000 + index)));
    classifier.insert(2001, { conjunctions: [connection(2001, 7)] }, "tap", 0, 2001);
    expect(wordsOf(classifier.update())).toBeLessThan(40);
    expect(wordsOf(classifier.update())).toBe(0);
  });

  test("a patch that was left out is noticed", () => {
    const classifier = new Classifier("js");
    const demux = new Demux(frameMemory(), 1);
    demux.install(classifier.update());
    classifier.update();
    expect(() => demux.install(classifier.update())).toThrow("patch 3 after generation 1");
    expect(() => new Demux(frameMemory(), 1).install(classifier.update())).toThrow("after generation 0");
  });

  test("images are those of the target and its shadow, and a target takes no others", () => {
    const update = new Classifier("wasm").update();
    if (update.kind !== "program") throw new Error("no program");
    expect(Object.keys(update.images)).toEqual(["wasm"]);
    for (const target of ["js", "interpreter"] as const) {
      expect(() => new Demux(frameMemory(), 1).install({ ...update, target })).toThrow(`has nothing for ${target}`);
    }
    const shadowed = new Classifier("js", "interpreter").update();
    if (shadowed.kind !== "program") throw new Error("no program");
    expect(Object.keys(shadowed.images)).toEqual(["js", "interpreter"]);
    expect(() => new Demux(frameMemory(), 1).install({ ...shadowed, target: "wasm" })).toThrow("has no module");
  });

  test("a demux changes its target and shadow as updates say", () => {
    const classifier = new Classifier();
    const demux = new Demux(frameMemory(), 1);
    expect([demux.target, demux.shadow, demux.generation]).toEqual([undefined, null, 0]);
    for (const target of TARGETS) {
      for (const shadow of [null, ...TARGETS]) {
        classifier.run({ target, shadow, heat: shadow === "js" });
        demux.install(classifier.update());
        expect([demux.target, demux.shadow, demux.heat.on]).toEqual([target, shadow, shadow === "js"]);
      }
    }
    expect(demux.generation).toBe(TARGETS.length * (TARGETS.length + 1));
  });

  test("there is no target of another name", () => {
    expect(() => new Classifier("wat")).toThrow("dpf: no target wat; there are wasm, js, interpreter");
  });

  test("before the first update nobody gets anything", () => {
    const demux = new Demux(frameMemory(), 4);
    const columns = {
      address: new Int32Array(4),
      captured: new Int32Array(4),
      wire: new Uint32Array(4),
      linkType: new Uint16Array(4),
    };
    expect(demux.run(columns, 0, 4)).toBe(4);
    expect([...demux.winner, ...demux.tapCount]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(() => demux.run(columns, 0, 5)).toThrow("row 5 of 4");
  });

  test.each(TARGETS)("a patch of what is not there is refused: %s", (target) => {
    const classifier = new Classifier(target);
    const demux = new Demux(frameMemory(), 1);
    demux.install(classifier.update());
    const whole = new Int32Array(4);
    const patch = (table: number): ProgramUpdate => ({ kind: "patch", generation: 2, patches: [{ table, whole }] });
    const written = (table: number): ProgramUpdate => ({
      kind: "patch",
      generation: 2,
      patches: [{ table, index: Int32Array.of(0), value: Int32Array.of(1) }],
    });
    expect(() => demux.install(written(FIRST_NUMBERED))).toThrow(`table ${FIRST_NUMBERED}, which there is not`);
    if (target === "wasm") expect(() => demux.install(patch(FIRST_NUMBERED))).toThrow("which there is not");
  });
});
