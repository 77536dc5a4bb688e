/**
 * A filter made ready to be compared with many: its canonical conjunctions, cut into regions, with what of
 * each region can be looked up at once. Make it once, keep it with the filter.
 */
import { type Conjunction, type Filter, MAX_LENGTH, type ShiftLoaded, type Test } from "./atom.js";
import { Bits } from "./bits.js";
import { canonicalFilter } from "./canonical.js";
import { placeOf } from "./fact.js";
import { endOf, regionsOf } from "./region.js";

export interface PreparedRegion {
  /** In canonical order. */
  readonly tests: readonly Test[];
  /** Those that are no equalities. */
  readonly limits: readonly Exclude<Test, { kind: "equal" }>[];
  /** Bits that the equalities fix, by octet, ascending: 65536 × place + bits << 8 + values. Facts have places too (fact.ts). */
  readonly fixed: readonly number[];
  /** The same, to be asked by field. */
  readonly bits: Bits;
  /** Octets left from its start: the region holds only within these bounds. */
  readonly need: number;
  readonly most: number;
  /** The same, of the whole conjunction: as later regions start at the same place or behind it. */
  readonly floor: number;
  readonly ceiling: number;
  readonly shift: ShiftLoaded | undefined;
}

export interface Form {
  readonly conjunction: Conjunction;
  readonly regions: readonly PreparedRegion[];
  /** Its tests, and those of them that are no equalities, in all regions: what looking at it costs. */
  readonly tests: number;
  readonly limits: number;
}

export interface Prepared {
  readonly filter: Filter;
  /** Empty where no frame matches. */
  readonly forms: readonly Form[];
  /** Canonical text of the conjunctions: equal only where they match the same frames. */
  readonly text: string;
}

/** The last answer, kept for the reason that canonical.ts has. */
let latest: Prepared | undefined;

export function prepare(filter: Filter): Prepared {
  if (latest?.filter !== filter) latest = preparedFilter(filter);
  return latest;
}

function preparedFilter(filter: Filter): Prepared {
  const forms = canonicalFilter(filter);
  return {
    filter,
    forms: [...forms.values()].map(preparedForm),
    text: [...forms.keys()].join(" || "),
  };
}

function preparedForm(conjunction: Conjunction): Form {
  const regions = preparedRegions(conjunction);
  const tests = regions.reduce((sum, region) => sum + region.tests.length, 0);
  const limits = regions.reduce((sum, region) => sum + region.limits.length, 0);
  return { conjunction, regions, tests, limits };
}

function preparedRegions(conjunction: Conjunction): PreparedRegion[] {
  const regions = regionsOf(conjunction).map(({ tests, least, most, shift }) => {
    const need = [...tests, ...(shift ? [shift] : [])].reduce((end, field) => Math.max(end, endOf(field)), least);
    const bits = new Bits();
    for (const test of tests) if (test.kind === "equal") bits.require(placeOf(test), test.width, test.mask, test.value);
    const fixed = [...bits.octets()]
      .sort(([a], [b]) => a - b)
      .map(([at, mask, value]) => at * 65_536 + mask * 256 + value);
    const limits = tests.filter((test) => test.kind !== "equal");
    return { tests, limits, fixed, bits, need, most, shift };
  });
  let ceiling = MAX_LENGTH;
  const ceilings = regions.map(({ most }) => {
    ceiling = Math.min(ceiling, most);
    return ceiling;
  });
  let floor = 0;
  const floors = regions
    .toReversed()
    .map(({ need }) => {
      floor = Math.max(floor, need);
      return floor;
    })
    .toReversed();
  return regions.map((region, index) => ({ ...region, floor: floors[index] ?? 0, ceiling: ceilings[index] ?? 0 }));
}
