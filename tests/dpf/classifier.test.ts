import { describe, expect, test } from "vitest";
import type { Atom, Filter } from "../../src/dpf/atom.js";
import { bitsTested, canonical } from "../../src/dpf/canonical.js";
import { check } from "../../src/dpf/check.js";
import { Demux } from "../../src/dpf/demux.js";
import { Classifier } from "../../src/dpf/dpf.js";
import { MAX_ID } from "../../src/dpf/limits.js";
import { printConjunction } from "../../src/dpf/print.js";
import { TARGETS } from "../../src/dpf/target.js";
import type { ProgramUpdate } from "../../src/dpf/update.js";
import { compileText } from "../../src/filter/filter.js";
import { printProgram } from "../../src/vcode/print.js";
import { frameMemory } from "./machine.js";
import { bruteVerdicts, Engines, Rows, verdictsOf } from "./support.js";

function filter(text: string): Filter {
  const compiled = compileText(text, "dpf");
  if (!compiled.ok) throw new Error(`${text}: ${compiled.errors[0]?.message}`);
  return compiled.filter;
}

function frame(fields: Record<number, number[]>, length = 64): Uint8Array {
  const octets = new Uint8Array(length);
  for (const [offset, values] of Object.entries(fields))
    octets.set(values.slice(0, Math.max(0, length - Number(offset))), Number(offset));
  return octets;
}

function winners(engines: Engines): number[] {
  const brute = engines.brute();
  for (const [target, verdicts] of engines.verdicts()) expect(verdicts, target).toEqual(brute);
  return brute.map((verdict) => Number(verdict.split(":")[0]));
}

function claim(engines: Engines, id: number, text: string, priority = 0, age = id): void {
  engines.insert({ id, filter: filter(text), mode: "claim", priority, age });
}

describe("the worked example: two UDP ports, an IP listener, ARP", () => {
  const IP = [0x08, 0x00];
  const udp = (port: number) => frame({ 12: IP, 14: [0x45], 23: [17], 36: [port >> 8, port & 255] });
  const frames = [
    udp(53),
    udp(123),
    udp(5353),
    frame({ 12: IP, 14: [0x45], 23: [6] }),
    frame({ 12: [0x08, 0x06] }),
    frame({ 12: IP, 14: [0x45] }, 20),
    frame({ 12: [0x86, 0xdd] }),
    frame({ 12: [0x08] }, 13),
  ];
  const engines = new Engines(new Rows(frames, false));
  const port = (number: number) => `12:16 == 0x0800 && 23:8 == 17 && shift 14:8 & 0x0f << 2 && 16:16 == ${number}`;
  claim(engines, 1, port(53));
  claim(engines, 2, port(123));
  claim(engines, 3, "12:16 == 0x0800");
  claim(engines, 4, "12:16 == 0x0806");

  test("verdicts, with the listener as what ports fall back to", () => {
    engines.install();
    expect(winners(engines)).toEqual([1, 2, 3, 3, 4, 3, 0, 0]);
  });

  test("its VCODE", () => {
    const update = new Engines(engines.rows);
    for (const [id, bound] of engines.bound) update.insert({ ...bound, id });
    const program = update.install();
    if (program.kind !== "program" || program.images.interpreter === undefined) throw new Error("no program");
    expect(printProgram(program.images.interpreter)).toMatchSnapshot();
  });

  test("without the second port, then without the listener", () => {
    engines.remove(2);
    engines.install();
    expect(winners(engines)).toEqual([1, 3, 3, 3, 4, 3, 0, 0]);
    engines.remove(3);
    engines.install();
    expect(winners(engines)).toEqual([1, 0, 0, 0, 4, 0, 0, 0]);
    expect(check(engines.classifier)).toEqual([]);
  });
});

