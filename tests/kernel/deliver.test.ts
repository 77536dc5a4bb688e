/** Delivery beside a model that goes row by row: whoever gets packets, in runs or alone, by claim or tap, counted or in a ring. */
import { expect, test } from "vitest";
import { RING_ENTRY_WORDS, RingEntry } from "../../src/kernel/abi.js";
import { DELIVERY_CAUSES, MAX_BINDINGS } from "../../src/kernel/books.js";
import { Chance } from "../seeded.js";
import { first } from "./handled.js";
import { KernelBench, RING } from "./kernel-bench.js";

const CASES = 200;
const ROWS = 64;
const RING_FULL = DELIVERY_CAUSES.indexOf("ringFull");

interface Wanted {
  readonly slot: number;
  readonly environment: number;
  readonly mode: "claim" | "tap";
  readonly value: number;
  readonly mask: number;
}

/** What is to be known of a binding. */
interface Told {
  packets: number;
  octets: number;
  timeHigh: number;
  timeLow: number;
  delivered: number;
  full: number;
}

const nothing = (): Told => ({ packets: 0, octets: 0, timeHigh: 0, timeLow: 0, delivered: 0, full: 0 });

/** First octets in runs, with lengths and times of chance. */
function fill({ rows, memory }: KernelBench, chance: Chance): void {
  for (let row = 0; row < ROWS; ) {
    const octet = chance.below(6);
    for (let left = Math.min(ROWS - row, 1 + chance.below(chance.pick([1, 2, 20]))); left > 0; left--, row++) {
      memory.octets[rows.address[row]!] = octet;
      rows.wire[row] = 1 + chance.below(9000);
      rows.timeHigh[row] = chance.below(1000);
      rows.timeLow[row] = chance.below(2 ** 32);
    }
  }
}

/** One tap alone is the hosted environment's: of several, which finds room is not said. */
function bound(bench: KernelBench, hosted: number, counting: number, chance: Chance): Wanted[] {
  let mayTap = true;
  return Array.from({ length: 1 + chance.below(5) }, (_, at) => {
    const mode = chance.pick(["claim", "tap"] as const);
    // Claims do not meet: each has an octet of its own.
    const [value, mask] = mode === "claim" ? [at, 255] : [chance.below(2), 1];
    const environment = chance.percent(40) && (mode === "claim" || mayTap) ? hosted : counting;
    if (mode === "tap" && environment === hosted) mayTap = false;
    const { binding } = bench.bind({ name: `b${at}`, mode, environment, filter: first(value, mask) });
    if (binding === undefined) throw new Error("no binding");
    return { slot: binding, environment, mode, value, mask };
  });
}

/** Row by row: what bindings are told, and the addresses that each ring comes to hold. */
function model({ rows, memory }: KernelBench, wanted: readonly Wanted[], hosted: number, from: number, to: number) {
  const told = new Map(wanted.map(({ slot }) => [slot, nothing()]));
  const ring: string[] = [];
  for (let row = from; row < to; row++) {
    const octet = memory.octets[rows.address[row]!]!;
    // The claim comes first; taps have no order.
    const matched = wanted.filter(({ value, mask }) => (octet & mask) === value);
    for (const { slot, environment } of matched.sort((a, b) => a.mode.localeCompare(b.mode))) {
      const about = told.get(slot)!;
      about.packets++;
      about.octets += rows.wire[row]!;
      about.timeHigh = rows.timeHigh[row]!;
      about.timeLow = rows.timeLow[row]!;
      if (environment === hosted && ring.length === RING) about.full++;
      else about.delivered++;
      if (environment === hosted && ring.length < RING) ring.push(`${slot} ${rows.address[row]} ${row - from + 1}`);
    }
  }
  return { told, ring };
}

function ringOf({ kernel, memory }: KernelBench, hosted: number): string[] {
  const ring = kernel.environments.get(hosted)!.ring!;
  return Array.from({ length: ring.depth }, (_, at) => {
    const word = (field: number) => memory.words[(ring.ring >> 2) + at * RING_ENTRY_WORDS + field]!;
    return `${word(RingEntry.binding) & 0xffff} ${word(RingEntry.address)} ${word(RingEntry.packet)}`;
  });
}

test(`${CASES} machines of chance deliver as the model does (seed 11)`, () => {
  const chance = new Chance(11);
  const seen = { runs: 0, full: 0, taps: 0, rings: 0 };
  for (let n = 0; n < CASES; n++) {
    const bench = new KernelBench();
    const { kernel } = bench;
    const hosted = bench.environment("hosted");
    const counting = kernel.createEnvironment({ name: "counting", program: "", options: {} }).environment;
    fill(bench, chance);
    const wanted = bound(bench, hosted, counting, chance);
    const from = chance.below(ROWS);
    const to = from + 1 + chance.below(ROWS - from);
    const { told, ring } = model(bench, wanted, hosted, from, to);
    const { bindings } = kernel;
    bench.receive(from, to);
    for (const [slot, about] of told) {
      expect({
        packets: bindings.packets[slot],
        octets: bindings.octets[slot],
        timeHigh: bindings.timeHigh[slot],
        timeLow: bindings.timeLow[slot],
        delivered: bindings.delivered[slot],
        full: bindings.undelivered[RING_FULL * MAX_BINDINGS + slot],
      }).toEqual(about);
      seen.full += about.full;
    }
    expect(ringOf(bench, hosted)).toEqual(ring);
    expect(bench.balance()).toEqual([0, 0, 0]);
    seen.rings += ring.length;
    seen.taps += wanted.filter(({ mode }) => mode === "tap").length;
    seen.runs += wanted.filter(({ slot, mode }) => mode === "claim" && told.get(slot)!.packets > 3).length;
  }
  for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(CASES / 4);
});
