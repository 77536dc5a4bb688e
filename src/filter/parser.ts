/**
 * DPF text: the atoms themselves.
 *
 *   filter      = conjunction { "||" conjunction }
 *   conjunction = atom { "&&" atom }
 *   atom        = "true" | test | shift | "(" atom ")"
 *   test        = field "==" value
 *   shift       = "shift" number | "shift" field [ "<<" number ]
 *   field       = offset ":" width [ "&" mask ]
 *
 * Offset, width, mask and value are numbers; a dotted quad is possible as value or mask of 32 bits. Offsets
 * count octets from the base, fields are unsigned and in network order. `true` is no atom: alone it makes
 * a conjunction that matches every frame.
 *
 * After an error the parser goes on at the next "&&" or "||", so one reading tells several.
 */
import {
  type Atom,
  type Conjunction,
  type Filter,
  fullMask,
  MAX_ATOMS,
  MAX_CONJUNCTIONS,
  MAX_LEFT,
  MAX_OFFSET,
  MAX_SHIFT,
  type Width,
} from "../dpf/atom.js";
import type { ErrorList, TextErrorCode } from "./error.js";
import { type Token, tokens } from "./lexer.js";

export const MAX_NESTING = 200;

/** Thrown inside an atom once its error was told; caught where the next atom begins. */
class Abandoned extends Error {}

interface Field {
  readonly offset: number;
  readonly width: Width;
  readonly mask: number;
}

/** The filter; without meaning where `errors` has any. */
export function parse(text: string, errors: ErrorList): Filter {
  return new Parser(tokens(text, errors), errors).filter();
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #errors: ErrorList;
  #at = 0;

  constructor(list: readonly Token[], errors: ErrorList) {
    this.#tokens = list;
    this.#errors = errors;
  }

  get #token(): Token {
    return this.#tokens[this.#at]!;
  }

  filter(): Filter {
    const conjunctions: Conjunction[] = [];
    for (;;) {
      if (conjunctions.length === MAX_CONJUNCTIONS) {
        this.#tell("E_CONJUNCTIONS", `a filter has at most ${MAX_CONJUNCTIONS} conjunctions`);
        return { conjunctions };
      }
      conjunctions.push(this.#conjunction());
      if (this.#token.kind === "end") return { conjunctions };
      this.#at++; // "||", since nothing else ends a conjunction
    }
  }

  #conjunction(): Conjunction {
    const atoms: Atom[] = [];
    let told = false;
    for (;;) {
      const start = this.#token;
      const atom = this.#recovering();
      if (atom) atoms.push(atom);
      if (atoms.length > MAX_ATOMS && !told) {
        told = true;
        this.#errors.add("E_ATOMS", `a conjunction has at most ${MAX_ATOMS} atoms`, start.start, start.end);
      }
      if (!this.#is("&&")) return atoms;
      this.#at++;
    }
  }

  /** An atom and what follows it; stands at "&&", "||" or the end afterwards. */
  #recovering(): Atom | undefined {
    try {
      const atom = this.#atom(0);
      if (!this.#atBoundary()) this.#expected('"&&", "||" or the end');
      return atom;
    } catch (error) {
      if (!(error instanceof Abandoned)) throw error;
      while (!this.#atBoundary()) this.#at++;
      return undefined;
    }
  }

  #atBoundary(): boolean {
    return this.#token.kind === "end" || this.#is("&&") || this.#is("||");
  }

  #is(symbol: string): boolean {
    return this.#token.kind === "symbol" && this.#token.text === symbol;
  }

  #isWord(word: string): boolean {
    return this.#token.kind === "word" && this.#token.text === word;
  }

  /** `true` gives no atom. */
  #atom(depth: number): Atom | undefined {
    if (this.#is("(")) {
      if (depth === MAX_NESTING) {
        this.#tell("E_NESTING", `parentheses nest at most ${MAX_NESTING} deep`);
        throw new Abandoned();
      }
      this.#at++;
      const inner = this.#atom(depth + 1);
      this.#take(")");
      return inner;
    }
    if (this.#isWord("true")) {
      this.#at++;
      return undefined;
    }
    if (this.#isWord("shift")) return this.#shift();
    if (this.#token.kind !== "number") return this.#expected('an offset, "shift", "true" or "("');
    const field = this.#field();
    this.#take("==");
    const value = this.#valueOf(field);
    return { kind: "equal", ...field, value };
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

  #field(): Field {
    const offset = this.#number("an offset", "E_OFFSET", 0, MAX_OFFSET);
    this.#take(":");
    const width = this.#width();
    if (!this.#is("&")) return { offset, width, mask: fullMask(width) };
    this.#at++;
    this.#allowQuad(width);
    return { offset, width, mask: this.#number("a mask", "E_MASK", 1, fullMask(width), true) };
  }

  #width(): Width {
    const token = this.#token;
    const value = this.#number("a width", "E_WIDTH", 0, 0xffffffff);
    if (value === 8 || value === 16 || value === 32) return value;
    if (token.value !== undefined)
      this.#errors.add("E_WIDTH", `${token.text} is no width: 8, 16 or 32`, token.start, token.end);
    return 32;
  }

  #valueOf({ width, mask }: Field): number {
    const token = this.#token;
    this.#allowQuad(width);
    const value = this.#number("a value", "E_VALUE", 0, fullMask(width), true);
    if ((value & ~mask) !== 0) {
      const text = `${token.text} has bits outside the mask 0x${mask.toString(16)}: it could never be equal`;
      this.#errors.add("E_VALUE", text, token.start, token.end);
    }
    return value;
  }

  #allowQuad(width: Width): void {
    const { kind, dotted, value, start, end } = this.#token;
    if (kind === "number" && dotted && value !== undefined && width !== 32) {
      this.#errors.add("E_NUMBER", `a dotted quad is 32 bits, the field has ${width}`, start, end);
      throw new Abandoned();
    }
  }

  /** A number within bounds. One out of bounds is told, and the atom read on: its low bound stands in. */
  #number(what: string, code: TextErrorCode, low: number, high: number, quad = false): number {
    const { kind, text, value, dotted, start, end } = this.#token;
    if (kind !== "number") return this.#expected(what);
    if (dotted && !quad && value !== undefined) {
      this.#errors.add("E_NUMBER", `${text}: a dotted quad is a value or a mask, not ${what}`, start, end);
    } else if (value !== undefined && (value < low || value > high)) {
      this.#errors.add(code, `${text} is not possible as ${what}: ${low} to ${high}`, start, end);
    } else if (value !== undefined) {
      this.#at++;
      return value;
    }
    this.#at++;
    return low;
  }

  #take(symbol: string): void {
    if (!this.#is(symbol)) this.#expected(JSON.stringify(symbol));
    this.#at++;
  }

  #tell(code: TextErrorCode, message: string): void {
    this.#errors.add(code, message, this.#token.start, this.#token.end);
  }

  #expected(what: string): never {
    const { kind, text } = this.#token;
    const found = kind === "end" ? "the end" : JSON.stringify(text);
    this.#tell(kind === "strange" ? "E_CHARACTER" : "E_SYNTAX", `found ${found}, expected ${what}`);
    throw new Abandoned();
  }
}
