/**
 * Of a predicate without parts, which frames make it true, and which false; and of a number, for which frames it can be
 * computed. Where atoms cannot say it, the set is larger than it should be, and that is noted.
 *
 *   field == c       one value                      field > c, >= c   one interval, or two where a sum wraps
 *   field & c        not 0, under the mask c        all others        wherever their loads are there: not exact
 */
import { type Allowed, allowed } from "./allowed.js";
import { type Algebra, type Alternatives, EVERYTHING, NOTHING } from "./alternatives.js";
import { reaching, testing } from "./conjunction.js";
import { type Form, type Forms, type Masked, unshifted } from "./form.js";
import { compute, type NumberNode, type Numbers } from "./number.js";
import type { Comparison, Predicate } from "./predicate.js";

type Compared = Extract<Predicate, { kind: "comparison" }>;
type Interval = readonly [low: number, high: number];

const LAST = 0xffffffff;
const BEYOND = "a number in it is none that atoms can test";

export class Leaves {
  readonly #algebra: Algebra;
  readonly #numbers: Numbers;
  readonly #forms: Forms;
  readonly #computable = new Map<NumberNode, { readonly where: Alternatives; readonly exact: boolean }>();
  readonly #answers = new Map<NumberNode, Map<NumberNode, Map<string, Alternatives | undefined>>>();

  constructor(algebra: Algebra, numbers: Numbers, forms: Forms) {
    this.#algebra = algebra;
    this.#numbers = numbers;
    this.#forms = forms;
  }

  /** Where the number is computed without a fault. */
  computable(number: NumberNode): Alternatives {
    const { where, exact } = this.#whereComputable(number);
    if (!exact) this.#algebra.approximate(BEYOND);
    return where;
  }

  /** Where both sides are. */
  comparable({ left, right }: Compared): Alternatives {
    return this.#algebra.product(this.computable(this.#numbers.of(left)), this.computable(this.#numbers.of(right)));
  }

  /** Where the comparison has that answer. */
  compared(comparison: Compared, answer: boolean): Alternatives {
    const there = this.comparable(comparison);
    if (there.length === 0) return NOTHING;
    const said = this.#said(comparison, answer);
    if (said === undefined) {
      this.#algebra.approximate(BEYOND);
      return there;
    }
    return said === EVERYTHING ? there : this.#algebra.product(there, said);
  }

  /** The same array for what is the same, so that the algebra knows it again. */
  #said({ operator, left, right }: Compared, answer: boolean): Alternatives | undefined {
    const [a, b] = [this.#numbers.of(left), this.#numbers.of(right)];
    const key = `${operator}${answer}`;
    let known = this.#answers.get(a)?.get(b);
    if (known === undefined) {
      known = new Map();
      const others = this.#answers.get(a) ?? new Map();
      this.#answers.set(a, others.set(b, known));
    }
    if (!known.has(key)) {
      const [x, y] = [this.#forms.of(a), this.#forms.of(b)];
      known.set(key, x && y && answered(operator, x, y, answer));
    }
    return known.get(key);
  }

  #whereComputable(number: NumberNode) {
    let known = this.#computable.get(number);
    if (known === undefined) {
      known = this.#findComputable(number);
      this.#computable.set(number, known);
    }
    return known;
  }

  #findComputable(number: NumberNode): { where: Alternatives; exact: boolean } {
    switch (number.kind) {
      case "fault":
        return { where: NOTHING, exact: true };
      case "load": {
        const place = this.#forms.placeOf(number);
        if (place !== undefined) return { where: [reaching(place.base, place.offset + number.size)], exact: true };
        const base = number.base && this.#whereComputable(number.base);
        return { where: base?.where ?? EVERYTHING, exact: false };
      }
      case "operation": {
        const [left, right] = [this.#whereComputable(number.left), this.#whereComputable(number.right)];
        const divides = (number.operator === "/" || number.operator === "%") && number.right.kind !== "constant";
        const where = this.#algebra.product(left.where, right.where);
        return { where, exact: left.exact && right.exact && !divides };
      }
      default:
        return { where: EVERYTHING, exact: true };
    }
  }
}

/** Undefined where atoms cannot say it. */
function answered(operator: Comparison, left: Form, right: Form, answer: boolean): Alternatives | undefined {
  if (left.kind === "constant" && right.kind === "constant") {
    return holds(operator, left.value, right.value) === answer ? EVERYTHING : NOTHING;
  }
  if (left.kind === "masked" && right.kind === "masked") return undefined;
  const [field, constant] = left.kind === "masked" ? [left, right] : [right, left];
  if (field.kind === "constant" || constant.kind === "masked") return undefined;
  if (operator === "&") return anyBit(field, constant.value, answer);
  if (operator === "==") return within(field, [constant.value, constant.value], answer);
  const least = operator === ">" ? constant.value + 1 : constant.value;
  if (left === field) return within(field, [least, LAST], answer);
  // c > field is no field >= c, and c >= field no field > c.
  return within(field, [operator === ">" ? constant.value : constant.value + 1, LAST], !answer);
}

export function holds(operator: Comparison, left: number, right: number): boolean {
  switch (operator) {
    case "==":
      return left === right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
    case "&":
      return compute("&", left, right) !== 0;
  }
}

function anyBit(form: Masked, bits: number, answer: boolean): Alternatives | undefined {
  if (form.plus !== 0) return undefined;
  const mask = unshifted(form, bits);
  if (mask === 0) return answer ? NOTHING : EVERYTHING;
  return tested(
    answer ? { ...form, mask, low: 0, high: mask, holes: [0] } : { ...form, mask, low: 0, high: 0, holes: [] },
  );
}

/** The number is in the interval, which may be empty, or it is not. */
function within(form: Masked, [low, high]: Interval, answer: boolean): Alternatives {
  const inside = low > high ? [] : unsummed(form, [low, high]);
  if (answer) return inside.flatMap((each) => between(form, each));
  if (low === high) return except(form, low);
  const outside: Alternatives[] = [];
  if (low > 0) outside.push(unsummed(form, [0, Math.min(low, LAST + 1) - 1]).flatMap((each) => between(form, each)));
  if (low <= high && high < LAST) outside.push(unsummed(form, [high + 1, LAST]).flatMap((each) => between(form, each)));
  return outside.flat();
}

/** What the number was before the constant was added to it: two intervals where that wraps. */
function unsummed({ plus }: Masked, [low, high]: Interval): Interval[] {
  if (high - low === LAST) return [[low, high]];
  const [from, to] = [(low - plus) >>> 0, (high - plus) >>> 0];
  return from <= to
    ? [[from, to]]
    : [
        [from, LAST],
        [0, to],
      ];
}

/** (field & mask), shifted, is in the interval. */
function between(form: Masked, [low, high]: Interval): Alternatives {
  const scale = 2 ** form.left;
  const [from, to] = [Math.ceil(low / scale), Math.min(Math.floor(high / scale), form.mask)];
  if (from > to) return NOTHING;
  return tested({ ...form, low: from, high: to, holes: [] });
}

/** The number is any but this one. */
function except(form: Masked, value: number): Alternatives {
  const unscaled = ((value - form.plus) >>> 0) / 2 ** form.left;
  const isPossible = Number.isInteger(unscaled) && unscaled <= LAST && (unscaled & ~form.mask) === 0;
  if (!isPossible) return EVERYTHING;
  return tested({ ...form, low: 0, high: form.mask, holes: [unscaled] });
}

function tested({ field, mask, low, high, holes }: Allowed): Alternatives {
  const test = allowed({ field, mask, low, high, holes });
  return test === undefined ? NOTHING : [testing(test)];
}
