/**
 * What TypeScript takes a value for: a few constants, or any value of its type. Constants are written as in the text: "5", "5n", "true",
 * "undefined", and "entry" for what find gives where it is there.
 */

export interface Literals {
  readonly of: ReadonlySet<string>;
  /** A let that begins with it may become any value of its type; otherwise, for TypeScript, one of these constants only. */
  readonly widens: boolean;
}

/** Undefined: any value of its type. */
export type Taken = Literals | undefined;

export function oneLiteral(value: string, widens = true): Literals {
  return { of: new Set([value]), widens };
}

/** The one constant that it is. */
export function unitOf(taken: Taken): string | undefined {
  return taken?.of.size === 1 ? [...taken.of][0] : undefined;
}

/** Of types with two values, one by the other. */
const OTHERS: ReadonlyMap<string, string> = new Map([
  ["true", "false"],
  ["false", "true"],
  ["undefined", "entry"],
  ["entry", "undefined"],
]);

export function areBooleans(taken: Taken): taken is Literals {
  return taken !== undefined && [...taken.of].every((value) => value === "true" || value === "false");
}

/** All that either is. Both values of a type are any of it. */
export function unionOf(a: Taken, b: Taken): Taken {
  if (a === undefined || b === undefined) return undefined;
  if (a.of.size === 0) return b;
  if (b.of.size === 0 || a === b) return a;
  const of = new Set([...a.of, ...b.of]);
  for (const value of of) if (of.has(OTHERS.get(value) ?? "")) return undefined;
  return { of, widens: a.widens && b.widens };
}

/** By halves: a switch may have thousands of cases. */
export function unionOfAll(all: readonly Taken[]): Taken {
  if (all.length <= 1) return all[0];
  const half = all.length >> 1;
  return unionOf(unionOfAll(all.slice(0, half)), unionOfAll(all.slice(half)));
}

/** What `a` is where it equals what `b` is. */
export function common(a: Taken, b: Taken): Taken {
  if (b === undefined) return a;
  if (a === undefined) return { of: b.of, widens: b.widens && ![...b.of].some((value) => OTHERS.has(value)) };
  const [few, many] = a.of.size > b.of.size ? [b.of, a.of] : [a.of, b.of];
  return { of: new Set([...few].filter((value) => many.has(value))), widens: a.widens };
}

/** What it is where it is not this constant. */
export function without(taken: Taken, value: string): Taken {
  if (taken !== undefined) return { of: new Set([...taken.of].filter((one) => one !== value)), widens: taken.widens };
  const other = OTHERS.get(value);
  return other === undefined ? undefined : oneLiteral(other, false);
}

/** What it is where it is none of these constants. */
export function withoutAll(taken: Taken, values: ReadonlySet<string>): Taken {
  if (taken === undefined) return [...values].reduce(without, taken);
  return { of: new Set([...taken.of].filter((one) => !values.has(one))), widens: taken.widens };
}

/** Whether the two are never equal. */
export function disjoint(a: Taken, b: Taken): boolean {
  if (a === undefined || b === undefined) return false;
  const [few, many] = a.of.size > b.of.size ? [b.of, a.of] : [a.of, b.of];
  return ![...few].some((value) => many.has(value));
}

export function isNever(taken: Taken): boolean {
  return taken?.of.size === 0;
}

export function areSame(a: Taken, b: Taken): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.of.size === b.of.size && a.widens === b.widens && !disjointFrom(a, b);
}

function disjointFrom(a: Literals, b: Literals): boolean {
  return [...a.of].some((value) => !b.of.has(value));
}
