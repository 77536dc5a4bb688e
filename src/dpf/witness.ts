/**
 * A witness is a frame that two filters accept: what a person is shown when a claim is refused. It is made of what
 * a search found, as short as the octets that decide allow, and never handed out before both filters, as
 * specified (brute.ts), have accepted it.
 */
import type { Filter, FrameFacts } from "./atom.js";
import { matches } from "./brute.js";
import type { Search } from "./search.js";

/** A frame with what its descriptor says. Where no filter asks: captured whole, of Ethernet. */
export interface Witness extends FrameFacts {
  readonly octets: Uint8Array;
}

/** Longer ones are not made. */
const MAX_WITNESS = 262_144;

/** Of filters without residuals. */
export function witnessOf(found: Search, a: Filter, b: Filter): Witness | undefined {
  if (found.length > MAX_WITNESS) return undefined;
  const frame = found.frame();
  return accepts(a, frame) && accepts(b, frame) ? frame : undefined;
}

function accepts(filter: Filter, { octets, wire, link }: Witness): boolean {
  return matches(filter, octets, 0, octets.length, undefined, { wire, link });
}
