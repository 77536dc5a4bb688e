import { describe, expect, test } from "vitest";
import { type Bound, judge, liesInside } from "../../src/dpf/judge.js";
import { type AgedClaim, orderClaims } from "../../src/dpf/winner.js";
import { compileText } from "../../src/filter/filter.js";
import { Chance } from "../seeded.js";

/** A claim as the set of packets that it matches, a bit for each. */
interface SetClaim extends AgedClaim {
  readonly packets: number;
}

const PACKETS = 7;

function ask(claims: readonly SetClaim[]) {
  const packetsOf = (id: number) => claims.find((claim) => claim.id === id)!.packets;
  const inside = (a: number, b: number) => packetsOf(a) !== packetsOf(b) && (packetsOf(a) & ~packetsOf(b)) === 0;
  const overlap = (a: number, b: number) => (packetsOf(a) & packetsOf(b)) !== 0;
  return { inside, overlap };
}

/** DESIGN.md's rule, for claims that match together. */
function winnerOf(matched: readonly SetClaim[], inside: (a: number, b: number) => boolean): number {
  const inner = matched.filter((claim) => !matched.some((other) => inside(other.id, claim.id)));
  return inner.toSorted((a, b) => a.age - b.age)[0]?.id ?? 0;
}

/** Claims in any order that gives every set that can match together its winner; undefined where there is none. */
function someOrder(sets: readonly (readonly SetClaim[])[], winners: readonly number[]): number[] | undefined {
  const left = new Set(sets.flatMap((set) => set.map(({ id }) => id)));
  const order: number[] = [];
  const done = new Set<number>();
  while (left.size > 0) {
    // First can be who loses to nobody that is left in a set of which it is the winner, or part.
    const next = [...left].find((id) =>
      sets.every(
        (set, at) =>
          set.some((claim) => done.has(claim.id)) || !set.some((claim) => claim.id === id) || winners[at] === id,
      ),
    );
    if (next === undefined) return undefined;
    left.delete(next);
    done.add(next);
    order.push(next);
  }
  return order;
}

/** Every set of claims that some packet matches all of, and its subsets: others may be unbound any time. */
function setsOf(claims: readonly SetClaim[]): SetClaim[][] {
  const sets: SetClaim[][] = [];
  for (let chosen = 1; chosen < 1 << claims.length; chosen++) {
    const set = claims.filter((_, index) => (chosen >> index) & 1);
    if (set.reduce((common, { packets }) => common & packets, -1) !== 0) sets.push(set);
  }
  return sets;
}

describe("the order of claims", () => {
  test("inner before outer, then the older", () => {
    const claims = [
      { id: 7, age: 1, packets: 0b111 },
      { id: 8, age: 2, packets: 0b011 },
      { id: 9, age: 3, packets: 0b001 },
      { id: 5, age: 4, packets: 0b110 },
    ];
    const { inside, overlap } = ask(claims);
    expect(orderClaims(claims, inside, overlap)).toEqual([9, 8, 5, 7]);
  });

  test("a ring: inner before outer is kept, the age rule gives way, whatever the order of the input", () => {
    const a = { id: 1, age: 3, packets: 0b0001 | 0b0010 };
    const b = { id: 2, age: 1, packets: 0b0001 | 0b0010 | 0b0100 };
    const c = { id: 3, age: 2, packets: 0b0010 | 0b0100 | 0b1000 };
    const { inside, overlap } = ask([a, b, c]);
    expect(orderClaims([a, b, c], inside, overlap)).toEqual([3, 1, 2]);
    expect(orderClaims([c, b, a], inside, overlap)).toEqual([3, 1, 2]);
  });

  test("seeds 1 to 4,000: agrees with the rule for every set, wherever an order does", () => {
    const counts = { agreed: 0, rings: 0, nested: 0 };
    for (let seed = 1; seed <= 4000; seed++) {
      const chance = new Chance(seed);
      const ages = [1, 2, 3, 4, 5, 6].map((age) => ({ age, by: chance.below(1000) })).sort((a, b) => a.by - b.by);
      const claims: SetClaim[] = [];
      for (let id = 1; id <= 2 + chance.below(5); id++) {
        const whole = claims.length > 0 && chance.percent(40) ? chance.pick(claims).packets : (1 << PACKETS) - 1;
        const packets = whole & (1 + chance.below((1 << PACKETS) - 1)) || whole;
        claims.push({ id, age: ages[id - 1]!.age, packets });
      }
      const { inside, overlap } = ask(claims);
      const order = orderClaims(claims, inside, overlap);
      expect(order.toSorted((a, b) => a - b)).toEqual(claims.map(({ id }) => id));
      for (const [at, id] of order.entries())
        for (const later of order.slice(at + 1)) {
          expect(inside(later, id), `seed ${seed}`).toBe(false);
          if (inside(id, later)) counts.nested++;
        }
      const sets = setsOf(claims);
      const winners = sets.map((set) => winnerOf(set, inside));
      if (someOrder(sets, winners) === undefined) counts.rings++;
      else {
        counts.agreed++;
        const firsts = sets.map((set) => order.find((id) => set.some((claim) => claim.id === id)));
        expect(firsts, `seed ${seed}`).toEqual(winners);
      }
    }
    expect(counts.agreed).toBeGreaterThan(2000);
    expect(counts.rings).toBeGreaterThan(50);
    expect(counts.nested).toBeGreaterThan(1000);
  });

  test("outside of a ring the rule holds all the same", () => {
    const [outer, inner] = [
      { id: 1, age: 1, packets: 0b010111 },
      { id: 4, age: 4, packets: 0b000011 },
    ];
    const third = { id: 3, age: 3, packets: 0b001110 };
    // Younger than the outer one, older than the others: nothing keeps it from being first but that.
    const behind = { id: 2, age: 2, packets: 0b110000 };
    const claims = [outer, inner, third, behind];
    const { inside, overlap } = ask(claims);
    expect(orderClaims([outer, inner, third], inside, overlap)).toEqual([3, 4, 1]);
    expect(orderClaims(claims, inside, overlap)).toEqual([3, 4, 1, 2]);
  });
});

