/**
 * The WebAssembly target: verified VCODE to functions of a module. The entry's body is appended to a function of the
 * caller's, who writes the loop around it:
 *
 *   const module = new Module({ … });
 *   const emitted = emitWasm(program, primitives, module);
 *   const locals = new Locals(["i32", "i32"]), code = new Code();
 *   emitted.emitBody(code, locals, (register) => …);      a block that v_ret leaves
 *   code.op("end");
 *   module.define(module.declare(["i32", "i32"], []), locals, code);
 *
 * Fuel is a global; where it is out, global `fault` becomes 1 and the code traps. Sizes are no matter to WebAssembly's engines
 * as they are to JavaScript's, but V8 refuses functions beyond 7 MB, and blocks may not nest without end.
 */
import { bytecodeOf } from "./bytecode.js";
import type { Lambda, Register } from "./insn.js";
import { MAX_NESTING } from "./pieces.js";
import type { PrimitiveName } from "./primitive.js";
import { type StructuredPiece, type StructureLimits, structureOf } from "./structure.js";
import type { Verified } from "./verify.js";
import { Code, Locals } from "./wasm-code.js";
import {
  FunctionCode,
  type Shared,
  TABLE_NESTING,
  type WasmCall,
  type WasmPrimitive,
  type WasmTrap,
} from "./wasm-function.js";
import { kindOf } from "./wasm-insn.js";
import type { Module } from "./wasm-module.js";
import type { ValueKind } from "./wasm-opcodes.js";

export type { WasmCall, WasmPrimitive } from "./wasm-function.js";
export type WasmPrimitives = Readonly<Partial<Record<PrimitiveName, WasmPrimitive>>>;

export interface EmittedWasm {
  /** Indices of globals: fuel that is left, and whether it ran out. */
  readonly fuel: number;
  readonly fault: number;
  /** Index of the global that has the entry's result after its body. */
  readonly result: number | undefined;
  /** `locals` are the caller's function's; `local` says which of them is which register of the entry. */
  emitBody(code: Code, locals: Locals, local: (register: Register) => number): void;
  /** Kinds of the entry's registers. */
  readonly kinds: readonly ValueKind[];
}

/** Of an image: how many registers it saves where it traps; `fuel` is a global. */
export interface WasmTraps {
  readonly saved: number;
  trap(fuel: number): WasmTrap;
}

/** `size`: of one function, roughly in octets. */
export type WasmLimits = Pick<StructureLimits, "nesting" | "size">;

const MAX_SIZE = 500_000;

export function emitWasm(
  program: Verified,
  primitives: WasmPrimitives,
  module: Module,
  { nesting = MAX_NESTING, size = MAX_SIZE }: WasmLimits = {},
  traps?: WasmTraps,
): EmittedWasm {
  const structured = program.lambdas.map((lambda) => {
    const limits = { nesting, size, tableNesting: TABLE_NESTING, saved: traps?.saved };
    return structureOf(lambda, (insn) => bytecodeOf(insn, "", traps?.saved), limits);
  });
  const shared = new Declared(program.lambdas, structured, primitives, module, traps);
  const functions = program.lambdas.map(
    (lambda, number) => new FunctionCode(lambda, number, structured[number]!, shared),
  );
  functions.forEach((each, number) => {
    structured[number]!.forEach((_, piece) => {
      const whole = piece === structured[number]!.length - 1;
      if (whole && number === 0) return;
      const { locals, code } = each.function(piece);
      module.define(whole ? shared.lambda(number) : shared.piece(number, piece), locals, code);
    });
  });
  const entry = program.lambdas[0];
  if (entry === undefined) throw new RangeError("emit: a program without an entry");
  return {
    fuel: shared.fuel,
    fault: shared.fault,
    result: entry.result === undefined ? undefined : shared.result(kindOf(entry.result)),
    emitBody: (code, locals, local) => functions[0]!.inline(code, locals, local),
    kinds: entry.registers.map(kindOf),
  };
}

/**
 * Defines and exports `run`, a function of the entry's parameters that gives back its result; and global `fuel`.
 */
export function defineRun(module: Module, entry: Lambda, emitted: EmittedWasm): void {
  const parameters = emitted.kinds.slice(0, entry.parameters);
  const locals = new Locals(parameters);
  for (const kind of emitted.kinds.slice(entry.parameters)) locals.add(kind);
  const code = new Code();
  emitted.emitBody(code, locals, (register) => register);
  if (entry.result !== undefined && emitted.result !== undefined) code.global_get(emitted.result);
  code.op("end");
  const run = module.declare(parameters, entry.result === undefined ? [] : [kindOf(entry.result)]);
  module.define(run, locals, code);
  module.exportFunction("run", run);
  module.exportGlobal("fuel", emitted.fuel);
}

/** Indices in the module of what functions share. */
class Declared implements Shared {
  readonly fuel: number;
  readonly fault: number;
  readonly select: number;
  readonly trap: WasmTrap | undefined;
  readonly #lambdas: readonly Lambda[];
  readonly #module: Module;
  readonly #primitives: WasmPrimitives;
  readonly #functions: readonly (readonly number[])[];
  readonly #globals = new Map<string, number>();

  constructor(
    lambdas: readonly Lambda[],
    structured: readonly (readonly StructuredPiece[])[],
    primitives: WasmPrimitives,
    module: Module,
    traps: WasmTraps | undefined,
  ) {
    this.#lambdas = lambdas;
    this.#module = module;
    this.#primitives = primitives;
    this.fuel = module.global("i32");
    this.fault = module.global("i32");
    this.select = module.global("i32");
    this.trap = traps?.trap(this.fuel);
    this.#functions = lambdas.map((lambda, number) => {
      const pieces = structured[number]!.slice(1).map(() => module.declare([], ["i32"]));
      if (number === 0) return pieces;
      const parameters = lambda.registers.slice(0, lambda.parameters).map(kindOf);
      return [...pieces, module.declare(parameters, lambda.result === undefined ? [] : [kindOf(lambda.result)])];
    });
  }

  lambda(number: number): number {
    return this.#functions[number]!.at(-1)!;
  }

  piece(lambda: number, piece: number): number {
    return this.#functions[lambda]![piece]!;
  }

  result(kind: ValueKind): number {
    return this.#global(`result ${kind}`, kind);
  }

  register(lambda: number, register: Register): number {
    return this.#global(`${lambda} ${register}`, kindOf(this.#lambdas[lambda]!.registers[register]!));
  }

  #global(name: string, kind: ValueKind): number {
    const index = this.#globals.get(name) ?? this.#module.global(kind);
    this.#globals.set(name, index);
    return index;
  }

  expand(call: WasmCall): void {
    const primitive = this.#primitives[call.insn.primitive];
    if (primitive === undefined) throw new RangeError(`emit: there is no ${call.insn.primitive} here`);
    primitive(call);
  }
}
