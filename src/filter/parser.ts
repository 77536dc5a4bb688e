/**
 * DPF text: the atoms themselves.
 *
 *   filter      = conjunction { "||" conjunction }
 *   conjunction = term { "&&" term }
 *   term        = "true" | test | length | shift | "(" filter ")"
 *   test        = tested ( "==" | "!=" ) value [ "/" bits ] | tested bounds
 *   tested      = field | ( "wire" | "link" ) [ "&" mask ]
 *   length      = "length" ( "==" octets | bounds )
 *   bounds      = "in" value ".." value | ( "<" | "<=" | ">" | ">=" ) value
 *   shift       = "shift" octets | "shift" field [ "<<" bits ]
 *   field       = offset ":" width [ "&" mask ]
 *   value, mask = number { "|" number }
 *
 * Offsets, widths, octets and bits are numbers; a value or mask may also be a name (constants.ts), and where it has 32
 * bits a dotted quad. Offsets count octets from the base, fields are unsigned and in network order; `length` is what is
 * left from the base on, `wire` (32 bits) how many octets the frame had on the wire, `link` (16 bits) its LINKTYPE_
 * number. `a:32 == 10.0.0.0/8` compares the first 8 bits. `true` is no atom: alone it makes a
 * conjunction that matches every frame. Alternatives in parentheses are multiplied out, in the order of the text.
 *
 * After an error the parser goes on at the next "&&", "||" or closing parenthesis, so one reading tells several.
 */
import {
  type Atom,
  type Conjunction,
  type Field,
  type Filter,
  fullMask,
  LINK,
  MAX_ATOMS,
  MAX_CONJUNCTIONS,
  MAX_LEFT,
  MAX_LENGTH,
  MAX_OFFSET,
  MAX_SHIFT,
  type Tested,
  WIRE,
  type Width,
} from "../dpf/atom.js";
import { constantOf } from "./constants.js";
import type { ErrorList, TextErrorCode } from "./error.js";
import { type Token, tokens } from "./lexer.js";

export const MAX_NESTING = 200;

/** Thrown inside a term once its error was told; caught where the next term begins. */
class Abandoned extends Error {}

/** Thrown once a limit was told beyond which reading on makes no sense. */
class Refused extends Error {}

/** What a value is allowed to be, and how its errors call it. */
interface Kind {
  readonly what: string;
  readonly code: TextErrorCode;
  readonly least: number;
  readonly most: number;
}

interface Value {
  readonly value: number;
  /** Where it stands. */
  readonly start: number;
  readonly end: number;
}

const COMPARISONS: ReadonlySet<string> = new Set(["<", "<=", ">", ">="]);
const RESERVED: ReadonlySet<string> = new Set(["true", "shift", "length", "in", "wire", "link"]);
const LENGTH: Kind = { what: "a number of octets", code: "E_LENGTH", least: 0, most: MAX_LENGTH };

