/** The bench of handlers: its arithmetic, and that what it times does what it is timed for. Nothing is asserted on time. */
import { expect, test } from "vitest";
import { compileHandler } from "../../src/ash/ash.js";
import { activeTable, BUSY, measureActive, paperRows } from "../../src/cli/bench-active.js";
import type { Answerer } from "../../src/cli/bench-answerer.js";
import { longHandler } from "../../src/cli/bench-compiling.js";
import type { Contestant } from "../../src/cli/bench-contest.js";
import { countingTables, differenceOf } from "../../src/cli/bench-counting.js";
import { openDatagrams } from "../../src/cli/bench-datagrams.js";
import { BAD_HANDLERS, misbehavingTables } from "../../src/cli/bench-misbehaving.js";
import { pipeTable, pipeTables } from "../../src/cli/bench-pipes.js";
import { byHandler, byLibrary, roundTripsOf } from "../../src/cli/bench-round-trip.js";
import { spinning } from "../../src/cli/bench-spin.js";
import { figuresOf, isMissed, type Table } from "../../src/cli/figure.js";

/** More than a message has octets: each answer is looked at in one. */
const TRIPS = 70;

function named(tables: readonly Table[]) {
  const suite = { name: "ash", about: [], tables, failures: [] };
  return new Map(figuresOf(suite).map(({ name, ...figure }) => [name, figure]));
}

function contestants(...names: readonly string[]): Answerer[] {
  return names.map((name) => ({ name, time: () => 0, close: async () => undefined }));
}

test("a difference is formed within each round, and then the median", () => {
  const [one, other]: Contestant[] = contestants("one", "other");
  const times = new Map([
    [one!, [10, 40, 9]],
    [other!, [5, 10, 8]],
  ]);
  expect(differenceOf(times, one!, other!)).toBe(5);
});

test("round trips: who is slower than promised is missed, and whom nobody has to wake has no bound", () => {
  const [handler, sleeping, spins, apart, together] = contestants("a handler", "asleep", "spins", "apart", "together");
  const times = new Map<Contestant, number[]>([
    [handler!, [1000, 2000, 4000]],
    [sleeping!, [40_000, 20_000, 80_000]],
    [spins!, [3000, 6000, 12_000]],
    [apart!, [19_000, 38_000, 76_000]],
    [together!, [21_000, 42_000, 84_000]],
  ]);
  const { tables } = roundTripsOf(times, {
    handler: handler!,
    woken: [sleeping!, apart!],
    awake: [spins!, together!],
  });
  const figures = named(tables);
  const figure = (name: string) => figures.get(`round trip, µs, ${name}`);
  expect([figure("a handler")?.value, figure("asleep")?.value]).toEqual([2, 40]);
  expect(figure("asleep, times the handler's")).toEqual({ value: 20, unit: "×", bound: { kind: "least", value: 20 } });
  expect(isMissed(figure("apart, times the handler's")!)).toBe(true);
  expect(figure("together, times the handler's")).toEqual({ value: 21, unit: "×" });
  expect(figure("spins, times the handler's")).toEqual({ value: 3, unit: "×" });
});

test("pipes: the bound is on three loops beside one", () => {
  const [fused, apart, moved] = contestants("fused", "apart", "moved");
  const times = new Map<Contestant, number[]>([
    [fused!, [100]],
    [apart!, [149]],
    [moved!, [120]],
  ]);
  const figures = named([pipeTable(times, fused!, apart!, moved!)]);
  expect([...figures].filter(([, figure]) => isMissed(figure)).map(([name]) => name)).toEqual([
    "1,500 octets, ns, apart, times one loop's",
  ]);
});

test("busy environments: flat is ten beside one", () => {
  const [handlers, libraries] = ["handler", "library"].map((name) => contestants(...BUSY.map((busy) => name + busy)));
  const times = new Map<Contestant, number[]>([
    ...handlers!.map((each, at): [Contestant, number[]] => [each, [at === 0 ? 2000 : 50_000]]),
    ...libraries!.map((each, at): [Contestant, number[]] => [each, [1000 + 50_000 * BUSY[at]!]]),
  ]);
  const table = activeTable({ times, handlers: handlers!, libraries: libraries!, activation: 48 });
  const figures = named([table]);
  expect(figures.get(`${table.title}, a handler, alone`)?.value).toBe(2);
  expect(figures.get(`${table.title}, a handler, 10 ÷ 1`)).toMatchObject({ value: 1, bound: { kind: "most" } });
  expect(figures.get(`${table.title}, a library OS, in its slice, 10 ÷ 1`)?.value).toBeCloseTo(501 / 51);
  expect(paperRows().map(({ cells }) => cells.length)).toEqual([6, 6, 6]);
  expect(paperRows().map(({ cells }) => cells.at(-1))).toEqual(["flat", "grows linearly", "erratic"]);
});

test.each([
  ["a handler", byHandler],
  ["a library OS that sleeps", byLibrary],
  ["a library OS that spins", spinning],
  ["datagrams to the same thread", () => openDatagrams("the same thread")],
  ["datagrams to another thread", () => openDatagrams("another thread")],
] as const)("%s: each message is answered", async (_name, open) => {
  const answerer = await open();
  expect(await answerer.time(TRIPS)).toBeGreaterThan(0);
  await answerer.close();
});

test("among busy environments a handler and a downloaded library OS answer each message", async () => {
  const { times, handlers, libraries } = await measureActive(6);
  for (const each of [...handlers, ...libraries]) expect(times.get(each)).toHaveLength(6);
});

test("the counting handlers see each packet, on each target", async () => {
  const { tables } = await countingTables(1);
  expect(named(tables).size).toBe(7);
});

test("all layers leave the same octets and the same sum", async () => {
  const { tables } = await pipeTables(1);
  expect(named(tables).size).toBe(5);
});

test.each([120, 200, 333])("the long handler has %i lines, and is accepted", (lines) => {
  const text = longHandler(lines);
  expect(text.split("\n")).toHaveLength(lines + 1);
  const compiled = compileHandler(text);
  expect(compiled.ok ? [] : compiled.errors).toEqual([]);
});

test("bad handlers: nothing is lost beside them, and those that always kill are unbound", () => {
  const { tables } = misbehavingTables(1, 5, 20);
  const rows = tables[0]!.rows.map(({ name, cells }) => [name, cells[1]] as const);
  expect(rows.map(([name]) => name)).toEqual([...BAD_HANDLERS.keys()]);
  const unbound = rows.filter(([, fate]) => fate === "unbound").map(([name]) => name);
  expect(unbound).toEqual(["loops for ever", "faults on each packet"]);
});
