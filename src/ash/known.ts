/**
 * What is known where the checker stands: of references, whether they are there or undefined, and of names and fields, to which constant
 * they have been compared. The latter only refuses comparisons that TypeScript refuses for the same reason, and is followed as
 * TypeScript does: an assignment ends it, a call does not.
 */
import type { Meaning } from "./meaning.js";
import type { PlaceStep } from "./tree.js";

/** By path: a constant; of a reference 1 where it is there, 0 where it is undefined; of a boolean 1 or 0. */
export type Known = ReadonlyMap<string, bigint>;
export const NOTHING_KNOWN: Known = new Map();

/** What is known where a condition held, and where it did not. */
export interface Narrowing {
  readonly yes: Known;
  readonly no: Known;
}
export const TELLS_NOTHING: Narrowing = { yes: NOTHING_KNOWN, no: NOTHING_KNOWN };

const REFERENCE = "&";

/** The path of a reference that a local holds. */
export function referencePath(local: number): string {
  return `${REFERENCE}${local}`;
}

/** Known of a reference that was complained of: nobody does so again. */
export function complainedPath(local: number): string {
  return `${REFERENCE}${local} complained`;
}

/** The path of a value; undefined where TypeScript would not follow it either, or seldom. */
export function pathOf(meaning: Meaning): string | undefined {
  switch (meaning.kind) {
    case "local":
      return `local ${meaning.local}`;
    case "value":
      return meaning.expr.kind === "message" ? `message ${meaning.expr.field}` : undefined;
    case "place": {
      const { base, steps } = meaning.place;
      const offset = constantOffset(steps);
      if (offset === undefined || base.kind === "entered") return undefined;
      return base.kind === "state" ? `state ${base.offset + offset}` : `at ${base.local} ${offset}`;
    }
    default:
      return undefined;
  }
}

function constantOffset(steps: readonly PlaceStep[]): number | undefined {
  let offset = 0;
  for (const step of steps) {
    if (step.kind === "index") return undefined;
    offset += step.offset;
  }
  return offset;
}

/** What a meaning is known to be. */
export function knownValue(known: Known, meaning: Meaning): bigint | undefined {
  const path = pathOf(meaning);
  return path === undefined ? undefined : known.get(path);
}

export function knowing(known: Known, path: string | undefined, value: bigint): Known {
  return path === undefined ? known : new Map([...known, [path, value]]);
}

export function forgetting(known: Known, path: string | undefined): Known {
  if (path === undefined || !known.has(path)) return known;
  return new Map([...known].filter(([other]) => other !== path));
}

/** What an equality with a constant tells; `is`: that it held. */
export function equality(path: string | undefined, value: bigint, is: boolean): Narrowing {
  const equal = knowing(NOTHING_KNOWN, path, value);
  return is ? { yes: equal, no: NOTHING_KNOWN } : { yes: NOTHING_KNOWN, no: equal };
}

/** What a boolean, or a reference's being there, tells where it holds and where it does not. */
export function truth(path: string | undefined): Narrowing {
  return { yes: knowing(NOTHING_KNOWN, path, 1n), no: knowing(NOTHING_KNOWN, path, 0n) };
}

export function opposite({ yes, no }: Narrowing): Narrowing {
  return { yes: no, no: yes };
}

/** What is known where both are. */
export function both(a: Known, b: Known): Known {
  if (a.size === 0) return b;
  return b.size === 0 ? a : new Map([...a, ...b]);
}

/** What is known where one of the two is. */
export function either(a: Known, b: Known): Known {
  if (a.size === 0 || b.size === 0) return NOTHING_KNOWN;
  return new Map([...a].filter(([path, value]) => b.get(path) === value));
}

/** What no assignment ends: references are constants. */
export function lasting(known: Known): Known {
  return known.size === 0 ? known : new Map([...known].filter(([path]) => path.startsWith(REFERENCE)));
}
