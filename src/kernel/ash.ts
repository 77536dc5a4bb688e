/**
 * Handlers (ASHs, SIGCOMM'96): a binding's handler runs first on each message that the binding matches, where the message lies. What it
 * consumes is done with; what it passes on, or what kills it, goes the way that it would have gone. Killed by MAX_KILLED_IN_ROW messages
 * in a row it is unbound, and what is known of it stays to be looked at. Who may bind what stands in handler-binder.ts.
 */
import type { Descriptors } from "../machine/descriptor.js";
import { CONSUME, HANDLER_FAULTS, OUTCOME_BITS, PASS, PASS_TO } from "../vcode/handler.js";
import { killed } from "../vcode/linked-handler.js";
import { Cause, Mailbox } from "./abi.js";
import { MAX_BINDINGS } from "./books.js";
import { type Bound, BoundHandler, type HandlerParts, type HandlerProgram, spaceOf } from "./bound-handler.js";
import { type First, KILLED } from "./deliver.js";
import { isMachineCheck } from "./downloaded.js";
import type { Environment } from "./environment.js";
import { HandlerColumns } from "./handler-counts.js";
import { HandledMessage } from "./handler-messages.js";
import { SendRates } from "./handler-sends.js";
import { Shares } from "./handler-share.js";
import { HandlerState } from "./handler-state.js";
import type { Kill } from "./kept-packet.js";
import { MAX_HANDLERS, MAX_KILLED_IN_ROW, MAX_PENDING } from "./limits.js";
import type { Pages } from "./pages.js";
import { Refusal } from "./refusal.js";
import type { Tell } from "./trace.js";

export type AshParts = Pick<HandlerParts, "memory" | "stlb" | "ports" | "transmitter" | "processor"> & {
  readonly pages: Pages;
  /** A message was not handled since the time was up: whether that happens depends on the machine. */
  readonly throttled: () => void;
  readonly tell: Tell;
  /** Wall ns. */
  readonly now: () => number;
};

const OUTCOME = 2 ** OUTCOME_BITS - 1;

export class Ash implements First {
  readonly of = new Uint16Array(MAX_BINDINGS);
  readonly columns = new HandlerColumns();
  bound = 0;
  sent = 0;
  readonly #parts: AshParts;
  readonly #shares: Shares;
  readonly #handlers: HandlerParts;
  readonly #rates = new SendRates();
  readonly #message = new HandledMessage();
  /** By number; 0 is none. */
  readonly #table: (BoundHandler | undefined)[] = [undefined];
  /** Of bindings with a handler, one that was unbound since it was killed so often included. */
  readonly #bySlot = new Map<number, BoundHandler>();

  constructor(parts: AshParts) {
    this.#parts = parts;
    this.#shares = new Shares(parts.now);
    const { columns } = this;
    this.#handlers = { ...parts, columns, rates: this.#rates, message: this.#message };
  }

  /** The handler of a binding, bound or not. */
  get(slot: number): BoundHandler | undefined {
    return this.#bySlot.get(slot);
  }

  all(): IterableIterator<BoundHandler> {
    return this.#bySlot.values();
  }

  isBound({ bound: { slot, number } }: BoundHandler): boolean {
    return this.of[slot] === number;
  }

  // --- coming and going: between two batches ---

