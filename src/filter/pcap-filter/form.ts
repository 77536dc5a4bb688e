/**
 * Numbers that one field decides, in the form in which atoms can test them:
 *
 *   number = constant | ((field & mask) shifted) + constant        modulo 2^32
 *   field  = a load at a place | the length on the wire | the link type
 *
 * Whatever has another form (two fields, products, a subtraction from a constant) is `undefined` here, and is left to the residual.
 */
import { fullMask, MAX_LENGTH, MAX_OFFSET, type Width } from "../../dpf/atom.js";
import type { NumberNode } from "./number.js";
import { type Base, Bases, type Place, ROOT } from "./place.js";
import type { NumberOperator } from "./predicate.js";

/** What a test looks at: octets behind a base, or, without one, what the descriptor says: of 32 bits the length on the wire, of 16 the link type. */
export interface Field {
  readonly base: Base | undefined;
  readonly offset: number;
  readonly width: Width;
}

export interface Constant {
  readonly kind: "constant";
  readonly value: number;
}

/** ((field & mask) << left) + plus; to the right where `left` is negative, and then the mask has no bit that would get lost. */
export interface Masked {
  readonly kind: "masked";
  readonly field: Field;
  /** Unsigned; 0 is possible. Shifted, it stays within 32 bits. */
  readonly mask: number;
  readonly left: number;
  readonly plus: number;
}

export type Form = Constant | Masked;

/** An address that could be more might have wrapped, and is none that atoms can say. */
const MAX_WORD = 0xffffffff;
const WIRE: Field = { base: undefined, offset: 0, width: 32 };
const LINK: Field = { base: undefined, offset: 0, width: 16 };
const WIDTHS = { 1: 8, 2: 16, 4: 32 } as const;

export class Forms {
  readonly #bases = new Bases();
  readonly #forms = new Map<NumberNode, Form | undefined>();
  readonly #places = new Map<NumberNode, Place | undefined>();

  of(number: NumberNode): Form | undefined {
    if (!this.#forms.has(number)) this.#forms.set(number, this.#find(number));
    return this.#forms.get(number);
  }

  #find(number: NumberNode): Form | undefined {
    switch (number.kind) {
      case "constant":
        return { kind: "constant", value: number.value };
      case "wire":
        return whole(WIRE);
      case "link":
        return whole(LINK);
      case "load": {
        const place = this.placeOf(number);
        const known = place !== undefined && place.offset <= MAX_OFFSET;
        return known ? whole({ ...place, width: WIDTHS[number.size] }) : undefined;
      }
      case "operation":
        return this.#operation(number.operator, number.left, number.right);
      default:
        return undefined;
    }
  }

  #operation(operator: NumberOperator, left: NumberNode, right: NumberNode): Form | undefined {
    const [a, b] = [this.of(left), this.of(right)];
    if (a?.kind === "masked" && b?.kind === "constant") return applied(operator, a, b.value);
    const commutes = operator === "+" || operator === "*" || operator === "&" || operator === "|" || operator === "^";
    return commutes && a?.kind === "constant" && b?.kind === "masked" ? applied(operator, b, a.value) : undefined;
  }

  /** Of a load: undefined where its address has another form, or may wrap. */
  placeOf({ base, offset, size }: Extract<NumberNode, { kind: "load" }>): Place | undefined {
    if (base === undefined) return { base: ROOT, offset };
    const place = this.#address(base);
    if (place === undefined) return undefined;
    const sum = place.offset + offset;
    return sum + size <= MAX_LENGTH ? { base: place.base, offset: sum } : undefined;
  }

  #address(number: NumberNode): Place | undefined {
    if (!this.#places.has(number)) this.#places.set(number, this.#findAddress(number));
    return this.#places.get(number);
  }

  #findAddress(number: NumberNode): Place | undefined {
    const form = this.of(number);
    if (form?.kind === "constant") return { base: ROOT, offset: form.value };
    if (form !== undefined) return this.#beyond({ base: ROOT, offset: 0 }, form);
    if (number.kind !== "operation" || number.operator !== "+") return undefined;
    return this.#sum(number.left, number.right) ?? this.#sum(number.right, number.left);
  }

  /** An address, and a constant or a field at the base that the address has. */
  #sum(address: NumberNode, more: NumberNode): Place | undefined {
    const form = this.of(more);
    if (form === undefined) return undefined;
    const from = this.#address(address);
    if (from === undefined) return undefined;
    if (form.kind === "masked") return this.#beyond(from, form);
    const offset = from.offset + form.value;
    return from.base.most + offset <= MAX_WORD ? { base: from.base, offset } : undefined;
  }

  #beyond(from: Place, { field, mask, left, plus }: Masked): Place | undefined {
    const offset = from.offset + plus;
    if (mask === 0 || left < 0 || field.base !== from.base) return undefined;
    const base = this.#bases.moved({ parent: from.base, offset: field.offset, width: field.width, mask, left });
    return base && base.most + offset <= MAX_WORD ? { base, offset } : undefined;
  }
}

function whole(field: Field): Masked {
  return { kind: "masked", field, mask: fullMask(field.width), left: 0, plus: 0 };
}

function applied(operator: NumberOperator, form: Masked, by: number): Form | undefined {
  if (operator === "+") return { ...form, plus: (form.plus + by) >>> 0 };
  if (operator === "-") return { ...form, plus: (form.plus - by) >>> 0 };
  if (operator === "|" || operator === "^") return by === 0 ? form : undefined;
  const power = exponent(by);
  if (operator === "*" && by === 0) return { ...form, mask: 0, left: 0, plus: 0 };
  // The others look at bits, which a sum has mixed; only nothing is done to it.
  if (form.plus !== 0) return by === 1 && (operator === "*" || operator === "/") ? form : undefined;
  switch (operator) {
    case "&":
      return masked(form, by);
    case "<<":
      return shifted(form, by);
    case ">>":
      return shifted(form, -by);
    case "*":
      return power === undefined ? undefined : shifted(form, power);
    case "/":
      return power === undefined ? undefined : shifted(form, -power);
    case "%":
      return power === undefined ? undefined : masked(form, by - 1);
  }
}

/** n, where the number is 2^n. */
function exponent(number: number): number | undefined {
  return number !== 0 && (number & (number - 1)) === 0 ? 31 - Math.clz32(number) : undefined;
}

function masked(form: Masked, by: number): Masked {
  return { ...form, mask: unshifted(form, by) };
}

/** The bits of the field that come to lie where `bits` has some. */
export function unshifted({ mask, left }: Masked, bits: number): number {
  const back = left >= 0 ? bits >>> left : bits << -left;
  return (mask & back) >>> 0;
}

/** Bits that leave the word are gone: they are taken out of the mask. */
function shifted(form: Masked, by: number): Masked {
  const left = form.left + by;
  const none = { ...form, mask: 0, left: 0 };
  if (Math.abs(by) > 31 || Math.abs(left) > 31) return none;
  const kept = left >= 0 ? 0xffffffff >>> left : (0xffffffff << -left) >>> 0;
  const mask = (form.mask & kept) >>> 0;
  return mask === 0 ? none : { ...form, mask, left };
}
