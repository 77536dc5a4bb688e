/**
 * What one pipe does to a word of 4 octets in a register, or to the last 1 to 3 octets of the data. A word is held as it is in network
 * order, or swapped: with its octets in the other order, which byteswap32 makes of it by doing nothing. Missing octets are zeros.
 */
import type { Register } from "../vcode/insn.js";
import { foldOnce, swapHalves, swapWord } from "./lower-checksum.js";
import { crcOctets, ifTable } from "./lower-crc.js";
import type { Lowering } from "./lower-expr.js";
import { bounded, forgetting } from "./lower-known.js";
import { isLongType, MEMORY, mostOfType, registerOf } from "./lower-types.js";
import type { Expr, Gauge, Pipe } from "./tree.js";

export interface PipeCode {
  /** Before the data. */
  begin(): void;
  /** A word that has so many octets of the data. */
  step(word: Register, octets: number): void;
  /** Behind the data. */
  end(): void;
}

/** Whether the pipe must have words swapped, or must not; undefined where it takes both. */
export function takesSwapped({ work, gauge }: Pipe): boolean | undefined {
  if (work.kind === "crc32") return true;
  return (work.kind === "map" || work.kind === "fold") && gauge > 1 ? false : undefined;
}

/** Whether words are the other way round behind it, though it does nothing. */
export function turnsWords({ work, gauge }: Pipe): boolean {
  return work.kind === "byteswap" && gauge === 4;
}

/** Whether it changes the data, whose length must be a multiple of its gauge then. */
export function changesData({ work }: Pipe): boolean {
  return work.kind === "map" || work.kind === "byteswap" || work.kind === "xor";
}

/** Whether instructions for a word are so many that a round had better not repeat them. */
export function isMuchCode({ work }: Pipe): boolean {
  return work.kind === "crc32" || work.kind === "map" || work.kind === "fold";
}

export function pipeCode(cx: Lowering, pipe: Pipe, swapped: boolean): PipeCode {
  const { work, gauge } = pipe;
  switch (work.kind) {
    case "checksum":
      return new Checksum(cx, work.accumulator, swapped);
    case "crc32":
      return new Crc(cx, work.accumulator);
    case "xor":
      return new Xor(cx, work.key, swapped);
    case "map":
      return new Mapping(cx, gauge, swapped, work.body);
    case "fold":
      return new Fold(cx, gauge, swapped, work);
    case "byteswap":
      return { ...NOTHING, step: gauge === 2 ? (word) => swapHalves(cx, word, word) : () => {} };
    case "copy":
      return NOTHING;
  }
}

const NOTHING: PipeCode = { begin: () => {}, step: () => {}, end: () => {} };

/** Bits below the octet of that number, from the data's first. */
export function shiftOf(octet: number, swapped: boolean): number {
  return swapped ? 8 * octet : 24 - 8 * octet;
}

/** A word in state. */
function loadWord(cx: Lowering, rd: Register, offset: number): void {
  cx.asm.ldv("host", "u", rd, cx.stateRegister(), { imm: offset });
}

function storeWord(cx: Lowering, rs: Register, offset: number): void {
  cx.asm.stv("host", "u", rs, cx.stateRegister(), { imm: offset });
}

/** So many octets at most have sums that are words. */
export const MOST_SUMMED = 262_144;

/**
 * The sum of words of 16 bits does not mind the order of octets, if the sum is turned as they were (RFC 1071). The sum of the upper halves, and that of
 * the words, which wraps, tell that of the lower halves, with one instruction fewer for each word than two sums would take. What is left
 * behind has its carries added in: 0 where there were zeros alone, else 1 to 0xffff.
 */
class Checksum implements PipeCode {
  readonly #cx: Lowering;
  readonly #at: number;
  readonly #swapped: boolean;
  readonly #sum: Register;
  readonly #upper: Register;

