/** The comparison of targets is tested by bugs that are planted in the text which the JavaScript target made: it reports each. */
import { describe, expect, test } from "vitest";
import type { EmittedImage } from "../../src/vcode/image.js";
import { differenceOf, imageOf } from "./image-running.js";

/** Images within which each is found. */
const WITHIN = 200;

interface Planted {
  readonly name: string;
  readonly find: RegExp;
  readonly put: string;
}

const PLANTED: readonly Planted[] = [
  { name: "a load asks for the right to write", find: /\(~f & 1\)/g, put: "(~f & 2)" },
  { name: "a store asks for the right to read", find: /\(~f & 2\)/g, put: "(~f & 1)" },
  { name: "no rights are asked for", find: / \| \(~f & [12]\)/g, put: "" },
  { name: "words need not be aligned", find: / \| \(a & 3\)/g, put: "" },
  { name: "half words need not be aligned", find: / \| \(a & 1\)/g, put: "" },
  { name: "longs are aligned as words are", find: /\(a & 7\)/g, put: "(a & 3)" },
  { name: "the index has a bit too few", find: /& 15\) << 3/g, put: "& 7) << 3" },
  { name: "the index is not salted", find: /\(g \^ salt\)/g, put: "g" },
  { name: "the tag is not compared", find: /\(view\.getInt32\(t, true\) \^ \(space \| g\)\)/g, put: "0" },
  {
    name: "the tag is compared without its space",
    find: /\(view\.getInt32\(t, true\) \^ \(space \| g\)\)/g,
    put: "((view.getInt32(t, true) ^ g) & 0xfffff)",
  },
  { name: "the offset in the page loses a bit", find: /a & 4095/g, put: "a & 2047" },
  { name: "the frame keeps its rights", find: /f & -4096/g, put: "f & -2" },
  {
    name: "registers are saved one too far",
    find: /view\.set(Int32|BigInt64)\(save \+ (\d+)/g,
    put: "view.set$1(save + 8 + $2",
  },
  { name: "words are saved without their sign", find: />> 31/g, put: ">>> 31" },
  {
    name: "a retry does not look again",
    find: /for \(;;\) \{ const f/g,
    put: "for (let once = 0; once < 1; once++) { const f",
  },
  { name: "a skipped load is done all the same", find: /(skipped(?:Word|Long)\(\);) break v;/g, put: "$1 break;" },
  { name: "a skipped store is done all the same", find: /(=== 1\)) break v; \}/g, put: "$1 break; }" },
  {
    name: "a v_fuel that is skipped is paid",
    find: /(while \(fuel < \d+\) if \(s\d.* === 1\)) break v;/g,
    put: "$1 break;",
  },
  { name: "fuel is looked at once", find: /while \(fuel </g, put: "if (fuel <" },
  { name: "overflow goes unnoticed", find: /if \(a === \(a \| 0\)\)/g, put: "if (true)" },
  { name: "a product that overflows wraps", find: /const a = (r\d+) \* /g, put: "const a = 0 | $1 * " },
  { name: "stores are told as loads", find: /, a, 1, /g, put: ", a, 0, " },
  { name: "places are one too far", find: /, (\d+)(, r0, r1)/g, put: ", 1 + $1$2" },
  { name: "accesses are counted twice", find: /accesses \+ 1/g, put: "accesses + 2" },
];

function spoiled(emitted: EmittedImage, { find, put }: Planted): EmittedImage {
  return emitted.target === "js" ? { ...emitted, code: emitted.code.replace(find, put) } : emitted;
}

/** The first image on which it shows. */
function caught(planted: Planted): number {
  for (let seed = 1; seed <= WITHIN; seed++) {
    try {
      const spoil = (emitted: EmittedImage) => spoiled(emitted, planted);
      if (differenceOf(imageOf(seed), seed, ["interpreter", "js"], spoil).difference !== undefined) return seed;
    } catch {
      return seed;
    }
  }
  return Number.POSITIVE_INFINITY;
}

describe(`each is caught within ${WITHIN} images`, () => {
  test.each(PLANTED)("$name", (planted) => {
    const seed = caught(planted);
    expect(seed).toBeLessThanOrEqual(WITHIN);
    expect(differenceOf(imageOf(seed), seed, ["interpreter", "js"]).difference, "the same without it").toBeUndefined();
  });
});
