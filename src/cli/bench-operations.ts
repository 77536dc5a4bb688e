/** The operations of SOSP'95's tables that have a counterpart here, as programs of downloaded environments. */
import { Cause, ExceptionAnswer } from "../kernel/abi.js";
import {
  AppelAndLi,
  VM_OPERATIONS,
  VM_VIOLATIONS,
  type VmOperation,
  type VmViolation,
} from "../libos/downloaded/appel.js";
import { Entry, type MappedPage } from "../libos/downloaded/entry.js";
import { pingPong, pipePingPong, rpcClient, rpcServer, TwoPipes } from "../libos/downloaded/ipc.js";
import type { Space } from "../libos/downloaded/vm.js";
import { READABLE, Trap } from "../vcode/image.js";
import type { Program } from "../vcode/insn.js";
import { BenchMachine, type BenchShape } from "./bench-machine.js";

export interface Running {
  readonly machine: BenchMachine;
  /** Does the operation some times; how many. */
  run(): number;
  /** The same without the operation: the loop alone; undefined where nothing is around it. */
  readonly around: (() => void) | undefined;
}

export const OPERATION_NAMES = [
  "call",
  "syscall",
  "unaligned",
  "overflow",
  "protection",
  "pct",
  "pipe",
  "shm",
  "lrpc",
  "tlrpc",
  "dirty",
  "prot1",
  "prot100",
  "unprot100",
  "trap",
  "appel1",
  "appel2",
] as const;
export type OperationName = (typeof OPERATION_NAMES)[number];

export type MachineKind = Omit<BenchShape, "slice">;

/** `turns`: about how often it is done in a run. */
export type Operation = (kind: MachineKind, turns: number) => Running;

/** Enough for whatever is done in one slice. */
const SLICE = 1 << 29;
/** Fuel of a turn of ping-pong: their programs', and yield's. */
const SHARED_FUEL = 24;
const PIPE_FUEL = 48;
const PAGE: MappedPage = { virtualPage: 16, physicalPage: 100 };
/** Elsewhere in the other's software TLB, whatever its size. */
const THEIRS: MappedPage = { ...PAGE, virtualPage: 48 };
const PAGES = 100;
/** Its address is a constant of one instruction, whatever the page size: so cycles are the same on all machines. */
const TABLE = 112;
const SPACE: Space = { table: { virtualPage: TABLE, physicalPage: 150 }, first: 0, count: PAGES };

export const OPERATIONS: Readonly<Record<OperationName, Operation>> = {
  call: simple("call", 1, 1 / 32),
  syscall: simple("syscall", 1, 1 / 4),
  unaligned: simple("unaligned"),
  overflow: simple("overflow"),
  protection: simple("protection"),
  pct: simple("pct", 2),
  pipe: toAndFro(PIPE_FUEL, (first, peer, page, size) => pipePingPong(first, peer, page, size), piped),
  shm: toAndFro(
    SHARED_FUEL,
    (first, peer, page, size) => pingPong(first ? 0 : 1, peer, page, size),
    (machine) => machine.word(PAGE.physicalPage, 0),
  ),
  lrpc: remote(false),
  tlrpc: remote(true),
  dirty: virtual("dirty", "abandon", 1, 1 / 4),
  prot1: virtual("prot1", "abandon", 2),
  prot100: virtual("prot100", "abandon", 1, PAGES),
  unprot100: virtual("unprot100", "abandon", 1, PAGES),
  trap: virtual("trap", "skip", 1),
  appel1: virtual("appel1", "swap", 1),
  appel2: virtual("appel2", "permit", PAGES, PAGES),
};

type Primitive = "nothing" | "call" | "syscall" | "unaligned" | "overflow" | "protection" | "pct";
const PRIMITIVES: readonly Primitive[] = ["nothing", "call", "syscall", "unaligned", "overflow", "protection", "pct"];
/** The lambda that does nothing, and who answers with nothing. */
const NULL_LAMBDA = 1;
const SERVER = 2;
const LOOP_FUEL = 16;

/** `parts`: of one turn; `weight`: how many others one turn is like. */
function simple(name: Primitive, parts = 1, weight = 1): Operation {
  return (kind, many) => {
    const turns = Math.ceil(many / weight);
    const machine = new BenchMachine({ ...kind, slice: SLICE });
    const pageSize = machine.memory.pageSize;
    machine.create(1, primitives(pageSize));
    machine.create(SERVER, silent(pageSize));
    const send = (primitive: Primitive) => machine.send(PRIMITIVES.indexOf(primitive), turns);
    const run = () => {
      send(name);
      return turns * parts;
    };
    return { machine, run, around: () => send("nothing") };
  };
}

