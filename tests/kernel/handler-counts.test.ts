/** Fuel of runs, as a table of counts keeps it, against the runs themselves. */
import { describe, expect, test } from "vitest";
import { medianFuel } from "../../src/control/protocol.js";
import { Count, HandlerCountsTable } from "../../src/kernel/handler-counts.js";
import { MAX_MESSAGE_FUEL, OUTCOME_BITS } from "../../src/vcode/handler.js";
import { Chance } from "../seeded.js";

function counted(fuels: readonly number[]) {
  const table = new HandlerCountsTable();
  // A neighbour, whose row must stay its own.
  table.ended(6, 1 << OUTCOME_BITS, Count.passed, 1);
  for (const fuel of fuels) table.ended(7, fuel << OUTCOME_BITS, Count.passed, 1);
  return table.of(7);
}

describe("fuel of runs", () => {
  test.each([[0], [12], [31], [32], [124], [2000], [MAX_MESSAGE_FUEL]])("of equal runs is told exactly: %i", (fuel) => {
    const { run, fuelMost, fuelSpread } = counted([fuel, fuel, fuel]);
    expect([run, fuelMost, fuelSpread, medianFuel(fuelSpread)]).toEqual([
      3,
      fuel,
      [{ from: fuel, to: fuel, runs: 3 }],
      fuel,
    ]);
  });

  test("without runs there is none", () => {
    expect(counted([])).toMatchObject({ run: 0, fuel: 0, fuelMost: 0, fuelSpread: [] });
  });

  test("of any runs: ranges hold just their own, and the median is exact when small, within a sixteenth when not", () => {
    const random = new Chance(23);
    let small = 0;
    for (let round = 0; round < 300; round++) {
      const most = 1 + random.below(round % 2 === 0 ? 40 : MAX_MESSAGE_FUEL);
      const fuels = Array.from({ length: 1 + random.below(50) }, () => random.below(most)).sort((a, b) => a - b);
      const { run, fuelSpread } = counted(fuels);
      expect(run).toBe(fuels.length);
      for (const { from, to, runs } of fuelSpread) {
        expect(runs).toBe(fuels.filter((fuel) => fuel >= from && fuel <= to).length);
        expect(to - from).toBeLessThanOrEqual(from < 32 ? 0 : from / 16);
      }
      expect(fuelSpread.reduce((all, { runs }) => all + runs, 0)).toBe(fuels.length);
      expect([fuelSpread[0]?.from, fuelSpread.at(-1)?.to]).toEqual([fuels[0], fuels.at(-1)]);
      const median = fuels[Math.ceil(fuels.length / 2) - 1]!;
      expect(Math.abs(medianFuel(fuelSpread) - median)).toBeLessThanOrEqual(median < 32 ? 0 : median / 16);
      if (median < 32) small++;
    }
    expect(small).toBeGreaterThan(100);
    expect(small).toBeLessThan(250);
  });
});
