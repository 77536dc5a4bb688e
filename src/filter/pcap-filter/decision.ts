/**
 * A predicate as a graph of decisions: each is taken once on a way, and then goes on with one of two others, until it is yes or
 * no. A fault goes to no at once, past every `not` and `or` around it.
 *
 * Decisions that the way to them has already taken are left out, way by way: in `host a or host b` a frame that is ARP is not asked
 * again whether it is IPv4, and one that is IPv4 goes from a's addresses to b's. Numbers do not change, except for cells.
 */
import { holds } from "./leaf.js";
import type { NumberNode, Numbers } from "./number.js";
import type { Comparison, Predicate, Protochain, Step } from "./predicate.js";

type Chain = Extract<Predicate, { kind: "chain" }>;

/** Place in the graph; all that follows a decision has smaller places. */
export type Place = number;
export const NO: Place = 0;
export const YES: Place = 1;

export interface Asked {
  readonly operator: Comparison;
  readonly left: NumberNode;
  readonly right: NumberNode;
}

export type Decision =
  | (Asked & { readonly kind: "comparison"; yes: Place; no: Place })
  | { readonly kind: "store"; readonly cell: number; readonly number: NumberNode; yes: Place }
  | {
      readonly kind: "protochain";
      readonly base: NumberNode | undefined;
      readonly of: Protochain;
      yes: Place;
      no: Place;
    };

export interface Graph {
  readonly entry: Place;
  /** By place; none at NO and YES, and at those that no way leads to. */
  readonly decisions: readonly (Decision | undefined)[];
}

/** Decisions that may be passed over, for the whole graph; beyond, they stay. */
const MAX_PASSED = 1 << 20;

export function decisionsOf(predicate: Predicate, numbers: Numbers): Graph {
  const builder = new Builder(numbers);
  const entry = builder.build(predicate, YES, NO);
  return new Shortcuts(builder.decisions).take(entry);
}

class Builder {
  readonly decisions: (Decision | undefined)[] = [undefined, undefined];
  readonly #numbers: Numbers;

  constructor(numbers: Numbers) {
    this.#numbers = numbers;
  }

  build(predicate: Predicate, yes: Place, no: Place): Place {
    switch (predicate.kind) {
      case "constant":
        return predicate.value ? yes : no;
      case "not":
        return this.build(predicate.of, no, yes);
      case "chain":
        return this.#chain(predicate, yes, no);
      case "store": {
        const { cell } = predicate;
        const number = this.#numbers.of(predicate.value);
        return number.kind === "fault" ? NO : this.#place({ kind: "store", cell, number, yes });
      }
      case "protochain": {
        const base = predicate.base && this.#numbers.of(predicate.base);
        return base?.kind === "fault" ? NO : this.#place({ kind: "protochain", base, of: predicate, yes, no });
      }
      case "comparison": {
        const { operator } = predicate;
        const [left, right] = [this.#numbers.of(predicate.left), this.#numbers.of(predicate.right)];
        if (left.kind === "fault" || right.kind === "fault") return NO;
        if (left.kind !== "constant" || right.kind !== "constant")
          return this.#place({ kind: "comparison", operator, left, right, yes, no });
        return holds(operator, left.value, right.value) ? yes : no;
      }
    }
  }

  #place(decision: Decision): Place {
    return this.decisions.push(decision) - 1;
  }

  /** From the last term to the first: where a prefix goes on depends on what stands behind it. */
  #chain({ first, rest }: Chain, yes: Place, no: Place): Place {
    let [ifTrue, ifFalse] = [yes, no];
    for (const { operator, term } of rest.toReversed() satisfies Step[]) {
      const next = this.build(term, ifTrue, ifFalse);
      if (operator === "or") ifFalse = next;
      else ifTrue = next;
    }
    return this.build(first, ifTrue, ifFalse);
  }
}

/** What a way has decided. */
interface Fact extends Asked {
  readonly answer: boolean;
}

/** The latest facts are kept, and of `number == constant, no` the latest of each number. */
const MAX_FACTS = 32;
const MAX_OTHERS = 6;

type Facts = readonly Fact[];

class Shortcuts {
  readonly #decisions: readonly (Decision | undefined)[];
  readonly #facts: (Facts | undefined)[] = [];
  #left = MAX_PASSED;

  constructor(decisions: readonly (Decision | undefined)[]) {
    this.#decisions = decisions;
  }

  /** From the entry on: when a decision's turn comes, all ways to it are known. */
  take(start: Place): Graph {
    const entry = this.#arrive(start, []);
    for (let place = entry; place > YES; place--) {
      const [decision, facts] = [this.#decisions[place], this.#facts[place]];
      if (decision === undefined || facts === undefined) continue;
      const asked = decision.kind === "comparison" ? decision : undefined;
      decision.yes = this.#arrive(decision.yes, asked ? learnt(facts, { ...asked, answer: true }) : facts);
      if ("no" in decision)
        decision.no = this.#arrive(decision.no, asked ? learnt(facts, { ...asked, answer: false }) : facts);
    }
    return { entry, decisions: this.#decisions.map((each, at) => (this.#facts[at] === undefined ? undefined : each)) };
  }

  /** Past all that is decided already; notes the way that came there. */
  #arrive(place: Place, facts: Facts): Place {
    let at = place;
    while (this.#left > 0) {
      const decision = this.#decisions[at];
      const answer = decision?.kind === "comparison" ? decided(facts, decision) : undefined;
      if (decision?.kind !== "comparison" || answer === undefined) break;
      at = answer ? decision.yes : decision.no;
      this.#left--;
    }
    const known = this.#facts[at];
    this.#facts[at] = known === undefined ? facts : known.filter((fact) => facts.some((other) => isSame(fact, other)));
    return at;
  }
}

function isSame(a: Fact, b: Fact): boolean {
  return a === b || (isAlike(a, b) && a.answer === b.answer);
}

function isAlike(a: Asked, b: Asked): boolean {
  return a.left === b.left && a.right === b.right && a.operator === b.operator;
}

function decided(facts: Facts, asked: Asked): boolean | undefined {
  if (asked.left.varies || asked.right.varies) return undefined;
  for (const fact of facts) {
    if (fact.left !== asked.left) continue;
    if (isAlike(fact, asked)) return fact.answer;
    const isKnown = fact.operator === "==" && fact.answer && fact.right.kind === "constant";
    if (isKnown && asked.right.kind === "constant") return holds(asked.operator, fact.right.value, asked.right.value);
  }
  return undefined;
}

function learnt(facts: Facts, { operator, left, right, answer }: Fact): Facts {
  if (left.varies || right.varies) return facts;
  const fact: Fact = { operator, left, right, answer };
  const isOther = (each: Fact) => each.left === left && each.operator === "==" && !each.answer;
  if (!isOther(fact)) return [fact, ...facts].slice(0, MAX_FACTS);
  let others = 1;
  return [fact, ...facts.filter((each) => !isOther(each) || ++others <= MAX_OTHERS)].slice(0, MAX_FACTS);
}
