/** Random insertion and removal, as DPF's own test did: after each step every invariant holds, and every live filter claims its own frame. */
import { expect, test } from "vitest";
import type { Filter } from "../../src/dpf/atom.js";
import { check } from "../../src/dpf/check.js";
import { printFilter } from "../../src/dpf/print.js";
import { Chance } from "../seeded.js";
import { Engines, Rows } from "./support.js";

const LIVE = 200;

interface Sample {
  readonly filter: Filter;
  readonly frame: Uint8Array;
}

const test16 = (offset: number, value: number) => ({ kind: "equal", offset, width: 16, mask: 0xffff, value }) as const;
const test8 = (offset: number, value: number) => ({ kind: "equal", offset, width: 8, mask: 0xff, value }) as const;
const test32 = (offset: number, value: number) =>
  ({ kind: "equal", offset, width: 32, mask: 0xffffffff, value }) as const;
const IHL = { kind: "shift-loaded", offset: 0, width: 8, mask: 0x0f, left: 2 } as const;

/** ARP, UDP, TCP, with addresses or without, and short ones that end early; each with a frame of its own. */
function sample(chance: Chance): Sample {
  const frame = new Uint8Array(64);
  const view = new DataView(frame.buffer);
  const address = 0x0a000100 + chance.below(40);
  const port = 1000 + chance.below(40);
  const ihl = 5 + chance.below(3);
  const kind = chance.below(8);
  view.setUint16(12, kind === 0 ? 0x0806 : 0x0800);
  view.setUint8(14, 0x40 | ihl);
  view.setUint8(23, kind < 4 ? 17 : 6);
  view.setUint32(30, address);
  view.setUint16(14 + 4 * ihl + 2, port);
  const arp = [test16(12, 0x0806), test32(30, address)];
  const ip = [test16(12, 0x0800), { kind: "shift", octets: 14 } as const, test8(9, view.getUint8(23))];
  const whole = [...ip, test32(16, address), IHL, test16(2, port)];
  const atoms =
    kind === 0 ? arp : chance.pick([whole, whole, [...ip, IHL, test16(2, port)], [...ip, test32(16, address)], ip]);
  return { filter: { conjunctions: [atoms] }, frame };
}

test.each([1, 2, 3])(`up to ${LIVE} filters come and go, seed %i`, (seed) => {
  const chance = new Chance(seed);
  const samples = Array.from({ length: LIVE }, () => sample(chance));
  const engines = new Engines(
    new Rows(
      samples.map(({ frame }) => frame),
      false,
    ),
  );
  const kinds = { program: 0, patch: 0 };
  for (let step = 0; step < 500; step++) {
    const slot = chance.below(LIVE);
    const id = slot + 1;
    const { filter } = samples[slot]!;
    if (engines.bound.has(id)) engines.remove(id);
    else if (engines.classifier.claimIdenticalTo(filter, 0) === undefined) {
      engines.insert({ id, filter, mode: "claim", priority: 0, age: step });
      expect(engines.classifier.claimIdenticalTo(filter, 0)).toBe(id);
    }
    kinds[engines.install().kind]++;
    expect(check(engines.classifier), `step ${step}`).toEqual([]);
    if (step % 10 === 0) compare(engines, samples, `seed ${seed} step ${step}`);
  }
  expect(kinds.patch).toBeGreaterThan(200);
  for (const id of engines.bound.keys()) engines.remove(id);
  engines.install();
  expect(check(engines.classifier)).toEqual([]);
  expect(engines.classifier.trie.nodes).toBe(1);
});

function compare(engines: Engines, samples: readonly Sample[], place: string): void {
  const { brute, js, interpreter } = engines.verdicts();
  expect(js, place).toEqual(brute);
  expect(interpreter, place).toEqual(brute);
  for (const [id] of engines.bound) {
    const winner = Number(brute[id - 1]!.split(":")[0]);
    expect(winner, `${place}: the frame of ${id}, ${printFilter(samples[id - 1]!.filter)}`).toBeGreaterThan(0);
  }
}
