/**
 * The tables of SOSP'95 (Exokernel) that have a counterpart here: what the paper measured, the same simulated, the same on this
 * machine, and what Node and Linux have for it. Table 7 is bench-engines.ts's.
 */
import { wallNs } from "../machine/clock.js";
import { linuxTimes } from "./bench-linux.js";
import type { KernelWork } from "./bench-machine.js";
import { nodeTimes } from "./bench-node.js";
import { type MachineKind, OPERATIONS, type OperationName, type Running } from "./bench-operations.js";
import { priceOf } from "./bench-price.js";
import { type Cell, median, type Row, type Table } from "./figure.js";

/** µs on a DECstation 5000/125; words where the paper has no figure. */
interface PaperRow {
  readonly name: string;
  readonly ultrix: number | string;
  readonly aegis: number;
  /** Undefined: a figure of the paper's alone. */
  readonly operation?: OperationName;
  /** What Linux's program calls it, where that is something else. */
  readonly linux?: string;
}

const NONE = "n/a";

const TABLES: readonly { readonly title: string; readonly rows: readonly PaperRow[] }[] = [
  {
    title: "primitive operations (SOSP'95, Tables 4 to 6)",
    rows: [
      { name: "null procedure call", ultrix: 0.28, aegis: 0.28, operation: "call" },
      { name: "null system call", ultrix: 21.3, aegis: 2.3, operation: "syscall" },
      { name: "the same, without a stack", ultrix: NONE, aegis: 1.6 },
      { name: "exception, unaligned", ultrix: NONE, aegis: 1.5, operation: "unaligned" },
      { name: "exception, overflow", ultrix: 130, aegis: 1.5, operation: "overflow" },
      { name: "exception, protection", ultrix: 154, aegis: 1.5, operation: "protection" },
      { name: "protected control transfer, one way", ultrix: NONE, aegis: 1.4, operation: "pct" },
    ],
  },
  {
    title: "communication (SOSP'95, Table 8)",
    rows: [
      { name: "pipe", ultrix: 199, aegis: 14.2, operation: "pipe" },
      { name: "shm", ultrix: 118, aegis: 5.7, operation: "shm" },
      { name: "lrpc", ultrix: NONE, aegis: 6.3, operation: "lrpc" },
      { name: "tlrpc", ultrix: NONE, aegis: 2.9, operation: "tlrpc" },
    ],
  },
  {
    title: "virtual memory (SOSP'95, Table 10)",
    rows: [
      { name: "dirty", ultrix: NONE, aegis: 9.8, operation: "dirty" },
      { name: "prot1", ultrix: 32, aegis: 16.9, operation: "prot1" },
      { name: "prot100", ultrix: 102, aegis: 109, operation: "prot100" },
      { name: "unprot100", ultrix: 102, aegis: 143, operation: "unprot100" },
      { name: "trap", ultrix: 161, aegis: 4.8, operation: "trap", linux: "protection" },
      { name: "appel1, a page", ultrix: 262, aegis: 34, operation: "appel1" },
      { name: "appel2, a page", ultrix: 232, aegis: 22, operation: "appel2" },
    ],
  },
];

const COLUMNS = [
  "Ultrix, µs",
  "Aegis, µs",
  "VCODE, cycles",
  "and kernel, cycles",
  "µs at 25 MHz",
  "js, ns",
  "wasm, ns",
  "Node, ns",
  "Linux, ns",
];

export const SOSP_ABOUT: readonly string[] = [
  "SOSP'95 (Exokernel), Tables 4 to 6, 8 and 10: Ultrix 4.2 and Aegis with ExOS on a DECstation 5000/125 of 25 MHz.",
  "VCODE: cycles of our downloaded code, counted while it runs on the interpreter, as on a MIPS R3000 of 25 MHz (40 ns a cycle) whose caches and",
  "TLB always hit; without the loop around an operation. And kernel: our kernel is no VCODE, so it is counted how often each part of it is entered,",
  "and each entry has a declared price: instructions of that machine, written down by hand (bench-price.ts), none taken from the paper.",
  "js, wasm: the same code, generated, on this machine, with the loop around it. Exceptions are told to the program's own handler, which leaves the",
  "instruction out: there and back, where the paper measured the way there. Transfer: half of a call that does nothing, and its return.",
  "pipe, shm: one way, a word that two environments hand to and fro. lrpc, tlrpc: a call with two words and its result.",
  "Virtual memory: 100 pages, their table searched by binary search; prot100 and unprot100 are of all of them, prot1 of one of either.",
  `Node: throw and catch, messages of worker_threads, Atomics.wait, sockets. Linux: a C program, compiled just now, both sides on one processor;`,
  "trap is its SIGSEGV, as protection is. Medians of rounds.",
];