  constructor(cx: Lowering, at: number, swapped: boolean) {
    this.#cx = cx;
    this.#at = at;
    this.#swapped = swapped;
    this.#sum = cx.asm.getreg("u");
    this.#upper = cx.asm.getreg("u");
  }

  begin(): void {
    this.#cx.asm.set("u", this.#sum, 0);
    this.#cx.asm.set("u", this.#upper, 0);
  }

  step(word: Register): void {
    const { asm } = this.#cx;
    const half = asm.getreg("u");
    asm.alu("add", "u", this.#sum, this.#sum, word);
    asm.alui("rsh", "u", half, word, 16);
    asm.alu("add", "u", this.#upper, this.#upper, half);
    asm.putreg(half);
  }

  end(): void {
    const { asm } = this.#cx;
    const other = asm.getreg("u");
    asm.alui("lsh", "u", other, this.#upper, 16);
    asm.alu("sub", "u", this.#sum, this.#sum, other);
    foldOnce(this.#cx, this.#sum);
    this.#add(this.#upper);
    if (this.#swapped) this.#turn();
    loadWord(this.#cx, other, this.#at);
    this.#add(other);
    foldOnce(this.#cx, this.#sum);
    foldOnce(this.#cx, this.#sum);
    storeWord(this.#cx, this.#sum, this.#at);
    asm.putreg(other);
  }

  /** As 17 bits: of a sum of three such, two folds make one of 16. */
  #add(more: Register): void {
    foldOnce(this.#cx, more);
    this.#cx.asm.alu("add", "u", this.#sum, this.#sum, more);
  }

  /** With all carries, and its octets in the other order. */
  #turn(): void {
    const { asm } = this.#cx;
    const high = asm.getreg("u");
    foldOnce(this.#cx, this.#sum);
    foldOnce(this.#cx, this.#sum);
    asm.alui("rsh", "u", high, this.#sum, 8);
    asm.alui("lsh", "u", this.#sum, this.#sum, 8);
    asm.alu("or", "u", this.#sum, this.#sum, high);
    asm.alui("and", "u", this.#sum, this.#sum, 0xffff);
    asm.putreg(high);
  }
}

/** Of words that are swapped: the data's first octet is the low one. */
class Crc implements PipeCode {
  readonly #cx: Lowering;
  readonly #at: number;
  readonly #crc: Register;

  constructor(cx: Lowering, at: number) {
    this.#cx = cx;
    this.#at = at;
    this.#crc = cx.asm.getreg("u");
  }

  begin(): void {
    const filled = this.#cx.asm.genlabel();
    ifTable(this.#cx, filled);
    this.#cx.callRoutine({ kind: "crc-table" }, false, [], undefined);
    this.#cx.asm.label(filled);
    loadWord(this.#cx, this.#crc, this.#at);
    this.#cx.asm.unary("com", "u", this.#crc, this.#crc);
  }

  step(word: Register, octets: number): void {
    crcOctets(this.#cx, this.#crc, word, octets);
  }

  end(): void {
    this.#cx.asm.unary("com", "u", this.#crc, this.#crc);
    storeWord(this.#cx, this.#crc, this.#at);
  }
}

class Xor implements PipeCode {
  readonly #cx: Lowering;
  readonly #at: number;
  readonly #swapped: boolean;
  readonly #key: Register;

  constructor(cx: Lowering, at: number, swapped: boolean) {
    this.#cx = cx;
    this.#at = at;
    this.#swapped = swapped;
    this.#key = cx.asm.getreg("u");
  }

  begin(): void {
    loadWord(this.#cx, this.#key, this.#at);
    if (this.#swapped) swapWord(this.#cx, this.#key, this.#key);
  }

  step(word: Register): void {
    this.#cx.asm.alu("xor", "u", word, word, this.#key);
  }

  end(): void {}
}

/** Pieces of a word: which there are, and taking one out. */
class Pieces {
  readonly cx: Lowering;
  readonly gauge: Gauge;
  readonly #swapped: boolean;

  constructor(cx: Lowering, gauge: Gauge, swapped: boolean) {
    this.cx = cx;
    this.gauge = gauge;
    this.#swapped = swapped;
  }

  /** The bits below each piece, in the data's order, of those that have octets of the data. */
  shifts(octets: number): readonly number[] {
    const pieces = Math.ceil(octets / this.gauge);
    return Array.from({ length: pieces }, (_, piece) =>
      this.gauge === 1 ? shiftOf(piece, this.#swapped) : this.gauge === 2 ? 16 - 16 * piece : 0,
    );
  }

  /** A piece that ends so many bits from the word's end. */
  take(rd: Register, word: Register, shift: number): void {
    const { asm } = this.cx;
    const bits = 8 * this.gauge;
    const shifted = shift > 0;
    if (shifted) asm.alui("rsh", "u", rd, word, shift);
    else if (bits === 32) asm.mov("u", rd, word);
    if (shift + bits < 32) asm.alui("and", "u", rd, shifted ? rd : word, 2 ** bits - 1);
    this.cx.learn((known) => forgetting(known, [rd]));
    if (bits < 32) this.cx.learn((known) => bounded(known, rd, 2 ** bits));
  }
}

class Mapping implements PipeCode {
  readonly #cx: Lowering;
  readonly #pieces: Pieces;
  readonly #body: Expr;

  constructor(cx: Lowering, gauge: Gauge, swapped: boolean, body: Expr) {
    this.#cx = cx;
    this.#pieces = new Pieces(cx, gauge, swapped);
    this.#body = body;
  }

  begin(): void {}

  step(word: Register, octets: number): void {
    const { asm } = this.#cx;
    const [all, piece] = [asm.getreg("u"), asm.getreg("u")];
    for (const [number, shift] of this.#pieces.shifts(octets).entries()) {
      this.#pieces.take(piece, word, shift);
      this.#cx.locals.set(0, { reg: piece, temporary: false });
      this.#cx.into(this.#body, piece);
      const bits = 8 * this.#pieces.gauge;
      if (mostOfType(this.#body.type) >= 2 ** bits) asm.alui("and", "u", piece, piece, 2 ** bits - 1);
      if (shift > 0) asm.alui("lsh", "u", piece, piece, shift);
      if (number === 0) asm.mov("u", all, piece);
      else asm.alu("or", "u", all, all, piece);
    }
    asm.mov("u", word, all);
    asm.putreg(piece);
    asm.putreg(all);
  }

  end(): void {}
}

class Fold implements PipeCode {
  readonly #cx: Lowering;
  readonly #pieces: Pieces;
  readonly #work: Extract<Pipe["work"], { kind: "fold" }>;
  readonly #gathered: Register;

  constructor(cx: Lowering, gauge: Gauge, swapped: boolean, work: Extract<Pipe["work"], { kind: "fold" }>) {
    this.#cx = cx;
    this.#pieces = new Pieces(cx, gauge, swapped);
    this.#work = work;
    this.#gathered = cx.asm.getreg(registerOf(work.type));
  }

  begin(): void {
    const { accumulator, type } = this.#work;
    this.#cx.asm.ldv("host", MEMORY[type], this.#gathered, this.#cx.stateRegister(), { imm: accumulator });
  }

  step(word: Register, octets: number): void {
    const { asm } = this.#cx;
    const piece = asm.getreg("u");
    for (const shift of this.#pieces.shifts(octets)) {
      this.#pieces.take(piece, word, shift);
      this.#cx.locals.set(0, { reg: this.#gathered, temporary: false });
      this.#cx.locals.set(1, { reg: piece, temporary: false });
      this.#cx.into(this.#work.body, this.#gathered);
      if (!isLongType(this.#work.type)) this.#cx.learn((known) => forgetting(known, [this.#gathered]));
    }
    asm.putreg(piece);
  }

  end(): void {
    const { accumulator, type } = this.#work;
    this.#cx.asm.stv("host", MEMORY[type], this.#gathered, this.#cx.stateRegister(), { imm: accumulator });
  }
}
