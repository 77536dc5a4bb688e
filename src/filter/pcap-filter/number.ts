/**
 * Numbers of a predicate, each once: two that are written alike are one, with constants folded. So whoever asks about
 * a number (is it a field that atoms can test? is it in a register?) asks once, and compares by identity.
 *
 * A number that ends the evaluation wherever it is computed (a division by the constant 0, a load beyond what a frame can
 * have) is `fault`, and so is all that is computed from it.
 */
import { MAX_LENGTH } from "../../dpf/atom.js";
import type { NumberOperator, Value } from "./predicate.js";

interface Load {
  readonly kind: "load";
  readonly base: NumberNode | undefined;
  readonly offset: number;
  readonly size: 1 | 2 | 4;
}

interface Operation {
  readonly kind: "operation";
  readonly operator: NumberOperator;
  readonly left: NumberNode;
  readonly right: NumberNode;
}

type What =
  | { readonly kind: "fault" | "wire" | "link" }
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "cell"; readonly cell: number }
  | Load
  | Operation;

export type NumberNode = What & {
  readonly id: number;
  /** No more than this, wherever it can be computed. */
  readonly most: number;
  /** It reads a cell, so it may change. */
  readonly varies: boolean;
};

const MAX_WORD = 0xffffffff;

export class Numbers {
  readonly #known = new Map<string, NumberNode>();
  readonly #ofValue = new Map<Value, NumberNode>();
  readonly #fault: NumberNode = this.#one("fault", { kind: "fault" });

  of(value: Value): NumberNode {
    let number = this.#ofValue.get(value);
    if (number === undefined) {
      number = this.#find(value);
      this.#ofValue.set(value, number);
    }
    return number;
  }

  #find(value: Value): NumberNode {
    switch (value.kind) {
      case "constant":
        return this.constant(value.value);
      case "wire":
      case "link":
        return this.#one(value.kind, value);
      case "cell":
        return this.#one(`cell ${value.cell}`, { kind: "cell", cell: value.cell });
      case "load":
        return this.load(value.base && this.of(value.base), value.offset, value.size);
      case "operation":
        return this.operation(value.operator, this.of(value.left), this.of(value.right));
    }
  }

  constant(value: number): NumberNode {
    return this.#one(`${value >>> 0}`, { kind: "constant", value: value >>> 0 });
  }

  /** Constants in the address become part of the offset, where their sum cannot wrap. */
  load(base: NumberNode | undefined, offset: number, size: 1 | 2 | 4): NumberNode {
    if (base?.kind === "fault") return base;
    if (base?.kind === "constant") return this.load(undefined, base.value + offset, size);
    if (offset + size > MAX_LENGTH) return this.#fault;
    if (base?.kind === "operation" && base.operator === "+") {
      const { left, right } = base;
      if (right.kind === "constant" && left.most + right.value <= MAX_WORD)
        return this.load(left, right.value + offset, size);
      if (left.kind === "constant" && right.most + left.value <= MAX_WORD)
        return this.load(right, left.value + offset, size);
    }
    return this.#one(`[${base?.id} ${offset} ${size}]`, { kind: "load", base, offset, size });
  }

  operation(operator: NumberOperator, left: NumberNode, right: NumberNode): NumberNode {
    if (left.kind === "fault" || right.kind === "fault") return this.#fault;
    if (right.kind === "constant") {
      if (right.value === 0 && (operator === "/" || operator === "%")) return this.#fault;
      if (left.kind === "constant") return this.constant(compute(operator, left.value, right.value));
      if (right.value === 0 && (operator === "+" || operator === "-")) return left;
    }
    return this.#one(`${left.id}${operator}${right.id}`, { kind: "operation", operator, left, right });
  }

  #one(key: string, what: What): NumberNode {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const node: NumberNode = { ...what, id: this.#known.size, most: mostOf(what), varies: varies(what) };
    this.#known.set(key, node);
    return node;
  }
}

function varies(what: What): boolean {
  if (what.kind === "load") return what.base?.varies === true;
  return what.kind === "operation" ? what.left.varies || what.right.varies : what.kind === "cell";
}

function mostOf(what: What): number {
  if (what.kind === "constant") return what.value;
  if (what.kind === "load") return 2 ** (8 * what.size) - 1;
  return what.kind === "operation" ? Math.min(mostOfOperation(what), MAX_WORD) : MAX_WORD;
}

/** More than a word where it may wrap. */
function mostOfOperation({ operator, left, right }: Operation): number {
  switch (operator) {
    case "+":
      return left.most + right.most;
    case "*":
      return left.most * right.most;
    case "<<":
      return right.kind === "constant" ? left.most * 2 ** Math.min(right.value, 32) : MAX_WORD;
    case "&":
      return Math.min(left.most, right.most);
    case "/":
    case "%":
    case ">>":
      return left.most;
    default:
      return MAX_WORD;
  }
}

/** Of unsigned words, modulo 2^32; the divisor is not 0. A shift by more than 31 leaves nothing. */
export function compute(operator: NumberOperator, left: number, right: number): number {
  switch (operator) {
    case "+":
      return (left + right) >>> 0;
    case "-":
      return (left - right) >>> 0;
    case "*":
      return Math.imul(left, right) >>> 0;
    case "/":
      return Math.floor(left / right);
    case "%":
      return left % right;
    case "&":
      return (left & right) >>> 0;
    case "|":
      return (left | right) >>> 0;
    case "^":
      return (left ^ right) >>> 0;
    case "<<":
      return right > 31 ? 0 : (left << right) >>> 0;
    case ">>":
      return right > 31 ? 0 : left >>> right;
  }
}
