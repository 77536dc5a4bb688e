/**
 * One handler: its code, linked to an address space of its own, its state, what its binding allows it, and the calls that it may
 * make. What a call is asked is judged first, then paid for, then done.
 */
import type { PhysicalMemory } from "../machine/memory.js";
import type { Ports } from "../nic/ports.js";
import { CONSUME, HANDLER_CALL_FUEL, HandlerCall, PASS, PASS_TO } from "../vcode/handler.js";
import type { HandlerMachine, LinkedHandler } from "../vcode/linked-handler.js";
import { Cause } from "./abi.js";
import { MAX_ENVIRONMENTS } from "./books.js";
import type { Budget } from "./budget.js";
import type { Held } from "./capabilities.js";
import type { Environment } from "./environment.js";
import type { HandledMessage } from "./handled-message.js";
import { Count, type HandlerCountsTable } from "./handler-counts.js";
import type { SendRates } from "./handler-sends.js";
import type { HandlerState } from "./handler-state.js";
import { PacketKeeper } from "./kept-packet.js";
import { errorNumber, type KernelError } from "./kerrno.js";
import { MAX_HOPS, MAX_KILLED_IN_ROW, MAX_PENDING } from "./limits.js";
import type { Processor } from "./processor.js";
import { Refusal } from "./refusal.js";
import type { Stlb } from "./stlb.js";
import type { Transmitter } from "./xmit.js";

/** Makes a handler that runs on this machine; on its target, where no other is named. */
export type LinkHandler = (machine: HandlerMachine, target?: string) => LinkedHandler;

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
export interface Bound {
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

const MINUS_ONE = -1;
/** Octets that a unit of a call's fuel is for, of those with a length. */
const OCTETS_A_UNIT_SHIFT = 4;

export class BoundHandler {
  readonly bound: Bound;
  readonly kept = new PacketKeeper();
  readonly fuel: number;
  /** Its share of the time is used up: messages go the normal way. */
  throttled = false;
  /** While it is throttled, in a batch: packets that its binding had matched before; else -1. */
  passedBy = -1;
  /** Its next message is timed. */
  apart = false;
  /** Messages that killed it, since one did not. */
  killedInRow = 0;
  program: HandlerProgram;
  state: HandlerState;
  linked: LinkedHandler;
  readonly #parts: HandlerParts;
  /** Of the software TLB, beyond those of environments. */
  readonly #space: number;

  /** What `link` throws comes through. */
  constructor(parts: HandlerParts, bound: Bound, program: HandlerProgram, state: HandlerState) {
    this.#parts = parts;
    this.bound = bound;
    this.fuel = bound.budget.fuel;
    this.#space = spaceOf(bound.number);
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
    for (const [k, environment] of this.bound.passTo.entries()) {
      if (environment !== null) outcomes |= 1 << (PASS_TO + k);
    }
    return outcomes;
  }

  /** Code that is to be this handler's. Throws E_IMAGE where the engine cannot have it. */
  link(program: HandlerProgram, target?: string): LinkedHandler {
    const { memory, stlb } = this.#parts;
    const machine: HandlerMachine = {
      memory: { buffer: memory.shared, memory: memory.memory },
      stlb: stlb.address,
      entries: stlb.entries,
      pageShift: stlb.pageShift,
      space: stlb.spaceOf(this.#space),
      salt: stlb.saltOf(this.#space),
      refill: (address) => this.state.refill(stlb, this.#space, address),
      kernel: (call, a, b, c, d) => this.#call(call, a, b, c, d),
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

  // --- calls ---

  #call(call: number, a: number, b: number, c: number, d: number): number {
    switch (call) {
      case HandlerCall.fault:
        this.linked.pay(HANDLER_CALL_FUEL.fault);
        return this.linked.killing.fault(a, b);
      case HandlerCall.vector:
        return this.#vector(a, b, c);
      case HandlerCall.send:
        return this.#send(a, b, c);
      case HandlerCall.wake:
        return this.#wake(a);
      case HandlerCall.transfer:
        return this.#transfer(a, b, c, d);
      case HandlerCall.clear:
        return this.#clear(a, b);
      case HandlerCall.move:
        return this.#move(a, b, c);
      default:
        return this.linked.killing.kill("call");
    }
  }

  #vector(from: number, length: number, to: number): number {
    const { memory, message } = this.#parts;
    const captured = message.rows.captured[message.row]!;
    const at = this.state.at(to, length);
    if (from < 0 || at < 0 || from + length > captured) return this.linked.killing.kill("call");
    this.#pay(HANDLER_CALL_FUEL.vector, length);
    const address = message.rows.address[message.row]! + from;
    memory.octets.copyWithin(at, address, address + length);
    return 0;
  }

  #clear(to: number, length: number): number {
    const at = this.#octets(to, length);
    this.#pay(HANDLER_CALL_FUEL.clear, length);
    this.#parts.memory.octets.fill(0, at, at + length);
    return 0;
  }

  #move(from: number, to: number, length: number): number {
    const source = this.#octets(from, length);
    const at = this.#octets(to, length);
    this.#pay(HANDLER_CALL_FUEL.move, length);
    this.#parts.memory.octets.copyWithin(at, source, source + length);
    return 0;
  }

  #send(frame: number, length: number, port: number): number {
    const at = this.#octets(frame, length);
    this.#pay(HANDLER_CALL_FUEL.send, length);
    const { table, message } = this.#parts;
    const { number } = this.bound;
    const error = this.#sent(at, length, port === MINUS_ONE ? this.#answerPort() : port);
    if (error === undefined) {
      message.sent++;
      table.add(number, Count.sent);
      table.add(number, Count.sentOctets, length);
      return 0;
    }
    table.add(number, Count.sendErrors);
    return errorNumber(error);
  }

  #sent(address: number, length: number, port: number): KernelError | undefined {
    const { table, rates, message, transmitter } = this.#parts;
    const { number, environment, transmit } = this.bound;
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
    return ports.outlet(message.port) === undefined ? (this.bound.port ?? MINUS_ONE) : message.port;
  }

  #wake(tag: number): number {
    this.#pay(HANDLER_CALL_FUEL.wake, 0);
    const { message } = this.#parts;
    message.wakes = true;
    message.tag = tag;
    return 0;
  }

  #transfer(k: number, a: number, b: number, c: number): number {
    const to = this.bound.passTo[k] ?? undefined;
    if (to === undefined) return this.linked.killing.kill("call");
    this.#pay(HANDLER_CALL_FUEL.transfer, 0);
    const { processor, table } = this.#parts;
    if (!processor.alive(to)) return errorNumber("E_NO_ENVIRONMENT");
    // As many as may wait, but for the place that a call's return has.
    if (processor.pending(to) + 1 >= MAX_PENDING) return errorNumber("E_QUEUE_FULL");
    processor.post(to, Cause.asyncCall, [this.bound.environment.id, a, b, c]);
    table.add(this.bound.number, Count.transfers);
    return 0;
  }

  #octets(address: number, length: number): number {
    const at = this.state.at(address, length);
    return at < 0 ? this.linked.killing.kill("call") : at;
  }

  #pay(units: number, length: number): void {
    if (!this.linked.pay(units + (length >> OCTETS_A_UNIT_SHIFT))) this.linked.killing.kill("fuel");
  }
}

/** Those of environments come before. */
export function spaceOf(handler: number): number {
  return MAX_ENVIRONMENTS + handler;
}
