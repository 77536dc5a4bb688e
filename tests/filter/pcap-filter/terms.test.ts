/** What of a text is left to its residual: the terms that conjunctions cannot say, and nothing that they can. */
import { describe, expect, test } from "vitest";
import { printConjunction } from "../../../src/dpf/print.js";
import { evaluate } from "../../../src/filter/pcap-filter/evaluate.js";
import { termsOf, usesCells } from "../../../src/filter/pcap-filter/terms.js";
import { printProgram } from "../../../src/vcode/print.js";
import { Chance } from "../../seeded.js";
import { filterOf, predicateOf } from "./lowered.js";
import { randomExpression } from "./random-expressions.js";
import { randomFrame } from "./random-frames.js";

const residual = (text: string) => {
  const { filter } = filterOf(text);
  return filter.residual && printProgram(filter.residual);
};

const BANNER = "tcp[(tcp[12] & 0xf0) >> 2:4] = 0x5353482d";

describe("texts with other addresses and ports have the same residual", () => {
  test.each([
    [BANNER, `${BANNER} and host 10.0.0.1`],
    [BANNER, `tcp port 22 and ${BANNER} and not src net 10.0.0.0/8`],
    [BANNER, `not (port 80 or not ${BANNER})`],
    [`tcp port 22 and ${BANNER}`, `tcp portrange 5-99 and ${BANNER} and (host 10.0.0.1 or less 900)`],
    ["ip[12:4] = ip[16:4]", "host 10.0.0.1 and ip[12:4] = ip[16:4] and len > 60"],
    ["ip protochain 6", "net 10.0.0.0/8 and ip protochain 6"],
  ])("%s", (one, other) => {
    expect(residual(one)).toBeDefined();
    expect(residual(other)).toBe(residual(one));
  });

  test("what is said by turns stays whole", () => {
    const both = `(${BANNER} and port 22) or (ip[12:4] = ip[16:4] and port 23)`;
    expect(residual(both)).not.toBe(residual(both.replace("23", "24")));
  });

  test("the conjunctions say all of the rest", () => {
    const { filter } = filterOf("ip src 10.0.0.1 and ip[12:4] = ip[16:4] and ip dst 10.0.0.2");
    expect(filter.conjunctions.map(printConjunction)).toEqual([
      "12:16 == 0x0800 && 26:32 == 0x0a000001 && 30:32 == 0x0a000002",
    ]);
  });
});

test.each([1, 2, 3])("seed %i: a frame matches where all terms do, one by one", (seed) => {
  const chance = new Chance(seed);
  let [several, matching] = [0, 0];
  for (let round = 0; round < 1500; round++) {
    const text = randomExpression(chance, 1);
    const program = predicateOf(text);
    if (program === undefined) continue;
    const terms = termsOf(program);
    if (terms.length < 2 || terms.some(usesCells)) continue;
    several++;
    for (let each = 0; each < 4; each++) {
      const { octets, wire } = randomFrame(chance, 1);
      const whole = evaluate(program, octets, 0, octets.length, wire);
      const parts = terms.map((predicate) => evaluate(predicate, octets, 0, octets.length, wire));
      expect([text, parts.every((yes) => yes)]).toEqual([text, whole]);
      if (whole) matching++;
    }
  }
  expect([several > 300, matching > 20]).toEqual([true, true]);
});
