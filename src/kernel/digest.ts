/**
 * The digest of an epoch: SHA-256 over what became of each packet, so that two runs can be compared.
 * Packets in a row to which the same happened are one *run*, as 32-bit little-endian words:
 *
 *   number of the first (low, high) | count of packets (low, high) | winner's name (hash: high, low;
 *   0, 0 without) | handler's outcome | frames sent | count of taps | each tap's name (hash: low,
 *   high), ascending as signed 64-bit numbers
 *
 * where a name's hash is the first eight octets of its SHA-256. A run is as long as it can be, so the
 * digest does not depend on batches. The outcome is what all handlers of the packet came to (deliver.ts): 0 where none ran; to be passed on is an outcome, too.
 * A packet over which handlers sent frames ends its run, and has their number; they follow it. A frame that was sent, by whomever, ends the
 * run as well, and is told by itself, as no run can be: no packets, one frame, no taps.
 *
 *   number of the packet before it (low, high) | 0, 0 | octets of its sender's name | its octets | port | 1 | 0 | the name | the frame
 */
import { createHash, type Hash } from "node:crypto";
import type { Verdicts } from "../dpf/batch.js";
import { MAX_ID } from "../dpf/limits.js";
import type { Octets } from "../machine/copy.js";
import type { Bindings } from "./binding.js";
import { Gathered } from "./gathered.js";

const WORD = 4;
const FIXED_WORDS = 9;
/** Octets that are hashed at once, since calling the hash costs as much as gathering some KiB. */
const HASHED_OCTETS = 65_536;
/** Room for what comes before that is found to be full: a frame with all that is told of it. */
const SPARE_OCTETS = 16_384;

/** What happened to a packet: by slots, as demux says it, and by names, as it is hashed. */
class Outcome {
  winner = 0;
  winnerHigh = 0;
  winnerLow = 0;
  /** What handlers came to, and how many frames they sent. */
  outcome = 0;
  frames = 0;
  count = 0;
  slots = new Int32Array(64);
  /** Ascending; the halves are its words. */
  names = new BigInt64Array(64);
  halves = new Int32Array(this.names.buffer);

  reserve(count: number): void {
    if (count <= this.slots.length) return;
    this.slots = new Int32Array(count * 2);
    this.names = new BigInt64Array(count * 2);
    this.halves = new Int32Array(this.names.buffer);
  }

  isSameSlots(winner: number, outcome: number, taps: Int32Array, start: number, count: number): boolean {
    if (winner !== this.winner || outcome !== this.outcome || count !== this.count) return false;
    const slots = this.slots;
    let at = 0;
    while (at < count && taps[start + at] === slots[at]) at++;
    return at === count;
  }

  isSameNames(other: Outcome): boolean {
    if (this.winnerHigh !== other.winnerHigh || this.winnerLow !== other.winnerLow) return false;
    if (this.outcome !== other.outcome || this.frames !== other.frames) return false;
    let at = 0;
    while (at < this.count && this.names[at] === other.names[at]) at++;
    return this.count === other.count && at === this.count;
  }
}

export class Digest {
  readonly #bindings: Bindings;
  #hash: Hash = createHash("sha256");
  /** What is not yet hashed. */
  readonly #gathered = new Gathered(HASHED_OCTETS + SPARE_OCTETS, HASHED_OCTETS);
  /** The run that is not yet over: its first packet, and how many. */
  #first = 0;
  #length = 0;
  #run = new Outcome();
  #next = new Outcome();
  /** The run's slots still mean what they did. */
  #fresh = false;
  /** Frames that wait for their packet to be told, as they are hashed. */
  readonly #waiting = new Gathered(SPARE_OCTETS);
  #held = 0;
  #holding = false;
  /** It is nobody's. */
  #forsaken = false;

  constructor(bindings: Bindings) {
    this.#bindings = bindings;
  }

  /** Frames that are sent from now on are the next packet's, and are told behind it. */
  hold(): void {
    this.#holding = true;
  }