/** m1: one of PRIMITIVES; m2: how often. */
function primitives(pageSize: number): Program {
  const entry = new Entry(pageSize);
  const { v } = entry;
  entry.lambda(0, (empty) => empty.ret({ imm: 0 }));
  handler(entry);
  entry.on(Cause.message, LOOP_FUEL, () => {
    const page = entry.address(PAGE);
    const [most, value, left] = [v.getreg("i"), v.getreg("i"), v.getreg("i")];
    const labels = PRIMITIVES.map(() => v.genlabel());
    const end = v.genlabel();
    v.set("i", most, 0x7fffffff);
    v.mov("i", left, entry.m(2));
    v.jt(entry.m(1), labels, end);
    for (const [at, label] of labels.entries()) {
      v.label(label);
      v.fuel(LOOP_FUEL);
      const name = PRIMITIVES[at];
      if (name === "call") v.call(value, NULL_LAMBDA);
      else if (name === "syscall") entry.kernel(value, "null");
      else if (name === "unaligned") v.ldv("network", "i", value, page, { imm: 2 });
      else if (name === "overflow") v.aluo("add", value, most, { imm: 1 });
      else if (name === "protection") v.stv("network", "i", most, page, { imm: 0 });
      else if (name === "pct") entry.kernel(value, "transfer", { imm: SERVER });
      v.alui("sub", "i", left, left, 1);
      v.bri("bgt", "i", left, 0, label);
      v.ret({ imm: 0 });
    }
    v.label(end);
  });
  return entry.end();
}

/** Leaves out what raised the exception; a page fault maps the page, to be read. */
function handler(entry: Entry): void {
  const { v } = entry;
  const body = () => {
    const [answer, skip] = [v.getreg("i"), v.genlabel()];
    v.bri("bne", "i", entry.m(1), Trap.pageFault, skip);
    entry.kernel(answer, "alloc", { imm: PAGE.physicalPage });
    entry.kernel(answer, "map", { imm: PAGE.virtualPage }, { imm: PAGE.physicalPage }, { imm: READABLE });
    v.ret({ imm: ExceptionAnswer.retry });
    v.label(skip);
  };
  entry.on(Cause.exception, LOOP_FUEL, body, { imm: ExceptionAnswer.skip });
}

function silent(pageSize: number): Program {
  const entry = new Entry(pageSize);
  entry.on(Cause.syncCall, LOOP_FUEL, () => undefined);
  return entry.end();
}

type PingPong = (first: boolean, peer: number, page: MappedPage, pageSize: number) => Program;

/** A slice whose rest two environments hand to each other; `done` says how often they have. */
function toAndFro(fuel: number, program: PingPong, done: (machine: BenchMachine) => number): Operation {
  return (kind, turns) => {
    const machine = new BenchMachine({ ...kind, slice: turns * fuel });
    const pageSize = machine.memory.pageSize;
    machine.share(PAGE.physicalPage);
    machine.create(1, program(true, 2, PAGE, pageSize));
    machine.create(2, program(false, 1, THEIRS, pageSize));
    const run = () => {
      const before = done(machine);
      machine.slice();
      return done(machine) - before;
    };
    return { machine, run, around: undefined };
  };
}

/** Words that were written into either pipe. */
function piped(machine: BenchMachine): number {
  return machine.word(PAGE.physicalPage, TwoPipes.there) + machine.word(PAGE.physicalPage, TwoPipes.back);
}

function remote(trusting: boolean): Operation {
  return (kind, turns) => {
    const machine = new BenchMachine({ ...kind, slice: SLICE });
    const pageSize = machine.memory.pageSize;
    machine.create(1, rpcClient(trusting, 2, turns, PAGE, pageSize));
    machine.create(2, rpcServer(pageSize));
    const run = () => {
      machine.slice();
      return turns;
    };
    return { machine, run, around: undefined };
  };
}

/** `violation`: what becomes of a store to a protected page. */
function virtual(name: VmOperation, violation: VmViolation, parts: number, weight = 1): Operation {
  return (kind, many) => {
    const turns = Math.ceil(many / weight);
    const machine = new BenchMachine({ ...kind, slice: SLICE });
    machine.create(1, new AppelAndLi(SPACE, machine.memory.pageSize).program());
    const ask = (operation: VmOperation, ...words: readonly number[]) =>
      machine.send(VM_OPERATIONS.indexOf(operation), ...words);
    ask("prepare");
    ask("handle", VM_VIOLATIONS.indexOf(violation));
    // All are dirty, so that nothing but protection is in the way of a store.
    for (let page = 0; page < PAGES; page++) ask("store", page, 1);
    if (name === "trap" || name === "appel1") ask("protect", 0, PAGES);
    if (name === "appel1") ask("leaveOpen", 0);
    const run = () => {
      ask(name, turns);
      return turns * parts;
    };
    return { machine, run, around: () => ask("nothing", turns) };
  };
}
