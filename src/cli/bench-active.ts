/**
 * Figure 2 of SOSP'95: the round trip of a UDP message while other environments are busy. A handler answers as soon as the activation that runs is over;
 * a library OS that is downloaded answers in its slice, when all others have had theirs.
 */
import { Cause } from "../kernel/abi.js";
import { Entry, type MappedPage } from "../libos/downloaded/entry.js";
import type { Program } from "../vcode/insn.js";
import { type Answerer, answerer } from "./bench-answerer.js";
import { contest, ratioOf, type Times, timeOf } from "./bench-contest.js";
import { ECHO } from "./bench-round-trip.js";
import { MESSAGE, WiredMachine } from "./bench-wire.js";
import { atMost, type Cell, type Measured, median, type Row, type Table } from "./figure.js";

/** How many are busy. */
export const BUSY = [0, 1, 2, 5, 10] as const;
const FEW = 1;
const MANY = 10;
/** Fuel of a slice: an activation takes some tens of µs, and never a ms. */
const SLICE = 1 << 17;
const LOOP_FUEL = 16;
const LOOPS = Math.floor(SLICE / LOOP_FUEL) - 64;
const TRIPS = 10;
const ROUNDS = 41;
const WARM_PASSES = 12;
/**
 * What is promised: with ten busy ones the handler's round trip is at most so many times that with one. Both wait for the end of one activation,
 * and for no second; a quarter is for what the machine itself does to a time of some tens of µs.
 */
const FLAT = 1.25;
const NS = 1e6;

export interface Active {
  readonly times: Times;
  readonly handlers: readonly Answerer[];
  readonly libraries: readonly Answerer[];
  /** µs. */
  readonly activation: number;
}

/** Measured; `rounds` of each, after some to warm up. */
export async function measureActive(rounds = ROUNDS): Promise<Active> {
  const handlers: Answerer[] = [];
  const libraries: Answerer[] = [];
  try {
    for (const busy of BUSY) {
      handlers.push(await byHandler(busy));
      libraries.push(byLibrary(busy));
    }
    const all = [...handlers, ...libraries].map((contestant) => ({ contestant, frames: TRIPS }));
    await contest(all, Math.min(rounds, WARM_PASSES));
    const times = await contest(all, rounds);
    return { times, handlers, libraries, activation: activationTime() };
  } finally {
    for (const each of [...handlers, ...libraries]) await each.close();
  }
}

export async function activeTables(): Promise<{ about: string[]; tables: Table[] }> {
  const measured = await measureActive();
  return {
    about: aboutActive(measured),
    tables: [{ ...activeTable(measured), title: "busy environments, round trip in µs" }],
  };
}

export function aboutActive({ activation }: Active): string[] {
  return [
    "Busy environments: downloaded ones, each with a slice that it uses up in one activation, of",
    `${activation.toFixed(0)} µs; the client asks when one has just begun. Messages are taken between two activations; medians of ${ROUNDS} rounds.`,
  ];
}

export function activeTable({ times, handlers, libraries }: Active): Table {
  const row = (name: string, answerers: readonly Answerer[], growth: (ratio: number) => Measured): Row => {
    const cells: Cell[] = answerers.map((each) => ({ value: timeOf(times, each) / 1000, unit: "µs" }));
    const [few, many] = ([FEW, MANY] as const).map((busy) => answerers[BUSY.indexOf(busy)]);
    if (few === undefined || many === undefined) throw new Error("bench: nobody was busy");
    return { name, cells: [...cells, growth(ratioOf(times, many, few))] };
  };
  return {
    title: "round trip with busy environments, µs (SOSP'95, Figure 2)",
    columns: [...BUSY.map((busy) => (busy === 0 ? "alone" : `${busy} busy`)), "10 ÷ 1"],
    rows: [
      row("a handler", handlers, (ratio) => atMost(ratio, "", FLAT)),
      row("a library OS, in its slice", libraries, (value) => ({ value, unit: "" })),
    ],
  };
}

/** What the paper has: Table 11 alone, and what its figure shows from 1 to 10 active processes. */
export function paperRows(): Row[] {
  const row = (name: string, alone: number, shown: string): Row => ({
    name: `SOSP'95: ${name}`,
    cells: [{ value: alone, unit: "µs" }, ...BUSY.slice(1).map(() => ""), shown],
  });
  return [
    row("ExOS with an ASH", 259, "flat"),
    row("ExOS without", 320, "grows linearly"),
    row("Ultrix", 3400, "erratic"),
  ];
}

