/**
 * Expressions as TypeScript types them where constants are concerned: which ones each can be, and what it tells as a condition. What is
 * taken here for certain constants, TypeScript takes for these or for more: what could be compared here can be compared there.
 */
import type { Complaints } from "./complaints.js";
import { type Knowledge, knownOf } from "./knowledge.js";
import { areBooleans, common, disjoint, isNever, oneLiteral, type Taken, unionOf } from "./literals.js";
import { partsOf } from "./parts.js";
import { isConstant, pathOf } from "./reference.js";
import type { Expression } from "./syntax.js";
import {
  also,
  and,
  assuming,
  equality,
  holding,
  opposite,
  or,
  type Reference,
  TELLS_NOTHING,
  type Told,
  word,
} from "./told.js";
import type { Span } from "./tree.js";
import type { Variables } from "./variables.js";

export interface Typed {
  readonly taken: Taken;
  readonly told: Told;
}

const ANY: Typed = { taken: undefined, told: TELLS_NOTHING };

type Of<Kind extends Expression["kind"]> = Extract<Expression, { kind: Kind }>;

export class Typing {
  readonly variables: Variables;
  readonly #complaints: Complaints;
  /** While it is above 0, a loop is gone round to learn what its next round begins with. */
  #muted = 0;
  #ended = false;
  #steps = 0;
  /** Of what was complained that it can be nothing. */
  readonly #nothing = new Set<string>();

  constructor(variables: Variables, complaints: Complaints) {
    this.variables = variables;
    this.#complaints = complaints;
  }

  get muted(): boolean {
    return this.#muted > 0;
  }

  quietly<T>(work: () => T): T {
    this.#muted++;
    const result = work();
    this.#muted--;
    return result;
  }

  complain(code: "E_REDUNDANT" | "E_TYPE" | "E_UNREACHABLE", span: Span, message: string, hint: string): void {
    if (!this.muted) this.#complaints.add(code, span, message, hint);
  }

  /** Complains once, whether muted or not; from here on what is known may be false, and nothing is complained of any more. */
  end(code: "E_TOO_COMPLEX", span: Span, message: string, hint: string): void {
    if (this.#ended) return;
    this.#complaints.add(code, span, message, hint);
    this.#muted++;
    this.#ended = true;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** What loops have cost so far: expressions that were typed while muted, and what each told. */
  get steps(): number {
    return this.#steps;
  }

  quote(span: Span): string {
    return this.#complaints.quote(span);
  }

  type(knowledge: Knowledge, expression: Expression): Typed {
    const typed = this.#typed(knowledge, expression);
    if (this.muted) this.#steps += 1 + typed.told.yes.of.size + typed.told.no.of.size;
    return typed;
  }

  #typed(knowledge: Knowledge, expression: Expression): Typed {
    switch (expression.kind) {
      case "number":
        return { taken: oneLiteral(`${expression.value}${expression.big ? "n" : ""}`), told: TELLS_NOTHING };
      case "boolean": {
        const { value } = expression;
        return { taken: oneLiteral(`${value}`), told: word(value) };
      }
      case "undefined":
        return { taken: oneLiteral("undefined"), told: TELLS_NOTHING };
      case "name":
      case "member":
      case "index":
        return this.#reference(knowledge, expression);
      case "unary":
        return this.#unary(knowledge, expression);
      case "binary":
        this.#binary(knowledge, expression);
        return ANY;
      case "compare":
        return this.#compare(knowledge, expression);
      case "logical":
        return this.#logical(knowledge, expression);
      case "conditional":
        return this.#conditional(knowledge, expression);
      default:
        for (const part of partsOf(expression)) this.type(knowledge, part);
        return ANY;
    }
  }

  #reference(knowledge: Knowledge, expression: Of<"name" | "member" | "index">): Typed {
    for (const part of partsOf(expression)) this.mustBe(this.type(knowledge, part), part);
    const reference = this.#followed(expression);
    if (reference === undefined) return ANY;
    const taken = knownOf(knowledge, reference.path) ?? reference.declared;
    const told = this.variables.named(expression)?.told;
    return { taken, told: told === undefined ? holding(reference) : also(holding(reference), told) };
  }

