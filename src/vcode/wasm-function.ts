/**
 * Structured code (structure.ts) as WebAssembly functions: of a piece, which returns the number of its exit, 0 where the
 * lambda has returned; of a lambda; and of a lambda's body in line.
 */
import type { ImageInsn, Immediate, Insn, Lambda, Register } from "./insn.js";
import type { Item, StructLabel, StructuredPiece, Way } from "./structure.js";
import { Code, Locals } from "./wasm-code.js";
import { condition, kindOf, push, straight, type Target } from "./wasm-insn.js";
import type { ValueKind } from "./wasm-opcodes.js";

type Scall = Extract<Insn, { op: "scall" }>;

/** What a primitive is expanded with. */
export interface WasmCall extends Target {
  readonly insn: Scall;
  /** Number of the lambda that calls it. */
  readonly lambda: number;
  /** Pushes that operand. */
  operand(index: number): void;
  /** Takes the result from the stack. */
  result(): void;
}

export type WasmPrimitive = (call: WasmCall) => void;

/** What traps in an image; `index` of the instruction. */
export type WasmTrap = (
  target: Target,
  insn: ImageInsn | Extract<Insn, { op: "fuel" }>,
  lambda: number,
  index: number,
) => void;

/** What functions of one module share: indices of globals, and of functions. */
export interface Shared {
  readonly fuel: number;
  /** 1 where fuel ran out. */
  readonly fault: number;
  readonly select: number;
  /** What v_ret gave back, where its function could not return it. */
  result(kind: ValueKind): number;
  /** Where pieces of the lambda pass the register. */
  register(lambda: number, register: Register): number;
  lambda(number: number): number;
  piece(lambda: number, piece: number): number;
  expand(call: WasmCall): void;
  readonly trap: WasmTrap | undefined;
}

/** How v_ret leaves: a function returns, a piece or a body in line goes to its end. */
type Kind = "function" | "piece" | "body";

/** Branches of a jump table that need code of their own, each in a block around the table. */
const MOST_PADS = 128;
/** Of one br_table; V8 refuses 65,520. */
const MOST_ENTRIES = 16_384;
/** What jump tables add to the nesting: pads, and the chunk that they are in. */
export const TABLE_NESTING = MOST_PADS + 2;

export class FunctionCode {
  readonly #lambda: Lambda;
  readonly #number: number;
  readonly #pieces: readonly StructuredPiece[];
  readonly #shared: Shared;

  constructor(lambda: Lambda, number: number, pieces: readonly StructuredPiece[], shared: Shared) {
    this.#lambda = lambda;
    this.#number = number;
    this.#pieces = pieces;
    this.#shared = shared;
  }

  /** The function of a piece, or of the lambda itself, which is the last. */
  function(index: number): { locals: Locals; code: Code } {
    const piece = this.#pieces[index]!;
    const whole = index === this.#pieces.length - 1;
    const parameters = whole ? this.#lambda.parameters : 0;
    const kinds = this.#lambda.registers.map(kindOf);
    const locals = new Locals(kinds.slice(0, parameters));
    const indices = new Map(kinds.slice(0, parameters).map((_, register) => [register, register]));
    for (const register of piece.locals) {
      if (!indices.has(register)) indices.set(register, locals.add(kinds[register]!));
    }
    const local = (register: Register) => indices.get(register)!;
    const code = new Code();
    const writer = this.#writer(code, locals, local);
    if (whole) writer.whole(piece);
    else writer.piece(piece);
    code.op("end");
    return { locals, code };
  }

  /** Appends the lambda itself, as a block that v_ret leaves. */
  inline(code: Code, locals: Locals, local: (register: Register) => number): void {
    this.#writer(code, locals, local).body(this.#pieces.at(-1)!);
  }

  #writer(code: Code, locals: Locals, local: (register: Register) => number): Writer {
    return new Writer(this.#lambda, this.#number, this.#pieces, this.#shared, { code, locals, local });
  }
}

/** Where a branch goes: a label that is open, or code that ends in a branch. */
type Goal = { readonly level: number } | { readonly key: string; readonly emit: () => void };

class Writer {
  readonly #lambda: Lambda;
  readonly #number: number;
  readonly #pieces: readonly StructuredPiece[];
  readonly #shared: Shared;
  readonly #target: Target;
  /** By label: depth of the code inside its block. */
  readonly #levels = new Map<StructLabel, number>();
  #kind: Kind = "function";
  #body = 0;
  /** The local that has the exit taken. */
  readonly #exit: number;

