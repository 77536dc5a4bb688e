/**
 * Messages on which handlers run ahead: before any packet of a stretch of rows is delivered, each handler that keeps to itself
 * (vcode/message-chain.ts) runs on all of its messages there in one call. What came of them is taken at delivery, each handler's in their order.
 * The chains lie in memory that library OSes could write (DESIGN.md, Trust): whatever they say, they end, and what is taken is judged as any
 * outcome is.
 */
import { claimOf, endOfAlike, endOfTaps, firstTap, tapOf, type Verdicts } from "../dpf/batch.js";
import type { Descriptors } from "../machine/descriptor.js";
import type { PhysicalMemory } from "../machine/memory.js";
import { MAX_PASS_TO, MetadataWord, OUTCOME_MASK, PASS_TO } from "../vcode/handler.js";
import type { Chained, LinkedHandler } from "../vcode/linked-handler.js";
import { ChainEntry, LONG_ENTRY, NOT_RUN, SHORT_ENTRY } from "../vcode/message-chain.js";
import { AHEAD_OCTETS, MAX_HANDLERS } from "./limits.js";

/** Owner number of the chains' pages. */
export const AHEAD_OWNER = -5;

const SHORT = SHORT_ENTRY >> 2;
const LONG = LONG_ENTRY >> 2;
const OCTETS = ChainEntry.octets >> 2;
const NEXT = ChainEntry.next >> 2;
const WORD = ChainEntry.word >> 2;
const METADATA = ChainEntry.metadata >> 2;

const OUTCOMES = PASS_TO + MAX_PASS_TO;

/** Looking at all rows is worth it where one in so many is a message; else so many stretches go by before the next look. */
const WORTH_ONE_IN = 8;
const RESTS = 15;

export class Ahead {
  /** By handler: words of an entry; 0: it does not run ahead. */
  readonly #entry = new Uint8Array(MAX_HANDLERS);
  /** By handler, for a stretch: the outcome that all of its messages came to; NOT_RUN where they did not, or have yet to be run. */
  readonly known = new Int8Array(MAX_HANDLERS).fill(NOT_RUN);
  /** By handler, for a stretch: the word that belongs to what is known. */
  readonly #word = new Int32Array(MAX_HANDLERS);
  /** By handler: indexes of its first entry, of its last, and of the next one to be taken; and how many there are, or are left. */
  readonly #head = new Int32Array(MAX_HANDLERS);
  readonly #tail = new Int32Array(MAX_HANDLERS);
  readonly #next = new Int32Array(MAX_HANDLERS);
  readonly #count = new Uint32Array(MAX_HANDLERS);
  /** Handlers that have a chain. */
  readonly #handlers = new Uint16Array(MAX_HANDLERS);
  #chains = 0;
  readonly #memory: PhysicalMemory;
  readonly #words: Int32Array;
  readonly #pages: number;
  #page = 0;
  /** Handlers that run ahead. */
  #running = 0;
  /** Where the chains lie: indexes of words. */
  #first = 0;
  #limit = 0;
  #end = 0;
  #gathered = 0;
  /** So many stretches are not looked at: of the last there was little to gather. */
  #rests = 0;
  /** What did not find room, and all behind it, is not run ahead. */
  #isFull = false;

  constructor(memory: PhysicalMemory) {
    this.#memory = memory;
    this.#words = memory.words;
    this.#pages = Math.ceil(AHEAD_OCTETS / memory.pageSize);
  }

