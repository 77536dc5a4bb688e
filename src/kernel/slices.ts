/**
 * The CPU as a linear vector of slices (SOSP'95 §5.1.1), allocated like pages: by position, to an owner. The hand goes round
 * it, so that a position says in which order, and about when, its owner runs: slices in a row are for throughput, slices at
 * equal distances for latency. Which to take is the library OS's to say. The books are open: anybody may ask for any owner.
 *
 * How many slices there are and how long one is, in fuel (units of v_fuel), is the machine's to say.
 */
import { ANY_SLICE } from "./abi.js";
import { Refusal } from "./refusal.js";

/** Owner of a slice that nobody owns. */
export const UNOWNED = -1;

export class Slices {
  readonly count: number;
  /** Units of fuel. */
  readonly length: number;
  readonly #owner: Int16Array;
  #hand = 0;
  #free: number;

  constructor(count: number, length: number) {
    if (!(count >= 1 && length >= 1)) throw new RangeError(`slices: ${count} of ${length}`);
    this.count = count;
    this.length = length;
    this.#owner = new Int16Array(count).fill(UNOWNED);
    this.#free = count;
  }

  get free(): number {
    return this.#free;
  }

  /** Position of the slice that is next. */
  get hand(): number {
    return this.#hand;
  }

  /** Takes that slice, or the first free one where it is ANY_SLICE; its position. E_ARGUMENT, E_SLICE_TAKEN, E_NO_SLICE. */
  allocate(owner: number, position: number): number {
    const at = position === ANY_SLICE ? this.#owner.indexOf(UNOWNED) : this.#position(position);
    if (at < 0) throw new Refusal("E_NO_SLICE");
    if (this.#owner[at] !== UNOWNED) throw new Refusal("E_SLICE_TAKEN");
    this.#owner[at] = owner;
    this.#free--;
    return at;
  }

  /** E_ARGUMENT, E_SLICE_OWNER. A slice that is running runs to its end. */
  release(owner: number, position: number): void {
    const at = this.#position(position);
    if (this.#owner[at] !== owner) throw new Refusal("E_SLICE_OWNER");
    this.#owner[at] = UNOWNED;
    this.#free++;
  }

  /** All that this owner has; how many they were. */
  releaseAll(owner: number): number {
    const positions = this.ownedBy(owner);
    for (const position of positions) this.release(owner, position);
    return positions.length;
  }

  /** UNOWNED also of a position that there is not. */
  ownerOf(position: number): number {
    return this.#owner[position] ?? UNOWNED;
  }

  /** How many an owner has. */
  held(owner: number): number {
    let held = 0;
    for (const each of this.#owner) if (each === owner) held++;
    return held;
  }

  /** Positions, ascending. */
  ownedBy(owner: number): number[] {
    return this.owners().flatMap((each, position) => (each === owner ? [position] : []));
  }

  /** The owner of each, by position: a copy. */
  owners(): number[] {
    return [...this.#owner];
  }

  /** The hand goes back to the first slice. */
  rewind(): void {
    this.#hand = 0;
  }

  /** The owner of the slice under the hand, which goes on to the next. */
  advance(): number {
    const owner = this.ownerOf(this.#hand);
    this.#hand = (this.#hand + 1) % this.count;
    return owner;
  }

  #position(position: number): number {
    if (Number.isInteger(position) && position >= 0 && position < this.count) return position;
    throw new Refusal("E_ARGUMENT", `there are slices 0 to ${this.count - 1}`);
  }
}
