/**
 * What an interpreter of filters does, in operations of a load/store machine. The baselines tally their own
 * steps while they run; beside each stands how many operations one step is, and a cost model prices those.
 */

/**
 * alu: add, and, shift, compare. load: an aligned word of a table. packet: a field in network order, at any
 * address. branch: one that falls through. taken: one that does not. jump: to an address in a register.
 */
export const OPERATIONS = ["alu", "load", "packet8", "packet16", "packet32", "branch", "taken", "jump"] as const;
export type Operation = (typeof OPERATIONS)[number];

export type Work = Readonly<Partial<Record<Operation, number>>>;

/** Cycles of each operation. */
export type Price = Readonly<Record<Operation, number>>;

/** Cycles of all steps: `tally[step]` times the work of that step. */
export function cyclesOf(tally: Int32Array, works: readonly Work[], price: Price): number {
  let cycles = 0;
  works.forEach((work, step) => {
    for (const operation of OPERATIONS) cycles += (tally[step] ?? 0) * (work[operation] ?? 0) * price[operation];
  });
  return cycles;
}
