/**
 * Random insertion and removal, as DPF's own test did: after each step every invariant holds, and every live filter
 * claims its own frame, or whoever has it by the rule. EXONET_DPF_LIVE=10000 makes a long run of it.
 */
import { expect, test } from "vitest";
import type { Filter } from "../../src/dpf/atom.js";
import { check } from "../../src/dpf/check.js";
import { Chance } from "../seeded.js";
import { bruteVerdicts, Engines, Rows } from "./support.js";

const LIVE = Number(process.env.EXONET_DPF_LIVE ?? 200);
const STEPS = Math.max(500, 3 * LIVE);
/** Comparing all with all takes long where there are many. */
const CHECKED_EVERY = Math.ceil(LIVE / 200);
const COMPARED_EVERY = 10 * CHECKED_EVERY;
/** Live filters that are asked for by the specification. */
const ROWS = 200;

interface Sample {
  readonly kind: string;
  readonly filter: Filter;
  readonly frame: Uint8Array;
}

const test16 = (offset: number, value: number) => ({ kind: "equal", offset, width: 16, mask: 0xffff, value }) as const;
const test8 = (offset: number, value: number) => ({ kind: "equal", offset, width: 8, mask: 0xff, value }) as const;
const test32 = (offset: number, value: number) =>
  ({ kind: "equal", offset, width: 32, mask: 0xffffffff, value }) as const;
const IHL = { kind: "shift-loaded", offset: 0, width: 8, mask: 0x0f, left: 2 } as const;
const PAST_ETHERNET = { kind: "shift", octets: 14 } as const;

const [IP, ARP, RARP, TCP, UDP] = [0x0800, 0x0806, 0x8035, 6, 17];
const KINDS = ["udp", "udp", "tcp", "tcp", "arp", "rarp", "cells", "short"] as const;

/** A filter of the kind, with a frame of its own. */
function sample(chance: Chance): Sample {
  const kind = chance.pick(KINDS);
  const frame = new Uint8Array(64);
  const view = new DataView(frame.buffer);
  const address = 0x0a000100 + chance.below(LIVE);
  const [port, other] = [1000 + chance.below(40), 1000 + chance.below(40)];
  const ihl = 5 + chance.below(3);
  const isArp = kind === "arp" || kind === "rarp";
  const type = kind === "arp" ? ARP : kind === "rarp" ? RARP : IP;
  const protocol = kind === "udp" ? UDP : TCP;
  view.setUint16(12, type);
  view.setUint8(14, 0x40 | ihl);
  view.setUint8(23, isArp ? 0 : protocol);
  view.setUint32(30, address);
  view.setUint16(14 + 4 * ihl, other);
  view.setUint16(14 + 4 * ihl + 2, port);
  const head = [test16(12, IP), PAST_ETHERNET, test8(9, protocol)];
  const whole = [...head, test32(16, address), IHL, test16(2, port)];
  const forms = {
    udp: [whole, whole, [...head, IHL, test16(2, port)]],
    tcp: [whole, [...whole, test16(0, other)], [...head, test32(16, address)]],
    arp: [[test16(12, ARP), test32(30, address)]],
    rarp: [[test16(12, RARP), test32(30, address)]],
    // As PATHFINDER's cells have it: the header's length as a value, and no shift.
    cells: [[test16(12, IP), test8(14, 0x40 | ihl), test8(23, TCP), test32(30, address), test16(14 + 4 * ihl, other)]],
    short: [[test16(12, IP)], head, [test16(12, IP), test8(14, 0x40 | ihl)]],
  };
  return { kind, filter: { conjunctions: [chance.pick(forms[kind])] }, frame };
}

test.each(LIVE > 200 ? [1] : [1, 2])(
  `up to ${LIVE} filters come and go, seed %i`,
  (seed) => {
    const chance = new Chance(seed);
    const samples = Array.from({ length: LIVE }, () => sample(chance));
    const rows = new Rows(
      samples.map(({ frame }) => frame),
      false,
    );
    const engines = new Engines(rows);
    const kinds = { program: 0, patch: 0 };
    const seen = { most: 0, refused: 0, compared: 0 };
    for (let step = 0; step < STEPS; step++) {
      const id = 1 + chance.below(LIVE);
      const { filter } = samples[id - 1]!;
      const other = engines.classifier.claimIdenticalTo(filter, 0);
      if (engines.bound.has(id)) {
        // Inserted again it would be found to be there.
        expect(other).toBe(id);
        if (chance.percent(40)) engines.remove(id);
      } else if (other === undefined) {
        engines.insert({ id, filter, mode: "claim", priority: 0, age: step });
        expect(engines.classifier.claimIdenticalTo(filter, 0)).toBe(id);
      } else seen.refused++;
      seen.most = Math.max(seen.most, engines.bound.size);
      kinds[engines.install().kind]++;
      if (step % CHECKED_EVERY === 0) expect(check(engines.classifier), `step ${step}`).toEqual([]);
      if (step % COMPARED_EVERY === 0) seen.compared += compare(engines, samples, `seed ${seed} step ${step}`);
    }
    expect(new Set([...engines.bound.keys()].map((id) => samples[id - 1]!.kind)).size).toBe(new Set(KINDS).size);
    expect(seen.most).toBeGreaterThan(LIVE / 2);
    expect(seen.refused).toBeGreaterThan(0);
    expect(seen.compared).toBeGreaterThan(1000);
    expect(kinds.patch).toBeGreaterThan(STEPS / 2);
    for (let id = 1; id <= LIVE; id++) engines.remove(id);
    engines.install();
    expect(check(engines.classifier)).toEqual([]);
    expect(engines.classifier.trie.nodes).toBe(1);
  },
  3_600_000,
);

/** All targets give the same; and as the specification has it, some live filter claims each live filter's frame. */
function compare(engines: Engines, samples: readonly Sample[], place: string): number {
  const all = [...engines.verdicts().values()];
  for (const verdicts of all) expect(verdicts, place).toEqual(all[0]);
  const asked = [...engines.bound.keys()].slice(0, ROWS);
  const part = new Rows(
    asked.map((id) => samples[id - 1]!.frame),
    false,
  );
  const expected = bruteVerdicts(engines.bound.values(), part);
  asked.forEach((id, index) => {
    expect(all[0]?.[id - 1], `${place}, the frame of ${id}`).toBe(expected[index]);
    expect(expected[index], `${place}, the frame of ${id}`).not.toMatch(/^0:/);
  });
  return asked.length;
}
