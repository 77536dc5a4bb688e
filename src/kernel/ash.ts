/**
 * Handlers (ASHs, SIGCOMM'96): a binding's handler runs first on each message that the binding matches, where the message lies. What it
 * consumes is done with; what it passes on, or what kills it, goes the way that it would have gone. Killed by MAX_KILLED_IN_ROW messages
 * in a row it is unbound, and what is known of it stays to be looked at. Who may bind what stands in handler-binder.ts.
 */
import type { Verdicts } from "../dpf/batch.js";
import type { Descriptors } from "../machine/descriptor.js";
import { CONSUME, OUTCOME_MASK, PASS, PASS_TO } from "../vcode/handler.js";
import type { LinkedHandler } from "../vcode/linked-handler.js";
import { NOT_RUN } from "../vcode/message-chain.js";
import { Ahead } from "./ahead.js";
import { MAX_BINDINGS } from "./books.js";
import {
  BoundHandler,
  type BoundTerms,
  type HandlerParts,
  type HandlerProgram,
  type Standing,
  spaceOf,
} from "./bound-handler.js";
import { type First, KILLED, UNHANDLED } from "./deliver.js";
import type { Environment } from "./environment.js";
import { HandledMessage } from "./handled-message.js";
import { Count, HandlerCountsTable } from "./handler-counts.js";
import { HandlerKills, type KillParts } from "./handler-kills.js";
import { wakeOwner } from "./handler-owner.js";
import { SendRates } from "./handler-sends.js";
import { Shares } from "./handler-share.js";
import { HandlerState, type Lacks } from "./handler-state.js";
import { CHAINED_TIMED_ONE_IN, MAX_HANDLERS, TIMED_ONE_IN } from "./limits.js";
import type { Pages } from "./pages.js";
import { Refusal } from "./refusal.js";
import type { Tell } from "./trace.js";

export type AshParts = Pick<HandlerParts, "stlb" | "ports" | "transmitter"> &
  KillParts & {
    readonly pages: Pages;
    /** By binding slot: packets that it matched. */
    readonly packets: Float64Array;
    /** By binding slot: 1 where it gets packets. */
    readonly open: Uint8Array;
    readonly lacks: Lacks;
    /** Messages were not handled since the time was up: whether that happens depends on the machine. */
    readonly throttled: () => void;
    readonly tell: Tell;
    /** Wall ns. */
    readonly now: () => number;
  };

/** By outcome, of those that are not passing to somebody. */
const COUNTED: Readonly<Record<number, number>> = { [PASS]: Count.passed, [CONSUME]: Count.consumed };

export class Ash implements First {
  readonly of = new Uint16Array(MAX_BINDINGS);
  readonly counts = new HandlerCountsTable();
  boundCount = 0;
  readonly known: Int8Array;
  /** Of these, those that run ahead. */
  aheadCount = 0;
  /** Handlers that have no time left. */
  #throttled = 0;
  readonly #parts: AshParts;
  readonly #shares: Shares;
  readonly #handlers: HandlerParts;
  readonly #rates = new SendRates();
  readonly message = new HandledMessage();
  /** By number; 0 is none. */
  readonly #table: (BoundHandler | undefined)[] = [undefined];
  /** Of bindings with a handler, one that was unbound since it was killed so often included. */
  readonly #bySlot = new Map<number, BoundHandler>();
  /** Those that may not have all of the time, whether they are bound or not. */
  #metered: readonly BoundHandler[] = [];
  readonly #ahead: Ahead;
  readonly kills: HandlerKills;

  constructor(parts: AshParts) {
    this.#parts = parts;
    this.#shares = new Shares(parts.now);
    this.#ahead = new Ahead(parts.memory);
    this.known = this.#ahead.known;
    this.kills = new HandlerKills(parts, this.counts);
    this.#handlers = { ...parts, table: this.counts, rates: this.#rates, message: this.message };
  }

  /** The handler of a binding, bound or not. */
  get(slot: number): BoundHandler | undefined {
    return this.#bySlot.get(slot);
  }

  all(): IterableIterator<BoundHandler> {
    return this.#bySlot.values();
  }

  isBound({ terms: { slot, number } }: BoundHandler): boolean {
    return this.of[slot] === number;
  }

  // --- coming and going: between two batches ---

