/**
 * Structured code (structure.ts) as the text of JavaScript functions: blocks are labelled, a branch to one breaks
 * out of it, a branch to a loop continues it.
 *
 *   r3          register 3, a local variable
 *   x0_3        what pieces of lambda 0 share of it (transfer.ts), `select`, `v_ret`, `fuel`: seen by all functions
 *   f1, p1_4    lambda 1, and its piece 4, which returns the number of its exit, 0 where the lambda has returned
 *   B, C, P     labels of places, of loops and of places that were moved
 *   e, body     the exit taken, and the block that it leaves
 */
import { isLong } from "./compute.js";
import type { ImageInsn, Insn, Lambda, Operand, Register } from "./insn.js";
import { condition, constant, int, operand, reg, straight } from "./js-insn.js";
import { type Item, isLoop, type StructLabel, type StructuredPiece, type Way } from "./structure.js";

/** Text of a primitive's call, whose result, where there is one, is assigned to `rd`. */
export type Expand = (insn: Extract<Insn, { op: "scall" }>) => string;

/** What traps in an image; `index` of the instruction. */
export interface TrapText {
  /** Declarations of what the statements use between them, as `let` has them. */
  readonly temporaries: string;
  statement(insn: ImageInsn | Extract<Insn, { op: "fuel" }>, index: number): string;
}

/** How v_ret leaves: a function returns, a piece or a body in line goes to its end. */
type Kind = "function" | "piece" | "body";

export class FunctionText {
  readonly #lambda: Lambda;
  readonly #number: number;
  readonly #pieces: readonly StructuredPiece[];
  readonly #expand: Expand;
  readonly #traps: TrapText | undefined;
  /** Arrays that jump tables look into; the outer scope holds them. */
  readonly tables: string[] = [];

  constructor(
    lambda: Lambda,
    number: number,
    pieces: readonly StructuredPiece[],
    expand: Expand,
    traps: TrapText | undefined,
  ) {
    this.#lambda = lambda;
    this.#number = number;
    this.#pieces = pieces;
    this.#expand = expand;
    this.#traps = traps;
  }

  /** Variables of the outer scope. */
  shared(): string[] {
    const registers = new Set(this.#pieces.flatMap(({ takes }) => takes));
    return [...registers].map((register) => `${this.#shared(register)} = ${this.#zero(register)}`);
  }

  #shared(register: Register): string {
    return `x${int(this.#number)}_${int(register)}`;
  }

  #zero(register: Register): string {
    return isLong(this.#lambda.registers[register] ?? "i") ? "0n" : "0";
  }

