/**
 * A downloaded environment: an image, and the contexts that the kernel keeps for it (SOSP'95 §5.1.2). Addressing: space,
 * salt and guaranteed mappings. Exceptions (§5.3): a trap calls the environment's own entry at the faulting instruction,
 * the registers in a save area that the environment can read; it answers retry, skip or abandon.
 *
 * What may never happen: anything thrown out of an image reaches another environment; a page is given back while code that
 * may still write to it stands on the stack (`over` is set first, the pages go when nothing of it runs).
 */

import type { PhysicalMemory } from "../machine/memory.js";
import {
  type ImageMachine,
  type LinkedImage,
  READABLE,
  SAVE_OCTETS,
  Trap,
  TrapAnswer,
  type TrapKind,
  WRITABLE,
} from "../vcode/image.js";
import { Cause, ContextPage, ExceptionAnswer } from "./abi.js";
import type { ActivationEnd, PacketRegion } from "./calls.js";
import type { CallTable } from "./downloaded-calls.js";
import { EXCEPTION_FUEL, FUEL_RESERVE, MAX_NESTED_EXCEPTIONS, MAX_NESTED_RUNS } from "./limits.js";
import type { Stlb } from "./stlb.js";
import type { Tell } from "./trace.js";

/** Makes an image that runs on this machine. */
export type Link = (machine: ImageMachine) => LinkedImage;

/** The slice that runs, as the processor has it (processor.ts). */
export interface RunningSlice {
  /** Fuel until it is over: what an activation has beyond that is its grace. */
  readonly rest: number;
  /** It is over, with so much fuel left of the activation; what the activation may go on with. */
  sliceOver(left: number): number;
}

/** What all downloaded environments share. */
export interface DownloadedMachine {
  /** Undefined where there are no slices: then all fuel is there at once. */
  slice: RunningSlice | undefined;
  readonly memory: PhysicalMemory;
  readonly stlb: Stlb;
  readonly calls: CallTable;
  readonly tell: Tell;
  /** Entries of images at work. */
  runs: number;
}

export interface StlbCounters {
  /** Virtual loads and stores. */
  readonly accesses: number;
  readonly hits: number;
  /** Times that one found no entry: page faults, and guaranteed mappings that were put back. */
  readonly misses: number;
}

/** Thrown through an image: nothing more of the activation is done. Made once, since stacks are not wanted. */
const abandoned = new Error("abandoned");
const exhausted = new Error("out of fuel");

const NO_PACKET: PacketRegion = { address: 0, octets: 0 };
const NOT_RUN: DownloadedEnd = { used: 0, ended: "abandoned", value: 0, failed: undefined };

/** How an activation ended; `failed`: what the machine check was that ended the environment. */
export interface DownloadedEnd extends ActivationEnd {
  readonly failed: string | undefined;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

export class Downloaded {
  readonly environment: number;
  /** Guaranteed mappings: virtual page → physical page. They are readable and writable. */
  readonly guaranteed = new Map<number, number>();
  /** Nothing of it may run any more. */
  over = false;
  /** Activations of it that stand on the stack. */
  running = 0;
  /** Activations of it that were run, and exceptions that its handler was called for. */
  activations = 0;
  exceptions = 0;
  readonly #machine: DownloadedMachine;
  readonly #image: LinkedImage;
  /** Physical and virtual address of the context page. */
  readonly #context: number;
  readonly #virtualContext: number;
  /** Handlers at work. */
  #nesting = 0;
  /** Fuel held back for the handler of its running out. */
  #reserve = 0;
  /** The grace, of which nothing is there before the end of the slice is told. */
  #grace = 0;
  /** What handlers told to be the value of an instruction that is left out, by nesting. */
  readonly #lowValues = new Int32Array(MAX_NESTED_EXCEPTIONS + 1);
  readonly #highValues = new Int32Array(MAX_NESTED_EXCEPTIONS + 1);
  /** Of the handler that ended last. */
  #skippedLow = 0;
  #skippedHigh = 0;
  #misses = 0;
  #accesses = 0;
  #accessesSeen = 0;
  /** Of the activation that ended last. */
  readonly #end: Writable<DownloadedEnd> = { ...NOT_RUN };