  /** The slot has none. E_TOO_MANY, E_NO_MEMORY, E_IMAGE. */
  add(bound: Omit<Bound, "number">, program: HandlerProgram): BoundHandler {
    const number = this.#free();
    const state = this.stateFor(bound.environment, program.octets);
    let handler: BoundHandler;
    try {
      handler = new BoundHandler(this.#handlers, { ...bound, number }, program, state);
    } catch (error) {
      state.free();
      throw error;
    }
    this.columns.clear(number);
    this.#table[number] = handler;
    this.#bySlot.set(bound.slot, handler);
    this.#rates.begin(number, bound.budget.sends);
    this.#open(handler);
    this.#parts.tell("handlerBound", bound.slot, bound.environment.id);
    return handler;
  }

  /** Pages for a state, in the environment's name. E_TOO_MANY, E_NO_MEMORY. */
  stateFor({ id }: Environment, octets: number): HandlerState {
    let held = 0;
    for (const { bound, state } of this.all()) if (bound.environment.id === id) held += state.pages;
    return new HandlerState(this.#parts.pages, id, octets, held);
  }

  /** Its code, and perhaps its state, was replaced: it is bound, whatever had become of it. */
  replaced(handler: BoundHandler, kept: boolean): void {
    const { number, slot } = handler.bound;
    this.columns.killedInRow[number] = 0;
    if (!kept) this.#parts.stlb.flushEnvironment(spaceOf(number));
    this.#close(handler);
    this.#open(handler);
    this.#parts.tell("handlerSwapped", slot, kept ? 1 : 0);
  }

  /** The binding has no handler any more, if it had one; its state is free. */
  remove(slot: number): BoundHandler | undefined {
    const handler = this.#bySlot.get(slot);
    if (handler === undefined) return undefined;
    this.#close(handler);
    this.#bySlot.delete(slot);
    this.#table[handler.bound.number] = undefined;
    handler.state.free();
    this.#parts.stlb.flushEnvironment(spaceOf(handler.bound.number));
    this.#parts.tell("handlerEnded", slot);
    return handler;
  }

  /** An environment has ended: no handler passes anything to it. */
  forget(environment: number): void {
    for (const { bound } of this.all()) {
      for (const [k, id] of bound.passTo.entries()) if (id === environment) bound.passTo[k] = null;
    }
  }

  beginEpoch(): void {
    for (const { bound, state } of this.all()) {
      this.#rates.begin(bound.number);
      if (bound.clearAtEpoch) state.clear();
    }
  }

  #open({ bound: { slot, number, budget } }: BoundHandler): void {
    this.of[slot] = number;
    this.bound++;
    this.#shares.begin(number, budget.share, this.columns.fuel[number]!);
  }

  #close(handler: BoundHandler): void {
    if (!this.isBound(handler)) return;
    this.of[handler.bound.slot] = 0;
    this.bound--;
  }

  #free(): number {
    for (let number = 1; number < MAX_HANDLERS; number++) if (this.#table[number] === undefined) return number;
    throw new Refusal("E_TOO_MANY", `at most ${MAX_HANDLERS - 1} handlers`);
  }

  // --- the packet's way ---

  /** Before a batch: shares of the time fill up, and are charged. */
  look(): void {
    if (this.bound === 0) return;
    const passed = this.#shares.look();
    for (const handler of this.#bySlot.values()) this.#settle(handler.bound.number, passed);
  }

  run(number: number, rows: Descriptors, row: number, packet: number): number {
    if (this.#shares.empty[number] !== 0) return this.#throttle(number);
    const handler = this.#table[number]!;
    const message = this.#message;
    message.rows = rows;
    message.row = row;
    message.packet = packet;
    const shares = this.#shares;
    const timed = --shares.untilTimed[number]! === 0;
    const began = timed ? shares.now : 0;
    let word: number;
    try {
      word = handler.linked.message(
        rows.address[row]!,
        rows.captured[row]!,
        handler.fuel,
        rows.wire[row]! | 0,
        rows.timeHigh[row]! | 0,
        rows.timeLow[row]! | 0,
        rows.port[row]!,
        rows.linkType[row]!,
        packet | 0,
        rows.hops[row]!,
      );
    } catch (error) {
      word = this.#threw(handler, error);
    }
    if (timed) this.#timed(number, word >>> OUTCOME_BITS, began);
    if (message.wakes) this.#wake(handler);
    return this.#ended(handler, number, word);
  }

  passTo(number: number, k: number): number {
    return this.#table[number]!.bound.passTo[k] ?? 0;
  }

  #ended(handler: BoundHandler, number: number, word: number): number {
    const { columns } = this;
    const outcome = word & OUTCOME;
    const fuel = word >>> OUTCOME_BITS;
    columns.ran(number, fuel);
    if (outcome === PASS) columns.passed[number]!++;
    else if (outcome === CONSUME) columns.consumed[number]!++;
    else if (outcome < KILLED && (handler.bound.passTo[outcome - PASS_TO] ?? null) !== null)
      columns.passedTo[number]!++;
    else return this.#killed(handler, outcome === KILLED, fuel);
    columns.killedInRow[number] = 0;
    return outcome;
  }

  #throttle(number: number): number {
    this.columns.throttledShare[number]!++;
    this.#parts.throttled();
    return PASS;
  }

