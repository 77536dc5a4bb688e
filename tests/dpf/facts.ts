/** What the descriptors of tests' frames say: made of their octets, so that whoever writes filters for them knows it. */
import {
  type Conjunction,
  type Filter,
  type FrameFacts,
  LINK,
  type Test,
  type Tested,
  WIRE,
} from "../../src/dpf/atom.js";
import { matches } from "../../src/dpf/brute.js";
import type { Witness } from "../../src/dpf/witness.js";
import type { Chance } from "../seeded.js";
import { randomTest } from "./samples.js";

/** Mostly Ethernet; and the greatest that there may be. */
const LINKS = [1, 1, 1, 101, 113, 276, 65_535];
/** Octets on the wire that were not captured; fewer than none: the descriptor says what it says. */
const CUT = [0, 0, 0, 1, 40, 1400, 2 ** 31, 2 ** 32 - 300, -1];

export function factsOf(frame: Uint8Array): FrameFacts {
  const mixed = frame.reduce((sum, octet) => sum + octet, frame.length);
  const wire = frame.length + (CUT[mixed % CUT.length] ?? 0);
  return { wire: Math.max(wire, 0), link: LINKS[mixed % LINKS.length] ?? 0 };
}

/** What the specification says of a witness. */
export function accepts(filter: Filter, { octets, ...facts }: Witness): boolean {
  return matches(filter, octets, 0, octets.length, undefined, facts);
}

/** Mostly true of a frame with these facts. */
export function factTest(chance: Chance, facts: FrameFacts): Test {
  const fact: Tested & { of: "link" | "wire" } = chance.percent(50) ? LINK : WIRE;
  return { ...randomTest(chance, 0, fact.width, facts[fact.of]), of: fact.of };
}

/** The conjunction with such tests in it, anywhere. */
export function withFacts(chance: Chance, conjunction: Conjunction, facts: FrameFacts): Conjunction {
  let atoms = conjunction;
  for (let count = 1 + chance.below(2); count > 0; count--) {
    atoms = atoms.toSpliced(chance.below(atoms.length + 1), 0, factTest(chance, facts));
  }
  return atoms;
}