  /** A handler comes, which has none of its messages run ahead yet. Whether it will: where there is no room for chains, none does. */
  begin(handler: number, { chained, readsMetadata }: Pick<LinkedHandler, "chained" | "readsMetadata">): boolean {
    if (chained === undefined || !this.#hasRoom()) return false;
    this.#entry[handler] = readsMetadata ? LONG : SHORT;
    this.#running++;
    return true;
  }

  /** A handler goes, between two batches. Whether it ran ahead. */
  end(handler: number): boolean {
    if (this.#entry[handler] === 0) return false;
    this.#entry[handler] = 0;
    this.#running--;
    if (this.#running === 0) this.#memory.release(AHEAD_OWNER, this.#page, this.#pages);
    return true;
  }

  /** The pages are taken as long as they are wanted. */
  #hasRoom(): boolean {
    if (this.#running > 0) return true;
    const page = this.#memory.allocate(AHEAD_OWNER, this.#pages);
    if (page === undefined) return false;
    this.#page = page;
    this.#first = this.#end = (page * this.#memory.pageSize) >> 2;
    this.#limit = this.#first + (AHEAD_OCTETS >> 2);
    return true;
  }

  has(handler: number): boolean {
    return this.#entry[handler] !== 0;
  }

  /** Rows [from, to), of which the first is of the packet with this number, are gathered; `of`: handlers by slot. */
  gather(
    rows: Descriptors,
    from: number,
    to: number,
    verdicts: Verdicts,
    open: Uint8Array,
    of: Uint16Array,
    packet: number,
  ): void {
    const { winner, tapCount } = verdicts;
    this.over();
    if (this.#rests > 0) {
      this.#rests--;
      return;
    }
    for (let row = from, end = from; row < to && !this.#isFull; row = end) {
      const isTapped = tapCount[row] !== 0;
      end = isTapped ? row + 1 : endOfAlike(verdicts, row, to);
      const slot = claimOf(winner, row);
      const handler = of[slot]!;
      if (handler !== 0 && open[slot] === 1) this.#add(handler, rows, row, end, packet + row - from);
      if (isTapped) this.#gatherTaps(verdicts, rows, row, open, of, packet + row - from);
    }
    if (this.#gathered < (to - from) / WORTH_ONE_IN) this.#rests = RESTS;
  }

  #gatherTaps(
    verdicts: Verdicts,
    rows: Descriptors,
    row: number,
    open: Uint8Array,
    of: Uint16Array,
    packet: number,
  ): void {
    const first = firstTap(verdicts, row);
    const end = endOfTaps(verdicts, row, first);
    for (let tap = first; tap < end; tap++) {
      const slot = tapOf(verdicts, tap);
      const handler = of[slot]!;
      if (handler !== 0 && open[slot] === 1) this.#add(handler, rows, row, row + 1, packet);
    }
  }

  /** The stretch is over: nothing is known any more. */
  over(): void {
    for (let chain = 0; chain < this.#chains; chain++) {
      const handler = this.#handlers[chain]!;
      this.#count[handler] = 0;
      this.known[handler] = NOT_RUN;
    }
    this.#chains = 0;
    this.#gathered = 0;
    this.#end = this.#first;
    this.#isFull = false;
  }

  /** Rows [from, to) are messages of a handler, if it runs ahead. */
  #add(handler: number, rows: Descriptors, from: number, to: number, packet: number): void {
    const size = this.#entry[handler]!;
    if (size === 0) return;
    const { address, captured } = rows;
    const words = this.#words;
    const begin = this.#end;
    const fit = Math.min(to - from, Math.floor((this.#limit - begin) / size));
    if (fit < to - from) this.#isFull = true;
    if (fit === 0) return;
    if (this.#count[handler] === 0) {
      this.#head[handler] = begin;
      this.#handlers[this.#chains++] = handler;
    } else words[this.#tail[handler]! + NEXT] = begin << 2;
    let at = begin;
    for (let row = from; row < from + fit; row++, at += size) {
      words[at] = address[row]!;
      words[at + OCTETS] = captured[row]!;
      words[at + NEXT] = (at + size) << 2;
      if (size !== SHORT) this.#putMetadata(at + METADATA, rows, row, packet + row - from);
    }
    this.#end = at;
    this.#tail[handler] = at - size;
    this.#count[handler]! += fit;
    this.#gathered += fit;
  }

  #putMetadata(at: number, rows: Descriptors, row: number, packet: number): void {
    const words = this.#words;
    words[at + MetadataWord.wire] = rows.wire[row]!;
    words[at + MetadataWord.timeHigh] = rows.timeHigh[row]!;
    words[at + MetadataWord.timeLow] = rows.timeLow[row]!;
    words[at + MetadataWord.port] = rows.port[row]!;
    words[at + MetadataWord.link] = rows.linkType[row]!;
    words[at + MetadataWord.packet] = packet;
    words[at + MetadataWord.hops] = rows.hops[row]!;
  }

  get chains(): number {
    return this.#chains;
  }

  /** The handler whose chain is the k-th. */
  handlerOf(chain: number): number {
    return this.#handlers[chain]!;
  }

  /** Runs a handler's chain, until it ends, or a message of it does not end well. What is thrown comes through. */
  run(handler: number, chained: Chained, fuel: number, outcomes: number): void {
    const head = this.#head[handler]!;
    const count = this.#count[handler]!;
    this.#next[handler] = head;
    const ended = chained.run(head << 2, count, fuel, outcomes);
    this.#count[handler] = count - (ended >>> 1);
    if (ended === 0 && !this.#isFull) this.#know(handler, this.#words[head + WORD]!, outcomes);
  }

  /** All of the handler's messages came to this word, if it is one that there can be. */
  #know(handler: number, word: number, outcomes: number): void {
    const outcome = word & OUTCOME_MASK;
    if (outcome >= OUTCOMES || ((outcomes >>> outcome) & 1) === 0) return;
    this.known[handler] = outcome;
    this.#word[handler] = word;
  }

  /** How many messages were run that came to the same, `word`; 0 where each is to be asked for. */
  alike(handler: number): number {
    return this.known[handler] === NOT_RUN ? 0 : this.#count[handler]!;
  }

  /** What they came to. */
  word(handler: number): number {
    return this.#word[handler]!;
  }

  /** The message that was run when this was thrown has come to this. */
  threw(handler: number, chained: Chained, word: number): void {
    const stopped = chained.at() >>> 2;
    let at = this.#head[handler]!;
    let done = 1;
    for (; at !== stopped && done < this.#count[handler]!; done++) at = (this.#words[at + NEXT] ?? 0) >>> 2;
    this.#count[handler] = done;
    if (at >= this.#first && at < this.#end) this.#words[at + WORD] = word;
  }

  /** The handler's messages are not to be run ahead after all. */
  leave(handler: number): void {
    this.#count[handler] = 0;
  }

  /** The word that the next message has come to; NOT_RUN: it has yet to be run. */
  take(handler: number): number {
    if (this.#count[handler] === 0) return NOT_RUN;
    this.#count[handler]!--;
    const at = this.#next[handler]!;
    this.#next[handler] = (this.#words[at + NEXT] ?? 0) >>> 2;
    return this.#words[at + WORD] ?? NOT_RUN;
  }
}