  /** The slot has none. E_TOO_MANY, E_NO_MEMORY, E_IMAGE. */
  add(terms: Omit<BoundTerms, "number">, program: HandlerProgram): BoundHandler {
    const number = this.#free();
    const state = this.stateFor(terms.environment, program.octets);
    let handler: BoundHandler;
    try {
      handler = new BoundHandler(this.#handlers, { ...terms, number }, program, state);
    } catch (error) {
      state.free();
      throw error;
    }
    this.counts.clear(number);
    this.#table[number] = handler;
    this.#bySlot.set(terms.slot, handler);
    this.#meter();
    for (const used of [this.#rates, this.#shares]) used.begin(handler.terms);
    this.#open(handler);
    this.#parts.tell("handlerBound", terms.slot, terms.environment.id);
    return handler;
  }

  /** Pages for a state, in the environment's name. E_TOO_MANY, E_NO_MEMORY. */
  stateFor({ id }: Environment, octets: number): HandlerState {
    return new HandlerState(this.#parts.pages, id, octets, this.#parts.lacks);
  }

  /** Its code, and perhaps its state, was replaced: it is bound, whatever had become of it. What it has used of its budgets stays used. */
  replaced(handler: BoundHandler, kept: boolean): void {
    this.#goesOn(handler, kept, { bound: true, killedInRow: 0 });
    this.#parts.tell("handlerSwapped", handler.terms.slot, kept ? 1 : 0);
  }

  /** Its code and state are those from before it was replaced, and what had become of it is so again. */
  takenBack(handler: BoundHandler, was: Standing): void {
    this.#goesOn(handler, false, was);
    this.#parts.tell("handlerSwapUndone", handler.terms.slot);
  }

  /** Its code is that of another target: bound or not, it goes on. */
  relinked(handler: BoundHandler, linked: LinkedHandler): void {
    const isBound = this.isBound(handler);
    this.#close(handler);
    handler.become(handler.program, linked, handler.state);
    if (isBound) this.#open(handler);
  }

  /** The binding has no handler any more, if it had one; its state is free. */
  remove(slot: number): void {
    const handler = this.#bySlot.get(slot);
    if (handler === undefined) return;
    this.#close(handler);
    this.#bySlot.delete(slot);
    this.#meter();
    this.#table[handler.terms.number] = undefined;
    this.#rates.end(handler.terms);
    this.#shares.end(handler.terms, this.counts.get(handler.terms.number, Count.fuel));
    handler.state.free();
    this.#parts.stlb.flushEnvironment(spaceOf(handler.terms.number));
    this.#parts.tell("handlerEnded", slot);
  }

  /** An environment has ended: no handler passes anything to it. */
  forget(environment: number): void {
    for (const used of [this.#rates, this.#shares]) used.forget(environment);
    for (const { terms } of this.all()) {
      for (const [k, id] of terms.passTo.entries()) if (id === environment) terms.passTo[k] = null;
    }
  }

  beginEpoch(): void {
    this.#rates.beginEpoch([...this.all()].map(({ terms }) => terms.number));
    for (const { terms, state } of this.all()) if (terms.clearAtEpoch) state.clear();
  }

  #meter(): void {
    this.#throttled = 0;
    this.#metered = [...this.#bySlot.values()].filter(({ terms }) => terms.budget.share < 1);
  }

  #goesOn(handler: BoundHandler, onItsState: boolean, { bound, killedInRow }: Standing): void {
    handler.killedInRow = killedInRow;
    if (!onItsState) this.#parts.stlb.flushEnvironment(spaceOf(handler.terms.number));
    this.#close(handler);
    if (bound) this.#open(handler);
  }

  #open({ linked, terms: { slot, number } }: BoundHandler): void {
    this.of[slot] = number;
    this.boundCount++;
    if (this.#ahead.begin(number, linked)) this.aheadCount++;
  }

  #close(handler: BoundHandler): void {
    if (!this.isBound(handler)) return;
    this.of[handler.terms.slot] = 0;
    this.boundCount--;
    if (this.#ahead.end(handler.terms.number)) this.aheadCount--;
  }

  #free(): number {
    for (let number = 1; number < MAX_HANDLERS; number++) if (this.#table[number] === undefined) return number;
    throw new Refusal("E_TOO_MANY", `at most ${MAX_HANDLERS - 1} handlers`);
  }

  // --- the packet's way ---

  /** Before a batch: shares of the time fill up, and are charged; the next message of a handler may be one that is timed. */
  look(): void {
    if (this.#metered.length === 0) return;
    const { now } = this.#shares;
    this.#throttled = 0;
    for (const handler of this.#metered) {
      this.#settle(handler, now);
      const oneIn = this.#ahead.has(handler.terms.number) ? CHAINED_TIMED_ONE_IN : TIMED_ONE_IN;
      handler.isTimed = this.#shares.mayTime(handler.terms.number, this.counts.runs(handler.terms.number), oneIn);
    }
  }

  /** For this batch, who has no time left has no messages: they take the way of those that have no handler, and no longer than that. */
  begin(): void {
    if (this.#throttled === 0) return;
    for (const handler of this.#metered) {
      if (!handler.throttled || !this.isBound(handler)) continue;
      this.of[handler.terms.slot] = 0;
      if (this.#ahead.has(handler.terms.number)) this.aheadCount--;
      handler.passedBy = this.#parts.packets[handler.terms.slot]!;
    }
  }

  /** Counts them. */
  end(): void {
    this.#ahead.over();
    if (this.kills.leaving.length > 0) for (const handler of this.kills.leaving.splice(0)) this.#close(handler);
    if (this.#throttled === 0) return;
    for (const handler of this.#metered) {
      if (handler.passedBy < 0) continue;
      const { slot, number } = handler.terms;
      const messages = this.#parts.packets[slot]! - handler.passedBy;
      this.of[slot] = number;
      if (this.#ahead.has(number)) this.aheadCount++;
      handler.passedBy = -1;
      this.counts.add(number, Count.throttledShare, messages);
      if (messages > 0) this.#parts.throttled();
    }
  }

  /** Handlers that run ahead do so on their messages of rows [from, to); `packet`: number of the first. */
  runAhead(rows: Descriptors, from: number, to: number, verdicts: Verdicts, packet: number): void {
    const ahead = this.#ahead;
    ahead.gather(rows, from, to, verdicts, this.#parts.open, this.of, packet);
    for (let chain = 0; chain < ahead.chains; chain++) this.#chain(ahead.handlerOf(chain));
  }

  /** One of whose messages is to be timed runs on each where it is delivered: what a message takes by itself is what others feel. */
  #chain(number: number): void {
    const ahead = this.#ahead;
    const handler = this.#table[number]!;
    const { chained } = handler.linked;
    if (chained === undefined || handler.isOver || handler.isTimed) return ahead.leave(number);
    try {
      ahead.run(number, chained, handler.fuel, handler.outcomes);
    } catch (error) {
      ahead.threw(number, chained, this.kills.threw(handler, error));
    }
    const alike = ahead.alike(number);
    if (alike > 0) this.#ended(handler, ahead.word(number), alike);
  }

  run(number: number, rows: Descriptors, row: number, packet: number): number {
    const handler = this.#table[number]!;
    const word = this.#ahead.take(number);
    if (word !== NOT_RUN) return this.#judged(handler, word, rows, row, packet);
    return handler.isTimed ? this.#runTimed(handler, rows, row, packet) : this.#run(handler, rows, row, packet);
  }

  #run(handler: BoundHandler, rows: Descriptors, row: number, packet: number): number {
    if (handler.isOver) return UNHANDLED;
    const message = this.message;
    message.rows = rows;
    message.row = row;
    message.packet = packet;
    const { linked, fuel } = handler;
    const address = rows.address[row]!;
    const octets = rows.captured[row]!;
    let word: number;
    try {
      word = linked.readsMetadata
        ? linked.message(
            address,
            octets,
            fuel,
            rows.wire[row]! | 0,
            rows.timeHigh[row]! | 0,
            rows.timeLow[row]! | 0,
            rows.port[row]!,
            rows.linkType[row]!,
            packet | 0,
            rows.hops[row]!,
          )
        : linked.message(address, octets, fuel, 0, 0, 0, 0, 0, 0, 0);
    } catch (error) {
      word = this.kills.threw(handler, error);
    }
    if (message.wakes) this.#wake(handler);
    return this.#judged(handler, word, rows, row, packet);
  }

  passTo(number: number, k: number): number {
    return this.#table[number]!.terms.passTo[k] ?? 0;
  }

  /** What a run came to, counted. */
  #judged(handler: BoundHandler, word: number, rows: Descriptors, row: number, packet: number): number {
    if (this.counts.again(handler.terms.number, word) || this.#ended(handler, word, 1)) return word & OUTCOME_MASK;
    this.kills.killed(handler, word, rows, row, packet);
    return KILLED;
  }

  /** So many runs came to this, one after the other; false, and nothing is counted, where it is no outcome that the handler can have. */
  #ended(handler: BoundHandler, word: number, runs: number): boolean {
    const outcome = word & OUTCOME_MASK;
    const { number, passTo } = handler.terms;
    if (outcome >= KILLED || (outcome >= PASS_TO && (passTo[outcome - PASS_TO] ?? null) === null)) return false;
    this.counts.ended(number, word, COUNTED[outcome] ?? Count.passedTo, runs);
    handler.killedInRow = 0;
    return true;
  }

  /** One whose time is to be taken. */
  #runTimed(handler: BoundHandler, rows: Descriptors, row: number, packet: number): number {
    const { number } = handler.terms;
    handler.isTimed = false;
    const before = this.counts.get(number, Count.fuel);
    const began = this.#shares.now;
    const outcome = this.#run(handler, rows, row, packet);
    this.#shares.timed(number, this.counts.get(number, Count.fuel) - before, began);
    return outcome;
  }

  #settle(handler: BoundHandler, now: number): void {
    const { number, slot } = handler.terms;
    const empty = this.#shares.settle(number, this.counts.get(number, Count.fuel), now);
    if (empty && !handler.throttled) {
      this.#parts.tell("handlerThrottled", slot, Math.round(this.#shares.owes(number) / 1000));
    }
    handler.throttled = empty;
    if (empty) this.#throttled++;
  }

  /** When the message is done with, whatever came of it. */
  #wake({ terms: { number, environment } }: BoundHandler): void {
    const message = this.message;
    message.wakes = false;
    this.counts.add(number, Count.woken);
    wakeOwner(this.#parts, environment, message.tag);
  }
}
