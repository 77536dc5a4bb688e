/**
 * The JavaScript target: verified VCODE to text. Every character of it is written by us; of a program only numbers
 * and opcodes are taken.
 *
 * Shape, as measured: words are int32 and stay so (`| 0`), memory is read through one DataView, functions stay below
 * 30 KB of bytecode. What is emitted is meant to be put together by its caller:
 *
 *   "use strict";
 *   const { view, exhausted, … } = environment;    the caller's; `exhausted` is thrown where fuel is out
 *   prelude                                        variables that functions share
 *   functions
 *   return function run(…) { locals … body … }     the entry's body is a block that v_ret leaves, its registers are r0, r1, …
 *
 * Names that it takes are listed at the head of js-function.ts; `v_ret` has the entry's result, `fuel` what is left.
 */
import { bytecodeOf, CALL_BYTECODE, FRAME_BYTECODE, MAX_BYTECODE, TRANSFER_BYTECODE } from "./bytecode.js";
import type { Insn, Lambda } from "./insn.js";
import { type Expand, FunctionText, type TrapText } from "./js-function.js";
import { operand, reg } from "./js-insn.js";
import { MAX_NESTING } from "./pieces.js";
import type { PrimitiveName } from "./primitive.js";
import { type StructuredPiece, type StructureLimits, structureOf } from "./structure.js";
import type { Verified } from "./verify.js";

type Scall = Extract<Insn, { op: "scall" }>;

/**
 * Statements for a call of the primitive: of constant text, and of what it is given: `rd`, the variable that its result
 * goes to, undefined where it has none, and its operands' texts, each a variable or a constant.
 */
export type JsPrimitive = (rd: string | undefined, operands: readonly string[], insn: Scall, lambda: number) => string;
export type JsPrimitives = Readonly<Partial<Record<PrimitiveName, JsPrimitive>>>;

/** Of an image: what traps in a lambda, and how many registers it saves there. */
export interface JsTraps {
  readonly saved: number;
  of(lambda: Lambda, number: number): TrapText;
}

export interface EmittedJs {
  readonly prelude: string;
  /** Lambdas from 1 on, and what was cut out of any. */
  readonly functions: readonly string[];
  readonly entry: {
    /** Declares its registers, parameters as well. */
    readonly locals: string;
    readonly body: string;
  };
  /** Octets of bytecode that V8 will need for the largest function, as estimated. */
  readonly largest: number;
  /** Of the text. */
  readonly octets: number;
}

/** `size`: octets of bytecode. */
type JsLimits = Pick<StructureLimits, "nesting" | "size">;

export function emitJs(
  program: Verified,
  primitives: JsPrimitives = {},
  limits: JsLimits = {},
  traps?: JsTraps,
): EmittedJs {
  const lambdas = program.lambdas.map((lambda, number) => new Emission(lambda, number, primitives, limits, traps));
  const entry = lambdas[0];
  if (entry === undefined) throw new RangeError("emit: a program without an entry");
  const functions = lambdas.flatMap((each, number) => each.functions(number > 0));
  const [locals, body] = [entry.text.locals(0), entry.text.inline()];
  const shared = lambdas.flatMap(({ text }) => text.shared());
  const tables = lambdas.flatMap(({ text }) => text.tables);
  const prelude = [`let ${["fuel = 0", "select = 0", "v_ret = 0", ...shared].join(", ")};`, ...tables].join("\n");
  const octets = [prelude, locals, body, ...functions].reduce((sum, text) => sum + text.length, 0);
  const largest = lambdas.reduce((most, each) => Math.max(most, each.largest()), 0);
  return { prelude, functions, entry: { locals, body }, largest, octets };
}

class Emission {
  readonly #lambda: Lambda;
  readonly #pieces: readonly StructuredPiece[];
  readonly #weight: (insn: Insn) => number;
  readonly text: FunctionText;

  constructor(lambda: Lambda, number: number, primitives: JsPrimitives, limits: JsLimits, traps: JsTraps | undefined) {
    const { size = MAX_BYTECODE, nesting = MAX_NESTING } = limits;
    const expand = expander(primitives, number);
    const trapText = traps?.of(lambda, number);
    this.#lambda = lambda;
    const saved = Math.min(traps?.saved ?? 0, lambda.registers.length);
    this.#weight = (insn) => bytecodeOf(insn, insn.op === "scall" ? expand(insn) : "", saved);
    const most = Math.max(size - FRAME_BYTECODE - TRANSFER_BYTECODE, 1);
    this.#pieces = structureOf(lambda, this.#weight, {
      nesting,
      size: most,
      callSize: CALL_BYTECODE,
      saved,
    });
    this.text = new FunctionText(lambda, number, this.#pieces, expand, trapText);
  }

  /** Texts of the pieces, and of the lambda itself where it is `called`. */
  functions(called: boolean): string[] {
    const count = called ? this.#pieces.length : this.#pieces.length - 1;
    return Array.from({ length: count }, (_, index) => this.text.text(index));
  }

  largest(): number {
    return this.#pieces.reduce((most, piece) => Math.max(most, this.#bytecode(piece)), 0);
  }

  #bytecode({ items, takes, gives }: StructuredPiece): number {
    let sum = FRAME_BYTECODE + 4 * (takes.length + gives.length);
    for (const item of items) {
      if (item.kind === "call") sum += CALL_BYTECODE;
      if (item.kind !== "code") continue;
      for (let index = item.from; index < item.to; index++) sum += this.#weight(this.#lambda.insns[index]!);
    }
    return sum;
  }
}

function expander(primitives: JsPrimitives, lambda: number): Expand {
  return (insn) => {
    const primitive = primitives[insn.primitive];
    if (primitive === undefined) throw new RangeError(`emit: there is no ${insn.primitive} here`);
    return primitive(insn.rd === undefined ? undefined : reg(insn.rd), insn.args.map(operand), insn, lambda);
  };
}

/**
 * The one place where text becomes code. `source` is the text of a function's body, put together by us from what `emitJs`
 * returned; it sees `environment` and the language, and what it returns is up to whoever wrote it.
 */
export function instantiate<Environment, Run>(source: string, environment: Environment): Run {
  return new Function("environment", source)(environment);
}
