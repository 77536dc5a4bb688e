import { describe, expect, test } from "vitest";
import { Classifier } from "../../src/dpf/dpf.js";
import { octetsRead, overlapsOf, witnessText } from "../../src/dpf/overlap.js";
import { KEYS_SHOWN, printTrie } from "../../src/dpf/print-trie.js";
import { STAGE_NAMES } from "../../src/dpf/stage-names.js";
import { printStages, stagesOf } from "../../src/dpf/stages.js";
import { compileText } from "../../src/filter/filter.js";

function filter(text: string) {
  const compiled = compileText(text, "dpf");
  if (!compiled.ok) throw new Error(`${text}: ${compiled.errors[0]?.message}`);
  return compiled.filter;
}

describe("stages", () => {
  test("come in the order of the passes, with what the given clock says", () => {
    let ticks = 0;
    const stages = stagesOf(filter("12:16 == 0x0800 && shift 14"), () => ticks++);
    expect(stages.map(({ name }) => name)).toEqual(STAGE_NAMES);
    expect(stages.map(({ milliseconds }) => milliseconds)).toEqual([1, 1, 2, 1, 1]);
    // What targets get is printed otherwise than they get it.
    for (const { name, text, octets } of stages) {
      if (name === "js" || name === "wat") expect(octets).toBeLessThan(Buffer.byteLength(text));
      else expect(octets).toBe(Buffer.byteLength(text));
    }
  });

  test("a filter that never matches has stages, too", () => {
    const [atoms, trie] = stagesOf(filter("0:8 == 1 && 0:8 == 2"), () => 0);
    expect([atoms?.text, trie?.text]).toEqual(["never\n", "every packet\n"]);
  });

  test("as one text each stands under its heading, and ends its line", () => {
    const stage = { name: "js", octets: 1, instructions: 1, milliseconds: 0 } as const;
    const text = printStages(
      [
        { ...stage, text: "a" },
        { ...stage, text: "b\n\n" },
      ],
      ({ name }) => name,
    );
    expect(text).toBe("--- js\na\n\n--- js\nb\n");
  });
});

describe("a trie as text", () => {
  test("says fields, values, moves and who ends where", () => {
    const classifier = new Classifier();
    classifier.insert(3, filter("12:16 == 0x0806"), "claim", 0, 0);
    classifier.insert(4, filter("12:16 == 0x0800 && 20:16 & 0x1fff == 0 && shift 14:8 & 0x0f << 2"), "tap", 0, 0);
    classifier.insert(5, filter("12:16 == 0x0800 && shift 60"), "tap", 0, 0);
    classifier.insert(6, filter("true"), "tap", 0, 0);
    classifier.update();
    expect(printTrie(classifier.trie)).toBe(`every packet → tap 6
  12:16, chain of 2
    0x0800
      20:16 & 0x1fff == 0x0000
        shift 14:8 & 0x0f << 2 → tap 4
      length >= 60 → tap 5
    0x0806 → claim 3
`);
  });

  test("says facts by name, in decimal, the link type before all and octets on the wire behind all", () => {
    const classifier = new Classifier();
    classifier.insert(1, filter("wire <= 63 && link == 1 && 0:8 == 1"), "tap", 0, 0);
    classifier.insert(2, filter("link == 1 && shift 0:8 && wire != 64"), "tap", 0, 0);
    classifier.insert(3, filter("link == 101 && wire & 1 == 1"), "tap", 0, 0);
    classifier.update();
    expect(printTrie(classifier.trie)).toBe(`every packet
  link, chain of 2
    1
      0:8 == 0x01
        wire in 0..63 → tap 1
      shift 0:8
        wire != 64 → tap 2
    101
      wire & 0x00000001 == 1 → tap 3
`);
  });

  test("tells of many keys the first, in their order, and the number of the others", () => {
    const classifier = new Classifier();
    for (let key = 0; key < 40; key++) classifier.insert(key + 1, filter(`0:32 == ${0xfffffff0 - key}`), "tap", 0, 0);
    for (let copy = 50; copy < 70; copy++) classifier.insert(copy, filter("true"), "tap", 0, 0);
    classifier.update();
    const lines = printTrie(classifier.trie).split("\n");
    expect(lines[0]).toBe("every packet → tap 50, tap 51, tap 52, tap 53, tap 54, tap 55, tap 56, tap 57, … 12 more");
    expect(lines[1]).toBe("  0:32, hash of 40");
    expect(lines[2]).toBe("    0xffffffc9 → tap 40");
    expect(lines.slice(2 + KEYS_SHOWN)).toEqual([`    … ${40 - KEYS_SHOWN} more`, ""]);
  });
});

describe("overlaps", () => {
  test("identical filters are known whatever their text; who wins goes by priority, then by age", () => {
    const claims = new Classifier();
    claims.insert(1, filter("0:8 == 1 && 2:8 == 3"), "claim", 4, 1);
    claims.insert(2, filter("5:8 == 1"), "claim", 4, 2);
    const found = (priority: number) =>
      overlapsOf(claims, filter("2:8 == 3 && 0:8 == 1"), priority).overlaps.map(({ relation, wins }) => [
        relation,
        wins,
      ]);
    expect(found(3)).toEqual([
      ["identical", "old"],
      ["partial", "old"],
    ]);
    // Of equal priority the one that tests more bits wins.
    expect(found(4)).toEqual([
      ["partial", "new"],
      ["identical", "old"],
    ]);
    expect(found(5)).toEqual([
      ["identical", "new"],
      ["partial", "new"],
    ]);
  });

  test("facts that decide are told, and are no octets; they are part of the witness", () => {
    const claims = new Classifier();
    claims.insert(1, filter("link == raw && 0:8 == 7"), "claim", 0, 1);
    claims.insert(2, filter("1:8 == 9"), "claim", 0, 2);
    const { overlaps } = overlapsOf(claims, filter("wire >= 500 && 0:8 == 7"), 0);
    expect(overlaps.map(({ id, facts, decisive }) => [id, facts, decisive])).toEqual([
      [1, ["link", "wire"], [0]],
      [2, ["wire"], [0]],
    ]);
    const texts = overlaps.map(({ witness, facts }) => witness && witnessText(witness, facts));
    expect(texts).toEqual(["07, link 101, wire 500", "0709, wire 500"]);
    expect(overlapsOf(claims, filter("link == ethernet && 0:8 == 7 && 1:8 == 8"), 0).total).toBe(0);
  });

  test("the octets that decide are those of the conjunction that matches, past the shifts of the packet itself", () => {
    const octets = { octets: Uint8Array.of(0x45, 0, 0, 0, 0, 0, 7, 8), wire: 8, link: 1 };
    const both = filter("0:8 == 0x46 || 0:8 == 0x45 && shift 1 && 5:16 == 0x0708");
    expect(octetsRead(both, octets)).toEqual([0, 6, 7]);
    expect(octetsRead(filter("shift 0:8 & 0x0f && 1:16 == 0x0708"), octets)).toEqual([0, 6, 7]);
    expect(octetsRead(filter("0:8 == 9"), octets)).toEqual([]);
  });
});