describe("canonical form", () => {
  const form = (text: string) => {
    const atoms = canonical(filter(text).conjunctions[0]!);
    return atoms && printConjunction(atoms);
  };
  test.each([
    ["shift 14 && 9:8 == 6", "23:8 == 0x06"],
    ["9:8 == 6 && 2:8 == 1", "2:8 == 0x01 && 9:8 == 0x06"],
    ["shift 6 && shift 0 && shift 8", "length >= 14"],
    ["2:8 == 1 && shift 3", "2:8 == 0x01"],
    ["2:8 == 1 && shift 4", "2:8 == 0x01 && length >= 4"],
    ["0:8 == 1 && 0:8 == 1", "0:8 == 0x01"],
    ["0:16 == 0x0102 && 0:8 == 1 && 1:8 == 2", "0:16 == 0x0102"],
    ["0:16 & 0xff00 == 0x0100 && 0:8 == 1", "0:16 & 0xff00 == 0x0100"],
    ["shift 14 && shift 0:8 & 0x0f << 2 && 2:16 == 53", "shift 14:8 & 0x0f << 2 && 16:16 == 0x0035"],
    ["shift 0:8 && 0:8 == 1", "shift 0:8 && 0:8 == 0x01"],
    [
      "0:16 & 0xff00 == 0x0100 && 1:8 & 0xf0 == 0 && shift 3",
      "0:16 & 0xff00 == 0x0100 && 1:8 & 0xf0 == 0x00 && length >= 3",
    ],
    ["true", "true"],
  ])("%s → %s", (text, expected) => expect(form(text)).toBe(expected));

  test("what contradicts itself is nothing", () => {
    expect(form("0:16 == 0x0102 && 1:8 == 3")).toBeUndefined();
    expect(form("0:8 == 1 && shift 0:8 && 0:8 == 2")).toBeDefined();
  });

  test("bits are counted once", () => {
    const bits = (text: string) => bitsTested(canonical(filter(text).conjunctions[0]!)!);
    expect(bits("12:16 == 0x0800 && 12:8 == 8 && 13:8 == 0")).toBe(16);
    expect(bits("0:16 == 0x0102 && 1:16 == 0x0203")).toBe(24);
    expect(bits("0:8 & 0xf0 == 0x40 && shift 0:8 & 0x0f << 2 && 0:8 & 0xf0 == 0")).toBe(8);
  });
});

describe("claims", () => {
  const rows = new Rows([frame({ 0: [1, 2, 3, 4] })], false);
  test("priority, then bits, then age", () => {
    const engines = new Engines(rows);
    claim(engines, 7, "0:8 == 1", 0, 5);
    claim(engines, 8, "1:8 == 2", 0, 4);
    claim(engines, 9, "0:16 == 0x0102", 0, 9);
    claim(engines, 10, "3:8 & 1 == 0", 1, 10);
    const order = [];
    while (engines.bound.size > 0) {
      engines.install();
      order.push(...winners(engines));
      engines.remove(order.at(-1)!);
    }
    expect(order).toEqual([10, 9, 8, 7]);
  });

  test("the conjunction that matched counts", () => {
    const engines = new Engines(rows);
    claim(engines, 1, "0:8 == 1 || 0:32 == 5", 0, 1);
    claim(engines, 2, "0:16 == 0x0102", 0, 2);
    engines.install();
    expect(winners(engines)).toEqual([2]);
  });

  test("identical claims are found whatever the order of their atoms", () => {
    const classifier = new Classifier();
    classifier.insert(5, filter("shift 14 && 9:8 == 6 || 0:8 == 1"), "claim", 0, 0);
    classifier.insert(6, filter("0:8 == 2"), "tap", 0, 1);
    expect(classifier.claimIdenticalTo(filter("0:8 == 1 || 23:8 == 6"), 0)).toBe(5);
    expect(classifier.claimIdenticalTo(filter("0:8 == 1 || 23:8 == 6"), 1)).toBeUndefined();
    expect(classifier.claimIdenticalTo(filter("0:8 == 2"), 0)).toBeUndefined();
    classifier.remove(5);
    expect(classifier.claimIdenticalTo(filter("0:8 == 1 || 23:8 == 6"), 0)).toBeUndefined();
  });

  test("ids, priorities and ages have bounds", () => {
    const classifier = new Classifier();
    const any = filter("true");
    for (const id of [0, MAX_ID + 1, 1.5]) expect(() => classifier.insert(id, any, "tap", 0, 0)).toThrow(RangeError);
    expect(() => classifier.insert(1, any, "tap", 256, 0)).toThrow(RangeError);
    expect(() => classifier.insert(1, any, "tap", 0, -1)).toThrow(RangeError);
    classifier.insert(1, any, "tap", 0, 0);
    expect(() => classifier.insert(1, any, "tap", 0, 0)).toThrow("in use");
  });
});

