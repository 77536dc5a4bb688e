/**
 * One direction of a connection, as its receiver would put it together. Read first: RFC 9293 §3.4 and
 * §3.10.7.4 (which octets of a segment are new). Nothing is asked of the sender: what was lost on
 * the way to us, but not to the receiver, shows as a hole that the receiver's ACK passes.
 *
 *   stream:  delivered ─ position ─ hole ─ held piece ─ hole ─ held piece …
 *
 * Without a SYN nobody knows where the stream began: data is then held until the receiver's ACK says that
 * it got them (or it gets late, or much), and the stream begins with the first octet held: `settled`.
 */
import { TcpFlag } from "../../../wire/tcp.js";
import { type HeldBudget, OutOfOrder } from "./reassembly.js";
import type { Segment } from "./segment.js";
import { advance, distance } from "./seq.js";
import { OrderedStream } from "./stream.js";

/** A hole that the receiver's ACK has passed is given up after this long: captures reorder, too. In ms. */
const GRACE = 1000;
/** Held out-of-order octets of one direction, and of all together. */
const MAX_HELD = 8 << 20;
const MAX_HELD_TOTAL = 64 << 20;
/** Held before a stream without SYN begins. */
const MAX_UNSETTLED = 64 << 10;
/** The largest window that there can be (RFC 7323 §2.3): what lies further off is of no stream of ours. */
const MAX_WINDOW = 2 ** 30;

export class Receiver {
  /** Initial sequence number, where the SYN was seen. */
  irs: number | undefined;
  started = false;
  segments = 0;
  /** Segments all of whose data was there before; a part of whose data was; that came above a hole. */
  retransmitted = 0;
  overlapped = 0;
  outOfOrder = 0;
  /** The last ACK that the other side sent about this direction. */
  peerAck: number | undefined;
  readonly stream = new OrderedStream();
  readonly #held: OutOfOrder;
  readonly #budget: HeldBudget;
  /** Sequence number of the octet at place 0; provisional until settled. */
  #origin = 0;
  #settled = false;
  /** Places: of the FIN; acknowledged by the receiver; reached by segments; of the first data. */
  #finAt: number | undefined;
  #ackedTo = Number.NEGATIVE_INFINITY;
  #seenTo = Number.NEGATIVE_INFINITY;
  #firstData: number | undefined;
  /** When the ACK passed the first hole, or the first data was held before the stream began. */
  #waitingSince: number | undefined;

  constructor(budget: HeldBudget) {
    this.#budget = budget;
    this.#held = new OutOfOrder(budget);
  }

  /** Whether it is known where the stream begins. */
  get settled(): boolean {
    return this.#settled;
  }

  get finSeen(): boolean {
    return this.#finAt !== undefined;
  }

