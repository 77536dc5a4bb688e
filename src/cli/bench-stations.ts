/** One number of filters with its traffic and every engine that judges it, and the tables of several of them. */

import type { Filter } from "../dpf/atom.js";
import { matches } from "../dpf/brute.js";
import { DEFAULT_TARGET, TARGETS, type Target } from "../dpf/target.js";
import { Cells } from "./baseline/cells.js";
import { Predicates } from "./baseline/predicates.js";
import { type Contestant, type Judge, Local, ratioOf, type Times, timeOf } from "./bench-contest.js";
import { Exonet, GENERATED, type Weight } from "./bench-exonet.js";
import { filterOf, flow, flowNumbers, flowText } from "./bench-filters.js";
import type { Peers } from "./bench-peers.js";
import { FRAMES, type Segment, Traffic, walkAgain } from "./bench-traffic.js";
import { atLeast, atMost, type Cell, type Row, type Table } from "./figure.js";

const ABSENT = "not here";
/** Numbers of filters that are compared. SMALL and LARGE: cost is to be flat from one to the other. */
const SMALL = 10;
export const LARGE = 10_000;
export const SIZES = [1, SMALL, 200, LARGE] as const;

/** What is promised of a target, by number of filters where it is one. `flat`: LARGE in terms of SMALL. */
interface Promised {
  readonly overC: Readonly<Record<number, number>>;
  /** libpcap takes at least so many times as long. */
  readonly underLibpcap: Readonly<Record<number, number>>;
  readonly flat: number;
}

const PROMISED: Readonly<Record<string, Promised>> = {
  wasm: { overC: { 1: 1.6, 10: 1.6, 200: 1.6 }, underLibpcap: { 1: 1, 10: 15, 200: 150 }, flat: 1.5 },
  js: { overC: { 1: 3, 10: 3, 200: 4 }, underLibpcap: { 1: 1 }, flat: 2 },
};

export function flatBound(target: Target): number {
  return PROMISED[target]?.flat ?? Number.POSITIVE_INFINITY;
}

const WALK_NS = 4;
const MEMORY_MIB = 32;
/** V8 optimises no function of about so many octets of bytecode; and then a packet costs many times as much. */
const CLIFF_OCTETS = 60_000;
const CLIFF_RATIO = 10;
/** The default target may be so much slower than another without that being more than noise. */
const AS_FAST = 1.1;

export interface Station {
  readonly filters: number;
  readonly traffic: Traffic;
  /** Winner of each frame that is timed, then of the odd ones, by the specification. */
  readonly expected: Int32Array;
  readonly walk: Contestant;
  readonly walkPrivate: Contestant;
  readonly engines: ReadonlyMap<Target, Exonet>;
  readonly targets: ReadonlyMap<Target, Judge>;
  readonly hand: Judge | undefined;
  readonly libpcap: Judge | undefined;
  readonly cells: Judge;
  readonly predicates: Judge;
}

/** Frames go to flows `first` to `filters`: to flow 0 no filter says yes. `peers`: where there are to be any. */
export async function openStation(filters: number, segments: number, first: 0 | 1, peers?: Peers): Promise<Station> {
  const numbers = flowNumbers(segments * FRAMES, first, filters);
  const traffic = new Traffic(segments, (frame) => flow(numbers[frame] ?? 0));
  const texts = Array.from({ length: filters }, (_, index) => flowText(index + 1));
  const list = texts.map(filterOf);
  const engines = new Map(TARGETS.map((target): [Target, Exonet] => [target, Exonet.of(target, traffic, texts)]));
  const targets = [...engines].map(([target, engine]): [Target, Judge] => [target, compiled(engine, traffic)]);
  return {
    filters,
    traffic,
    expected: expectedOf(numbers, traffic, list),
    walk: new Local("walking the records", traffic, walkAgain(traffic, traffic.columns("in memory"))),
    walkPrivate: new Local("walking, private columns", traffic, walkAgain(traffic, traffic.columns("private"))),
    engines,
    targets: new Map(targets),
    hand: await peers?.handWritten(filters, traffic),
    libpcap: await peers?.libpcap(filters, traffic),
    cells: interpreted("cells, after PATHFINDER", traffic, new Cells(list)),
    predicates: interpreted("one predicate a filter, after MPF", traffic, new Predicates(list)),
  };
}

