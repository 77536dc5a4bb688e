/**
 * VCODE's text, as print.ts writes it.
 *
 *   program   = [ "v_tables" number ] { lambda }
 *   lambda    = "v_lambda" "f"index "(" [ register { "," register } ] ")" [ ":" type ] [ "in" region { "," region } ]
 *               [ "v_getreg" registers { "," registers } ]
 *               [ "v_genlabel" number ]                   how many labels; else the greatest that is named, and one
 *               { insn }
 *               "v_end"
 *   register  = "r"index ":" type
 *   registers = "r"index [ ".." "r"index ] ":" type       in order, after the parameters
 *   insn      = "L"index ":" | name [ operand { "," operand } ]
 *   operand   = "r"index | "L"index | "f"index | number | primitive | "[" [ "L"index { "," "L"index } ] "]"
 *
 * Each of these stands on a line of its own. Names and their operands are those of insn.ts. A constant of an
 * instruction with a long type is a bigint, with or without an n; elsewhere the n says so.
 *
 * What is read has the right shape and nothing more: whether it is a program that may run, the verifier says. The
 * first error ends it, with its place and what was expected there. Never throws.
 */

import { isLong } from "./compute.js";
import { FORMS, type Operands } from "./forms.js";
import {
  type Immediate,
  type Insn,
  type Lambda,
  MAX_REGISTERS,
  type Operand,
  type Program,
  REGIONS,
  type Region,
  type Type,
  VALUE_TYPES,
  type ValueType,
} from "./insn.js";
import type { PrimitiveName } from "./primitive.js";
import { labelsNamed } from "./print.js";
import { type Token, tokensOf } from "./tokens.js";

/** Characters of a text. */
export const MAX_TEXT = 1 << 26;
/** Characters of a number: more than any 64-bit constant has. */
const MAX_DIGITS = 24;
/** Registers that a whole text may declare, since a range is short to write. */
export const MAX_DECLARED = 1 << 22;

export interface ParseError {
  readonly line: number;
  readonly column: number;
  readonly expected: string;
  readonly found: string;
}

export type Parsed =
  | { readonly ok: true; readonly program: Program }
  | { readonly ok: false; readonly error: ParseError };

export function parse(text: string): Parsed {
  if (text.length > MAX_TEXT) {
    const expected = `at most ${MAX_TEXT} characters`;
    return { ok: false, error: { line: 1, column: 1, expected, found: `${text.length}` } };
  }
  const parser = new Parser(text);
  const program = parser.program();
  return parser.error === undefined ? { ok: true, program } : { ok: false, error: parser.error };
}

/** The last register that a text may declare: more than the verifier admits, so that it has something to refuse. */
const MOST = 2 * MAX_REGISTERS - 1;

const TYPES: readonly [Type, ...Type[]] = [...VALUE_TYPES, "p"];

/**
 * After an error every method answers something of the right type without looking further: the error
 * decides in the end, so that nothing between has to ask for it.
 */
