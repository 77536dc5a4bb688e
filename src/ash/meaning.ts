/** What an expression or a name stands for, once it is checked. */
import type { Hold } from "./holding.js";
import type { Narrowing } from "./known.js";
import type { Shape, Table } from "./layout.js";
import type { Expr, Octets, Outcome, Place, PlaceBase, PlaceStep, Scalar } from "./tree.js";

/** A place of more than one scalar. A list of u8 is a buffer. */
export type Aggregate =
  | { readonly kind: "record"; readonly shape: Shape }
  | { readonly kind: "list"; readonly of: Scalar; readonly count: number }
  | { readonly kind: "places"; readonly shape: Shape; readonly count: number };

export interface Located {
  readonly base: PlaceBase;
  readonly steps: readonly PlaceStep[];
}

export type Meaning =
  /** Somebody complained already, and nobody does so again. */
  | { readonly kind: "wrong" }
  /**
   * A constant without a type of its own, exact; `big` where it is written as a bigint. `bits`: it was made by ~, and may stand for the
   * bits that an unsigned number of 32 or 64 bits has, as in x & ~3.
   */
  | { readonly kind: "exact"; readonly value: bigint; readonly big: boolean; readonly bits?: boolean }
  | { readonly kind: "value"; readonly expr: Expr; readonly type: Scalar; readonly narrowing?: Narrowing }
  /** `variable`: it was declared by let. */
  | {
      readonly kind: "local";
      readonly local: number;
      readonly type: Scalar;
      readonly constant: boolean;
      readonly variable?: boolean;
    }
  /** A scalar in state. What it holds is exclusive-or `mask`: the key that an xor pipe begins with. */
  | { readonly kind: "place"; readonly place: Place; readonly mask: bigint }
  /** An octet of the frame. */
  | { readonly kind: "octet"; readonly offset: Expr }
  | { readonly kind: "aggregate"; readonly located: Located; readonly of: Aggregate }
  /** What find or enter gives, held by no name. */
  | { readonly kind: "entry"; readonly expr: Expr; readonly of: Aggregate; readonly maybe: boolean }
  /** A reference that a const holds. `maybe`: it came from find. */
  | { readonly kind: "held"; readonly local: number; readonly of: Aggregate; readonly maybe: boolean }
  | { readonly kind: "undefined" }
  | { readonly kind: "message" }
  | { readonly kind: "frame"; readonly hold: Hold }
  /** A frame that begins: reply or frame, held by no name yet. */
  | { readonly kind: "new-frame"; readonly expr: Expr }
  /** `item`: its index in the layout. `scalar`: its key is no shape. */
  | { readonly kind: "table"; readonly item: number; readonly table: Table; readonly scalar: boolean }
  | { readonly kind: "shape"; readonly shape: Shape }
  | { readonly kind: "pipe"; readonly pipe: number }
  | { readonly kind: "pipeline"; readonly pipeline: number }
  /** What exonet/ash exports, by its name there. */
  | { readonly kind: "builtin"; readonly name: string }
  /** A type's name, where a value is needed. */
  | { readonly kind: "type" }
  | { readonly kind: "function"; readonly func: number }
  | { readonly kind: "method"; readonly of: Meaning; readonly name: string }
  | { readonly kind: "outcome"; readonly outcome: Outcome }
  /** A call that gives nothing back. */
  | { readonly kind: "nothing"; readonly expr: Expr }
  /** Declared in this block, but only further down. */
  | { readonly kind: "later" };

export const WRONG: Meaning = { kind: "wrong" };

export function moved({ base, steps }: Located, offset: number): Located {
  if (offset === 0) return { base, steps };
  const last = steps.at(-1);
  if (last?.kind === "offset") {
    return { base, steps: [...steps.slice(0, -1), { kind: "offset", offset: last.offset + offset }] };
  }
  if (last === undefined && base.kind === "state")
    return { base: { kind: "state", offset: base.offset + offset }, steps };
  return { base, steps: [...steps, { kind: "offset", offset }] };
}

/** At an index that is in range where it is constant. */
export function indexed(located: Located, index: Expr, count: number, stride: number): Located {
  if (index.kind === "constant") return moved(located, Number(index.value) * stride);
  return { base: located.base, steps: [...located.steps, { kind: "index", index, count, stride }] };
}

/** Where a reference's place begins. */
export function locatedOf(meaning: Extract<Meaning, { kind: "aggregate" | "entry" | "held" }>): Located {
  switch (meaning.kind) {
    case "aggregate":
      return meaning.located;
    case "entry":
      return { base: { kind: "entered", entry: meaning.expr }, steps: [] };
    case "held":
      return { base: { kind: "reference", local: meaning.local }, steps: [] };
  }
}

/** The octets that a meaning is, or undefined where it is none. */
export function octetsOf(meaning: Meaning): Octets | undefined {
  if (meaning.kind === "frame") return { kind: "frame" };
  if (meaning.kind !== "aggregate" && meaning.kind !== "held") return undefined;
  const { of } = meaning;
  if (of.kind !== "list" || of.of !== "u8") return undefined;
  return { kind: "buffer", ...locatedOf(meaning), length: of.count };
}

type Typed = Extract<Meaning, { kind: "value" | "local" | "place" }>;

function isTyped(meaning: Meaning): meaning is Typed {
  return meaning.kind === "value" || meaning.kind === "local" || meaning.kind === "place";
}

function ownType(meaning: Typed): Scalar {
  return meaning.kind === "place" ? meaning.place.type : meaning.type;
}

/** Of what has a scalar type of its own. */
export function typeOf(meaning: Meaning): Scalar | undefined {
  return isTyped(meaning) ? ownType(meaning) : undefined;
}

/** What it is, for a sentence: of a scalar its type. */
export function described(meaning: Meaning): string {
  if (meaning.kind === "exact") return meaning.big ? "a bigint" : "a number";
  return isTyped(meaning) ? ownType(meaning) : DESCRIPTIONS[meaning.kind];
}

const DESCRIPTIONS: Readonly<Record<Exclude<Meaning["kind"], "exact" | Typed["kind"]>, string>> = {
  wrong: "this",
  octet: "an octet",
  aggregate: "a place in state",
  entry: "an entry",
  held: "a reference",
  undefined: "undefined",
  message: "the message",
  frame: "the frame",
  "new-frame": "the frame",
  table: "a table",
  shape: "a shape",
  pipe: "a pipe",
  pipeline: "a pipeline",
  builtin: "a function of exonet/ash",
  type: "a type",
  function: "a function",
  method: "a function",
  outcome: "an outcome",
  nothing: "a call that gives nothing back",
  later: "this",
};
