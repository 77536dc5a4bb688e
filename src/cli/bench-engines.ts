/**
 * Table 7 of SOSP'95 beside what is simulated and what is measured here, for the same kind of filters: ten TCP connections by
 * address and port, and packets of each by chance.
 */
import { DEFAULT_TARGET } from "../dpf/target.js";
import { CELL_STEPS, CELL_WORK, Cells } from "./baseline/cells.js";
import { PREDICATE_STEPS, PREDICATE_WORK, Predicates } from "./baseline/predicates.js";
import { cyclesOf, type Work } from "./baseline/work.js";
import {
  type Contestant,
  checkVerdicts,
  contest,
  type Entry,
  ROUNDS,
  ratioOf,
  timeOf,
  warmUp,
} from "./bench-contest.js";
import { type CostModel, costModel } from "./bench-cycles.js";
import { GENERATED } from "./bench-exonet.js";
import { filterOf, flowText } from "./bench-filters.js";
import { judgesOf, openStation, type Station } from "./bench-stations.js";
import type { Cell, Row, Table } from "./figure.js";

const FILTERS = 10;
const SEGMENTS = 8;
/** µs on a DECstation 5000/200, 25 MHz; the first two were taken from the paper on PATHFINDER. */
const SOSP95 = { mpf: 35, pathfinder: 19, dpf: 1.5 } as const;

type Engine = keyof typeof SOSP95;

const NAMES: Readonly<Record<Engine, string>> = {
  mpf: "MPF: one predicate a filter, interpreted",
  pathfinder: "PATHFINDER: merged into cells, interpreted",
  dpf: "DPF: merged and compiled",
};

/** `model`: prices what is counted. */
export async function engineTables(
  model: CostModel = costModel(),
  segments = SEGMENTS,
): Promise<{ about: string[]; tables: Table[] }> {
  const station = await openStation(FILTERS, segments, 1);
  const entries: Entry[] = [];
  for (const judge of judgesOf(station)) {
    const entry = await warmUp(judge, station.traffic.frames);
    await checkVerdicts(judge, entry.frames, station);
    entries.push(entry);
  }
  const times = await contest(entries);
  const cycles = countCycles(station, model);
  const standard = requireTarget(station, DEFAULT_TARGET);
  const contestants: Readonly<Record<Engine, Contestant>> = {
    mpf: station.predicates,
    pathfinder: station.cells,
    dpf: standard,
  };
  const today = (contestant: Contestant): Cell[] => [
    { value: timeOf(times, contestant), unit: "ns" },
    ratio(ratioOf(times, contestant, standard)),
  ];
  const row = (engine: Engine): Row => ({
    name: NAMES[engine] + (engine === "dpf" ? `: exonet, ${DEFAULT_TARGET}` : ""),
    cells: [
      { value: SOSP95[engine], unit: "µs" },
      ratio(SOSP95[engine] / SOSP95.dpf),
      ...simulated(engine, cycles, model),
      ...today(contestants[engine]),
    ],
  });
  const others = GENERATED.filter((target) => target !== DEFAULT_TARGET).map((target) => ({
    name: `the same: exonet, ${target}`,
    cells: ["", "", "", "", "", ...today(requireTarget(station, target))],
  }));
  const rows = [row("mpf"), row("pathfinder"), row("dpf"), ...others];
  return { about: about(station), tables: [{ title: "a packet (SOSP'95, Table 7)", columns: COLUMNS, rows }] };
}

const COLUMNS = [
  "SOSP'95, µs",
  "÷ DPF",
  "simulated cycles",
  "µs at 25 MHz",
  "÷ DPF simulated",
  "today, ns",
  "÷ DPF today",
];

function simulated(engine: Engine, cycles: Readonly<Record<Engine, number>>, model: CostModel): Cell[] {
  return [
    { value: cycles[engine], unit: "cycles" },
    { value: (cycles[engine] * model.cycle) / 1000, unit: "µs" },
    ratio(cycles[engine] / cycles.dpf),
  ];
}

/** Cycles a frame of each engine, over the frames of one segment. */
function countCycles({ traffic }: Station, model: CostModel): Record<Engine, number> {
  const filters = Array.from({ length: FILTERS }, (_, index) => filterOf(flowText(index + 1)));
  const [segment] = traffic.segments;
  if (segment === undefined) throw new Error("bench: no traffic to count cycles on");
  const { address, captured, count } = segment.frames;
  const counted = (engine: Cells | Predicates, steps: number, works: readonly Work[]) => {
    const tally = new Int32Array(steps);
    for (let row = 0; row < count; row++) {
      engine.judge(traffic.memory.view, address[row] ?? 0, captured[row] ?? 0, tally);
    }
    return cyclesOf(tally, works, model.price) / count;
  };
  return {
    mpf: counted(new Predicates(filters), PREDICATE_STEPS, PREDICATE_WORK),
    pathfinder: counted(new Cells(filters), CELL_STEPS, CELL_WORK),
    dpf: model.merged(filters, traffic, segment),
  };
}

function requireTarget({ targets }: Station, target: typeof DEFAULT_TARGET): Contestant {
  const judge = targets.get(target);
  if (judge === undefined) throw new Error(`bench: no engine for ${target}`);
  return judge;
}

function ratio(value: number): Cell {
  return { value, unit: "×" };
}

function about({ traffic }: Station): string[] {
  return [
    "Table 7: ten filters of TCP by address and port, packets to each of them by chance; who gets them? On a DECstation 5000/200 of 25 MHz;",
    "MPF's and PATHFINDER's figures are from OSDI'94. Simulated: operations counted while they run, priced as on such a machine.",
    `Today: ${traffic.frames.toLocaleString("en-US")} frames in cache, medians of ${ROUNDS} rounds; so is each ratio, of the ratios in them.`,
  ];
}