class Parser implements Operands {
  error: ParseError | undefined;
  readonly #tokens: Generator<Token, Token>;
  #token: Token;
  #declared = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
    this.#token = this.#tokens.next().value;
  }

  program(): Program {
    this.#lines();
    const declared = this.#takeWord("v_tables") ? this.count("the number of tables") : undefined;
    if (declared !== undefined) this.#endOfLine();
    const lambdas: Lambda[] = [];
    while (this.error === undefined && this.#token.kind !== "end") {
      lambdas.push(this.#lambda(lambdas.length));
      this.#lines();
    }
    return { lambdas, tables: declared ?? 0 };
  }

  #lambda(index: number): Lambda {
    this.#word("v_lambda");
    this.#index("f", `f${index}`, index, index);
    const registers: Type[] = [];
    this.#mark("(");
    if (!this.#takeMark(")")) {
      do this.#declare(registers);
      while (this.#takeMark(","));
      this.#mark(")");
    }
    const parameters = registers.length;
    const result = this.#takeMark(":") ? this.#oneOf(VALUE_TYPES, "a type of values") : undefined;
    const regions: Region[] = [];
    if (this.#takeWord("in")) {
      do regions.push(this.#oneOf(REGIONS, REGIONS.join(", ")));
      while (this.#takeMark(","));
    }
    this.#endOfLine();
    if (this.#takeWord("v_getreg")) {
      do this.#declare(registers);
      while (this.#takeMark(","));
      this.#endOfLine();
    }
    const declared = this.#takeWord("v_genlabel") ? this.count("the number of labels") : undefined;
    if (declared !== undefined) this.#endOfLine();
    const insns = this.#insns();
    return { regions, parameters, registers, result, labels: declared ?? labelsNamed(insns), insns };
  }

  /** `rN:type` or `rN..rM:type`, the next in order. */
  #declare(registers: Type[]): void {
    const first = registers.length;
    this.#index("r", `r${first}`, first, Math.min(first, MOST));
    const range = `a register from r${first} to r${MOST}`;
    const last = this.#takeMark("..") ? this.#index("r", range, first, MOST) : first;
    this.#declared += last - first + 1;
    if (this.#declared > MAX_DECLARED) this.#fail(`at most ${MAX_DECLARED} registers in all`);
    this.#mark(":");
    const type = this.#oneOf(TYPES, "a type");
    if (this.error !== undefined) return;
    for (let register = first; register <= last; register++) registers.push(type);
  }

  #insns(): Insn[] {
    const insns: Insn[] = [];
    while (this.error === undefined && !this.#takeWord("v_end")) {
      insns.push(this.#insn());
      this.#endOfLine();
    }
    this.#endOfLine();
    return insns;
  }

  #insn(): Insn {
    if (this.#token.kind === "word" && this.#token.text.startsWith("L")) {
      const label = this.label();
      this.#mark(":");
      return { op: "label", label };
    }
    const form = this.#token.kind === "word" ? FORMS.get(this.#token.text) : undefined;
    if (form === undefined) {
      this.#fail("an instruction, a label or v_end");
      return { op: "ret" };
    }
    this.#next();
    return form(this);
  }

  reg(): number {
    return this.#index("r", "a register");
  }

  label(): number {
    return this.#index("L", "a label");
  }

  lambda(): number {
    return this.#index("f", "a lambda");
  }

  labels(): number[] {
    const labels: number[] = [];
    this.#mark("[");
    if (this.#takeMark("]")) return labels;
    do labels.push(this.label());
    while (this.#takeMark(","));
    this.#mark("]");
    return labels;
  }

  comma(): this {
    this.#mark(",");
    return this;
  }

  imm(type: ValueType | undefined): Immediate {
    const { kind, text } = this.#token;
    const long = isLong(type ?? "i") || text.endsWith("n");
    if (kind !== "number") return this.#fail("a constant") ?? 0;
    if (text.length > MAX_DIGITS) return this.#fail(`a number of at most ${MAX_DIGITS} characters`) ?? 0;
    const digits = text.replace(/^-|n$/g, "");
    const value = text.startsWith("-") ? -BigInt(digits) : BigInt(digits);
    if (!long && !Number.isSafeInteger(Number(value))) return this.#fail("a number below 2^53") ?? 0;
    this.#next();
    return long ? value : Number(value);
  }

  count(expected: string): number {
    const { kind, text } = this.#token;
    if (kind !== "number" || !/^[0-9]{1,15}$/.test(text)) return this.#fail(expected) ?? 0;
    this.#next();
    return Number(text);
  }

  primitive(): PrimitiveName {
    const { kind, text } = this.#token;
    if (kind !== "word") this.#fail("a primitive");
    this.#next();
    // The verifier judges whether it is declared.
    return text as PrimitiveName;
  }

  args(): Operand[] {
    const args: Operand[] = [];
    while (this.#takeMark(",")) {
      args.push(this.#token.kind === "number" ? { imm: this.imm(undefined) } : { reg: this.reg() });
    }
    return args;
  }

  /** A letter and a number in [from, to]. */
  #index(letter: string, expected: string, from = 0, to = Number.MAX_SAFE_INTEGER): number {
    const { kind, text } = this.#token;
    const digits = kind === "word" && text.startsWith(letter) ? /^(?:0|[1-9][0-9]{0,8})$/.exec(text.slice(1)) : null;
    const index = digits === null ? -1 : Number(digits[0]);
    if (index < from || index > to) return this.#fail(expected) ?? from;
    this.#next();
    return index;
  }

  #oneOf<T extends string>(names: readonly [T, ...T[]], expected: string): T {
    const found = names.find((name) => this.#token.kind === "word" && name === this.#token.text);
    if (found === undefined) this.#fail(expected);
    else this.#next();
    return found ?? names[0];
  }

  #word(word: string): void {
    if (!this.#takeWord(word)) this.#fail(word);
  }

  #takeWord(word: string): boolean {
    const taken = this.error === undefined && this.#token.kind === "word" && this.#token.text === word;
    if (taken) this.#next();
    return taken;
  }

  #mark(mark: string): void {
    if (!this.#takeMark(mark)) this.#fail(`"${mark}"`);
  }

  #takeMark(mark: string): boolean {
    const taken = this.error === undefined && this.#token.kind === "mark" && this.#token.text === mark;
    if (taken) this.#next();
    return taken;
  }

  #endOfLine(): void {
    if (this.#token.kind !== "line" && this.#token.kind !== "end") this.#fail("the end of the line");
    this.#lines();
  }

  #lines(): void {
    while (this.error === undefined && this.#token.kind === "line") this.#next();
  }

  #next(): void {
    if (this.error === undefined) this.#token = this.#tokens.next().value;
  }

  /** The first error stays. */
  #fail(expected: string): undefined {
    const { line, column, kind, text } = this.#token;
    const found = kind === "line" ? "the end of the line" : kind === "end" ? "the end of the text" : text.slice(0, 40);
    this.error ??= { line, column, expected, found };
    return undefined;
  }
}
