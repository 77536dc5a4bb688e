/** Ten thousand pairs of claims: exactly those that some frame matches both of are told, with a witness that is run. */
import { expect, test } from "vitest";
import type { Conjunction, Filter } from "../../src/dpf/atom.js";
import { Demux } from "../../src/dpf/demux.js";
import { Classifier } from "../../src/dpf/dpf.js";
import { printFilter } from "../../src/dpf/print.js";
import { TARGETS } from "../../src/dpf/target.js";
import type { Witness } from "../../src/dpf/witness.js";
import { Chance } from "../seeded.js";
import { allFacts, allFrames, type Little, littleConjunction } from "./atoms.js";
import { accepts } from "./facts.js";
import { frameMemory } from "./machine.js";
import { Rows, retargeted } from "./support.js";

const LIVE = 50;
const ASKED = 200;

/** No load or bound reaches further than the longest of all frames, less one octet: enumeration is complete. */
const FEW: Little = {
  octets: 4,
  alphabet: [0, 1],
  bits: 1,
  widths: [8, 16, 32],
  loaded: 12,
  shiftMask: 1,
  shiftLeft: 0,
  facts: 25,
};
const FRAMES = allFrames(FEW.alphabet, 8).flatMap((octets) => allFacts(1).map((facts) => ({ octets, ...facts })));

function conjunction(chance: Chance): Conjunction {
  for (;;) {
    const atoms = littleConjunction(chance, FEW, 4);
    const moved = atoms.reduce((sum, atom) => sum + (atom.kind === "shift" ? atom.octets : 0), 0);
    if (moved <= 2 && atoms.filter(({ kind }) => kind === "shift-loaded").length <= 1) return atoms;
  }
}

interface Claim {
  readonly filter: Filter;
  /** Of all frames, which match. */
  readonly frames: Uint8Array;
}

function claim(chance: Chance): Claim {
  const count = chance.percent(70) ? 1 : 2;
  const filter = { conjunctions: Array.from({ length: count }, () => conjunction(chance)) };
  return { filter, frames: Uint8Array.from(FRAMES, (frame) => (accepts(filter, frame) ? 1 : 0)) };
}

test(`${LIVE * ASKED} pairs: related are exactly those that overlap, and witnesses match both on every target`, () => {
  const chance = new Chance(11);
  const claims = Array.from({ length: LIVE + ASKED }, () => claim(chance));
  const classifier = new Classifier("interpreter");
  const live = claims.slice(0, LIVE);
  live.forEach(({ filter }, index) => {
    classifier.insert(index + 1, filter, "claim", 0, index);
  });
  const witnesses: { witness: Witness; ids: readonly [number, number] }[] = [];
  const counts = new Map<string, number>();
  claims.slice(LIVE).forEach(({ filter, frames }, index) => {
    const related = classifier.related(filter);
    const overlapping = live.flatMap((other, at) =>
      other.frames.some((in_, f) => in_ & (frames[f] ?? 0)) ? [at + 1] : [],
    );
    expect(
      related.map(({ id }) => id).sort((a, b) => a - b),
      printFilter(filter),
    ).toEqual(overlapping);
    for (const { id, relation, witness } of related) {
      counts.set(relation, (counts.get(relation) ?? 0) + 1);
      if (witness) witnesses.push({ witness, ids: [id, LIVE + 1 + index] });
    }
    counts.set("disjoint", (counts.get("disjoint") ?? 0) + LIVE - related.length);
  });
  const told = [...counts.values()].reduce((sum, count) => sum + count, 0);
  expect(told).toBe(LIVE * ASKED);
  for (const relation of ["disjoint", "partial", "inside", "contains"]) {
    expect(counts.get(relation), relation).toBeGreaterThan(100);
  }
  expect(counts.get("unknown") ?? 0).toBe(0);
  expect(witnesses).toHaveLength(told - (counts.get("disjoint") ?? 0));
  run(claims, witnesses);
});

/** All claims as taps: each witness is listed by both of its pair. */
function run(claims: readonly Claim[], witnesses: readonly { witness: Witness; ids: readonly number[] }[]): void {
  const classifier = new Classifier("interpreter");
  claims.forEach(({ filter }, index) => {
    classifier.insert(index + 1, filter, "tap", 0, index);
  });
  const update = classifier.update();
  const rows = new Rows(
    witnesses.map(({ witness }) => witness.octets),
    false,
    (_, index) => witnesses[index]?.witness ?? { wire: 0, link: 0 },
  );
  for (const target of TARGETS) {
    const demux = new Demux(frameMemory(), rows.count);
    demux.install(retargeted(update, target));
    for (let from = 0; from < rows.count; ) {
      const to = demux.run(rows, from, rows.count);
      for (; from < to; from++) {
        const start = demux.tapStart[from] ?? 0;
        const taps = new Set(demux.taps.subarray(start, start + (demux.tapCount[from] ?? 0)));
        const missing = witnesses[from]?.ids.filter((id) => !taps.has(id));
        if (missing?.length !== 0) expect.fail(`${target}: the witness of ${witnesses[from]?.ids} misses ${missing}`);
      }
    }
  }
}