describe("who gets a frame", () => {
  const filter = (text: string) => {
    const compiled = compileText(text, "dpf");
    if (!compiled.ok) throw new Error(`${text}: ${compiled.errors[0]?.message}`);
    return compiled.filter;
  };
  const claim = (id: number, text: string, age = id, priority = 0): Bound => ({
    id,
    filter: filter(text),
    mode: "claim",
    priority,
    age,
  });
  const FRAME = Uint8Array.of(1, 2, 3, 4);
  const winner = (...bound: Bound[]) => judge(bound, FRAME, 0, FRAME.length).winner;

  test.each<[string, Bound[], number]>([
    ["nobody", [claim(1, "0:8 == 9")], 0],
    ["priority first", [claim(1, "0:32 == 0x01020304"), claim(2, "true", 2, 1)], 2],
    ["then bits", [claim(1, "0:8 == 1"), claim(2, "0:16 == 0x0102")], 2],
    ["bits of the conjunction that matched", [claim(1, "0:8 == 1"), claim(2, "0:32 == 0 || 1:8 & 0xf0 == 0")], 1],
    ["then the inner, though younger", [claim(1, "0:8 in 1..99"), claim(2, "0:8 in 1..98")], 2],
    ["then the inner, by its length", [claim(1, "0:8 == 1"), claim(2, "0:8 == 1 && length <= 4")], 2],
    ["then the oldest", [claim(1, "0:8 == 1", 5), claim(2, "1:8 == 2", 4)], 2],
    [
      "the oldest of those that are inner",
      [claim(1, "0:8 <= 9", 1), claim(2, "0:8 <= 8", 3), claim(3, "1:8 <= 9", 2)],
      3,
    ],
    ["the same filter twice: the oldest", [claim(2, "0:8 == 1", 9), claim(1, "0:8 == 1", 8)], 1],
  ])("%s", (_, bound, expected) => {
    expect(winner(...bound)).toBe(expected);
    expect(winner(...bound.toReversed())).toBe(expected);
  });

  test("taps all, in order of their ids; a residual has the last word", () => {
    const residual = { lambdas: [], tables: 0 };
    const odd: Bound = { ...claim(3, "0:8 == 1"), filter: { ...filter("0:8 == 1"), residual }, mode: "tap" };
    const bound = [odd, { ...claim(2, "true"), mode: "tap" as const }, claim(1, "true")];
    expect(judge(bound, FRAME, 0, 4, () => true)).toEqual({ winner: 1, taps: [2, 3] });
    expect(judge(bound, FRAME, 0, 4, (program) => program !== residual)).toEqual({ winner: 1, taps: [2] });
    expect(() => judge(bound, FRAME, 0, 4)).toThrow("residual");
  });

  test("inside is strict", () => {
    expect(liesInside(filter("0:8 == 1"), filter("0:8 in 1..2"))).toBe(true);
    expect(liesInside(filter("0:8 in 1..2"), filter("0:8 == 1"))).toBe(false);
    expect(liesInside(filter("0:8 == 1"), filter("0:8 in 1..1"))).toBe(false);
  });
});