  #timed(number: number, fuel: number, began: number): void {
    this.#shares.timed(number, fuel, began);
    this.#settle(number, 0);
  }

  #settle(number: number, passed: number): void {
    if (!this.#shares.settle(number, this.columns.fuel[number]!, passed)) return;
    this.#parts.tell("handlerThrottled", this.#table[number]!.bound.slot, Math.round(this.#shares.owes(number) / 1000));
  }

  // --- what goes wrong ---

  /** The word of a run that was killed by what its code threw. */
  #threw({ linked, fuel }: BoundHandler, error: unknown): number {
    // Somebody has scribbled over the software TLB: an address led nowhere.
    if (error !== killed && !isMachineCheck(error)) throw error;
    if (error !== killed) Object.assign(linked.killing, { reason: "address", place: 0, told: false });
    return KILLED | ((fuel - linked.left()) << OUTCOME_BITS);
  }

  /** `threw`: why, its killing says; else it gave back no outcome that it can have. */
  #killed(handler: BoundHandler, threw: boolean, fuel: number): number {
    const { number, slot, environment } = handler.bound;
    const { rows, row, packet } = this.#message;
    const { columns } = this;
    const { reason, place, told } = handler.linked.killing;
    const kill: Kill = threw ? { reason, place, told, fuel } : { reason: "outcome", place: 0, told: false, fuel };
    const why = HANDLER_FAULTS.indexOf(kill.reason);
    columns.kill(number, why);
    handler.kept.keep(this.#parts.memory.octets, rows, row, packet, kill);
    this.#parts.tell("handlerKilled", slot, environment.id, why, kill.place);
    if (columns.killedInRow[number]! >= MAX_KILLED_IN_ROW) this.#unbind(handler);
    return KILLED;
  }

  #unbind(handler: BoundHandler): void {
    const { number, slot, environment } = handler.bound;
    this.#close(handler);
    this.#parts.tell("handlerUnbound", slot, environment.id, this.columns.killedInRow[number]!);
    this.#tellHosted(environment, Mailbox.handlersUnbound);
  }

  /** When the message is done with, whatever came of it. */
  #wake({ bound: { number, environment } }: BoundHandler): void {
    const message = this.#message;
    message.wakes = false;
    this.columns.woken[number]!++;
    const { processor, memory } = this.#parts;
    if (environment.kind === "hosted" && environment.ring !== undefined) {
      Atomics.store(memory.words, (environment.ring.mailbox >> 2) + Mailbox.handlerTag, message.tag);
      this.#tellHosted(environment, Mailbox.handlerWakes);
    } else if (processor.alive(environment.id) && processor.pending(environment.id) + 1 < MAX_PENDING) {
      processor.post(environment.id, Cause.wake, [message.tag]);
    }
  }

  #tellHosted({ kind, ring }: Environment, word: number): void {
    if (kind !== "hosted" || ring === undefined) return;
    Atomics.add(this.#parts.memory.words, (ring.mailbox >> 2) + word, 1);
    ring.wake();
  }
}