  /**
   * What happened to rows [from, to). `outcomes`: by row, counted from `first`, what handlers came to; absent: nothing. Frames that
   * were held are those of the last row.
   */
  batch(from: number, to: number, verdicts: Verdicts, packet: number, outcomes?: Int32Array, first = 0): void {
    const { winner, tapStart, tapCount, taps } = verdicts;
    for (let row = from; row < to; row++) {
      // As in delivery: read once, and made one that can be.
      const claim = winner[row]! & MAX_ID;
      const start = Math.min(tapStart[row]! >>> 0, taps.length);
      const count = Math.min(tapCount[row]! >>> 0, taps.length - start);
      const outcome = outcomes === undefined ? 0 : outcomes[row - first]!;
      const frames = row === to - 1 ? this.#held : 0;
      if (frames === 0 && this.#fresh && this.#run.isSameSlots(claim, outcome, taps, start, count)) this.#length++;
      else this.#other(packet + row - from, claim, outcome, frames, taps, start, count);
    }
    if (to > from && this.#held > 0) this.#release();
    this.#holding = false;
  }

  /** Slots may mean other bindings from now on: names decide whether a run goes on. */
  bindingsChanged(): void {
    this.#fresh = false;
  }

  /** There were packets that it was not told of: until it is finished it is nobody's, and frames need not be told. */
  forsake(): void {
    this.#forsaken = true;
  }

  /** The first `length` octets of a frame were sent by the environment of this name by a port, after this packet. */
  sent(packet: number, name: Octets, port: number, frame: Octets, length: number): void {
    if (this.#forsaken) return;
    const octets = FIXED_WORDS * WORD + name.octets.length + length;
    if (this.#holding) {
      this.#held++;
      this.#waiting.reserve(octets);
      return tellFrame(this.#waiting, packet, name, port, frame, length);
    }
    this.#endRun();
    this.#fresh = false;
    this.#room(octets);
    tellFrame(this.#gathered, packet, name, port, frame, length);
  }

  /** Frames that were held follow their packet. */
  #release(): void {
    this.#endRun();
    this.#fresh = false;
    this.#room(this.#waiting.used);
    this.#gathered.append(this.#waiting);
    this.#waiting.used = 0;
    this.#held = 0;
  }

  /** The digest in hex; the next epoch's begins empty. */
  finish(): string {
    this.#endRun();
    this.#fresh = false;
    this.#flush();
    this.#forsaken = false;
    const digest = this.#hash.digest("hex");
    this.#hash = createHash("sha256");
    return digest;
  }

  /** Other slots than the run's: perhaps the same names in another order, else the next run begins. */
  #other(
    packet: number,
    winner: number,
    outcome: number,
    frames: number,
    taps: Int32Array,
    start: number,
    count: number,
  ): void {
    const next = this.#named(winner, taps, start, count);
    next.outcome = outcome;
    next.frames = frames;
    if (this.#length !== 0 && next.isSameNames(this.#run)) this.#length++;
    else {
      this.#endRun();
      this.#first = packet;
      this.#length = 1;
    }
    this.#next = this.#run;
    this.#run = next;
    this.#fresh = true;
  }

  #named(winner: number, taps: Int32Array, start: number, count: number): Outcome {
    const into = this.#next;
    const { hashHigh, hashLow, open } = this.#bindings;
    into.reserve(count);
    into.winner = winner;
    into.winnerHigh = open[winner] === 1 ? hashHigh[winner]! : 0;
    into.winnerLow = open[winner] === 1 ? hashLow[winner]! : 0;
    let taken = 0;
    for (let tap = 0; tap < count; tap++) {
      const slot = taps[start + tap]! & MAX_ID;
      if (open[slot] !== 1) continue;
      into.slots[taken] = slot;
      into.halves[2 * taken] = hashLow[slot]!;
      into.halves[2 * taken + 1] = hashHigh[slot]!;
      taken++;
    }
    into.count = taken;
    if (taken > 1) into.names.subarray(0, taken).sort();
    return into;
  }

  #endRun(): void {
    if (this.#length === 0) return;
    const { winnerHigh, winnerLow, outcome, frames, count, halves } = this.#run;
    this.#room((FIXED_WORDS + 2 * count) * WORD);
    const into = this.#gathered;
    into.double(this.#first);
    into.double(this.#length);
    into.word(winnerHigh);
    into.word(winnerLow);
    into.word(outcome);
    into.word(frames);
    into.word(count);
    for (let half = 0; half < 2 * count; half++) into.word(halves[half]!);
    this.#length = 0;
  }

  /** Where no more than the spare room is needed, there is more than is hashed at once. */
  #room(octets: number): void {
    const gathered = this.#gathered;
    if (gathered.used + octets <= gathered.room) return;
    if (octets <= SPARE_OCTETS) {
      this.#hash.update(gathered.head);
      return gathered.dropHead();
    }
    this.#flush();
    gathered.reserve(octets);
  }

  #flush(): void {
    this.#hash.update(this.#gathered.octets.subarray(0, this.#gathered.used));
    this.#gathered.used = 0;
  }
}

function tellFrame(into: Gathered, packet: number, name: Octets, port: number, frame: Octets, length: number): void {
  into.double(packet);
  into.double(0);
  into.word(name.octets.length);
  into.word(length);
  into.word(port);
  into.word(1);
  into.word(0);
  into.copy(name, name.octets.length);
  into.copy(frame, length);
}