  /** `context`: a physical page that it owns. */
  constructor(environment: number, context: number, machine: DownloadedMachine, link: Link) {
    const { memory, stlb } = machine;
    this.environment = environment;
    this.#machine = machine;
    this.#context = context * memory.pageSize;
    this.#virtualContext = -memory.pageSize;
    this.guaranteed.set(stlb.virtualPages - 1, context);
    this.#image = link({
      memory: { buffer: memory.memory.buffer as SharedArrayBuffer, memory: memory.memory },
      stlb: stlb.address,
      entries: stlb.entries,
      pageShift: stlb.pageShift,
      space: stlb.spaceOf(environment),
      salt: stlb.saltOf(environment),
      trap: (kind, address, write, place) => this.#trap(kind, address, write, place),
      skipped: () => this.#skipped(),
      kernel: (call, a, b, c, d, e, f) => this.#call(call, a, b, c, d, e, f),
    });
    this.#image.save = this.#saveArea(0);
  }

  /** Physical address of its context page. */
  get context(): number {
    return this.#context;
  }

  /** What its code has not used yet of the activation that runs. */
  get fuel(): number {
    return this.#image.fuel + this.#grace;
  }

  /** The same, with what is held back for handlers: the fuel that the activation was given, without what it has used. */
  get left(): number {
    return Math.max(0, this.#image.fuel) + this.#grace + this.#reserve;
  }

  /** Something else ran on its fuel. */
  pay(units: number): void {
    const fromImage = Math.min(units, Math.max(0, this.#image.fuel));
    const fromGrace = Math.min(units - fromImage, this.#grace);
    this.#image.fuel -= fromImage;
    this.#grace -= fromGrace;
    this.#reserve = Math.max(0, this.#reserve - (units - fromImage - fromGrace));
  }

  /** Whether a handler is at work that may use it. */
  setExceptionValue(low: number, high: number): boolean {
    if (this.#nesting === 0) return false;
    this.#lowValues[this.#nesting] = low;
    this.#highValues[this.#nesting] = high;
    return true;
  }

  counters(): StlbCounters {
    this.#countAccesses();
    return { accesses: this.#accesses, hits: Math.max(0, this.#accesses - this.#misses), misses: this.#misses };
  }

  /**
   * Runs the entry to its end. What generated code throws that it never may (RangeError, WebAssembly's traps, the end of
   * the stack) is a machine check: `failed` says so, and the environment is over. Anything else is the kernel's own fault, and thrown.
   * What is given back is the same object each time.
   */
  activate(cause: number, fuel: number, message: readonly number[], packet: PacketRegion = NO_PACKET): DownloadedEnd {
    const machine = this.#machine;
    // Whoever is entered has room for all the handlers that it may need.
    if (this.over || machine.runs + MAX_NESTED_EXCEPTIONS >= MAX_NESTED_RUNS) return NOT_RUN;
    const image = this.#image;
    const outerFuel = image.fuel;
    const outerReserve = this.#reserve;
    const outerGrace = this.#grace;
    const outerNesting = this.#nesting;
    const outerRuns = machine.runs;
    this.#reserve = Math.min(FUEL_RESERVE, fuel >>> 3);
    this.#grace = machine.slice === undefined ? 0 : Math.max(0, fuel - this.#reserve - machine.slice.rest);
    image.fuel = fuel - this.#reserve - this.#grace;
    this.running++;
    machine.runs++;
    this.activations++;
    this.#run(cause, message, packet);
    this.running--;
    this.#end.used = fuel - this.left;
    this.#countAccesses();
    image.fuel = outerFuel;
    this.#reserve = outerReserve;
    this.#grace = outerGrace;
    this.#nesting = outerNesting;
    machine.runs = outerRuns;
    image.save = this.#saveArea(this.#nesting);
    return this.#end;
  }

  /** Fills `#end`, but for what was used: activations inside this one have read it by then. */
  #run(cause: number, message: readonly number[], packet: PacketRegion): void {
    const end = this.#end;
    let value = 0;
    let ended: ActivationEnd["ended"] = "done";
    let failed: string | undefined;
    try {
      value = this.#enter(cause, message, packet);
    } catch (error) {
      ended = error === abandoned ? "abandoned" : "killed";
      if (error !== abandoned && error !== exhausted) {
        if (!isMachineCheck(error)) throw error;
        this.over = true;
        failed = error.message;
      }
    }
    end.ended = ended;
    end.value = value;
    end.failed = failed;
  }

  /** Registers that the message leaves out are 0. */
  #enter(cause: number, message: readonly number[], { address, octets }: PacketRegion): number {
    const m1 = message[0] ?? 0;
    const m2 = message[1] ?? 0;
    const m3 = message[2] ?? 0;
    const m4 = message[3] ?? 0;
    const m5 = message[4] ?? 0;
    const m6 = message[5] ?? 0;
    const m7 = message[6] ?? 0;
    return this.#image.run(address, octets, cause, m1, m2, m3, m4, m5, m6, m7);
  }

  // --- what images ask of their machine ---

  #trap(kind: TrapKind, address: number, write: number, place: number): number {
    if (this.over) throw abandoned;
    if (kind === Trap.pageFault) {
      this.#misses++;
      if (this.#refill(address)) return TrapAnswer.retry;
    }
    if (kind === Trap.fuel && this.#sliceIsOver()) return TrapAnswer.retry;
    return this.#raise(kind, address, write, place);
  }

  /** SOSP'95 §5.4: a miss in a guaranteed mapping is dealt with here. */
  #refill(address: number): boolean {
    const { stlb } = this.#machine;
    const virtualPage = address >>> stlb.pageShift;
    const page = this.guaranteed.get(virtualPage);
    if (page === undefined) return false;
    stlb.write(this.environment, virtualPage, page, READABLE | WRITABLE);
    return true;
  }

  #raise(kind: TrapKind, address: number, write: number, place: number): number {
    this.#payHandler(kind);
    const machine = this.#machine;
    if (this.#nesting === MAX_NESTED_EXCEPTIONS || machine.runs === MAX_NESTED_RUNS) throw abandoned;
    const image = this.#image;
    const saved = this.#virtualContext + ContextPage.save + this.#nesting * SAVE_OCTETS;
    machine.tell("exceptionRaised", this.environment, kind, address >>> 0, place);
    this.exceptions++;
    this.#nesting++;
    machine.runs++;
    this.#lowValues[this.#nesting] = 0;
    this.#highValues[this.#nesting] = 0;
    image.save = this.#saveArea(this.#nesting);
    const answer = image.run(0, 0, Cause.exception, kind, address | 0, write, place, saved, 0, 0);
    // What is thrown past this is put right where the activation ends.
    this.#skippedLow = this.#lowValues[this.#nesting]!;
    this.#skippedHigh = this.#highValues[this.#nesting]!;
    this.#nesting--;
    machine.runs--;
    image.save = this.#saveArea(this.#nesting);
    if (this.over) throw abandoned;
    if (answer === ExceptionAnswer.retry) return TrapAnswer.retry;
    if (answer !== ExceptionAnswer.skip) throw abandoned;
    return TrapAnswer.skip;
  }

  #skipped(): number | bigint {
    const low = this.#skippedLow;
    const high = this.#skippedHigh;
    return high === low >> 31 ? low : (BigInt(high) << 32n) | BigInt(low >>> 0);
  }

  /** The rest of the slice does not pay what comes next: the end of it is told, and the grace begins. False where it had. */
  #sliceIsOver(): boolean {
    const { slice } = this.#machine;
    if (slice === undefined || this.#grace === 0) return false;
    const left = this.left;
    this.#grace = 0;
    const now = this.#nesting === MAX_NESTED_EXCEPTIONS ? left : this.#nested(() => slice.sliceOver(left));
    this.#reserve = Math.min(this.#reserve, now);
    this.#image.fuel = now - this.#reserve;
    if (this.over) throw abandoned;
    return true;
  }

  /** What traps meanwhile saves its registers elsewhere: those of a trap that is being dealt with stay. */
  #nested<T>(run: () => T): T {
    this.#nesting++;
    this.#image.save = this.#saveArea(this.#nesting);
    const result = run();
    this.#nesting--;
    this.#image.save = this.#saveArea(this.#nesting);
    return result;
  }

  /** What was held back is there for the first handler that needs it, and no second time. */
  #payHandler(kind: TrapKind): void {
    const image = this.#image;
    if (image.fuel < EXCEPTION_FUEL) this.#sliceIsOver();
    if (kind === Trap.fuel && this.#reserve === 0) throw exhausted;
    if (kind === Trap.fuel || image.fuel < EXCEPTION_FUEL) {
      image.fuel += this.#reserve;
      this.#reserve = 0;
    }
    if (image.fuel < EXCEPTION_FUEL) throw exhausted;
    image.fuel -= EXCEPTION_FUEL;
  }

  #call(number: number, a: number, b: number, c: number, d: number, e: number, f: number): number {
    if (this.over) throw abandoned;
    const { cost: least, more, run } = this.#machine.calls.get(number);
    const cost = more === undefined ? least : least + more(b);
    const image = this.#image;
    // As v_fuel does: its handler is called, and may have left enough.
    if (image.fuel < cost) this.#sliceIsOver();
    if (image.fuel < cost) this.#raise(Trap.fuel, 0, 0, 0);
    if (image.fuel < cost) throw exhausted;
    image.fuel -= cost;
    const result = run(this, a, b, c, d, e, f) | 0;
    if (this.over) throw abandoned;
    return result;
  }

  #saveArea(nesting: number): number {
    return this.#context + ContextPage.save + nesting * SAVE_OCTETS;
  }

  #countAccesses(): void {
    const now = this.#image.accesses >>> 0;
    this.#accesses += (now - this.#accessesSeen) >>> 0;
    this.#accessesSeen = now;
  }
}

export function isMachineCheck(error: unknown): error is Error {
  return error instanceof RangeError || error instanceof WebAssembly.RuntimeError;
}
