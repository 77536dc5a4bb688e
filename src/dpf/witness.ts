/**
 * A witness is a frame that two filters accept: what a person is shown when a claim is refused. It is made of what
 * a search found, as short as the octets that decide allow, and never handed out before both filters, as
 * specified (brute.ts), have accepted it.
 */
import type { Filter } from "./atom.js";
import { matches } from "./brute.js";
import type { Search } from "./search.js";

/** Longer ones are not made. */
const MAX_WITNESS = 262_144;

/** Of filters without residuals. */
export function witnessOf(found: Search, a: Filter, b: Filter): Uint8Array | undefined {
  if (found.length > MAX_WITNESS) return undefined;
  const frame = found.frame();
  const accepted = matches(a, frame, 0, frame.length) && matches(b, frame, 0, frame.length);
  return accepted ? frame : undefined;
}
