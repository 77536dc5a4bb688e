/**
 * The kernel's calls for downloaded code, as one table: number → what it costs, and what is done. Arguments are any words
 * at all, and a call answers a word: nothing throws but what ends the activation. Numbers, results and errors stand at
 * DownloadedCall in abi.ts. Others put their calls into the table by `CallTable.set`.
 */
import { READABLE, WRITABLE } from "../vcode/image.js";
import {
  ABI_VERSION,
  DownloadedCall,
  type DownloadedCallName,
  MachineFact,
  type MachineFacts,
  StlbCounter,
} from "./abi.js";
import type { Downloaded } from "./downloaded.js";
import { errorNumber, type KernelError } from "./kerrno.js";
import type { PageHolding } from "./owned-pages.js";
import { Refusal } from "./refusal.js";
import type { Stlb } from "./stlb.js";
import type { Tell } from "./trace.js";

export type KernelCall = (
  caller: Downloaded,
  a: number,
  b: number,
  c: number,
  d: number,
  e: number,
  f: number,
) => number;

export interface CallEntry {
  /** Fuel: about the instructions that it takes, so that nobody has work done that is not paid for. */
  readonly cost: number;
  /** Fuel besides, by how much is asked for: of the second argument, which may be any word. */
  readonly more?: (b: number) => number;
  readonly run: KernelCall;
}

const BOTH = READABLE | WRITABLE;
const NO_CALL: CallEntry = { cost: 1, run: () => errorWord("E_CALL") };

export class CallTable {
  readonly #entries: CallEntry[] = Object.values(DownloadedCall).map(() => NO_CALL);

  set(name: DownloadedCallName, entry: CallEntry): void {
    this.#entries[DownloadedCall[name]] = entry;
  }

  /** Of any number: one that is no call's answers E_CALL. */
  get(number: number): CallEntry {
    return this.#entries[number] ?? NO_CALL;
  }
}

/** What the calls work on. */
export interface CallContext {
  readonly stlb: Stlb;
  readonly pages: PageHolding;
  readonly facts: MachineFacts;
  readonly tell: Tell;
  readonly pageNews?: PageNews | undefined;
}

/** Told when an environment has given back a page, or was refused one since none is free. */
export interface PageNews {
  readonly gave: (environment: number) => void;
  readonly lacks: (environment: number) => void;
}

export function callTable(context: CallContext): CallTable {
  const table = new CallTable();
  table.set("null", { cost: 1, run: () => 0 });
  table.set("self", { cost: 1, run: (caller) => caller.environment });
  table.set("left", { cost: 1, run: (caller) => caller.fuel });
  table.set("fact", { cost: 2, run: (_, which) => fact(context, which) });
  table.set("counter", { cost: 2, run: counter });
  table.set("exceptionValue", { cost: 2, run: exceptionValue });
  table.set("tell", { cost: 16, run: ({ environment }, a, b, c) => told(context.tell, environment, a, b, c) });
  pageCalls(table, context);
  return table;
}

/** SOSP'95 §3.2: what a mapping is made by is checked here once; the software TLB then stands for it. */
function pageCalls(table: CallTable, context: CallContext): void {
  table.set("alloc", {
    cost: 1024,
    run: ({ environment }, page) => allocate(context, environment, page),
  });
  table.set("free", { cost: 1024, run: ({ environment }, page) => free(context, environment, page) });
  table.set("map", { cost: 16, run: (caller, page, physical, rights) => map(context, caller, page, physical, rights) });
  table.set("unmap", { cost: 8, run: (caller, page) => unmap(context, caller, page) });
}

function allocate({ pages, pageNews }: CallContext, environment: number, page: number): number {
  if (!pages.mayTake(environment, 1)) return errorWord("E_TOO_MANY");
  if (page !== -1) return errorOr(pages.allocateAt(environment, page, 1), page);
  const found = pages.allocate(environment, 1);
  if (found !== undefined) return found;
  pageNews?.lacks(environment);
  return errorWord("E_NO_MEMORY");
}

function free({ pages, pageNews }: CallContext, environment: number, page: number): number {
  const error = pages.free(environment, page);
  if (error === undefined) pageNews?.gave(environment);
  return errorOr(error, 0);
}

function map(
  { stlb, pages }: CallContext,
  { environment, guaranteed }: Downloaded,
  virtualPage: number,
  page: number,
  rights: number,
): number {
  if (!isVirtual(stlb, virtualPage) || rights < READABLE || rights > BOTH) return errorWord("E_ARGUMENT");
  if (!pages.exists(page)) return errorWord("E_NO_PAGE");
  if (guaranteed.has(virtualPage)) return errorWord("E_PAGE_FIXED");
  if ((pages.access(environment, page) & rights) !== rights) return errorWord("E_PAGE_RIGHT");
  stlb.write(environment, virtualPage, page, rights);
  return 0;
}

function unmap({ stlb }: CallContext, { environment, guaranteed }: Downloaded, virtualPage: number): number {
  if (!isVirtual(stlb, virtualPage)) return errorWord("E_ARGUMENT");
  if (guaranteed.has(virtualPage)) return errorWord("E_PAGE_FIXED");
  stlb.flush(environment, virtualPage);
  return 0;
}

function isVirtual({ virtualPages }: Stlb, page: number): boolean {
  return page >= 0 && page < virtualPages;
}

function errorOr(error: KernelError | undefined, result: number): number {
  return error === undefined ? result : errorWord(error);
}

/** What a call throws as a Refusal is its error; one that gives back nothing answers 0. */
export function answered(run: (...args: Parameters<KernelCall>) => unknown): KernelCall {
  return (caller, a, b, c, d, e, f) => {
    try {
      const result = run(caller, a, b, c, d, e, f);
      return typeof result === "number" ? result : 0;
    } catch (error) {
      if (error instanceof Refusal) return errorWord(error.code);
      throw error;
    }
  };
}

export function errorWord(error: KernelError): number {
  return -errorNumber(error);
}

function fact({ stlb, facts }: CallContext, which: number): number {
  switch (which) {
    case MachineFact.abiVersion:
      return ABI_VERSION;
    case MachineFact.pageSize:
      return facts.pageSize;
    case MachineFact.physicalPages:
      return Math.floor(facts.memory / facts.pageSize);
    case MachineFact.stlbEntries:
      return stlb.entries;
    case MachineFact.ringEntries:
      return facts.ringEntries;
    case MachineFact.contextPage:
      return stlb.virtualPages - 1;
    case MachineFact.sliceFuel:
      return facts.sliceFuel;
    default:
      return errorWord("E_ARGUMENT");
  }
}

function counter(caller: Downloaded, which: number): number {
  const { accesses, hits, misses } = caller.counters();
  switch (which) {
    case StlbCounter.accesses:
      return accesses % 2 ** 31;
    case StlbCounter.hits:
      return hits % 2 ** 31;
    case StlbCounter.misses:
      return misses % 2 ** 31;
    default:
      return errorWord("E_ARGUMENT");
  }
}

function exceptionValue(caller: Downloaded, low: number, high: number): number {
  return caller.setExceptionValue(low, high) ? 0 : errorWord("E_NO_EXCEPTION");
}

function told(tell: Tell, environment: number, a: number, b: number, c: number): number {
  tell("environmentTold", environment, a, b, c);
  return 0;
}
