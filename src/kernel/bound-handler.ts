/** One handler: its code, linked to an address space of its own, its state, what its binding allows it, and what its calls come to. */
import type { PhysicalMemory } from "../machine/memory.js";
import type { Ports } from "../nic/ports.js";
import { CONSUME, PASS, PASS_TO } from "../vcode/handler.js";
import type { HandlerMachine, LinkedHandler } from "../vcode/linked-handler.js";
import type { TargetName } from "../vcode/target.js";
import { Cause } from "./abi.js";
import { MAX_ENVIRONMENTS } from "./books.js";
import type { Budget } from "./budget.js";
import type { Held } from "./capabilities.js";
import type { Environment } from "./environment.js";
import type { HandledMessage } from "./handled-message.js";
import { Count, type HandlerCountsTable } from "./handler-counts.js";
import type { SendRates } from "./handler-sends.js";
import type { HandlerState } from "./handler-state.js";
import { type CallEffects, JudgedCalls } from "./judged-calls.js";
import { PacketKeeper } from "./kept-packet.js";
import { errorNumber, type KernelError } from "./kerrno.js";
import { MAX_HOPS, MAX_KILLED_IN_ROW, MAX_PENDING } from "./limits.js";
import type { Processor } from "./processor.js";
import { Refusal } from "./refusal.js";
import type { Stlb } from "./stlb.js";
import { sendCauseOf, type Transmitter } from "./xmit.js";

/** Makes a handler that runs on this machine; on its target, where no other is named. */
export type LinkHandler = (machine: HandlerMachine, target?: TargetName) => LinkedHandler;

/** What was compiled, or is to be linked. */
export interface HandlerProgram {
  /** For people: its file's. */
  readonly name: string;
  /** Of its state. */
  readonly octets: number;
  /** Of its state's layout. */
  readonly identity: string;
  readonly link: LinkHandler;
}

/** What all handlers share. */
export interface HandlerParts {
  readonly memory: PhysicalMemory;
  readonly stlb: Stlb;
  readonly ports: Ports;
  readonly transmitter: Transmitter;
  readonly processor: Processor;
  readonly table: HandlerCountsTable;
  readonly rates: SendRates;
  readonly message: HandledMessage;
}

/** What its binding says of it. */
export interface BoundTerms {
  readonly number: number;
  readonly slot: number;
  readonly environment: Environment;
  readonly budget: Budget;
  /** By place; null: the environment has ended. */
  readonly passTo: (number | null)[];
  /** The capability that it sends under: the kernel's own to show, never a handle of the environment's. */
  readonly transmit: Held | undefined;
  readonly port: number | null;
  readonly clearAtEpoch: boolean;
  /** Serial of the capability in whose name it was bound. */
  readonly under: string;
}

/** What has become of a handler. */
export interface Standing {
  readonly bound: boolean;
  readonly killedInRow: number;
}

/** As a handler asks for it: the port that the message came in by. */
const SAME_PORT = -1;
/** Of which no port has the number: the transmitter says so. */
const NO_PORT = -1;

export class BoundHandler implements CallEffects {
  readonly terms: BoundTerms;
  readonly kept = new PacketKeeper();
  readonly fuel: number;
  /** Its share of the time is used up: messages go the normal way. */
  throttled = false;
  /** While it is throttled, in a batch: packets that its binding had matched before; else -1. */
  passedBy = -1;
  /** Its next message is timed, by itself. */
  isTimed = false;
  /** Messages that killed it, since one did not. */
  killedInRow = 0;
  program: HandlerProgram;
  state: HandlerState;
  linked: LinkedHandler;
  readonly #parts: HandlerParts;
  /** Of the software TLB, beyond those of environments. */
  readonly #space: number;

  /** What `link` throws comes through. */
  constructor(parts: HandlerParts, terms: BoundTerms, program: HandlerProgram, state: HandlerState) {
    this.#parts = parts;
    this.terms = terms;
    this.fuel = terms.budget.fuel;
    this.#space = spaceOf(terms.number);
    this.program = program;
    this.state = state;
    this.linked = this.link(program);
  }