  /** Undefined of what TypeScript does not follow. */
  #followed(expression: Expression): Reference | undefined {
    const path = pathOf(this.variables, expression);
    if (path === undefined) return undefined;
    const declared = this.variables.named(expression)?.taken;
    return { path, declared, constant: isConstant(this.variables, expression) };
  }

  /** Complains of what can be nothing, by what is known, where TypeScript would not take that for a value of any type. */
  mustBe({ taken }: Typed, span: Span): void {
    const name = this.quote(span);
    if (!isNever(taken) || this.muted || this.#nothing.has(name)) return;
    this.#nothing.add(name);
    const message = `by what is known here, "${name}" can be nothing at all: this is never come to`;
    this.complain("E_UNREACHABLE", span, message, "leave it out, or the comparison that it stands behind");
  }

  #unary(knowledge: Knowledge, { op, operand }: Of<"unary">): Typed {
    const typed = this.type(knowledge, operand);
    const { taken, told } = typed;
    if (op !== "!") this.mustBe(typed, operand);
    if (op === "-" && operand.kind === "number") {
      const value = operand.value === 0n ? "0" : `-${operand.value}`;
      return { taken: oneLiteral(`${value}${operand.big ? "n" : ""}`), told: TELLS_NOTHING };
    }
    if (op !== "!") return ANY;
    const known = areBooleans(taken) && taken.of.size === 1;
    return {
      taken: known ? oneLiteral(`${!taken.of.has("true")}`) : undefined,
      told: operand.kind === "boolean" ? TELLS_NOTHING : opposite(told),
    };
  }

  /** Of two that can be nothing TypeScript makes a number, of bigints too. */
  #binary(knowledge: Knowledge, { left, right }: Of<"binary">): void {
    const [a, b] = [this.type(knowledge, left), this.type(knowledge, right)];
    if (isNever(b.taken)) this.mustBe(a, left);
  }

  #compare(knowledge: Knowledge, { op, left, right, start, end }: Of<"compare">): Typed {
    const [a, b] = [this.type(knowledge, left), this.type(knowledge, right)];
    if (op !== "===" && op !== "!==") return ANY;
    // With undefined TypeScript lets everything be compared.
    const free = left.kind === "undefined" || right.kind === "undefined" || !disjoint(a.taken, b.taken);
    if (!free && (isNever(a.taken) || isNever(b.taken))) {
      this.mustBe(a, left);
      this.mustBe(b, right);
    } else if (!free) {
      this.complain(
        "E_REDUNDANT",
        { start, end },
        this.#never(left, a, right, b),
        `it is always ${op === "!=="}: leave it out`,
      );
    }
    const told = [
      this.#equality(left, b.taken),
      this.#equality(right, a.taken),
      compared(a.told, right),
      compared(b.told, left),
    ].reduce(also);
    return { taken: undefined, told: op === "===" ? told : opposite(told) };
  }

  #never(left: Expression, a: Typed, right: Expression, b: Typed): string {
    const [side, taken] = left.kind === "number" || left.kind === "boolean" ? [right, b.taken] : [left, a.taken];
    return `"${this.quote(side)}" is known here to be ${shown(taken)}`;
  }

  #equality(side: Expression, to: Taken): Told {
    const reference = this.#followed(side);
    return reference === undefined ? TELLS_NOTHING : equality(reference, to);
  }

  #logical(knowledge: Knowledge, { op, left, right }: Of<"logical">): Typed {
    const first = this.type(knowledge, left);
    const second = this.type(assuming(knowledge, first.told, op === "&&"), right);
    const told = (op === "&&" ? and : or)(first.told, second.told);
    const ends = oneLiteral(op === "&&" ? "false" : "true", false);
    const ending = common(first.taken, ends);
    if (first.taken !== undefined && ending?.of.size === first.taken.of.size) return { taken: first.taken, told };
    return { taken: unionOf(ending, second.taken), told };
  }

  #conditional(knowledge: Knowledge, { condition, chosen, otherwise }: Of<"conditional">): Typed {
    const { told } = this.type(knowledge, condition);
    const first = this.type(assuming(knowledge, told, true), chosen);
    const second = this.type(assuming(knowledge, told, false), otherwise);
    return { taken: unionOf(first.taken, second.taken), told: TELLS_NOTHING };
  }
}

/** A condition that is compared with a word tells what it tells by itself. */
function compared(told: Told, other: Expression): Told {
  if (other.kind !== "boolean") return TELLS_NOTHING;
  return other.value ? told : opposite(told);
}

/** Of constants, for a sentence. */
export function shown(taken: Taken): string {
  const values = [...(taken?.of ?? [])];
  return values.length > 4 ? `${values.slice(0, 4).join(", ")} …` : values.join(" or ");
}
