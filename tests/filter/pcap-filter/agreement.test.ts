/**
 * The parser beside libpcap: what one reads by its grammar, the other reads. Asked where tcpdump is installed with
 * libpcap 1.10.3.
 */
import { describe, expect, test } from "vitest";
import { ErrorList } from "../../../src/filter/error.js";
import { parsePcapFilter } from "../../../src/filter/pcap-filter/parser.js";
import { HAS_SAME_LIBPCAP } from "../../installed.js";
import { Chance } from "../../seeded.js";
import { mutated, randomTokens } from "./random-texts.js";
import { each, refusal } from "./tcpdump.js";
import { WRONG_TEXTS } from "./wrong-texts.js";

/** What scanner and grammar say, and what the parser decides though libpcap's code generation does. */
const OF_THE_TEXT = [
  /syntax error/,
  /bogus (?:ethernet|IPv6) address/,
  /overflows 32 bits/,
  /contains non-octal digit/,
  /'(?:port|portrange|proto|protochain)' modifier applied to ip host/,
  /(?:unknown|invalid) 802\.11/,
  /unknown LLC type name/,
  /unknown PF/,
  /data size must be 1, 2, or 4/,
  /invalid IPv4 address/,
];

function refused(text: string): boolean {
  const errors = new ErrorList(text);
  parsePcapFilter(text, errors);
  return errors.any;
}

describe.skipIf(!HAS_SAME_LIBPCAP)("beside libpcap", () => {
  test.each([1, 2, 3])("what is accepted and refused, seed %d", { timeout: 120_000 }, async (seed) => {
    const chance = new Chance(seed);
    const texts = Array.from({ length: 120 }, () => randomTokens(chance));
    const all = texts.flatMap((tokens) => [tokens, mutated(chance, tokens), mutated(chance, mutated(chance, tokens))]);
    const differ: string[] = [];
    let accepted = 0;
    await each(
      all.map((tokens) => tokens.join(" ")),
      async (text) => {
        const why = await refusal(text);
        const ours = refused(text);
        if (ours && why === undefined) differ.push(`refused here only: ${text}`);
        if (!ours && why !== undefined && OF_THE_TEXT.some((each) => each.test(why))) differ.push(`${why}: ${text}`);
        if (!ours) accepted++;
      },
    );
    expect(differ).toEqual([]);
    // Both happen.
    expect(accepted).toBeGreaterThan(120);
    expect(accepted).toBeLessThan(300);
  });

  test("libpcap refuses all of the wrong texts", { timeout: 60_000 }, async () => {
    const read: string[] = [];
    await each(
      WRONG_TEXTS.filter(({ ours }) => !ours),
      async ({ text, linkType }) => {
        const why = await refusal(text, linkType);
        if (why === undefined || !OF_THE_TEXT.some((each) => each.test(why))) read.push(`${text}: ${why}`);
      },
    );
    expect(read).toEqual([]);
  });
});