describe("taps", () => {
  test("a filter is listed once where two of its conjunctions match", () => {
    const engines = new Engines(new Rows([frame({ 0: [1, 2] })], false));
    engines.insert({ id: 3, filter: filter("0:8 == 1 || 1:8 == 2 || true"), mode: "tap", priority: 0, age: 0 });
    engines.insert({ id: 4, filter: filter("0:8 == 1"), mode: "tap", priority: 0, age: 0 });
    engines.install();
    expect(engines.brute()).toEqual(["0: 3 4"]);
    for (const [target, verdicts] of engines.verdicts()) expect(verdicts, target).toEqual(["0: 3 4"]);
  });

  test.each(TARGETS)("a full list splits the batch and loses nothing: %s", (target) => {
    const rows = new Rows(
      Array.from({ length: 50 }, (_, row) => frame({ 0: [row % 3] }, 8)),
      false,
    );
    const classifier = new Classifier(target);
    const bound = Array.from({ length: 30 }, (_, index) => {
      const text = index < 20 ? "true" : `0:8 == ${index % 3} || 1:8 == 0`;
      return { id: index + 1, filter: filter(text), mode: "tap", priority: 0, age: index } as const;
    });
    for (const { id, filter, mode, priority, age } of bound) classifier.insert(id, filter, mode, priority, age);
    const demux = new Demux(frameMemory(), rows.count, MAX_ID + 100);
    demux.install(classifier.update());
    const stops: number[] = [];
    for (let from = 0; from < rows.count; from = stops.at(-1)!) stops.push(demux.run(rows, from, rows.count));
    expect(stops.length).toBeGreaterThan(5);
    expect(verdictsOf(demux, rows)).toEqual(bruteVerdicts(bound, rows));
    expect(() => new Demux(frameMemory(), 1, MAX_ID - 1)).toThrow(RangeError);
  });
});

describe("great programs", () => {
  function program(update: ProgramUpdate) {
    if (update.kind !== "program") throw new Error("no program");
    return update.statistics;
  }

  test("a thousand different fields are cut into functions", () => {
    const frames = Array.from({ length: 6 }, (_, row) => frame({ [row * 9]: [1, 2, 3] }, 60 + row));
    const engines = new Engines(new Rows(frames, true));
    for (let id = 1; id <= 1000; id++) {
      const atoms: Atom[] = [
        { kind: "equal", offset: id % 50, width: 8, mask: 1 + (id % 255), value: 1 & (1 + (id % 255)) },
        { kind: "equal", offset: id % 37, width: 8, mask: 1 + (id % 7), value: 0 },
      ];
      engines.insert({ id, filter: { conjunctions: [atoms] }, mode: id % 2 ? "tap" : "claim", priority: 0, age: id });
    }
    const statistics = program(engines.install());
    expect(statistics.functions).toBeGreaterThan(1);
    expect(statistics.largest).toBeLessThan(45_000);
    winners(engines);
  });

  test("conjunctions as long as can be, forking at each step", () => {
    const octets = frame({}, 520);
    const engines = new Engines(new Rows([octets, octets.slice(0, 500), frame({ 255: [9] }, 520)], false));
    const long: Atom[] = Array.from({ length: 256 }, (_, offset) => ({
      kind: "equal",
      offset,
      width: 8,
      mask: 0xff,
      value: 0,
    }));
    engines.insert({ id: 1, filter: { conjunctions: [long] }, mode: "claim", priority: 0, age: 1 });
    for (let id = 2; id <= 200; id++) {
      const head = long.slice(0, id);
      const tail: Atom[] = [{ kind: "equal", offset: 300 + (id % 9), width: 16, mask: 0xffff, value: id % 2 }];
      engines.insert({ id, filter: { conjunctions: [[...head, ...tail]] }, mode: "tap", priority: 0, age: id });
    }
    engines.install();
    expect(winners(engines)).toEqual([1, 1, 0]);
  });

  test("shifts add up beyond every frame and nothing faults", () => {
    const engines = new Engines(new Rows([new Uint8Array(64).fill(0xff)], true));
    const atoms: Atom[] = [];
    for (let left = 0; left < 32; left++) {
      atoms.push({ kind: "shift-loaded", offset: 0, width: 32, mask: 0xffffffff, left });
      engines.insert({
        id: left + 1,
        filter: { conjunctions: [[...atoms].reverse()] },
        mode: "tap",
        priority: 0,
        age: left,
      });
    }
    const far: Atom[] = Array.from({ length: 256 }, () => ({ kind: "shift", octets: 65_535 }));
    engines.insert({ id: 100, filter: { conjunctions: [far] }, mode: "tap", priority: 0, age: 100 });
    engines.install();
    expect(winners(engines).every((winner) => winner === 0)).toBe(true);
  });
});