/** The filter; without meaning where `errors` has any. */
export function parse(text: string, errors: ErrorList): Filter {
  return new Parser(text, errors).filter();
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #errors: ErrorList;
  #at = 0;
  /** Index of the token at which something else was expected last: once is enough. */
  #toldAt = -1;

  constructor(text: string, errors: ErrorList) {
    this.#text = text;
    this.#tokens = tokens(text, errors);
    this.#errors = errors;
  }

  get #token(): Token {
    return this.#tokens[this.#at]!;
  }

  filter(): Filter {
    try {
      return { conjunctions: this.#alternatives(0) };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { conjunctions: [[]] };
    }
  }

  /** Stands at the end, or at ")" inside of parentheses, afterwards. */
  #alternatives(depth: number): Conjunction[] {
    const all: Conjunction[] = [];
    for (;;) {
      const start = this.#token;
      if (all.length === MAX_CONJUNCTIONS) this.#refuseCount(start);
      all.push(...this.#conjunction(depth));
      if (all.length > MAX_CONJUNCTIONS) this.#refuseCount(start);
      if (!this.#is("||")) return all;
      this.#at++;
    }
  }

  #refuseCount({ start, end }: Token): never {
    this.#errors.add("E_CONJUNCTIONS", `a filter has at most ${MAX_CONJUNCTIONS} conjunctions`, start, end);
    throw new Refused();
  }

  #conjunction(depth: number): Conjunction[] {
    let all: Atom[][] = [[]];
    let told = false;
    for (;;) {
      const start = this.#token;
      const next = this.#recovering(depth);
      // Counted before they are made.
      if (all.length * next.length > MAX_CONJUNCTIONS) this.#refuseCount(start);
      const longest = longestOf(all) + longestOf(next);
      if (longest > MAX_ATOMS && !told) {
        told = true;
        this.#errors.add("E_ATOMS", `a conjunction has at most ${MAX_ATOMS} atoms`, start.start, start.end);
      }
      if (longest <= MAX_ATOMS) all = product(all, next);
      if (!this.#is("&&")) return all;
      this.#at++;
    }
  }

  /** A term and what follows it; stands at a boundary afterwards. */
  #recovering(depth: number): Conjunction[] {
    try {
      const term = this.#term(depth);
      if (!this.#atBoundary(depth)) this.#expected(depth === 0 ? '"&&", "||" or the end' : '"&&", "||" or ")"');
      return term;
    } catch (error) {
      if (!(error instanceof Abandoned)) throw error;
      while (!this.#atBoundary(depth)) this.#at++;
      return [[]];
    }
  }

  #atBoundary(depth: number): boolean {
    return this.#token.kind === "end" || this.#is("&&") || this.#is("||") || (depth > 0 && this.#is(")"));
  }

  #is(symbol: string): boolean {
    return this.#token.kind === "symbol" && this.#token.text === symbol;
  }

  #isWord(word: string): boolean {
    return this.#token.kind === "word" && this.#token.text === word;
  }

  #term(depth: number): Conjunction[] {
    if (this.#is("(")) return this.#parentheses(depth);
    if (this.#isWord("true")) {
      this.#at++;
      return [[]];
    }
    if (this.#isWord("shift")) return [[this.#shift()]];
    if (this.#isWord("length")) return [[this.#length()]];
    const isTest = this.#token.kind === "number" || this.#isWord("wire") || this.#isWord("link");
    if (!isTest) return this.#expected('an offset, "wire", "link", "length", "shift", "true" or "("');
    return [[this.#test()]];
  }

  #parentheses(depth: number): Conjunction[] {
    if (depth === MAX_NESTING) {
      this.#tell("E_NESTING", `parentheses nest at most ${MAX_NESTING} deep`);
      throw new Refused();
    }
    this.#at++;
    const inner = this.#alternatives(depth + 1);
    this.#take(")", '"&&", "||" or ")"');
    return inner;
  }

  #shift(): Atom {
    this.#at++;
    const next = this.#tokens[this.#at + 1];
    if (next?.kind === "symbol" && next.text === ":") {
      const field = this.#field();
      if (!this.#is("<<")) return { kind: "shift-loaded", ...field, left: 0 };
      this.#at++;
      return { kind: "shift-loaded", ...field, left: this.#number("a number of bits", "E_LEFT", 0, MAX_LEFT) };
    }
    return { kind: "shift", octets: this.#number("a number of octets or an offset", "E_SHIFT", 0, MAX_SHIFT) };
  }

  #length(): Atom {
    this.#at++;
    const bounds = this.#bounds(LENGTH, MAX_LENGTH);
    if (bounds) return { kind: "length", least: bounds.low, most: bounds.high };
    this.#take("==", '"==", "<", "<=", ">", ">=" or "in"');
    const { value } = this.#value(LENGTH);
    return { kind: "length", least: value, most: value };
  }

  #test(): Atom {
    const told = this.#errors.count;
    const field = this.#tested();
    const full = fullMask(field.width);
    const bounds = this.#bounds({ what: "a value", code: "E_VALUE", least: 0, most: full }, full, field.width);
    if (bounds) return { kind: "range", ...field, ...bounds };
    const unequal = this.#is("!=");
    if (!unequal) this.#take("==", '"==", "!=", "<", "<=", ">", ">=" or "in"');
    else this.#at++;
    const kind = unequal ? "not-equal" : "equal";
    const { value, start, end } = this.#value({ what: "a value", code: "E_VALUE", least: 0, most: full }, field.width);
    const mask = this.#is("/") ? this.#prefix(field) : field.mask;
    // Where something else is wrong, something stands in for it, and this would be a guess.
    if ((value & ~mask) !== 0 && this.#errors.count === told) {
      const text = `${this.#text.slice(start, end)} has bits outside the mask 0x${mask.toString(16)}`;
      this.#errors.add("E_VALUE", `${text}: it could never be equal`, start, end);
    }
    return { kind, ...field, mask, value };
  }

  /** The mask that "/" and a number of bits say. */
  #prefix({ width, mask }: Field): number {
    if (mask !== fullMask(width)) {
      this.#tell("E_PREFIX", "a prefix is a mask, and the field has one already");
      throw new Abandoned();
    }
    this.#at++;
    const bits = this.#number("a number of bits", "E_PREFIX", 1, width);
    return (fullMask(width) & (-1 << (width - bits))) >>> 0;
  }

  /** Undefined where none begin here. */
  #bounds(kind: Kind, last: number, width?: Width): { low: number; high: number } | undefined {
    const { start } = this.#token;
    const told = this.#errors.count;
    let low = 0;
    let high = last;
    if (this.#isWord("in")) {
      this.#at++;
      low = this.#value(kind, width).value;
      this.#take("..");
      high = this.#value(kind, width).value;
    } else if (this.#token.kind === "symbol" && COMPARISONS.has(this.#token.text)) {
      const comparison = this.#token.text;
      this.#at++;
      const { value } = this.#value(kind, width);
      if (comparison.startsWith("<")) high = comparison === "<" ? value - 1 : value;
      else low = comparison === ">" ? value + 1 : value;
    } else return undefined;
    // A bound that is wrong by itself was told, and something else stands in for it.
    if (low <= high || this.#errors.count > told) return { low, high };
    const end = this.#tokens[this.#at - 1]?.end ?? start;
    this.#errors.add("E_RANGE", `no value is ${this.#text.slice(start, end)}`, start, end);
    return { low: 0, high: last };
  }

  #tested(): Tested {
    const fact = [LINK, WIRE].find(({ of }) => this.#isWord(of));
    if (fact === undefined) return this.#field();
    this.#at++;
    return { ...fact, mask: this.#mask(fact.width) };
  }

  #field(): Field {
    const offset = this.#number("an offset", "E_OFFSET", 0, MAX_OFFSET);
    this.#take(":");
    const width = this.#width();
    return { offset, width, mask: this.#mask(width) };
  }

  #mask(width: Width): number {
    if (!this.#is("&")) return fullMask(width);
    this.#at++;
    return this.#value({ what: "a mask", code: "E_MASK", least: 1, most: fullMask(width) }, width).value;
  }

  #width(): Width {
    const token = this.#token;
    const value = this.#number("a width", "E_WIDTH", 0, 0xffffffff);
    if (value === 8 || value === 16 || value === 32) return value;
    if (token.value !== undefined)
      this.#errors.add("E_WIDTH", `${token.text} is no width: 8, 16 or 32`, token.start, token.end);
    return 32;
  }

  /** Numbers and names of a field's width, "|" between; else one number. Out of bounds it is told: its low bound stands in. */
  #value(kind: Kind, width?: Width): Value {
    const { start } = this.#token;
    let value = this.#part(kind, width);
    while (width !== undefined && this.#is("|")) {
      this.#at++;
      // Beyond 32 bits a part is too great anyway, and so is the sum.
      const part = this.#part(kind, width);
      value = Math.max(value, part) > 0xffffffff ? Math.max(value, part) : (value | part) >>> 0;
    }
    const end = this.#tokens[this.#at - 1]?.end ?? start;
    if (value >= kind.least && value <= kind.most) return { value, start, end };
    this.#tellBounds(kind, start, end);
    return { value: kind.least, start, end };
  }

  #part(kind: Kind, width: Width | undefined): number {
    const { kind: of, text, value, dotted, start, end } = this.#token;
    if (of === "number" && dotted && value !== undefined && width !== 32) {
      const why = width === undefined ? `not ${kind.what}` : `the field has ${width}`;
      this.#errors.add("E_NUMBER", `a dotted quad is 32 bits, ${why}`, start, end);
      throw new Abandoned();
    }
    if (of === "number") {
      this.#at++;
      return value ?? kind.least;
    }
    if (of !== "word" || RESERVED.has(text) || width === undefined) return this.#expected(kind.what);
    this.#at++;
    const constant = constantOf(text);
    if (constant !== undefined) return constant;
    this.#errors.add("E_CONSTANT", `${JSON.stringify(text)} is no name of a number`, start, end);
    return kind.least;
  }

  #tellBounds({ what, code, least, most }: Kind, start: number, end: number): void {
    const text = this.#text.slice(start, end);
    this.#errors.add(code, `${text} is not possible as ${what}: ${least} to ${most}`, start, end);
  }

  /** A number within bounds. One out of bounds is told, and the atom read on: its low bound stands in. */
  #number(what: string, code: TextErrorCode, least: number, most: number): number {
    const { kind, text, value, dotted, start, end } = this.#token;
    if (kind !== "number") return this.#expected(what);
    this.#at++;
    if (value === undefined) return least;
    if (!dotted && value >= least && value <= most) return value;
    if (dotted) this.#errors.add("E_NUMBER", `${text}: a dotted quad is a value or a mask, not ${what}`, start, end);
    else this.#tellBounds({ what, code, least, most }, start, end);
    return least;
  }

  #take(symbol: string, expected = JSON.stringify(symbol)): void {
    if (!this.#is(symbol)) this.#expected(expected);
    this.#at++;
  }

  #tell(code: TextErrorCode, message: string): void {
    this.#errors.add(code, message, this.#token.start, this.#token.end);
  }

  #expected(what: string): never {
    const { kind, text } = this.#token;
    const found = kind === "end" ? "the end" : JSON.stringify(text);
    const code = kind === "strange" ? "E_CHARACTER" : "E_SYNTAX";
    if (this.#toldAt !== this.#at) this.#tell(code, `found ${found}, expected ${what}`);
    this.#toldAt = this.#at;
    throw new Abandoned();
  }
}

/** Each of `all`, which are given away, followed by each of `next`. */
function product(all: Atom[][], next: readonly Conjunction[]): Atom[][] {
  const [only] = next;
  if (only === undefined || next.length > 1) return all.flatMap((before) => next.map((after) => [...before, ...after]));
  for (const before of all) before.push(...only);
  return all;
}

function longestOf(all: readonly Conjunction[]): number {
  return Math.max(...all.map(({ length }) => length));
}
