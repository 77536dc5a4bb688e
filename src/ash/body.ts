/** A function while it is checked: its locals, the names that are seen where the checker stands, and what is known there. */

import { type Hold, type Owner, stillHeld, withoutHeld } from "./holding.js";
import { both, type Known, NOTHING_KNOWN } from "./known.js";
import { MAX_LOCALS } from "./limits.js";
import type { Meaning } from "./meaning.js";
import type { Expression, Name } from "./syntax.js";
import type { Expr, Local, Scalar, Span } from "./tree.js";
import type { Signature, Unit } from "./unit.js";
import { landed } from "./value.js";

/** Where an expression stands: at the top only constants are, in a pipe only what its words give. */
export type Standing = "top" | "function" | "pipe";

/** What an expression stands for (check-expression.ts); `wanted`: the type that its place wants. */
export type CheckExpression = (body: Body, expression: Expression, wanted?: Scalar) => Meaning;

export interface Breakable {
  readonly kind: "loop" | "switch";
  broken: boolean;
}

export class Body {
  readonly unit: Unit;
  readonly standing: Standing;
  readonly checkExpression: CheckExpression;
  /** Index of the function, -1 outside of functions. */
  readonly func: number;
  readonly locals: Local[] = [];
  readonly breakables: Breakable[] = [];
  known: Known = NOTHING_KNOWN;
  /** By local: what a reference is held by, where it may end. */
  readonly holding = new Map<number, Hold>();
  /** Holds that there have been. */
  holds = 0;
  readonly #endings = new Map<Owner, number>();
  readonly #scopes: Map<string, Meaning>[] = [];

  constructor(unit: Unit, standing: Standing, checkExpression: CheckExpression, func = -1) {
    this.unit = unit;
    this.standing = standing;
    this.checkExpression = checkExpression;
    this.func = func;
  }

  get signature(): Signature | undefined {
    return this.unit.signatures[this.func];
  }

  check(expression: Expression, wanted?: Scalar): Meaning {
    return this.checkExpression(this, expression, wanted);
  }

  /** A value of the type; undefined after a complaint. */
  checkTo(expression: Expression, type: Scalar): Expr | undefined {
    return landed(this.unit.complaints, this.check(expression, type), type, expression);
  }

  enter(): void {
    this.#scopes.push(new Map());
  }

  leave(): void {
    this.#scopes.pop();
  }

  /** The names of a block, which hide others from its begin on. */
  announce(names: readonly Name[]): void {
    const scope = this.#scopes.at(-1);
    for (const name of names) {
      if (scope?.has(name.name)) this.unit.twice(name);
      else scope?.set(name.name, { kind: "later" });
    }
  }

  declare(name: string, meaning: Meaning): void {
    this.#scopes.at(-1)?.set(name, meaning);
  }

  lookup(name: string, span: Span): Meaning {
    for (let depth = this.#scopes.length - 1; depth >= 0; depth--) {
      const meaning = this.#scopes[depth]?.get(name);
      if (meaning?.kind === "later") return this.unit.later(name, span);
      if (meaning !== undefined) return meaning;
    }
    return this.unit.lookup(name, span);
  }

  /** The number of a new local. */
  local(name: string, type: Local["type"], span: Span): number {
    if (this.locals.length === MAX_LOCALS) {
      const message = `a function has at most ${MAX_LOCALS} locals and parameters`;
      this.unit.complaints.add("E_TOO_MANY", span, message, "make a part of it a function");
    }
    this.locals.push({ name, type });
    return this.locals.length - 1;
  }

  /** What these gave may have ended: their entries, or the frame. */
  end(owners: Iterable<Owner>): void {
    const ended = [...owners];
    this.known = withoutHeld(this.known, ended);
    for (const owner of ended) this.#endings.set(owner, this.endings(owner) + 1);
  }

  /** How often it has been said so. */
  endings(owner: Owner): number {
    return this.#endings.get(owner) ?? 0;
  }

  /** Runs `work` where more is known than here. */
  knowing<T>(more: Known, work: () => T): T {
    const before = this.known;
    this.known = both(before, more);
    const result = work();
    this.known = stillHeld(before, this.known);
    return result;
  }
}
