import { describe, expect, test } from "vitest";
import { checkFilter, wellformed } from "../../src/dpf/wellformed.js";

const EQUAL = { kind: "equal", offset: 12, width: 16, mask: 0xffff, value: 0x0800 };
const LOADED = { kind: "shift-loaded", offset: 0, width: 8, mask: 15, left: 2 };
const one = (...atoms: unknown[]) => ({ conjunctions: [atoms] });

describe("wellformed", () => {
  test.each([
    one(),
    one(EQUAL, LOADED, { kind: "shift", octets: 14 }),
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
    [one({ ...EQUAL, extra: 1 }), "E_KIND", "/conjunctions/0/0"],
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
    [one({ kind: "shift", octets: 65_536 }), "E_SHIFT", "/conjunctions/0/0/octets"],
    [one({ ...LOADED, left: 32 }), "E_LEFT", "/conjunctions/0/0/left"],
  ])("no filter %#: %j", (value, code, pointer) => {
    expect(wellformed(value)).toMatchObject({ code, pointer });
    expect(checkFilter(value)).toContain(code);
  });
});
