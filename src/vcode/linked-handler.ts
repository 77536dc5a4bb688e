/**
 * Handlers as their kernel runs them. An entry sets its fuel inside of the generated code and gives back one number, so that a
 * message costs one call and touches nothing else of WebAssembly. What kills a handler throws one object, made once, through the
 * generated code; why and where stands in its Killing then.
 */
import { faultOf, type HandlerFault, OUTCOME_MASK } from "./handler.js";
import { type ImageFacts, Trap, type TrapKind } from "./image.js";
import type { RunMemory } from "./target.js";

/** Thrown through a handler's code. */
export const killed = new Error("killed");

/** In the place of an outcome that is none. */
export const NO_OUTCOME = OUTCOME_MASK;

/** What a handler runs on. Addresses are physical. */
export interface HandlerMachine extends ImageFacts {
  readonly memory: RunMemory;
  /** Words; neither changes while a handler is linked. */
  readonly space: number;
  readonly salt: number;
  /** Has the software TLB forgotten a page of the state? Then it has it again. */
  refill(address: number): boolean;
  /** A call of HandlerCall, or with a number that is none; what it gives back. Kills by way of the linked handler. */
  kernel(call: number, a: number, b: number, c: number, d: number): number;
}

export interface LinkedHandler {
  /**
   * Runs the entry on a message: the outcome in the low OUTCOME_BITS, NO_OUTCOME where it was none, above it the fuel used. All are words, the
   * times' and the packet's number with a sign. `budget`: at most MAX_MESSAGE_FUEL. Throws `killed`, or what is a machine check (image.ts).
   */
  message(
    address: number,
    octets: number,
    budget: number,
    wire: number,
    timeHigh: number,
    timeLow: number,
    port: number,
    link: number,
    packet: number,
    hops: number,
  ): number;
  /** Whether it looks at the metadata, from `wire` on; where it does not, they may be 0. */
  readonly readsMetadata: boolean;
  /** Fuel that is left of the message. */
  left(): number;
  /** Something was done on the message's fuel; false, and nothing is paid, where so much is not left: as v_fuel. */
  pay(units: number): boolean;
  readonly killing: Killing;
  /** Of a handler that keeps to itself (message-chain.ts), where its target can. */
  readonly chained: Chained | undefined;
}

export interface Chained {
  /**
   * Runs the entry on `count` messages, 1 or more, of the chain whose first entry lies at the address `first`, each with `budget`, and
   * writes its word. Ends behind a message whose outcome is no bit of `outcomes`, of which bit 31 is none; throws as message() does.
   * Gives back twice the number of those that were not run, and 1 more where they did not all come to the same word.
   */
  run(first: number, count: number, budget: number, outcomes: number): number;
  /** Address of the entry that was run last, or threw. */
  at(): number;
}

/** Of the message that killed last. */
export class Killing {
  reason: HandlerFault = "call";
  /** What the handler told, or else lambda << 20 | index of the instruction that trapped. */
  place = 0;
  told = false;

  /** Why it is over, where nobody throws. */
  is(reason: HandlerFault, place = 0, told = false): void {
    this.reason = reason;
    this.place = place;
    this.told = told;
  }

  /** Kills the message that runs. */
  kill(reason: HandlerFault, place = 0, told = false): never {
    this.is(reason, place, told);
    throw killed;
  }

  /** The call fault(). */
  fault(reason: number, place: number): never {
    return this.kill(faultOf(reason) ?? "call", place, true);
  }
}

const FAULT_OF: Readonly<Record<TrapKind, HandlerFault>> = {
  [Trap.pageFault]: "address",
  [Trap.protection]: "address",
  [Trap.unaligned]: "unaligned",
  [Trap.overflow]: "overflow",
  [Trap.fuel]: "fuel",
};

/** What generated code asks, put together of what a machine can. */
export class HandlerTraps {
  readonly killing = new Killing();
  readonly #machine: HandlerMachine;

  constructor(machine: HandlerMachine) {
    this.#machine = machine;
  }

  /** The instruction is tried again, or the handler is killed. */
  trap(kind: TrapKind, address: number, place: number): number {
    if (kind === Trap.pageFault && this.#machine.refill(address >>> 0)) return 0;
    return this.killing.kill(FAULT_OF[kind], place);
  }
}