export function compiled(engine: Exonet, traffic: Traffic): Local {
  const judge = (segment: Segment, rows: number) => engine.judge(segment, rows);
  return new Local(`exonet, ${engine.target}`, traffic, judge, engine.demux.winner);
}

function interpreted(name: string, traffic: Traffic, engine: Cells | Predicates): Local {
  const winner = new Int32Array(FRAMES);
  const { view } = traffic.memory;
  const judge = ({ frames: { address, captured } }: Segment, rows: number) => {
    for (let row = 0; row < rows; row++) winner[row] = engine.judge(view, address[row] ?? 0, captured[row] ?? 0);
  };
  return new Local(name, traffic, judge, winner);
}

/** Only the filter of the flow that a frame goes to can match it, whatever is odd about the frame. */
function expectedOf(numbers: Int32Array, { memory, odd }: Traffic, filters: readonly Filter[]): Int32Array {
  const { address, captured, count } = odd.frames;
  const odds = Array.from({ length: count }, (_, row) => {
    const number = numbers[row] ?? 0;
    const filter = filters[number - 1];
    const hit = filter !== undefined && matches(filter, memory.octets, address[row] ?? 0, captured[row] ?? 0);
    return hit ? number : 0;
  });
  return Int32Array.from([...numbers, ...odds]);
}

/** Everything that is timed at the station. */
export function contestantsOf(station: Station): Contestant[] {
  const { walk, walkPrivate, targets, hand, libpcap, cells, predicates } = station;
  return [walk, walkPrivate, ...judgesOf({ targets, hand, libpcap, cells, predicates })];
}

export function judgesOf(station: Pick<Station, "targets" | "hand" | "libpcap" | "cells" | "predicates">): Judge[] {
  const { targets, hand, libpcap, cells, predicates } = station;
  return [...targets.values(), hand, libpcap, cells, predicates].filter((judge) => judge !== undefined);
}

/** Costs, ratios and what the programs weigh. */
export function stationTables(stations: readonly Station[], times: Times): Table[] {
  const columns = stations.map(({ filters }) => `${filters.toLocaleString("en-US")} filter${filters === 1 ? "" : "s"}`);
  return [
    { title: "ns a packet", columns, rows: costs(stations, times) },
    { title: "times as long, in one round", columns, rows: ratios(stations, times) },
    { title: "weight of the program", columns, rows: weights(stations) },
  ];
}

function costs(stations: readonly Station[], times: Times): Row[] {
  const row = (name: string, of: (station: Station) => Contestant | undefined): Row => ({
    name,
    cells: stations.map((station) => cell(of(station), (contestant) => ns(timeOf(times, contestant)))),
  });
  return [
    {
      name: "walking the records",
      cells: stations.map(({ walk }) => atMost(timeOf(times, walk), "ns", WALK_NS)),
    },
    row("walking, into columns that nobody else sees", ({ walkPrivate }) => walkPrivate),
    ...TARGETS.map((target) => row(`exonet, ${target}`, ({ targets }) => targets.get(target))),
    row("C by hand, -O3", ({ hand }) => hand),
    row("libpcap, one program a filter", ({ libpcap }) => libpcap),
    row("cells, after PATHFINDER", ({ cells }) => cells),
    row("one predicate a filter, after MPF", ({ predicates }) => predicates),
  ];
}