const MEASURED = ["js", "wasm"] as const;
/** Many and short: most are not interrupted, even where others want the processor. */
const ROUNDS = 41;
const WARMING = 12;
/** Turns in a run that is timed, and in one that is counted: a whole number of all that `dirty` asks about. */
const TIMED = 1280;
const COUNTED = 320;

export interface Elsewhere {
  readonly node: ReadonlyMap<string, number>;
  readonly linux: ReadonlyMap<string, number>;
}

export async function elsewhere(): Promise<Elsewhere> {
  return { node: await nodeTimes(), linux: linuxTimes() };
}

/** `cycle`: ns of one. `rounds`: of a run that is timed, of which the median is told. */
export function sospTables(cycle: number, { node, linux }: Elsewhere, rounds = ROUNDS, turns = TIMED): Table[] {
  const ours = (operation: OperationName, linuxName: string): Cell[] => {
    const { vcode, kernel } = cyclesOf(operation);
    return [
      { value: vcode, unit: "cycles" },
      { value: vcode + kernel, unit: "cycles" },
      { value: ((vcode + kernel) * cycle) / 1000, unit: "µs" },
      ...MEASURED.map((target): Cell => ({ value: timeOf(operation, { target }, rounds, turns), unit: "ns" })),
      nsOr(node.get(operation)),
      nsOr(linux.get(linuxName)),
    ];
  };
  const row = ({ name, ultrix, aegis, operation, linux: linuxName }: PaperRow): Row => ({
    name,
    cells: [
      typeof ultrix === "string" ? ultrix : { value: ultrix, unit: "µs" },
      { value: aegis, unit: "µs" },
      ...(operation === undefined ? [] : ours(operation, linuxName ?? operation)),
    ],
  });
  return TABLES.map(({ title, rows }) => ({ title, columns: COLUMNS, rows: rows.map(row) }));
}

function nsOr(value: number | undefined): Cell {
  return value === undefined ? "not here" : { value, unit: "ns" };
}

/**
 * Simulated cycles of one operation, without the loop around it, nor what comes before and after it: what twice as many take more
 * than once as many. `kind`: makes no difference.
 */
export function cyclesOf(operation: OperationName, kind: Omit<MachineKind, "target"> = {}, turns = COUNTED): Cycles {
  const [once, twice] = [1, 2].map((times) =>
    counted(OPERATIONS[operation]({ ...kind, target: "interpreter" }, times * turns)),
  );
  if (once === undefined || twice === undefined) throw new Error("bench: nothing was counted");
  const each = (of: (counts: Counts) => number) => (of(twice) - of(once)) / (twice.count - once.count);
  let kernel = 0;
  for (const work of twice.entered.keys()) {
    const often = each(({ entered }) => entered.get(work) ?? 0);
    if (often > 0) kernel += often * priceOf(work);
  }
  return { vcode: each(({ cycles }) => cycles), kernel };
}

export interface Cycles {
  /** Counted. */
  readonly vcode: number;
  /** Entries counted, each at its declared price. */
  readonly kernel: number;
}

/** What a run takes beyond what is around it. */
function counted(running: Running): Counts & { readonly count: number } {
  // Before that pages are mapped.
  running.run();
  running.around?.();
  const start = soFar(running);
  const count = running.run();
  const ran = soFar(running);
  running.around?.();
  const end = soFar(running);
  const beyond = (of: (counts: Counts) => number) => 2 * of(ran) - of(start) - of(end);
  const works = [...end.entered.keys()];
  return {
    count,
    cycles: beyond(({ cycles }) => cycles),
    entered: new Map(works.map((work) => [work, beyond(({ entered }) => entered.get(work) ?? 0)])),
  };
}

interface Counts {
  readonly cycles: number;
  readonly entered: ReadonlyMap<KernelWork, number>;
}

function soFar({ machine }: Running): Counts {
  return { cycles: machine.cycles, entered: new Map(machine.entered) };
}

function timeOf(operation: OperationName, kind: MachineKind, rounds: number, turns: number): number {
  const running = OPERATIONS[operation](kind, turns);
  const took: number[] = [];
  for (let round = -WARMING; round < rounds; round++) {
    const from = wallNs();
    const count = running.run();
    if (round >= 0) took.push((wallNs() - from) / count);
  }
  return median(took);
}