  /** It was killed so often in a row that it is unbound, if only when the batch is over. */
  get isOver(): boolean {
    return this.killedInRow >= MAX_KILLED_IN_ROW;
  }

  /** Outcomes that it can have, as bits. */
  get outcomes(): number {
    let outcomes = (1 << PASS) | (1 << CONSUME);
    const { passTo } = this.terms;
    for (let k = 0; k < passTo.length; k++) if (passTo[k] !== null) outcomes |= 1 << (PASS_TO + k);
    return outcomes;
  }

  /** Code that is to be this handler's. Throws E_IMAGE where the engine cannot have it. */
  link(program: HandlerProgram, target?: TargetName): LinkedHandler {
    const { memory, stlb } = this.#parts;
    const calls = new JudgedCalls(this);
    const machine: HandlerMachine = {
      memory: { buffer: memory.shared, memory: memory.memory },
      stlb: stlb.address,
      entries: stlb.entries,
      pageShift: stlb.pageShift,
      space: stlb.spaceOf(this.#space),
      salt: stlb.saltOf(this.#space),
      refill: (address) => this.state.refill(stlb, this.#space, address),
      kernel: (call, a, b, c, d) => calls.make(call, a, b, c, d),
    };
    try {
      return program.link(machine, target);
    } catch (error) {
      if (error instanceof Refusal) throw error;
      throw new Refusal("E_IMAGE", error instanceof Error ? error.message : String(error));
    }
  }

  /** Other code goes on, on the same state or on another; the one before is the caller's to keep, or to free. */
  become(program: HandlerProgram, linked: LinkedHandler, state: HandlerState): void {
    this.program = program;
    this.linked = linked;
    this.state = state;
  }

  // --- what its calls come to ---

  get memory(): PhysicalMemory {
    return this.#parts.memory;
  }

  get messageAddress(): number {
    const { rows, row } = this.#parts.message;
    return rows.address[row]!;
  }

  get messageOctets(): number {
    const { rows, row } = this.#parts.message;
    return rows.captured[row]!;
  }

  names(k: number): boolean {
    return (this.terms.passTo[k] ?? null) !== null;
  }

  send(address: number, length: number, port: number): number {
    const { table, message } = this.#parts;
    const { number } = this.terms;
    const error = this.#sent(address, length, port === SAME_PORT ? this.#answerPort() : port);
    if (error === undefined) {
      message.sent++;
      table.add(number, Count.sent);
      table.add(number, Count.sentOctets, length);
      return 0;
    }
    table.refused(number, sendCauseOf(error));
    return errorNumber(error);
  }

  #sent(address: number, length: number, port: number): KernelError | undefined {
    const { table, rates, message, transmitter } = this.#parts;
    const { number, environment, transmit } = this.terms;
    const hops = message.hops + 1;
    if (hops > MAX_HOPS) {
      table.add(number, Count.hopsCut);
      return "E_HOPS";
    }
    if (!rates.take(number, message.high, message.low)) {
      table.add(number, Count.throttledSends);
      return transmitter.refuse(environment, port, "rate");
    }
    return transmitter.answer(environment, transmit, address, length, port, hops, message);
  }

  /** Where the message came in, if frames can be sent there. */
  #answerPort(): number {
    const { message, ports } = this.#parts;
    return ports.outlet(message.port) === undefined ? (this.terms.port ?? NO_PORT) : message.port;
  }

  wake(tag: number): void {
    const { message } = this.#parts;
    message.wakes = true;
    message.tag = tag;
  }

  transfer(k: number, a: number, b: number, c: number): number {
    const { processor, table } = this.#parts;
    const to = this.terms.passTo[k]!;
    if (!processor.alive(to)) return errorNumber("E_NO_ENVIRONMENT");
    // As many as may wait, but for the place that a call's return has.
    if (processor.pending(to) + 1 >= MAX_PENDING) return errorNumber("E_QUEUE_FULL");
    processor.post(to, Cause.asyncCall, [this.terms.environment.id, a, b, c]);
    table.add(this.terms.number, Count.transfers);
    return 0;
  }
}

/** Those of environments come before. */
export function spaceOf(handler: number): number {
  return MAX_ENVIRONMENTS + handler;
}
