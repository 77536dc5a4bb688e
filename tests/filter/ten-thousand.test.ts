/** Ten thousand of the library's filters, addresses and ports varied, in one program: counted in one pass, each as if it were alone. */
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { Pass, type PassConsumer } from "../../src/appliance/pass.js";
import type { Filter } from "../../src/dpf/atom.js";
import type { Verdicts } from "../../src/dpf/batch.js";
import { Classifier } from "../../src/dpf/dpf.js";
import { compileText } from "../../src/filter/filter.js";
import { MAX_OWN_CODE } from "../../src/kernel/limits.js";
import { Chance } from "../seeded.js";
import { countOf, framesOf, sampleOf } from "./single.js";
import { variedFilters } from "./varied.js";

const FILTERS = 10_000;
const SEED = 10_000;
const OF_EACH = 3;
const CAPTURES = [
  "dns.pcap",
  "ping-arp.pcap",
  "fragments.pcap",
  "vlan.pcap",
  "web.pcap",
  "mixed.pcapng",
  "oddities.pcap",
];

const list = variedFilters(FILTERS, new Chance(SEED));
const sample = sampleOf(list, OF_EACH, new Chance(SEED + 1));
let filters: readonly Filter[];
let alone: readonly number[];

beforeAll(() => {
  filters = list.map(({ text, language }) => {
    const compiled = compileText(text, language);
    if (!compiled.ok) throw new Error(`${text}: ${compiled.errors[0]?.message}`);
    return compiled.filter;
  });
  const frames = framesOf(CAPTURES);
  expect(new Set(frames.map(({ facts }) => facts.link))).toEqual(new Set([1]));
  alone = sample.map((at) => countOf(list[at]?.text ?? "", list[at]?.language ?? "dpf", frames));
});

class Counts implements PassConsumer {
  readonly byId = new Uint32Array(FILTERS + 1);

  take(from: number, to: number, { tapStart, tapCount, taps }: Verdicts): void {
    for (let row = from; row < to; row++) {
      const start = tapStart[row] ?? 0;
      for (const id of taps.subarray(start, start + (tapCount[row] ?? 0))) this.byId[id]!++;
    }
  }

  turn(): void {}
}

test("the sample has filters of every file, and some of them find something", () => {
  expect(sample.length).toBeGreaterThanOrEqual(200);
  expect(new Set(list.map(({ text }) => text)).size).toBe(FILTERS);
  expect(alone.filter((count) => count > 0).length).toBeGreaterThan(25);
});

test.each(["wasm", "js"] as const)("%s: each counts what it would count alone", async (target) => {
  const pass = new Pass({ count: FILTERS, mode: "tap", target, compile: () => filters });
  const counts = new Counts();
  for (const capture of CAPTURES) await pass.run(join("captures", capture), counts);
  expect(sample.map((at) => `${list[at]?.text}: ${counts.byId[at + 1]}`)).toEqual(
    sample.map((at, index) => `${list[at]?.text}: ${alone[index]}`),
  );
});

test("one environment may bind them all: texts that differ in addresses and ports have the same code", () => {
  const classifier = new Classifier("wasm");
  const half = FILTERS / 2;
  const add = (from: number, to: number) => {
    for (let at = from; at < to; at++) classifier.insert(at + 1, filters[at] ?? { conjunctions: [] }, "tap", 0, at);
    return classifier.code;
  };
  const first = add(0, half);
  const all = add(half, FILTERS);
  expect(all).toBeLessThan(MAX_OWN_CODE / 2);
  expect(all).toBeLessThan(first * 1.5);
});