  /** The function of a piece, or of the lambda itself, which is the last. */
  text(index: number): string {
    const piece = this.#pieces[index]!;
    if (index === this.#pieces.length - 1) return this.#whole(piece);
    const takes = new Set(piece.takes);
    const locals = piece.locals.map((register) => {
      return `${reg(register)} = ${takes.has(register) ? this.#shared(register) : this.#zero(register)}`;
    });
    return [
      `function p${int(this.#number)}_${int(index)}() {`,
      `let ${[...locals, this.#temporaries()].join(", ")};`,
      this.#body(piece, "piece"),
      ...piece.gives.map((register) => `${this.#shared(register)} = ${reg(register)};`),
      "return e;",
      "}",
    ].join("\n");
  }

  #whole(piece: StructuredPiece): string {
    const parameters = Array.from({ length: this.#lambda.parameters }, (_, register) => reg(register));
    const lines = piece.items.map((item) => this.#item(item, "function"));
    return [
      `function f${int(this.#number)}(${parameters.join(", ")}) {`,
      this.locals(this.#lambda.parameters),
      ...lines,
      "}",
    ].join("\n");
  }

  /** Declares the local variables of the lambda itself, registers from `first` on. */
  locals(first: number): string {
    const registers = this.#pieces.at(-1)!.locals.filter((register) => register >= first);
    return `let ${[...registers.map((register) => `${reg(register)} = ${this.#zero(register)}`), this.#temporaries()].join(", ")};`;
  }

  #temporaries(): string {
    return this.#traps === undefined ? "e = 0" : `e = 0, ${this.#traps.temporaries}`;
  }

  /** The lambda itself as a block to be put into another function; v_ret leaves it with the result in `v_ret`. */
  inline(): string {
    return this.#body(this.#pieces.at(-1)!, "body");
  }

  #body(piece: StructuredPiece, kind: Kind): string {
    return ["body: {", ...piece.items.map((item) => this.#item(item, kind)), "}"].join("\n");
  }

  #item(item: Item, kind: Kind): string {
    switch (item.kind) {
      case "code":
        return this.#code(item.from, item.to);
      case "block":
        return `${label(item.label)}: {`;
      case "loop":
        return `${label(item.label)}: for (;;) {`;
      case "if":
        return `if (${condition(item.insn, item.negated)}) {`;
      case "end":
        return "}";
      case "branch":
        return way(item.way);
      case "branch-if":
        return `if (${condition(item.insn, item.negated)}) ${branch(item.label)}`;
      case "table":
        return this.#table(item);
      case "enter":
        return enter(item.first, item.labels);
      case "call":
        return this.#call(item, kind);
      case "ret":
        return ret(kind, item.insn.value);
    }
  }

  #code(from: number, to: number): string {
    const lines: string[] = [];
    for (let index = from; index < to; index++) {
      const text = this.#statement(this.#lambda.insns[index]!, index);
      if (text !== "") lines.push(text);
    }
    return lines.join("\n");
  }

  #statement(insn: Insn, index: number): string {
    switch (insn.op) {
      case "scall":
        return this.#expand(insn);
      case "call": {
        const call = `f${int(insn.lambda)}(${insn.args.map(operand).join(", ")});`;
        return insn.rd === undefined ? call : `${reg(insn.rd)} = ${call}`;
      }
      case "ldv":
      case "stv":
      case "aluo":
        if (this.#traps === undefined) throw new RangeError("emit: only images trap");
        return this.#traps.statement(insn, index);
      case "fuel":
        if (this.#traps !== undefined) return this.#traps.statement(insn, index);
        return `if (fuel < ${int(insn.units)}) throw exhausted;\nfuel = (fuel - ${int(insn.units)}) | 0;`;
      // Where control goes on is in the items.
      case "label":
      case "br":
      case "bri":
      case "j":
      case "jt":
      case "ret":
        return "";
      default:
        return straight(insn);
    }
  }

  #call({ piece, ways }: Extract<Item, { kind: "call" }>, kind: Kind): string {
    const { takes, gives } = this.#pieces[piece]!;
    return [
      ...takes.map((register) => `${this.#shared(register)} = ${reg(register)};`),
      `e = p${int(this.#number)}_${int(piece)}();`,
      ...gives.map((register) => `${reg(register)} = ${this.#shared(register)};`),
      "switch (e) {",
      ...ways.slice(1).map((each, index) => `case ${int(index + 2)}: ${way(each)}`),
      // One that has no exits has returned.
      ...(ways[0] === undefined ? [] : [`case 1: ${way(ways[0])}`]),
      `default: ${returned(kind)}`,
      "}",
    ].join("\n");
  }

  /** A short table is a switch; a long one looks up which of its targets it is, since V8 would keep a jump for each entry. */
  #table({ insn, ways, other }: Extract<Item, { kind: "table" }>): string {
    const index = reg(insn.rs);
    if (ways.length <= LONGEST_SWITCH) return switchOver(index, ways.map(way), way(other));
    const targets = [...new Map([...ways, other].map((each) => [target(each), each])).keys()];
    const number = new Map(targets.map((text, at) => [text, at]));
    const select = [...ways, other].map((each) => each.select ?? 0);
    const all = [...ways, other].map((each) => number.get(target(each))!);
    const at = `${index} >>> 0 < ${int(ways.length)} ? ${index} : ${int(ways.length)}`;
    const lines = select.some((each) => each !== 0) ? [`select = ${this.#array(select)}[${at}];`] : [];
    const cases = targets.map((text, each) => `case ${int(each)}: ${text}`);
    return [...lines, `switch (${this.#array(all)}[${at}]) {`, ...cases.slice(1), `default: ${targets[0]}`, "}"].join(
      "\n",
    );
  }

  #array(numbers: readonly number[]): string {
    const name = `t${int(this.#number)}_${int(this.tables.length)}`;
    this.tables.push(`const ${name} = new Int32Array([${numbers.map(int).join(", ")}]);`);
    return name;
  }
}

const LONGEST_SWITCH = 128;

function switchOver(index: string, cases: readonly string[], other: string): string {
  const lines: string[] = [];
  const by = new Map<string, number[]>();
  cases.forEach((text, number) => {
    const numbers = by.get(text);
    if (numbers) numbers.push(number);
    else by.set(text, [number]);
  });
  for (const [text, numbers] of by) lines.push(`${numbers.map((number) => `case ${int(number)}:`).join(" ")} ${text}`);
  return [`switch (${index}) {`, ...lines, `default: ${other}`, "}"].join("\n");
}

/** Many roots under few labels are told apart by where one label's end. */
function enter(first: number, labels: readonly StructLabel[]): string {
  const last = branch(labels.at(-1)!);
  if (labels.length <= LONGEST_SWITCH) {
    return switchOver(`(select - ${constant(first)}) | 0`, labels.slice(0, -1).map(branch), last);
  }
  const lines = labels.flatMap((each, index) => {
    const next = labels[index + 1];
    return next === undefined || next === each ? [] : [`if (select < ${int(first + index + 1)}) ${branch(each)}`];
  });
  return [...lines, last].join("\n");
}

function label(number: StructLabel): string {
  if (number < 0) return `P${int(-1 - number)}`;
  return isLoop(number) ? `C${int((number - 1) / 2)}` : `B${int(number / 2)}`;
}

function branch(number: StructLabel): string {
  return `${isLoop(number) ? "continue" : "break"} ${label(number)};`;
}

function target({ to }: Way): string {
  return "label" in to ? branch(to.label) : `e = ${int(to.exit)}; break body;`;
}

function way(each: Way): string {
  return each.select === undefined ? target(each) : `{ select = ${int(each.select)}; ${target(each)} }`;
}

function ret(kind: Kind, value: Operand | undefined): string {
  const text = value === undefined ? "" : operand(value);
  if (kind === "function") return `return ${text};`;
  // Exit 0 is what `e` says until another is taken.
  const leave = kind === "piece" ? "e = 0; break body;" : "break body;";
  return text === "" ? leave : `v_ret = ${text}; ${leave}`;
}

/** Goes on after a piece in which the lambda has returned. */
function returned(kind: Kind): string {
  if (kind === "function") return "return v_ret;";
  return kind === "piece" ? "e = 0; break body;" : "break body;";
}
