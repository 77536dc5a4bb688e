/**
 * exonet/ash: the language of handlers. A handler is a file NAME.ash.ts that imports from here, declares its state, and
 * exports one function, which the kernel runs on each message of the binding, where the message lies:
 *
 *   import { consume, type Message, pass, record, u64 } from "exonet/ash";
 *
 *   const seen = record({ packets: u64, octets: u64 });
 *
 *   export default function count(message: Message) {
 *     seen.packets += 1n;
 *     seen.octets += u64(message.length);
 *     return pass;
 *   }
 *
 * It is a subset of TypeScript. What differs in meaning:
 * - Numbers are whole, of the type that is written: i8 … u32 are numbers of TypeScript, i64 and u64 are bigints, with literals 1n. They wrap
 *   around: in 32 bits for all that are numbers, in 64 for those that are bigints. What is put into something narrower is converted: u8(x).
 *   Signed and unsigned do not mix, nor numbers and bigints: i32(x), u64(x). Narrower ones become wider by themselves, and unsigned ones signed
 *   ones that hold them all. A literal has the type that its place wants; `let n = 0` is a u32, `let n = -1` an i32.
 * - `/` gives the whole quotient, rounded towards 0; x / 0 is 0, and x % 0 is x. `>>>` shifts unsigned numbers, `>>` signed ones and all bigints.
 *   The count of a shift is taken modulo the width; a constant beyond it is an error.
 * - What is declared at the top by record, array, table and pipes is the handler's state: it lies in the environment's memory, begins as zeros, and stays
 *   from message to message.
 * - An offset beyond the message, an index beyond an array, too much work: the message kills the handler's run. What it has stored and sent
 *   stays so, and the message goes the way that it would have gone without a handler.
 */

// --- numbers ---

export type i8 = number;
export type u8 = number;
export type i16 = number;
export type u16 = number;
export type i32 = number;
export type u32 = number;
export type i64 = bigint;
export type u64 = bigint;
/** In state, an octet: 0 or 1. */
export type bool = boolean;

interface NumberType<Name extends string> {
  /** The low bits of a number, as this type has them. */
  (value: number | bigint | boolean): number;
  readonly type: Name;
}
interface BigintType<Name extends string> {
  (value: number | bigint | boolean): bigint;
  readonly type: Name;
}
interface BooleanType {
  /** Whether it is not 0. */
  (value: number | bigint | boolean): boolean;
  readonly type: "bool";
}

export const i8: NumberType<"i8">;
export const u8: NumberType<"u8">;
export const i16: NumberType<"i16">;
export const u16: NumberType<"u16">;
export const i32: NumberType<"i32">;
export const u32: NumberType<"u32">;
export const i64: BigintType<"i64">;
export const u64: BigintType<"u64">;
export const bool: BooleanType;

type Scalar = NumberType<string> | BigintType<string> | BooleanType;
type ValueOf<S> = S extends BooleanType
  ? boolean
  : S extends BigintType<string>
    ? bigint
    : S extends NumberType<string>
      ? number
      : never;

// --- state ---

/** Fields of a shape: scalars, or arrays of scalars. */
type Fields = { readonly [name: string]: Scalar | List<number> | List<bigint> | List<boolean> | Octets };
type FieldOf<F> = F extends Scalar ? ValueOf<F> : F;
type Place<F> = { -readonly [K in keyof F as F[K] extends Scalar ? K : never]: FieldOf<F[K]> } & {
  readonly [K in keyof F as F[K] extends Scalar ? never : K]: FieldOf<F[K]>;
};
type KeyOf<K> = K extends Scalar
  ? ValueOf<K>
  : K extends Shape<infer F>
    ? { readonly [N in keyof F]: FieldOf<F[N]> }
    : never;

declare const fieldsOf: unique symbol;
interface Shape<F = object> {
  readonly [fieldsOf]: F;
}

/** Fields by name, in the order in which they lie in memory: for records, arrays and tables of it. */
export function shape<const F extends Fields>(fields: F): Shape<F>;

/** One of a shape: `const seen = record({ packets: u64 })`, then `seen.packets += 1n`. */
export function record<const F extends Fields>(fields: F | Shape<F>): Place<F>;

interface List<T> {
  readonly length: u32;
  /** An index from `length` on kills. */
  [index: number]: T;
}
interface Places<T> {
  readonly length: u32;
  readonly [index: number]: T;
}

/** Octets in the state or of a frame; numbers in network order. Offsets that do not lie in it kill. */
interface Octets extends List<number> {
  u16(offset: u32): u16;
  u32(offset: u32): u32;
  u64(offset: u32): u64;
  setU16(offset: u32, value: u16): void;
  setU32(offset: u32, value: u32): void;
  setU64(offset: u32, value: u64): void;
}

/** So many of one type, from 0. `array(u8, n)` is a buffer, into which messages are vectored. */
export function array(of: NumberType<"u8">, length: number): Octets;
export function array<S extends Scalar>(of: S, length: number): List<ValueOf<S>>;
export function array<F>(of: Shape<F>, length: number): Places<Place<F>>;

interface Table<K, V> {
  /** Entries that there are. */
  readonly size: u32;
  readonly capacity: u32;
  /** The key's entry, or undefined. Its entry has been used now. */
  find(key: K): V | undefined;
  /**
   * The key's entry; one of zeros where there was none, for which the least recently used one leaves where the table is full. A bucket of the table has
   * eight entries at most, however keys were chosen: of a full one that leaves which was entered first.
   */
  enter(key: K): V;
  /** Whether there was one. */
  delete(key: K): boolean;
}