  constructor(lambda: Lambda, number: number, pieces: readonly StructuredPiece[], shared: Shared, target: Target) {
    this.#lambda = lambda;
    this.#number = number;
    this.#pieces = pieces;
    this.#shared = shared;
    this.#target = target;
    this.#exit = pieces.length > 1 ? target.locals.scratch("i32", EXIT) : 0;
  }

  whole({ items }: StructuredPiece): void {
    this.#kind = "function";
    for (const item of items) this.#item(item);
    // Control never comes here; the result that the type asks for is not missed behind this.
    this.#target.code.op("unreachable");
  }

  piece(piece: StructuredPiece): void {
    const { code, local } = this.#target;
    for (const register of piece.takes) code.global_get(this.#register(register)).local_set(local(register));
    this.#kind = "piece";
    this.#block(piece);
    for (const register of piece.gives) code.local_get(local(register)).global_set(this.#register(register));
    code.local_get(this.#exit);
  }

  body(piece: StructuredPiece): void {
    this.#kind = "body";
    this.#block(piece);
  }

  #block({ items }: StructuredPiece): void {
    const { code } = this.#target;
    code.block();
    this.#body = code.depth;
    for (const item of items) this.#item(item);
    code.op("end");
  }

  #register(register: Register): number {
    return this.#shared.register(this.#number, register);
  }

  #item(item: Item): void {
    const { code } = this.#target;
    switch (item.kind) {
      case "code":
        for (let index = item.from; index < item.to; index++) this.#insn(this.#lambda.insns[index]!, index);
        return;
      case "block":
      case "loop":
        if (item.kind === "block") code.block();
        else code.loop();
        this.#levels.set(item.label, code.depth);
        return;
      case "if":
        condition(this.#target, item.insn, item.negated);
        code.if();
        return;
      case "end":
        code.op("end");
        return;
      case "branch":
        return this.#go(this.#goal(item.way));
      case "branch-if":
        condition(this.#target, item.insn, item.negated);
        code.br_if(code.depth - this.#level(item.label));
        return;
      case "table": {
        const index = this.#target.local(item.insn.rs);
        return this.#table(
          index,
          item.ways.map((way) => this.#goal(way)),
          this.#goal(item.other),
        );
      }
      case "enter":
        return this.#enter(item.first, item.labels);
      case "call":
        return this.#callPiece(item.piece, item.ways);
      case "ret":
        return this.#ret(item.insn);
    }
  }

  #level(label: StructLabel): number {
    const level = this.#levels.get(label);
    if (level === undefined) throw new RangeError(`wasm: label ${label} is not open`);
    return level;
  }

  #goal({ to, select }: Way): Goal {
    if (select === undefined && "label" in to) return { level: this.#level(to.label) };
    const key = `${"label" in to ? `label ${to.label}` : `exit ${to.exit}`} ${select ?? ""}`;
    return { key, emit: () => this.#leave(to, select) };
  }

  #leave(to: Way["to"], select: number | undefined): void {
    const { code } = this.#target;
    if (select !== undefined) code.i32_const(select).global_set(this.#shared.select);
    if ("label" in to) code.br(code.depth - this.#level(to.label));
    else this.#leaveBody(to.exit);
  }

  #leaveBody(exit: number): void {
    const { code } = this.#target;
    if (this.#kind === "piece") code.i32_const(exit).local_set(this.#exit);
    code.br(code.depth - this.#body);
  }

  #go(goal: Goal): void {
    const { code } = this.#target;
    if ("emit" in goal) goal.emit();
    else code.br(code.depth - goal.level);
  }

  #enter(first: number, labels: readonly StructLabel[]): void {
    const { code, locals } = this.#target;
    const index = locals.scratch("i32");
    code.global_get(this.#shared.select).i32_const(first).op("i32.sub").local_set(index);
    const goals = labels.map((label): Goal => ({ level: this.#level(label) }));
    this.#table(index, goals.slice(0, -1), goals.at(-1)!);
  }

  #callPiece(piece: number, ways: readonly Way[]): void {
    const { code, local } = this.#target;
    const { takes, gives } = this.#pieces[piece]!;
    for (const register of takes) code.local_get(local(register)).global_set(this.#register(register));
    code.call(this.#shared.piece(this.#number, piece)).local_set(this.#exit);
    for (const register of gives) code.global_get(this.#register(register)).local_set(local(register));
    // Exits count from 1; whatever else it says, the lambda has returned.
    const returned: Goal = { key: "returned", emit: () => this.#returned() };
    this.#table(this.#exit, [returned, ...ways.map((way) => this.#goal(way))], returned);
  }

  #returned(): void {
    const { code } = this.#target;
    if (this.#kind !== "function") return this.#leaveBody(0);
    const { result } = this.#lambda;
    if (result !== undefined) code.global_get(this.#shared.result(kindOf(result)));
    code.op("return");
  }

  #ret({ value }: Extract<Insn, { op: "ret" }>): void {
    const { code } = this.#target;
    const { result } = this.#lambda;
    if (value !== undefined && result !== undefined) {
      push(this.#target, kindOf(result), value);
      if (this.#kind !== "function") code.global_set(this.#shared.result(kindOf(result)));
    }
    if (this.#kind === "function") code.op("return");
    else this.#leaveBody(0);
  }

  /** Goes to the goal that the local numbers, beyond them to `other`; in chunks, so that none has too many pads. */
  #table(index: number, goals: readonly Goal[], other: Goal): void {
    const { code } = this.#target;
    let from = 0;
    for (;;) {
      const to = chunkEnd(goals, from);
      const last = to === goals.length;
      if (!last) code.local_get(index).i32_const(to).op("i32.lt_u").if();
      // Within a chunk that is not the last, nothing is beyond.
      this.#chunk(index, from, goals.slice(from, to), last ? other : goals[from]!);
      if (last) return;
      code.op("end");
      from = to;
    }
  }

  #chunk(index: number, from: number, goals: readonly Goal[], other: Goal): void {
    const { code } = this.#target;
    if (goals.length === 0) return this.#go(other);
    const pads = new Map<string, { readonly emit: () => void; level: number }>();
    for (const goal of [...goals, other]) if ("emit" in goal) pads.set(goal.key, { emit: goal.emit, level: 0 });
    for (const pad of pads.values()) {
      code.block();
      pad.level = code.depth;
    }
    const label = (goal: Goal) => code.depth - ("emit" in goal ? pads.get(goal.key)!.level : goal.level);
    code.local_get(index);
    if (from > 0) code.i32_const(from).op("i32.sub");
    code.br_table(goals.map(label), label(other));
    for (const { emit } of [...pads.values()].reverse()) {
      code.op("end");
      emit();
    }
  }

  #insn(insn: Insn, index: number): void {
    switch (insn.op) {
      case "scall":
        return this.#scall(insn);
      case "call":
        return this.#call(insn);
      case "ldv":
      case "stv":
      case "aluo":
        if (this.#shared.trap === undefined) throw new RangeError("emit: only images trap");
        return this.#shared.trap(this.#target, insn, this.#number, index);
      case "fuel":
        if (this.#shared.trap !== undefined) return this.#shared.trap(this.#target, insn, this.#number, index);
        return this.#fuel(insn.units);
      // Where control goes on is in the items.
      case "label":
      case "br":
      case "bri":
      case "j":
      case "jt":
      case "ret":
        return;
      default:
        return straight(this.#target, insn);
    }
  }

  #scall(insn: Scall): void {
    const { code, local } = this.#target;
    this.#shared.expand({
      ...this.#target,
      insn,
      lambda: this.#number,
      operand: (index) => this.#push(insn.args[index]!),
      result: () => {
        if (insn.rd === undefined) code.op("drop");
        else code.local_set(local(insn.rd));
      },
    });
  }

  #call(insn: Extract<Insn, { op: "call" }>): void {
    const { code, local } = this.#target;
    for (const argument of insn.args) this.#push(argument);
    code.call(this.#shared.lambda(insn.lambda));
    if (insn.rd !== undefined) code.local_set(local(insn.rd));
  }

  #push(operand: { readonly reg: Register } | { readonly imm: Immediate }): void {
    push(this.#target, "imm" in operand && typeof operand.imm === "bigint" ? "i64" : "i32", operand);
  }

  #fuel(units: number): void {
    const { code } = this.#target;
    const { fuel, fault } = this.#shared;
    code.global_get(fuel).i32_const(units).op("i32.lt_s").if();
    code.i32_const(1).global_set(fault).op("unreachable").op("end");
    code.global_get(fuel).i32_const(units).op("i32.sub").global_set(fuel);
  }
}

/** Number of the scratch local that has the exit: none that primitives use. */
const EXIT = -1;

function chunkEnd(goals: readonly Goal[], from: number): number {
  const pads = new Set<string>();
  let to = from;
  for (; to < goals.length && to - from < MOST_ENTRIES; to++) {
    const goal = goals[to]!;
    if ("emit" in goal) pads.add(goal.key);
    if (pads.size >= MOST_PADS) break;
  }
  return to;
}