  /** How far a sequence number lies from RCV.NXT. */
  ahead(seq: number): number {
    // Exact: places stay below 2^53, and >>> takes them modulo 2^32.
    return distance((this.#origin + this.stream.position) >>> 0, seq);
  }

  /** Takes the segment's data in; false where it is too far off to be of this stream, or follows its FIN. */
  receive(segment: Segment): boolean {
    this.segments++;
    const syn = segment.has(TcpFlag.syn);
    const seq = syn ? advance(segment.seq, 1) : segment.seq;
    if (!this.started) this.#start(seq);
    if (syn && this.irs === undefined) this.#synchronise(segment.seq);
    const ahead = this.ahead(seq);
    const offset = this.stream.position + ahead;
    if (Math.abs(ahead) > MAX_WINDOW || (segment.length > 0 && this.#isAfterFin(offset))) {
      return false;
    }
    this.#seenTo = Math.max(this.#seenTo, offset + segment.length);
    if (segment.has(TcpFlag.fin)) this.#finAt ??= offset + segment.length;
    if (segment.length > 0) this.#firstData = Math.min(this.#firstData ?? offset, offset);
    if (segment.captured > 0) this.#place(offset, segment);
    this.#relieve(segment.now);
    return true;
  }

  /** The other side says what it got: RFC 9293 §3.10.7.4, fifth check. */
  acknowledged(ack: number, now: number): void {
    this.peerAck = ack;
    if (!this.started) return;
    const ahead = this.ahead(ack);
    if (Math.abs(ahead) > MAX_WINDOW) return;
    const most = this.#finAt ?? Number.POSITIVE_INFINITY;
    this.#ackedTo = Math.max(this.#ackedTo, Math.min(this.stream.position + ahead, most));
    if (!this.#settled && this.#firstData !== undefined && this.#ackedTo > this.#firstData) this.#settle();
    this.#relieve(now);
  }

  /** Nothing more will come: what is held is delivered, what is missing before it and at the end is a gap. */
  finish(): void {
    if (!this.#settled) this.#settle();
    this.#runOut(this.stream, 0);
    this.#held.clear();
    this.stream.seal();
  }

  /** The stream as finish() would leave it now. */
  outcome(): OrderedStream {
    const copy = this.stream.copy();
    this.#runOut(copy, this.#settled ? 0 : this.#likelyOrigin());
    return copy;
  }

  #start(seq: number): void {
    this.started = true;
    this.#origin = seq;
  }

  /** The SYN tells where the stream begins, even where data overtook it. */
  #synchronise(irs: number): void {
    this.irs = irs;
    if (!this.#settled) this.#settle(this.ahead(advance(irs, 1)));
  }

  /** Where a stream without SYN begins: with its first data; where it has none, nothing of it is missing. */
  #likelyOrigin(): number {
    return this.#firstData ?? this.#end();
  }

  /** Where the stream ends: at its FIN, else at the farthest place that anybody spoke of. */
  #end(): number {
    const end = this.#finAt ?? Math.max(this.#ackedTo, this.#seenTo);
    return end === Number.NEGATIVE_INFINITY ? 0 : end;
  }

  /** Places the origin for good; data held from there on is delivered. */
  #settle(origin = this.#likelyOrigin()): void {
    this.#settled = true;
    this.#waitingSince = undefined;
    this.#origin = advance(this.#origin, origin);
    this.#held.rebase(origin);
    this.#ackedTo -= origin;
    this.#seenTo -= origin;
    if (this.#finAt !== undefined) this.#finAt -= origin;
    this.#drain();
  }

  /** Nothing follows a FIN; what seems to is of another connection, whose SYN was not seen. */
  #isAfterFin(offset: number): boolean {
    return this.#finAt !== undefined && this.stream.position >= this.#finAt && offset >= this.#finAt;
  }

  #place(offset: number, segment: Segment): void {
    const { octets, at, captured } = segment;
    const end = offset + captured;
    if (!this.#settled || offset > this.stream.position) return this.#hold(offset, segment);
    let fresh = 0;
    for (let from = this.stream.position; from < end; from = this.stream.position) {
      const to = Math.min(end, this.#held.first ?? end);
      this.stream.deliver(octets, at + from - offset, to - from);
      fresh += to - from;
      this.#drain();
    }
    if (fresh > 0) this.#waitingSince = undefined;
    if (fresh === 0) this.retransmitted++;
    else if (fresh < captured) this.overlapped++;
  }

  #hold(offset: number, segment: Segment): void {
    const added = this.#held.insert(offset, segment.octets, segment.at, segment.captured);
    if (added === 0) this.retransmitted++;
    else if (added < segment.captured) this.overlapped++;
    if (!this.#settled) this.#waitingSince ??= segment.now;
    else if (added > 0) this.outOfOrder++;
  }

  /** Delivers what is held from the position on. */
  #drain(): void {
    for (const piece of this.#held.takeFrom(this.stream.position)) {
      this.stream.deliver(piece.octets, 0, piece.octets.length);
    }
  }

  /** Begins the stream, or gives up its first hole, where time or room is over. */
  #relieve(now: number): void {
    const first = this.#held.first;
    if (first === undefined) return;
    if (this.#settled && this.#ackedTo >= first) this.#waitingSince ??= now;
    const late = this.#waitingSince !== undefined && now - this.#waitingSince > GRACE;
    const full = this.#held.cost > (this.#settled ? MAX_HELD : MAX_UNSETTLED) || this.#budget.held > MAX_HELD_TOTAL;
    if (!late && !full) return;
    if (!this.#settled) return this.#settle();
    this.#waitingSince = undefined;
    this.stream.skipTo(first);
    this.#drain();
  }

  /** Plays the rest into `stream`, which begins at `origin`: pieces with gaps between, then the end. */
  #runOut(stream: OrderedStream, origin: number): void {
    for (const piece of this.#held.pieces) {
      stream.skipTo(piece.offset - origin);
      stream.deliver(piece.octets, 0, piece.octets.length);
    }
    stream.skipTo(this.#end() - origin);
  }
}