/**
 * A hash map of stated capacity from scalars, or shapes of scalars, to a shape. An entry is held by a `const`, until the next enter or delete of
 * the same table, also by a function that is called: `const flow = flows.enter(message.u32(26))`. To use it behind that is an error.
 */
export function table<K extends Scalar | Shape, F>(
  key: K,
  value: Shape<F>,
  capacity: number,
): Table<KeyOf<K>, Place<F>>;

// --- the message ---

export interface Message {
  /** Octets that were captured, and are there. */
  readonly length: u32;
  /** Octets that it had on its link. */
  readonly wire: u32;
  /** Capture time, ns since 1970. */
  readonly time: u64;
  /** The port that it came in by. */
  readonly port: u32;
  /** Its link type: 1 is Ethernet. */
  readonly link: u32;
  /** Its number, from 1, modulo 2^32. */
  readonly number: u32;
  /** Loads in network order. An offset whose octets are not all there kills. */
  i8(offset: u32): i8;
  u8(offset: u32): u8;
  i16(offset: u32): i16;
  u16(offset: u32): u16;
  i32(offset: u32): i32;
  u32(offset: u32): u32;
  i64(offset: u32): i64;
  u64(offset: u32): u64;
  /** Vectors: copies octets [from, from + length) of the message to `to`, from its octet `at` on. */
  vector(from: u32, length: u32, to: Octets, at: u32): void;
}

// --- outcomes ---

declare const outcome: unique symbol;
export interface Outcome {
  readonly [outcome]: true;
}
/** The message goes the way that it would have gone without a handler. */
export const pass: Outcome;
/** The message is done with. */
export const consume: Outcome;
/** The message goes to the k-th environment that the binding names, from 0, and not to the owner. One that is not named kills. */
export function passTo(k: u32): Outcome;

// --- messages of the handler's own ---

/** A frame under construction. There is one at a time: reply and frame begin it anew, and to use the one before is an error. */
interface Frame extends Octets {
  /** Puts two stretches of as many octets in each other's place; where they overlap it kills. */
  swap(a: u32, b: u32, octets: u32): void;
  /** Copies octets of the message to the frame's octet `at`. */
  copy(message: Message, from: u32, length: u32, at: u32): void;
  /** From here on it has so many octets; new ones are zeros. At most 2,048. */
  resize(length: u32): void;
  /** Sends it under the binding's transmit capability, by the port that the message came in by unless told; whether the port took it. */
  send(port?: u32): boolean;
}
/** A frame with the message's octets, at most 2,048 of them: a longer one kills. */
export function reply(message: Message): Frame;
/** A frame of zeros. */
export function frame(length: u32): Frame;

/** RFC 1071: the sum's carries added in; not complemented. */
export function fold16(sum: u32): u16;
/** RFC 1624: the checksum after a field that it covers changed. */
export function patch16(checksum: u16, before: u16, after: u16): u16;
export function patch32(checksum: u16, before: u32, after: u32): u16;
/** The octets in the other order. */
export function swap16(value: u16): u16;
export function swap32(value: u32): u32;

// --- control ---

/** The owner is woken when the message is done with, and told the tag. */
export function wake(tag: u32): void;
/** An asynchronous protected control transfer to the k-th environment that the binding names; whether it was taken. */
export function transfer(k: u32, a: u32, b: u32, c: u32): boolean;

// --- pipes: integrated layer processing ---

interface Pipe {
  readonly pipe: true;
}
/** A pipe that gathers: it looks at the data, and changes none. `value` may be set before, and read after. */
interface Gathering<T> extends Pipe {
  value: T;
}
/** Whether the order in which it meets the words of the data is part of its meaning. Kept, unless told. */
interface PipeOptions {
  readonly order: "kept" | "free";
}

/**
 * Internet checksum (RFC 1071): the sum of 16-bit words in network order, not complemented. Behind each run or read its carries are added in: it is 0 of
 * zeros alone, else 1 to 0xffff. Its order is free. It takes 262,144 octets at a time at most.
 */
export function checksum(): Gathering<u32>;
/** CRC-32 (IEEE 802.3). `value` is that of all octets so far; 0 of none. */
export function crc32(): Gathering<u32>;
/** Each 16 or 32 bits in the other order of octets. */
export function byteswap16(): Pipe;
export function byteswap32(): Pipe;
/** Each word of 32 bits, in network order, exclusive-or the key, which may be set. */
export function xor(key: number): Pipe & { key: u32 };
/** No change: what a copy is made of. */
export function copy(): Pipe;
/** A pipe that changes each word of so many bits. */
export function map(
  gauge: NumberType<"u8" | "u16" | "u32">,
  change: (word: number) => number,
  options?: PipeOptions,
): Pipe;
/** A pipe that gathers: what it had, and a word, give what it has then. */
export function fold<A extends NumberType<"u32" | "i32"> | BigintType<"u64" | "i64">>(
  gauge: NumberType<"u8" | "u16" | "u32">,
  accumulator: A,
  gather: (gathered: ValueOf<A>, word: number) => ValueOf<A>,
  options?: PipeOptions,
): Gathering<ValueOf<A>>;

interface Pipeline {
  /**
   * Octets [from, from + length) of the message go through the pipes, in their order, once, into `to` from octet `at` on, a multiple of 4. Gathering
   * pipes take missing octets of the last word for zeros; `length` is a multiple of the gauge of each that changes words (4 of xor's), else it kills.
   */
  run(message: Message, from: u32, length: u32, to: Octets, at: u32): void;
  /** The same, and nothing is stored: for pipes that gather. */
  read(message: Message, from: u32, length: u32): void;
}
/** Pipes composed into one loop: the data is touched once. */
export function pipeline(...pipes: readonly Pipe[]): Pipeline;
