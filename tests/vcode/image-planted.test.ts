/** The comparison of targets is tested by bugs that are planted in what generators made: it reports each. */
import { describe, expect, test } from "vitest";
import type { EmittedImage } from "../../src/vcode/image.js";
import { differenceOf, imageOf, type Spoil } from "./image-running.js";

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
    find: /for \(;;\) \{ f/g,
    put: "for (let once = 0; once < 1; once++) { f",
  },
  { name: "a skipped load is done all the same", find: /(skipped(?:Word|Long)\(\);) break v;/g, put: "$1 break;" },
  { name: "a skipped store is done all the same", find: /(=== 1\)) break v; \}/g, put: "$1 break; }" },
  {
    name: "a v_fuel that is skipped is paid",
    find: /(while \(fuel < \d+\) if \(s\d.* === 1\)) break v;/g,
    put: "$1 break;",
  },
  { name: "fuel is looked at once", find: /while \(fuel </g, put: "if (fuel <" },
  { name: "overflow goes unnoticed", find: /if \(x === \(x \| 0\)\)/g, put: "if (true)" },
  { name: "a product that overflows wraps", find: /x = (r\d+) \* /g, put: "x = 0 | $1 * " },
  { name: "stores are told as loads", find: /, a, 1, /g, put: ", a, 0, " },
  { name: "places are one too far", find: /, (\d+)(, r0, r1)/g, put: ", 1 + $1$2" },
  { name: "accesses are counted twice", find: /accesses \+ 1/g, put: "accesses + 2" },
];

/** Of WebAssembly: octets for as many others. */
const PLANTED_OCTETS: readonly {
  readonly name: string;
  readonly find: readonly number[];
  readonly put: readonly number[];
}[] = [
  { name: "a load asks for the right to write", find: [0x7f, 0x73, 0x41, 1, 0x71], put: [0x7f, 0x73, 0x41, 2, 0x71] },
  { name: "no right to write is asked for", find: [0x7f, 0x73, 0x41, 2, 0x71], put: [0x7f, 0x73, 0x41, 0, 0x71] },
  { name: "words need not be aligned", find: [0x41, 3, 0x71, 0x72], put: [0x41, 0, 0x71, 0x72] },
  { name: "the index has a bit too few", find: [0x73, 0x41, 15, 0x71], put: [0x73, 0x41, 7, 0x71] },
  { name: "the index is not salted", find: [0x73, 0x41, 15, 0x71], put: [0x1a, 0x41, 15, 0x71] },
  { name: "the tag is not compared", find: [0x72, 0x73], put: [0x72, 0x1a] },
  { name: "the offset in the page loses a bit", find: [0x41, 0xff, 0x1f, 0x71], put: [0x41, 0xff, 0x0f, 0x71] },
  { name: "a register is saved one too far", find: [0x37, 0, 24], put: [0x37, 0, 32] },
  { name: "words are saved without their sign", find: [0xac, 0x37], put: [0xad, 0x37] },
  { name: "skip is taken for retry", find: [0x41, 1, 0x46], put: [0x41, 0, 0x46] },
  { name: "overflow of unsigned words", find: [0xa7, 0xac, 0x52], put: [0xa7, 0xad, 0x52] },
];

function isAt(octets: Uint8Array, at: number, find: readonly number[]): boolean {
  return find.every((octet, index) => octets[at + index] === octet);
}

function spoiledOctets(octets: Uint8Array, find: readonly number[], put: readonly number[]): Uint8Array {
  const to = octets.slice();
  for (let at = 0; at < octets.length; at++) if (isAt(octets, at, find)) to.set(put, at);
  return to;
}

function spoiled(emitted: EmittedImage, { find, put }: Planted): EmittedImage {
  return emitted.target === "js" ? { ...emitted, code: emitted.code.replace(find, put) } : emitted;
}

/** The first image on which it shows. */
function caught(target: "js" | "wasm", spoil: Spoil): number {
  for (let seed = 1; seed <= WITHIN; seed++) {
    try {
      if (differenceOf(imageOf(seed), seed, ["interpreter", target], spoil).difference !== undefined) return seed;
    } catch {
      return seed;
    }
  }
  return Number.POSITIVE_INFINITY;
}

describe(`each is caught within ${WITHIN} images`, () => {
  test.each(PLANTED)("in JavaScript: $name", (planted) => {
    const seed = caught("js", (emitted) => spoiled(emitted, planted));
    expect(seed).toBeLessThanOrEqual(WITHIN);
    expect(differenceOf(imageOf(seed), seed, ["interpreter", "js"]).difference, "the same without it").toBeUndefined();
  });

  test.each(PLANTED_OCTETS)("in WebAssembly: $name", ({ find, put }) => {
    let invalid = 0;
    const seed = caught("wasm", (emitted) => {
      if (emitted.target !== "wasm" || !(emitted.code instanceof Uint8Array)) return emitted;
      const code = spoiledOctets(emitted.code, find, put);
      if (!WebAssembly.validate(code)) invalid++;
      return { ...emitted, code };
    });
    expect(seed).toBeLessThanOrEqual(WITHIN);
    expect(invalid, "it is a module all the same").toBe(0);
    expect(differenceOf(imageOf(seed), seed, ["interpreter", "wasm"]).difference).toBeUndefined();
  });
});
