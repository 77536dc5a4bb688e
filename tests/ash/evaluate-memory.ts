/** What an evaluated handler touches: its state by virtual addresses, and the message. Octet by octet, nothing clever. */

import { SCALAR_OCTETS } from "../../src/ash/layout.js";
import type { Scalar } from "../../src/ash/tree.js";
import { type HandlerFault, MetadataWord, STATE_BASE } from "../../src/vcode/handler.js";
import { type Value, wrapped } from "./evaluate-value.js";

/** Thrown where the message kills the run. */
export class HandlerFaulted extends Error {
  override readonly name = "HandlerFaulted";
  readonly reason: HandlerFault;

  constructor(reason: HandlerFault) {
    super(`the message killed the handler: ${reason}`);
    this.reason = reason;
  }
}

/** A fault unless [from, from + length) lies in [0, limit). */
export function checkStretch(from: number, length: number, limit: number, reason: HandlerFault): void {
  if (from + length > limit) throw new HandlerFaulted(reason);
}

/** A number in network order. */
export function numberOf(octets: Iterable<number>): bigint {
  let exact = 0n;
  for (const octet of octets) exact = exact * 256n + BigInt(octet);
  return exact;
}

/** The same, the other way: so many octets of a number's low end, its highest first. */
export function octetsOf(value: Value, width: number): number[] {
  const octets: number[] = [];
  let rest = BigInt.asUintN(8 * width, BigInt(value));
  for (let octet = 0; octet < width; octet++) {
    octets.unshift(Number(rest % 256n));
    rest /= 256n;
  }
  return octets;
}

export class Memory {
  readonly #state: Uint8Array;

  constructor(state: Uint8Array) {
    this.#state = state;
  }

  load(type: Scalar, address: number): Value {
    return wrapped(type, numberOf(this.octets(address, SCALAR_OCTETS[type]).toReversed()));
  }

  store(type: Scalar, address: number, value: Value): void {
    this.put(address, octetsOf(value, SCALAR_OCTETS[type]).toReversed());
  }

  /** A word without a sign, as links and counts are. */
  word(address: number): number {
    return Number(this.load("u32", address));
  }

  setWord(address: number, value: number): void {
    this.store("u32", address, value);
  }

  octets(address: number, length: number): Uint8Array {
    return this.#state.slice(this.#at(address, length), this.#at(address, length) + length);
  }

  put(address: number, octets: ArrayLike<number>): void {
    this.#state.set(octets, this.#at(address, octets.length));
  }

  clear(address: number, length: number): void {
    this.#state.fill(0, this.#at(address, length), this.#at(address, length) + length);
  }

  #at(address: number, length: number): number {
    const at = address - STATE_BASE;
    // The checker lets nothing through that leads elsewhere.
    if (at < 0 || at + length > this.#state.length) throw new Error(`evaluate: ${address} is not in state`);
    return at;
  }
}

/** What a handler is run on: the octets captured, and words by MetadataWord, as int32 or unsigned. */
export interface EvaluatedMessage {
  readonly octets: Uint8Array;
  readonly words: readonly number[];
}

/** A field of the message, of the type that the language gives it. */
export function fieldOf(
  { octets, words }: EvaluatedMessage,
  field: "length" | "wire" | "time" | "port" | "link" | "number",
): Value {
  const word = (name: keyof typeof MetadataWord) => (words[MetadataWord[name]] ?? 0) >>> 0;
  switch (field) {
    case "length":
      return octets.length;
    case "time":
      return BigInt(word("timeHigh")) * 2n ** 32n + BigInt(word("timeLow"));
    case "number":
      return word("packet");
    default:
      return word(field);
  }
}

/** In network order; a fault "message" where they are not all the message's. */
export function messageLoad({ octets }: EvaluatedMessage, type: Scalar, offset: number): Value {
  return wrapped(type, numberOf(messageOctets({ octets }, offset, SCALAR_OCTETS[type])));
}

export function messageOctets({ octets }: Pick<EvaluatedMessage, "octets">, from: number, length: number): Uint8Array {
  checkStretch(from, length, octets.length, "message");
  return octets.subarray(from, from + length);
}
