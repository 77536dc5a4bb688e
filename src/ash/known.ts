/** What is known where the checker stands of references: whether they are there or undefined. They are constants, and it stays so. */

/** By path: 1 where it is there, 0 where it is undefined. */
export type Known = ReadonlyMap<string, bigint>;
export const NOTHING_KNOWN: Known = new Map();

/** What is known where a condition held, and where it did not. */
export interface Narrowing {
  readonly yes: Known;
  readonly no: Known;
}
export const TELLS_NOTHING: Narrowing = { yes: NOTHING_KNOWN, no: NOTHING_KNOWN };

/** The path of a reference that a local holds. */
export function referencePath(local: number): string {
  return `${local}`;
}

/** Known of a reference that was complained of: nobody does so again. */
export function complainedPath(local: number): string {
  return `${local} complained`;
}

export function knowing(known: Known, path: string, value: bigint): Known {
  return new Map([...known, [path, value]]);
}

/** What a reference's being there tells where it holds and where it does not. */
export function truth(path: string): Narrowing {
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
