/**
 * The calls of downloaded code that are about its time: slices, yields, protected control transfer, sleep. Their numbers and
 * results stand at DownloadedCall in abi.ts. What a callee gives back is any word, so one that means to be understood keeps out of
 * the range of errors.
 */
import { COMPARISONS, DownloadedCall, type DownloadedCallName, type WakeupProduct, type WakeupTerm } from "./abi.js";
import type { Downloaded } from "./downloaded.js";
import { answered, type CallTable, errorWord, type KernelCall } from "./downloaded-calls.js";
import { MAX_TERMS } from "./limits.js";
import type { Processor } from "./processor.js";
import { Refusal } from "./refusal.js";
import type { Transfers } from "./transfer.js";
import type { Wakeups } from "./wakeup.js";

export interface CpuCallContext {
  readonly processor: Processor;
  readonly transfers: Transfers;
  readonly wakeups: Wakeups;
  /** The word at a virtual address, read once; undefined where the environment may not read one there. */
  readonly word: (environment: number, address: number) => number | undefined;
  /** Throws the Refusal where this handle is none that lets the environment allocate slices. */
  readonly mayAllocate: (environment: number, handle: number) => void;
  /** Told when an environment has given back a slice. */
  readonly gaveSlice?: (environment: number) => void;
}

/**
 * Fuel that each costs, about the instructions that it takes; a transfer is 30, as on Aegis. Compiling a predicate takes more than a
 * slice has, so that what it costs is a price, and how many there may be in a turn is limited (limits.ts).
 */
const COSTS = {
  yield: 12,
  transfer: 30,
  asyncTransfer: 30,
  giveBack: 30,
  keep: 4,
  sleep: 8,
  sliceLeft: 2,
  sliceAlloc: 128,
  sliceFree: 16,
  sliceOwner: 4,
  predicate: 2048,
  predicateFree: 16,
} as const satisfies Partial<Record<DownloadedCallName, number>>;

type CpuCallName = keyof typeof COSTS;

/** Fuel besides, for each term: with as many as there may be, all is paid by a slice of the usual length. */
export const TERM_COST = 192;
const TERM_WORDS = 4;
const WORD = 4;

/** Puts them into the table. */
export function addCpuCalls(table: CallTable, context: CpuCallContext): void {
  const calls = { ...timeCalls(context), ...transferCalls(context), ...sliceCalls(context) };
  for (const name of Object.keys(DownloadedCall)) {
    if (isCpuCall(name)) table.set(name, { cost: COSTS[name], run: answered(calls[name]) });
  }
  table.set("predicate", { cost: COSTS.predicate, more: costOfTerms, run: answered(calls.predicate) });
}

/** Of any number that is said to be one of terms; more than may be are refused before they are read. */
function costOfTerms(terms: number): number {
  return TERM_COST * Math.max(0, Math.min(terms, MAX_TERMS));
}

function isCpuCall(name: string): name is CpuCallName {
  return Object.hasOwn(COSTS, name);
}

/** One that gives back nothing answers 0. */
type CpuCall = (...args: Parameters<KernelCall>) => unknown;
type Some<Name extends CpuCallName> = Readonly<Record<Name, CpuCall>>;

function timeCalls({
  processor,
  wakeups,
  word,
}: CpuCallContext): Some<"yield" | "sleep" | "sliceLeft" | "predicate" | "predicateFree"> {
  return {
    yield: (_, heir) => (heir === -1 ? processor.yield() : processor.yieldTo(heir)),
    sleep: ({ environment }, predicate) => {
      if (predicate === -1) wakeups.waitForNothing(environment);
      else wakeups.waitFor(environment, predicate);
      return processor.sleep(environment);
    },
    sliceLeft: ({ left }) => processor.leftOfSlice(left),
    predicate: ({ environment }, address, terms) =>
      wakeups.register(
        environment,
        productsAt((at) => word(environment, at), address, terms),
      ),
    predicateFree: ({ environment }, number) => wakeups.release(environment, number),
  };
}

function transferCalls({ transfers }: CpuCallContext): Some<"transfer" | "asyncTransfer" | "giveBack" | "keep"> {
  // Read before anything else can be called.
  const words = [0, 0, 0, 0, 0];
  const filled = (b: number, c: number, d: number, e: number, f: number) => {
    words[0] = b;
    words[1] = c;
    words[2] = d;
    words[3] = e;
    words[4] = f;
    return words;
  };
  return {
    transfer: (caller, callee, b, c, d, e, f) => transfer(transfers, caller, callee, filled(b, c, d, e, f)),
    asyncTransfer: (_, callee, b, c, d, e, f) => transfers.send(callee, filled(b, c, d, e, f)),
    giveBack: (_, caller, b, c, d, e, f) => transfers.giveBack(caller, filled(b, c, d, e, f)),
    keep: () => transfers.keep(),
  };
}

function sliceCalls({
  processor,
  mayAllocate,
  gaveSlice,
}: CpuCallContext): Some<"sliceAlloc" | "sliceFree" | "sliceOwner"> {
  const { slices } = processor;
  return {
    sliceAlloc: ({ environment }, position, handle) => {
      mayAllocate(environment, handle);
      return slices.allocate(environment, position);
    },
    sliceFree: ({ environment }, position) => {
      slices.release(environment, position);
      gaveSlice?.(environment);
    },
    sliceOwner: (_, position) => slices.ownerOf(position),
  };
}

function transfer(transfers: Transfers, caller: Downloaded, callee: number, words: readonly number[]): number {
  const { used, value, kept, error } = transfers.call(callee, words, caller.left);
  caller.pay(used);
  if (error !== undefined) return errorWord(error);
  return kept ? errorWord("E_CALL_KEPT") : value;
}

/** Terms in memory that the environment writes: each word is read once, and addresses wrap at 2^32 as those of its code do. */
function productsAt(word: (address: number) => number | undefined, at: number, terms: number): WakeupProduct[] {
  if (terms < 1 || terms > MAX_TERMS) throw new Refusal("E_ARGUMENT", `a wakeup predicate has 1 to ${MAX_TERMS} terms`);
  const products: { tag: number; terms: WakeupTerm[] }[] = [];
  for (let term = 0; term < terms; term++) {
    const [tag, comparison, address, constant] = Array.from({ length: TERM_WORDS }, (_, index) => {
      const read = word((at + (term * TERM_WORDS + index) * WORD) >>> 0);
      if (read === undefined) throw new Refusal("E_ADDRESS");
      return read;
    });
    const named = COMPARISONS[comparison!];
    if (named === undefined) throw new Refusal("E_ARGUMENT", `no comparison has the number ${comparison}`);
    if (products.at(-1)?.tag !== tag) products.push({ tag: tag!, terms: [] });
    products.at(-1)!.terms.push({ comparison: named, address: address! >>> 0, constant: constant! });
  }
  return products;
}
