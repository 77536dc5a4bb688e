/**
 * Regions: a conjunction cut where its base moves by what a packet says.
 *
 *   conjunction = region { shift-loaded region }
 *
 * All that a region asks is asked on one base, so the order within it has no meaning: tests at offsets from
 * the region's start, and bounds on the octets that are left from there. A region starts where the loaded shifts before
 * it led; constant shifts do not move it but are folded into the offsets of all that follows: `shift 14 && 9:8 == 6` asks
 * 23:8 == 6. That is valid since a load at offset 23 needs more octets than the shift did; where nothing is loaded
 * behind a shift, its own need stays as `least`.
 *
 * Facts have no base. All that a conjunction asks of them is asked in its first region, whose start no packet moves.
 */
import { type Conjunction, MAX_LENGTH, type ShiftLoaded, type Test, type Tested } from "./atom.js";

export interface Region {
  readonly tests: Test[];
  /** Octets that must be left from the region's start, as shifts and length tests say; loads may need more. */
  least: number;
  /** Octets that may be left; MAX_LENGTH: whatever there is. */
  most: number;
  /** The loaded shift that ends it; the last region has none. */
  shift: ShiftLoaded | undefined;
}

/** The octet behind the field, from its region's start; 0 of a fact, for which no octet is needed. */
export function endOf({ of, offset, width }: Tested): number {
  return of === undefined ? offset + width / 8 : 0;
}

/** Offsets and bounds may exceed those of authors' atoms. */
export function regionsOf(conjunction: Conjunction): Region[] {
  let region: Region = { tests: [], least: 0, most: MAX_LENGTH, shift: undefined };
  const first = region;
  const regions = [region];
  let constant = 0;
  for (const atom of conjunction) {
    switch (atom.kind) {
      case "shift":
        constant += atom.octets;
        region.least = Math.max(region.least, constant);
        break;
      case "length":
        region.least = Math.max(region.least, constant + atom.least);
        // A bound that no frame can exceed is none.
        if (atom.most < MAX_LENGTH) region.most = Math.min(region.most, constant + atom.most);
        break;
      case "shift-loaded":
        region.shift = constant === 0 ? atom : { ...atom, offset: atom.offset + constant };
        region = { tests: [], least: constant, most: MAX_LENGTH, shift: undefined };
        regions.push(region);
        break;
      default:
        if (atom.of !== undefined) first.tests.push(atom);
        else region.tests.push(constant === 0 ? atom : { ...atom, offset: atom.offset + constant });
    }
  }
  return regions;
}