function ratios(stations: readonly Station[], times: Times): Row[] {
  const small = stations.find(({ filters }) => filters === SMALL);
  const rows = GENERATED.flatMap((target): Row[] => {
    const promised = PROMISED[target];
    const against = (
      name: string,
      pair: (station: Station) => readonly [Contestant | undefined, Contestant | undefined],
      measured: (ratio: number, station: Station) => Cell,
    ): Row => ({
      name,
      cells: stations.map((station) => {
        const [one, other] = pair(station);
        return one === undefined || other === undefined ? ABSENT : measured(ratioOf(times, one, other), station);
      }),
    });
    return [
      against(
        `${target} ÷ C by hand`,
        ({ targets, hand }) => [targets.get(target), hand],
        (ratio, { filters }) => most(ratio, promised?.overC[filters]),
      ),
      against(
        `libpcap ÷ ${target}`,
        ({ targets, libpcap }) => [libpcap, targets.get(target)],
        (ratio, { filters }) => least(ratio, promised?.underLibpcap[filters]),
      ),
      against(
        `${target} ÷ itself at ${SMALL} filters`,
        ({ targets }) => [targets.get(target), small?.targets.get(target)],
        (ratio, { filters }) => most(ratio, filters === LARGE ? promised?.flat : undefined),
      ),
    ];
  });
  return [...rows, defaultRow(stations, times)];
}

/** The default target is to be the fastest. */
function defaultRow(stations: readonly Station[], times: Times): Row {
  return {
    name: `default target (${DEFAULT_TARGET}) ÷ the fastest`,
    cells: stations.map(({ targets }) => {
      const own = targets.get(DEFAULT_TARGET);
      const all = own === undefined ? [] : [...targets.values()].map((other) => ratioOf(times, own, other));
      return atMost(Math.max(...all), "", AS_FAST);
    }),
  };
}

const NO_WEIGHT: Weight = { instructions: 0, octets: 0, largest: 0 };

function weights(stations: readonly Station[]): Row[] {
  return GENERATED.flatMap((target): Row[] => {
    const all = stations.map(({ filters, engines }) => ({ filters, ...(engines.get(target)?.weight ?? NO_WEIGHT) }));
    const rows = [
      { name: `${target}, instructions of VCODE`, cells: all.map(({ instructions }) => plain(instructions)) },
      { name: `${target}, tables and code`, cells: all.map(({ filters, octets }) => memory(filters, octets)) },
    ];
    if (target !== "js") return rows;
    const largest = all.map((each) => atMost(each.largest, "octets", CLIFF_OCTETS - 1));
    return [...rows, { name: "js, bytecode of the largest function", cells: largest }];
  });
}

function memory(filters: number, octets: number): Cell {
  if (filters === LARGE) return atMost(octets / 2 ** 20, "MiB", MEMORY_MIB);
  return { value: octets / 1024, unit: "KiB" };
}

/** Where JavaScript fell off V8's cliff: it is no matter of bounds, something is wrong then. */
export function cliffsOf(stations: readonly Station[], times: Times): string[] {
  const small = stations.find(({ filters }) => filters === SMALL)?.targets.get("js");
  return stations.flatMap(({ filters, engines, targets }) => {
    const cliffs: string[] = [];
    const largest = engines.get("js")?.weight.largest ?? 0;
    if (largest >= CLIFF_OCTETS)
      cliffs.push(`js at ${filters} filters has a function of ${largest} octets of bytecode`);
    const js = targets.get("js");
    const ratio = js === undefined || small === undefined ? 0 : ratioOf(times, js, small);
    if (ratio > CLIFF_RATIO)
      cliffs.push(`js at ${filters} filters takes ${ratio.toFixed(1)} times as long as at ${SMALL}`);
    return cliffs;
  });
}

function cell(contestant: Contestant | undefined, measured: (contestant: Contestant) => Cell): Cell {
  return contestant === undefined ? ABSENT : measured(contestant);
}

function ns(value: number): Cell {
  return { value, unit: "ns" };
}

function plain(value: number): Cell {
  return { value, unit: "" };
}

function most(value: number, bound: number | undefined): Cell {
  return bound === undefined ? plain(value) : atMost(value, "", bound);
}

function least(value: number, bound: number | undefined): Cell {
  return bound === undefined ? plain(value) : atLeast(value, "", bound);
}
