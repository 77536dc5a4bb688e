/**
 * Colours of bindings: a scale of eight, by the binding's number, so that a binding has its colour for
 * its life, in every view and after a reload. Beyond eight the colours repeat with another dash.
 */

const SCALE = 8;
const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 2], [8, 3, 2, 3]];

/** Custom property of the binding's colour. */
export function colourProperty(id: number): string {
  return `--series-${((Math.max(1, id) - 1) % SCALE) + 1}`;
}

export function colourVariable(id: number): string {
  return `var(${colourProperty(id)})`;
}

/** Dash for canvas; empty is a whole line. */
export function dashOf(id: number): readonly number[] {
  return DASHES[Math.floor((Math.max(1, id) - 1) / SCALE) % DASHES.length] ?? [];
}
