/**
 * Facts among octets: whoever reasons about frames (canonical form, relations, witnesses) keeps what is known of a frame
 * bit by bit, by place. Facts have places before the frame's first octet, where no load reaches, in network order as
 * octets are: so all that holds of fields holds of them.
 */
import { type Fact, LINK, type Tested, WIRE } from "./atom.js";

const PLACES: Readonly<Record<Fact, number>> = { link: -6, wire: -4 };
const WIDTHS = { link: LINK.width, wire: WIRE.width } as const satisfies Record<Fact, number>;

/** First octet of a test's field in the frame, where its region starts at `base`; of a fact always the same. */
export function placeOf({ of, offset }: Tested, base = 0): number {
  return of === undefined ? base + offset : PLACES[of];
}

/** What the test looks at, and nothing else of it. */
export function fieldOf({ of, offset, width, mask }: Tested): Tested {
  return of === undefined ? { offset, width, mask } : { of, offset, width, mask };
}

/** The fact as a field of its whole width. */
export function factField(of: Fact): Tested {
  return of === "link" ? LINK : WIRE;
}

/** The octet at a place that belongs to a fact; undefined where none does. */
export function factOctet(facts: Readonly<Record<Fact, number>>, place: number): number | undefined {
  for (const fact of ["link", "wire"] as const) {
    const index = place - PLACES[fact];
    if (index >= 0 && index < WIDTHS[fact] / 8) return (facts[fact] >>> (WIDTHS[fact] - 8 - 8 * index)) & 0xff;
  }
  return undefined;
}
