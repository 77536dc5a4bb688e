/**
 * Delivery: from verdicts to packet rings. This is the packet's way: it allocates nothing, and it
 * counts each packet at the place where something happens to it. A binding's handler goes first (ash.ts).
 */
import { claimOf, endOfAlike, endOfTaps, firstTap, tapOf, type Verdicts } from "../dpf/batch.js";
import type { Descriptors } from "../machine/descriptor.js";
import { CONSUME, MAX_PASS_TO, PASS, PASS_TO } from "../vcode/handler.js";
import { NOT_RUN } from "../vcode/message-chain.js";
import type { Bindings } from "./binding.js";
import { DELIVERY_CAUSES, MAX_BINDINGS, MAX_ENVIRONMENTS } from "./books.js";
import type { Digest } from "./digest.js";
import { type Environments, Sink } from "./environment.js";
import type { Ledger } from "./ledger.js";
import { AHEAD_FRAMES, PUBLISH_FRAMES } from "./limits.js";

const RING_FULL = DELIVERY_CAUSES.indexOf("ringFull");
const FAILED = DELIVERY_CAUSES.indexOf("environmentFailed");
const UNRESPONSIVE = DELIVERY_CAUSES.indexOf("unresponsive");

/** What goes first on what a binding matches. */
export interface First {
  /** By binding slot: number of its handler, 0 without. */
  readonly of: Uint16Array;
  /** Handlers that are bound. */
  readonly boundCount: number;
  /** Of these, those that run ahead: on all of their messages in a stretch of rows, before any of them is delivered. */
  readonly aheadCount: number;
  /** By handler: the outcome that all of its messages in this stretch came to; NOT_RUN where `run` is to be asked for each. */
  readonly known: Int8Array;
  runAhead(rows: Descriptors, from: number, to: number, verdicts: Verdicts, packet: number): void;
  /** Runs the handler of this number on a row: PASS, CONSUME, PASS_TO + k where there is a kth environment, KILLED or UNHANDLED. */
  run(handler: number, rows: Descriptors, row: number, packet: number): number;
  /** The kth environment of a handler. */
  passTo(handler: number, k: number): number;
  /** Frames that were sent since `sent` was last 0. */
  readonly message: { sent: number };
  /** Around each batch. */
  begin(): void;
  end(): void;
}

/** An outcome: the handler was killed, and the message goes the normal way. */
export const KILLED = PASS_TO + MAX_PASS_TO;
/** No outcome: the handler is not bound any more. */
export const UNHANDLED = KILLED + 1;

const nothing = () => undefined;
const NOTHING: First = {
  of: new Uint16Array(MAX_BINDINGS),
  boundCount: 0,
  aheadCount: 0,
  known: new Int8Array(1),
  runAhead: nothing,
  run: () => PASS,
  passTo: () => 0,
  message: { sent: 0 },
  begin: nothing,
  end: nothing,
};

export class Delivery {
  readonly #bindings: Bindings;
  readonly #environments: Environments;
  readonly #ledger: Ledger;
  readonly #first: First;
  readonly #digest: Digest | undefined;
  /** By environment, for one batch, in which none of them changes: what becomes of its frames. */
  readonly #sink = new Uint8Array(MAX_ENVIRONMENTS);
  #limit = 0;
  /** By environment: frames of this batch that were counted and are thereby delivered. */
  readonly #counted = new Uint32Array(MAX_ENVIRONMENTS);
  /** Frames of this batch that went into rings, and that handlers consumed. */
  #put = 0;
  #consumed = 0;
  /** By row of the batch: what all of its handlers came to, for the digest; frames are told as they are sent. */
  readonly #outcomes = new Int32Array(PUBLISH_FRAMES);
  #row = 0;
  /** The digest is to hear of handlers in this batch. */
  #held = false;
  /** Rows of the batch that the digest has been told of end here. */
  #told = 0;

  constructor(
    bindings: Bindings,
    environments: Environments,
    ledger: Ledger,
    first: First = NOTHING,
    digest: Digest | undefined = undefined,
  ) {
    this.#bindings = bindings;
    this.#environments = environments;
    this.#ledger = ledger;
    this.#first = first;
    this.#digest = digest;
  }

