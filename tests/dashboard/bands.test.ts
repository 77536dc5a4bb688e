import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type BandSize, layoutWay, spread, type WayInput } from "../../src/dashboard/bands.js";

const SIZE: BandSize = { width: 1000, height: 300, columns: [0, 200, 440, 800], bar: 8, slot: 22, gap: 6, named: 8 };
const binding = (id: number, value: number, environment = 0) => ({
  id,
  name: `b${id}`,
  environment,
  value,
  packets: value,
});
const way = (change: Partial<WayInput>): WayInput => ({
  received: 100,
  lost: 0,
  unclaimed: 0,
  bindings: [],
  environments: [],
  ...change,
});

describe("the packet's way", () => {
  test("bars have one scale, and a binding's band is as wide as its bar", () => {
    const { nodes, bands, scale } = layoutWay(
      way({ unclaimed: 20, bindings: [binding(1, 60), binding(2, 20, 3)], environments: [{ id: 3, name: "exos" }] }),
      SIZE,
    );
    const heights = Object.fromEntries(nodes.map((node) => [node.key, node.barHeight]));
    expect(heights["binding-1"]).toBeCloseTo(60 * scale);
    expect(heights["environment-3"]).toBeCloseTo(20 * scale);
    expect(bands.map((band) => band.key)).toContain("binding-2>environment-3");
  });

  test("the smallest beyond the named ones are one node, their order that of environments and ids", () => {
    const bindings = Array.from({ length: 1000 }, (_, index) => binding(index + 1, index % 100));
    const { nodes } = layoutWay(way({ received: 1e6, bindings }), SIZE);
    const shown = nodes.filter((node) => node.kind === "binding");
    expect(shown).toHaveLength(SIZE.named - 1);
    expect(shown.map((node) => node.id)).toEqual(shown.map((node) => node.id).sort((a, b) => a - b));
    expect(nodes.find((node) => node.kind === "others")?.name).toBe("993 others");
  });

  test("of equal values those are named that counted most, and never one without traffic", () => {
    const quiet = Array.from({ length: 20 }, (_, index) => ({
      ...binding(index + 1, 0),
      packets: index >= 17 ? index : 0,
    }));
    const { nodes } = layoutWay(way({ bindings: quiet }), SIZE);
    expect(nodes.filter((node) => node.kind === "binding").map((node) => node.id)).toEqual([18, 19, 20]);
    expect(nodes.find((node) => node.kind === "others")?.name).toBe("17 others");
  });

  test("what is lost before demux leaves the way", () => {
    const { bands } = layoutWay(way({ lost: 5 }), SIZE);
    expect(bands.map((band) => band.key)).toContain("ports>lost");
  });

  test("any figures: within the picture, in order, without overlap, no number that is none", () => {
    const rate = fc.double({ min: 0, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(rate, fc.integer({ min: 0, max: 3 })), { maxLength: 30 }),
        rate,
        (drawn, received) => {
          const bindings = drawn.map(([value, environment], index) => binding(index + 1, value, environment));
          const { nodes, bands } = layoutWay(way({ received, bindings, unclaimed: received / 3 }), SIZE);
          for (const band of bands) expect(band.path).not.toMatch(/NaN|Infinity/);
          for (const column of [0, 1, 2, 3]) {
            let below = -0.001;
            for (const node of nodes.filter((one) => one.column === column)) {
              expect(node.y).toBeGreaterThanOrEqual(below);
              below = node.y + node.height;
            }
            expect(below).toBeLessThanOrEqual(SIZE.height + 1);
          }
        },
      ),
      { seed: 7, numRuns: 200 },
    );
  });
});

describe("labels moved apart", () => {
  test("those that do not touch stay", () => expect(spread([10, 40, 90], 0, 100, 15)).toEqual([10, 40, 90]));
  test("those that do are moved, within the limits", () => {
    expect(spread([50, 50, 50], 0, 100, 15)).toEqual([50, 65, 80]);
    expect(spread([95, 96, 97], 0, 100, 15)).toEqual([70, 85, 100]);
    expect(spread([-5, 2], 0, 100, 15)).toEqual([0, 15]);
  });
  test("too many share the room", () => expect(spread([0, 0, 0, 0, 0], 0, 40, 15)).toEqual([0, 10, 20, 30, 40]));
});
