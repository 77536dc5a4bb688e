import { describe, expect, test } from "vitest";
import type { Filter } from "../../src/dpf/atom.js";
import { printFilter } from "../../src/dpf/print.js";
import { checkFilter, wellformed } from "../../src/dpf/wellformed.js";
import { compileText } from "../../src/filter/filter.js";
import { Chance } from "../seeded.js";

const EQUAL = { kind: "equal", offset: 12, width: 16, mask: 0xffff, value: 0x0800 };
const RANGE = { kind: "range", offset: 12, width: 16, mask: 0x0fff, low: 0x0800, high: 0xffff };
const LENGTH = { kind: "length", least: 3, most: 0x7fffffff };
const LOADED = { kind: "shift-loaded", offset: 0, width: 8, mask: 15, left: 2 };
const OF_WIRE = { kind: "range", of: "wire", offset: 0, width: 32, mask: 0xffffffff, low: 60, high: 0xffffffff };
const OF_LINK = { kind: "equal", of: "link", offset: 0, width: 16, mask: 0xffff, value: 1 };
const isFilter = (value: unknown): value is Filter => wellformed(value) === undefined;
const one = (...atoms: unknown[]) => ({ conjunctions: [atoms] });

describe("wellformed", () => {
  test.each([
    one(),
    one(EQUAL, LOADED, { kind: "shift", octets: 14 }),
    one({ ...EQUAL, kind: "not-equal" }, RANGE, { ...RANGE, low: 0xffff }, LENGTH, { ...LENGTH, most: 3 }),
    one(OF_WIRE, OF_LINK, { ...OF_LINK, kind: "not-equal", mask: 1 }, { ...OF_WIRE, mask: 0xf0 }),
    one({ ...RANGE, width: 32, mask: 1, low: 0, high: 0xffffffff }),
    one({ ...EQUAL, width: 32, mask: 0xffffffff, value: 0xffffffff }),
    { conjunctions: Array.from({ length: 256 }, () => Array.from({ length: 256 }, () => EQUAL)) },
  ])("filter %#", (filter) => expect(wellformed(filter)).toBeUndefined());

  test.each([
    [null, "E_SHAPE", ""],
    [[], "E_SHAPE", ""],
    [{ conjunctions: [[]], more: 1 }, "E_SHAPE", ""],
    [{ conjunctions: {} }, "E_SHAPE", ""],
    [{ conjunctions: [] }, "E_CONJUNCTIONS", "/conjunctions"],
    [{ conjunctions: Array.from({ length: 257 }, () => []) }, "E_CONJUNCTIONS", "/conjunctions"],
    [{ conjunctions: ["x"] }, "E_SHAPE", "/conjunctions/0"],
    [{ conjunctions: [[], Array.from({ length: 257 }, () => EQUAL)] }, "E_ATOMS", "/conjunctions/1"],
    [one(EQUAL, 7), "E_KIND", "/conjunctions/0/1"],
    [one({ ...EQUAL, kind: "range" }), "E_KIND", "/conjunctions/0/0"],
    [one({ ...RANGE, kind: "equal" }), "E_KIND", "/conjunctions/0/0"],
    [one({ ...LENGTH, kind: "shift" }), "E_KIND", "/conjunctions/0/0"],
    [one({ ...LENGTH, octets: 3 }), "E_KIND", "/conjunctions/0/0"],
    [one({ ...EQUAL, kind: "equals" }), "E_KIND", "/conjunctions/0/0"],
    [one(Object.create(EQUAL)), "E_KIND", "/conjunctions/0/0"],
    [one({ ...EQUAL, extra: 1 }), "E_KIND", "/conjunctions/0/0"],
    [one({ ...OF_LINK, of: "port" }), "E_OF", "/conjunctions/0/0/of"],
    [one({ ...OF_LINK, of: undefined }), "E_OF", "/conjunctions/0/0/of"],
    [one({ ...OF_LINK, of: ["link"] }), "E_OF", "/conjunctions/0/0/of"],
    [one({ ...OF_LINK, offset: 2 }), "E_OFFSET", "/conjunctions/0/0/offset"],
    [one({ ...OF_LINK, width: 32 }), "E_WIDTH", "/conjunctions/0/0/width"],
    [one({ ...OF_WIRE, width: 16, high: 64 }), "E_WIDTH", "/conjunctions/0/0/width"],
    [one({ ...OF_LINK, mask: 0x10000 }), "E_MASK", "/conjunctions/0/0/mask"],
    [one({ ...OF_LINK, value: 0x10000 }), "E_VALUE", "/conjunctions/0/0/value"],
    [one({ ...OF_WIRE, high: 59 }), "E_RANGE", "/conjunctions/0/0/high"],
    [one({ ...LOADED, of: "wire" }), "E_KIND", "/conjunctions/0/0"],
    [one({ ...LENGTH, of: "wire" }), "E_KIND", "/conjunctions/0/0"],
    [one({ ...EQUAL, offset: -1 }), "E_OFFSET", "/conjunctions/0/0/offset"],
    [one({ ...EQUAL, offset: 65_536 }), "E_OFFSET", "/conjunctions/0/0/offset"],
    [one({ ...EQUAL, offset: "12" }), "E_OFFSET", "/conjunctions/0/0/offset"],
    [one({ ...EQUAL, width: 24 }), "E_WIDTH", "/conjunctions/0/0/width"],
    [one({ ...EQUAL, mask: 0 }), "E_MASK", "/conjunctions/0/0/mask"],
    [one({ ...EQUAL, mask: 0x10000 }), "E_MASK", "/conjunctions/0/0/mask"],
    [one({ ...EQUAL, mask: 0.5 }), "E_MASK", "/conjunctions/0/0/mask"],
    [one({ ...EQUAL, mask: 0xff, value: 0x100 }), "E_VALUE", "/conjunctions/0/0/value"],
    [one({ ...EQUAL, value: -1 }), "E_VALUE", "/conjunctions/0/0/value"],
    [one({ ...EQUAL, value: NaN }), "E_VALUE", "/conjunctions/0/0/value"],
    [one({ ...EQUAL, kind: "not-equal", value: 0x10000 }), "E_VALUE", "/conjunctions/0/0/value"],
    [one({ ...RANGE, width: 9 }), "E_WIDTH", "/conjunctions/0/0/width"],
    [one({ ...RANGE, low: -1 }), "E_RANGE", "/conjunctions/0/0/low"],
    [one({ ...RANGE, low: 0x10000, high: 0x10000 }), "E_RANGE", "/conjunctions/0/0/low"],
    [one({ ...RANGE, high: 0x10000 }), "E_RANGE", "/conjunctions/0/0/high"],
    [one({ ...RANGE, high: 0x07ff }), "E_RANGE", "/conjunctions/0/0/high"],
    [one({ ...RANGE, low: undefined }), "E_RANGE", "/conjunctions/0/0/low"],
    [one({ ...LENGTH, least: 1.5 }), "E_LENGTH", "/conjunctions/0/0/least"],
    [one({ ...LENGTH, most: 2 }), "E_LENGTH", "/conjunctions/0/0/most"],
    [one({ ...LENGTH, most: 0x80000000 }), "E_LENGTH", "/conjunctions/0/0/most"],
    [{ ...one(EQUAL), residual: { lambdas: [] } }, "E_RESIDUAL", "/residual"],
    [{ ...one(EQUAL), residual: undefined }, "E_RESIDUAL", "/residual"],
    [{ residual: {} }, "E_SHAPE", ""],
    [one({ kind: "shift", octets: 65_536 }), "E_SHIFT", "/conjunctions/0/0/octets"],
    [one({ ...LOADED, left: 32 }), "E_LEFT", "/conjunctions/0/0/left"],
  ])("no filter %#: %j", (value, code, pointer) => {
    expect(wellformed(value)).toMatchObject({ code, pointer });
    expect(checkFilter(value)).toContain(code);
  });

  test("a residual is judged by who calls, once the atoms are right", () => {
    const seen: unknown[] = [];
    const judge = (program: unknown) => {
      seen.push(program);
      return program === 7 ? "seven is no program" : undefined;
    };
    expect(wellformed({ ...one(EQUAL), residual: 6 }, judge)).toBeUndefined();
    expect(checkFilter({ ...one(EQUAL), residual: 7 }, judge)).toBe("E_RESIDUAL at /residual: seven is no program");
    expect(wellformed({ ...one(7), residual: 7 }, judge)).toMatchObject({ code: "E_KIND" });
    expect(wellformed(one(EQUAL), judge)).toBeUndefined();
    expect(seen).toEqual([6, 7]);
  });

  test("seeds 1 to 3,000: what any value is, it answers, and what it lets through runs", () => {
    const counts = { filters: 0, refused: 0 };
    const values = [
      0,
      1,
      7,
      -1,
      0.5,
      255,
      65_535,
      2 ** 31,
      2 ** 32,
      NaN,
      "8",
      null,
      undefined,
      [],
      {},
      8,
      16,
      32,
      "wire",
      "link",
    ];
    const names = ["kind", "offset", "width", "mask", "value", "low", "high", "least", "most", "octets", "left", "of"];
    for (let seed = 1; seed <= 3000; seed++) {
      const chance = new Chance(seed);
      const atom = new Map<string, unknown>(
        Object.entries(chance.pick<object>([EQUAL, RANGE, LENGTH, LOADED, OF_WIRE, OF_LINK])),
      );
      for (let changes = chance.below(3); changes > 0; changes--) {
        const name = chance.pick(chance.percent(80) ? [...atom.keys()] : names);
        if (chance.percent(10)) atom.delete(name);
        else atom.set(name, values[chance.below(values.length)]);
      }
      const value: unknown = one(Object.fromEntries(atom));
      if (isFilter(value)) {
        counts.filters++;
        expect(compileText(printFilter(value), "dpf"), `seed ${seed}`).toMatchObject({ ok: true, filter: value });
      } else {
        counts.refused++;
        expect(wellformed(value)?.pointer, `seed ${seed}`).toMatch(/^\/conjunctions\/0\/0/);
      }
    }
    expect(counts.filters).toBeGreaterThan(1000);
    expect(counts.refused).toBeGreaterThan(1000);
  });
});
