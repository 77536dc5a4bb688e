import { expect, test } from "vitest";
import { copyOctets, newOctets, octetsOf } from "../../src/machine/copy.js";
import { Chance } from "../seeded.js";

test("every length from every place to every place is copied as it is, and nothing beside it (seed 5)", () => {
  const chance = new Chance(5);
  const from = octetsOf(Uint8Array.from({ length: 256 }, () => 1 + chance.below(255)));
  for (let length = 0; length < 64; length++) {
    for (let place = 0; place < 64; place++) {
      const at = place & 7;
      const toAt = place >> 3;
      const to = newOctets(128);
      copyOctets(from, at, to, toAt, length);
      const expected = new Uint8Array(128);
      expected.set(from.octets.subarray(at, at + length), toAt);
      expect(to.octets).toEqual(expected);
    }
  }
});

test("octets in the middle of a buffer are seen from their own beginning", () => {
  const middle = octetsOf(Uint8Array.from([9, 1, 2, 3, 9]).subarray(1, 4));
  const to = newOctets(4);
  copyOctets(middle, 1, to, 0, 2);
  expect([...to.octets]).toEqual([2, 3, 0, 0]);
  expect(() => copyOctets(middle, 2, to, 0, 2)).toThrow(RangeError);
  expect(() => copyOctets(to, 0, middle, 0, 4)).toThrow(RangeError);
});