  /**
   * Hands out rows [from, to), at most PUBLISH_FRAMES, to bindings that are open; `packet` is the number of the first. `digested`: what happened is
   * for the digest, which hears the rest of it by `tell`.
   */
  batch(rows: Descriptors, from: number, to: number, verdicts: Verdicts, packet: number, digested = false): void {
    const ledger = this.#ledger;
    this.#begin(from, to, digested);
    for (let at = from; at < to; at += AHEAD_FRAMES) {
      const end = Math.min(to, at + AHEAD_FRAMES);
      if (this.#first.aheadCount > 0) this.#first.runAhead(rows, at, end, verdicts, packet + at - from);
      this.#stretch(rows, from, at, end, verdicts, packet + at - from);
    }
    this.#end();
    ledger.received += to - from;
    ledger.unclaimed += to - from;
  }

  /** Rows [at, end) of a batch that begins at `from`. */
  #stretch(rows: Descriptors, from: number, at: number, end: number, verdicts: Verdicts, packet: number): void {
    const { winner, tapCount } = verdicts;
    const { open } = this.#bindings;
    const first = this.#first;
    let claimed = 0;
    let tappedOnly = 0;
    let tapped = 0;
    for (let row = at, next = at; row < end; row = next) {
      next = row + 1;
      this.#row = row - from;
      const named = claimOf(winner, row);
      const isClaimed = open[named] === 1;
      const isTapped = tapCount[row] !== 0;
      // Most rows of mixed traffic are not like the next, and no more is asked of them.
      const isAlike = !isTapped && next < end && claimOf(winner, next) === named;
      if (isAlike && (!isClaimed || this.#needsNoRun(named))) {
        next = endOfAlike(verdicts, row, end);
        if (!isClaimed) continue;
        claimed += next - row;
        this.#giveAlike(named, rows, row, next, packet + row - at);
        continue;
      }
      if (isClaimed) {
        claimed++;
        this.#give(named, rows, row, packet + row - at);
      }
      if (isTapped) {
        const given = this.#giveTaps(verdicts, rows, row, packet + row - at);
        tapped += given;
        if (!isClaimed && given > 0) tappedOnly++;
      }
      if (this.#held && first.message.sent > 0) this.#frames(from, row, verdicts, packet + row - at);
    }
    const ledger = this.#ledger;
    ledger.claimed += claimed;
    ledger.tappedOnly += tappedOnly;
    ledger.unclaimed -= claimed + tappedOnly;
    ledger.taps += tapped;
  }

  /** What the binding matches in this stretch goes the normal way, whether it has a handler or not. */
  #needsNoRun(slot: number): boolean {
    const handler = this.#first.of[slot]!;
    return handler === 0 || this.#first.known[handler] === PASS;
  }

  /** The digest is told of rows of the last batch, up to `to`, that it has not heard of; `packet`: number of the batch's first. */
  tell(from: number, to: number, verdicts: Verdicts, packet: number): void {
    const outcomes = this.#held ? this.#outcomes : undefined;
    this.#digest?.batch(this.#told, to, verdicts, packet + this.#told - from, outcomes, from);
    this.#told = to;
  }

  /** Frames were sent over this row: it is told with all before it, so that they follow it. */
  #frames(from: number, row: number, verdicts: Verdicts, packet: number): void {
    this.tell(from, row + 1, verdicts, packet - (row - from));
    this.#first.message.sent = 0;
    this.#digest?.hold();
  }

  #begin(from: number, to: number, digested: boolean): void {
    const { table, limit } = this.#environments;
    for (let id = 0; id < limit; id++) this.#sink[id] = table[id]?.sink ?? Sink.none;
    // Of those that there were in the last batch.
    if (limit < this.#limit) this.#sink.fill(Sink.none, limit, this.#limit);
    this.#limit = limit;
    this.#told = from;
    this.#first.message.sent = 0;
    this.#first.begin();
    if (!digested) this.#digest?.forsake();
    this.#held = digested && this.#first.boundCount > 0;
    if (!this.#held) return;
    this.#outcomes.fill(0, 0, to - from);
    this.#digest?.hold();
  }

  /** The environments' and the ledger's counts, once a batch and not once a frame. */
  #end(): void {
    const { table } = this.#environments;
    const ledger = this.#ledger;
    for (let id = 0; id < this.#limit; id++) {
      const count = this.#counted[id]!;
      if (count === 0) continue;
      table[id]!.delivered += count;
      ledger.delivered += count;
      this.#counted[id] = 0;
    }
    this.#first.end();
    ledger.inFlight += this.#put;
    ledger.consumed += this.#consumed;
    this.#put = 0;
    this.#consumed = 0;
  }