async function byHandler(busy: number): Promise<Answerer> {
  const machine = new WiredMachine({ slices: Math.max(1, busy), sliceFuel: SLICE });
  machine.handle(await machine.hosting.environment("owner", ""), ECHO);
  return among(machine, busy);
}

function byLibrary(busy: number): Answerer {
  const machine = new WiredMachine({ slices: busy + 1, sliceFuel: SLICE });
  const { memory } = machine.hosting;
  const page = { virtualPage: 16, physicalPage: memory.octets.length / memory.pageSize - 1 };
  machine.claim(machine.hosting.download("echo", echo(memory.pageSize, page), machine.transmit));
  return among(machine, busy);
}

/** The machine goes on as the data plane does: a turn for messages, then slices until another has come. */
function among(machine: WiredMachine, busy: number): Answerer {
  const { kernel } = machine.hosting;
  for (let number = 0; number < busy; number++)
    machine.hosting.download(`busy-${number}`, busyProgram(machine.hosting.memory.pageSize));
  const arrived = () => kernel.arrivals.stale;
  return answerer(`${busy} busy`, machine, () => {
    for (;;) {
      kernel.cpu.turn(arrived);
      if (machine.answered) return;
      machine.turn();
      if (machine.answered) return;
    }
  });
}

/** µs of one activation of a busy one. */
function activationTime(): number {
  const machine = new WiredMachine({ slices: 1, sliceFuel: SLICE });
  machine.hosting.download("busy", busyProgram(machine.hosting.memory.pageSize));
  const { processor } = machine.hosting.kernel.cpu;
  const took: number[] = [];
  for (let turn = 0; turn < TRIPS * ROUNDS; turn++) {
    const began = performance.now();
    processor.turn(1);
    took.push(((performance.now() - began) * NS) / 1000);
  }
  return median(took);
}

/** Computes until its slice is nearly over. */
function busyProgram(pageSize: number): Program {
  const entry = new Entry(pageSize);
  const { v } = entry;
  entry.on(Cause.start, LOOP_FUEL, () => {
    const [left, value, again] = [v.getreg("i"), v.getreg("u"), v.genlabel()];
    v.set("i", left, LOOPS);
    v.set("u", value, 1);
    v.label(again);
    v.fuel(LOOP_FUEL);
    for (let step = 0; step < LOOP_FUEL / 2 - 1; step++) {
      v.alui("mul", "u", value, value, 0x9e3779b1);
      v.alui("xor", "u", value, value, step);
    }
    v.alui("sub", "i", left, left, 1);
    v.bri("bgt", "i", left, 0, again);
  });
  return entry.end();
}

/** Answers what comes with addresses and ports in each other's places, from a page of its own; else it sleeps. */
function echo(pageSize: number, page: MappedPage): Program {
  const entry = new Entry(pageSize);
  const { v } = entry;
  entry.pages(page);
  entry.on(Cause.message, 2 * MESSAGE, () => {
    const [octets, handle, error] = [v.getreg("u"), v.getreg("i"), v.getreg("i")];
    const other = v.genlabel();
    const frame = entry.address(page);
    v.bri("blt", "u", CAPTURED, MESSAGE, other);
    for (let at = 0; at < MESSAGE; at += 2) {
      v.ldn("us", octets, PACKET, at);
      v.stv("network", "us", octets, frame, { imm: placeOf(at) });
    }
    entry.kernel(handle, "sendHandle");
    const [physical, port] = [{ imm: page.physicalPage }, { reg: entry.m(7) }];
    entry.kernel(error, "send", { reg: handle }, physical, { imm: 0 }, { imm: MESSAGE }, port);
    v.label(other);
  });
  entry.on(Cause.start, LOOP_FUEL, () => entry.kernel(v.getreg("i"), "sleep", { imm: -1 }));
  return entry.end();
}

const PACKET = 0;
const CAPTURED = 1;

/** Where two octets of a message go in its answer. */
function placeOf(at: number): number {
  if (at < 12) return at < 6 ? at + 6 : at - 6;
  if (at >= 26 && at < 34) return at < 30 ? at + 4 : at - 4;
  if (at === 34 || at === 36) return at === 34 ? 36 : 34;
  return at;
}
