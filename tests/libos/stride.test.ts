/** The stride scheduler above directed yield: SOSP'95 §7.3, figure 3. */
import { describe, expect, test } from "vitest";
import { Cause } from "../../src/kernel/abi.js";
import { Stride } from "../../src/libos/stride.js";
import { balance, Cpu } from "../kernel/cpu.js";
import { Chance } from "../seeded.js";

const SLICES = 10_000;
const LENGTH = 1000;
const SCHEDULER = 0;

/** A scheduler that owns every slice, and clients that use up what they are given. */
function shared(shares: ReadonlyMap<number, number>): { cpu: Cpu; stride: Stride } {
  const cpu = new Cpu({ count: 16, length: LENGTH, grace: 20 });
  cpu.recording = false;
  const stride = new Stride();
  for (const [environment, each] of shares) {
    stride.share(environment, each);
    cpu.create(environment, (act) => act.cause === Cause.start && act.useUp());
  }
  cpu.create(SCHEDULER, (act) => {
    act.spend(10);
    const next = stride.next();
    if (act.cause === Cause.start && next !== undefined) cpu.processor.yieldTo(next);
  });
  for (let at = 0; at < 16; at++) cpu.slices.allocate(SCHEDULER, at);
  return { cpu, stride };
}

describe("the stride scheduler", () => {
  test("3:2:1 tracks the ideal line within one slice, over 10,000 slices, in slices and in fuel", () => {
    const shares = new Map([
      [1, 3],
      [2, 2],
      [3, 1],
    ]);
    const { cpu } = shared(shares);
    const { accounts } = cpu.processor;
    let furthest = 0;
    for (let slice = 1; slice <= SLICES; slice++) {
      cpu.processor.turn(1);
      for (const [environment, each] of shares) {
        const ideal = (slice * LENGTH * each) / 6;
        furthest = Math.max(furthest, Math.abs(accounts.ran[environment]! - (ideal * (LENGTH - 10)) / LENGTH));
      }
    }
    expect(accounts.slices[SCHEDULER]).toBe(SLICES);
    expect(furthest / LENGTH).toBeLessThanOrEqual(1);
    // The end of its slice is told on the grace, and paid back: over all nobody has more than its shares.
    const all = accounts.total - accounts.ran[SCHEDULER]!;
    for (const [environment, each] of shares) expect(accounts.ran[environment]! / all).toBeCloseTo(each / 6, 3);
    balance(cpu);
  });

  test.each([1, 2, 3])(
    "any two clients are never further apart than one slice each from their shares (seed %i)",
    (seed) => {
      const chance = new Chance(seed);
      const shares = new Map(Array.from({ length: 2 + chance.below(6) }, (_, at) => [at + 1, 1 + chance.below(20)]));
      const stride = new Stride();
      for (const [environment, each] of shares) stride.share(environment, each);
      const had = new Map<number, number>();
      for (let slice = 0; slice < SLICES; slice++) {
        const next = stride.next() ?? 0;
        had.set(next, (had.get(next) ?? 0) + 1);
        for (const [a, sharesOfA] of shares)
          for (const [b, sharesOfB] of shares) {
            const together = (had.get(a) ?? 0) + (had.get(b) ?? 0);
            const due = (together * sharesOfA) / (sharesOfA + sharesOfB);
            if (Math.abs((had.get(a) ?? 0) - due) > 1.01) throw new Error(`slice ${slice}: ${a}:${b}`);
          }
      }
    },
  );

  test("clients come, go and change their shares, and the others' ratio holds", () => {
    const stride = new Stride();
    expect(stride.next()).toBeUndefined();
    const run = (slices: number) => {
      const had = new Map<number, number>();
      for (let slice = 0; slice < slices; slice++) {
        const next = stride.next() ?? 0;
        had.set(next, (had.get(next) ?? 0) + 1);
      }
      return [1, 2, 3].map((each) => had.get(each) ?? 0);
    };
    stride.share(1, 1);
    stride.share(2, 1);
    expect(run(100)).toEqual([50, 50, 0]);
    stride.share(3, 2);
    expect(run(400)).toEqual([100, 100, 200]);
    stride.remove(2);
    stride.share(1, 6);
    expect(run(800)).toEqual([600, 0, 200]);
    for (const shares of [0, -1, 0.5, 1 << 17]) expect(() => stride.share(1, shares)).toThrow(RangeError);
  });
});