  /** To how many of the frame's taps it was given. */
  #giveTaps(verdicts: Verdicts, rows: Descriptors, row: number, packet: number): number {
    const { open } = this.#bindings;
    const first = firstTap(verdicts, row);
    const end = endOfTaps(verdicts, row, first);
    let given = 0;
    for (let tap = first; tap < end; tap++) {
      const slot = tapOf(verdicts, tap);
      if (open[slot] !== 1) continue;
      given++;
      this.#give(slot, rows, row, packet);
    }
    return given;
  }

  /** Rows [from, to) go the normal way; the batch's row is the first of them. */
  #giveAlike(slot: number, rows: Descriptors, from: number, to: number, packet: number): void {
    const bindings = this.#bindings;
    const { wire } = rows;
    let octets = 0;
    for (let row = from; row < to; row++) octets += wire[row]!;
    bindings.packets[slot]! += to - from;
    bindings.octets[slot]! += octets;
    bindings.timeHigh[slot] = rows.timeHigh[to - 1]!;
    bindings.timeLow[slot] = rows.timeLow[to - 1]!;
    if (this.#held && this.#first.of[slot] !== 0) {
      this.#outcomes.fill(told(bindings.hashLow[slot]!, PASS), this.#row, this.#row + to - from);
    }
    const owner = bindings.environment[slot]!;
    if (this.#sink[owner] === Sink.count) {
      this.#counted[owner]! += to - from;
      bindings.delivered[slot]! += to - from;
      return;
    }
    for (let row = from; row < to; row++) this.#pass(slot, owner, rows, row, packet + row - from);
  }

  #give(slot: number, rows: Descriptors, row: number, packet: number): void {
    const bindings = this.#bindings;
    bindings.packets[slot]!++;
    bindings.octets[slot]! += rows.wire[row]!;
    bindings.timeHigh[slot] = rows.timeHigh[row]!;
    bindings.timeLow[slot] = rows.timeLow[row]!;
    const handler = this.#first.of[slot]!;
    if (handler === 0) this.#pass(slot, bindings.environment[slot]!, rows, row, packet);
    else this.#handle(slot, handler, rows, row, packet);
  }

  /** The binding's handler goes first. */
  #handle(slot: number, handler: number, rows: Descriptors, row: number, packet: number): void {
    const bindings = this.#bindings;
    const known = this.#first.known[handler]!;
    const outcome = known === NOT_RUN ? this.#first.run(handler, rows, row, packet) : known;
    if (outcome === UNHANDLED) return this.#pass(slot, bindings.environment[slot]!, rows, row, packet);
    // The sum of each handler's, whatever their order: a packet's taps have none among them.
    if (this.#held) this.#outcomes[this.#row]! += told(bindings.hashLow[slot]!, outcome);
    if (outcome === CONSUME) {
      bindings.consumed[slot]!++;
      this.#consumed++;
      return;
    }
    const passedOn = outcome === PASS || outcome === KILLED;
    const to = passedOn ? bindings.environment[slot]! : this.#first.passTo(handler, outcome - PASS_TO);
    this.#pass(slot, to, rows, row, packet);
  }

  /** Into the environment's ring, or whatever it has. */
  #pass(slot: number, owner: number, rows: Descriptors, row: number, packet: number): void {
    const sink = this.#sink[owner]!;
    if (sink === Sink.count) this.#counted[owner]!++;
    else if (sink === Sink.ring) {
      const { ring } = this.#environments.table[owner]!;
      if (ring!.full) return this.#drop(slot, owner, RING_FULL);
      ring!.put(slot, rows, row, packet);
      this.#put++;
    } else return this.#drop(slot, owner, sink === Sink.suspended ? UNRESPONSIVE : FAILED);
    this.#bindings.delivered[slot]!++;
  }

  #drop(slot: number, owner: number, cause: number): void {
    this.#environments.table[owner]!.undelivered[cause]!++;
    this.#ledger.undelivered[cause]!++;
    this.#bindings.undelivered[cause * MAX_BINDINGS + slot]!++;
  }
}

/** What a handler came to, as the digest hears of it: to be passed on is an outcome, too, and not the same as if none had run. */
function told(hash: number, outcome: number): number {
  return Math.imul(hash | 1, outcome + 1);
}
