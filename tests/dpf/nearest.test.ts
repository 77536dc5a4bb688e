/** Nested prefixes as claims: only the nearest is looked at, as long as it must win, whatever comes and goes. */
import { expect, test } from "vitest";
import type { Atom, Filter } from "../../src/dpf/atom.js";
import { check } from "../../src/dpf/check.js";
import type { Plan } from "../../src/dpf/plan.js";
import { Chance } from "../seeded.js";
import { Engines, Rows } from "./support.js";

const IPV4: Atom = { kind: "equal", offset: 12, width: 16, mask: 0xffff, value: 0x0800 };

function network(address: number, bits: number): Filter {
  const mask = (-1 << (32 - bits)) >>> 0;
  return { conjunctions: [[IPV4, { kind: "equal", offset: 30, width: 32, mask, value: (address & mask) >>> 0 }]] };
}

/** Addresses that share many of their first bits, so that prefixes nest. */
function address(chance: Chance): number {
  return (0x0a000000 + chance.below(4) * 0x10000 + chance.below(4) * 0x100 + chance.below(8)) >>> 0;
}

function frameTo(to: number): Uint8Array {
  const frame = new Uint8Array(40);
  const view = new DataView(frame.buffer);
  view.setUint16(12, 0x0800);
  view.setUint32(30, to);
  return frame;
}

class Networks {
  readonly engines: Engines;
  #id = 0;

  constructor(seed: number) {
    const chance = new Chance(seed);
    this.engines = new Engines(
      new Rows(
        Array.from({ length: 200 }, () => frameTo(address(chance))),
        false,
      ),
    );
    const seen = new Set<string>();
    while (seen.size < 60) {
      const filter = network(address(chance), 12 + chance.below(20));
      const text = JSON.stringify(filter);
      if (!seen.has(text)) this.insert(filter);
      seen.add(text);
    }
  }

  insert(filter: Filter, mode: "claim" | "tap" = "claim", priority = 0): number {
    const id = ++this.#id;
    this.engines.insert({ id, filter, mode, priority, age: id });
    return id;
  }

  /** Whether only the nearest is looked at, once all engines agree with the specification. */
  settle(): boolean {
    this.engines.install();
    expect(check(this.engines.classifier)).toEqual([]);
    expect(this.engines.disagreement()).toBeUndefined();
    return isNearest(this.engines.classifier.plan);
  }
}

function isNearest(plan: Plan | undefined): boolean {
  const ways = (plan?.root.branchings ?? []).flatMap((way) => ("cases" in way ? [...way.cases.values()] : []));
  const below = ways.flatMap(({ block }) => block.branchings);
  return below.some((way) => way.form === "tree" && way.nearest !== undefined);
}

const RANGE: Filter = {
  conjunctions: [[IPV4, { kind: "range", offset: 30, width: 32, mask: 0xffffffff, low: 0x0a000003, high: 0x0a010202 }]],
};
const BELOW: Filter = {
  conjunctions: [[...(network(0x0a000000, 14).conjunctions[0] ?? []), { kind: "length", least: 36, most: 60 }]],
};
const UNLIKE: Filter = {
  conjunctions: [[IPV4, { kind: "not-equal", offset: 30, width: 32, mask: 0xffffffff, value: 0x0a000000 }]],
};

test.each<[string, (networks: Networks) => number]>([
  [
    "a claim of greater priority on a shorter prefix",
    (networks) => networks.insert(network(0x0a000000, 9), "claim", 5),
  ],
  ["a tap", (networks) => networks.insert(network(0x0a000000, 11), "tap")],
  ["a range", (networks) => networks.insert(RANGE)],
  ["all but an address", (networks) => networks.insert(UNLIKE)],
  ["a claim that goes on below a prefix", (networks) => networks.insert(BELOW)],
])("until there is %s, and again when it is gone", (_, insert) => {
  for (let seed = 1; seed <= 8; seed++) {
    const networks = new Networks(seed);
    expect(networks.settle()).toBe(true);
    const id = insert(networks);
    expect(networks.settle()).toBe(false);
    networks.engines.remove(id);
    networks.settle();
    networks.engines.classifier.run({});
    expect(networks.settle()).toBe(true);
  }
});

test("prefixes come and go as changes of tables", () => {
  const networks = new Networks(9);
  networks.settle();
  const chance = new Chance(10);
  for (let step = 0; step < 60; step++) {
    const id = networks.insert(network(0x0b000000 + step * 0x10000, 14 + chance.below(18)));
    expect(networks.engines.install().kind).toBe("patch");
    expect(networks.settle()).toBe(true);
    if (step % 2 === 0) networks.engines.remove(id);
  }
});

test("counted nodes are all that a frame passes", () => {
  const networks = new Networks(11);
  networks.settle();
  networks.engines.classifier.run({ heat: true });
  expect(networks.settle()).toBe(false);
});
