import { describe, expect, test } from "vitest";
import { printFilter } from "../../src/dpf/print.js";
import { wellformed } from "../../src/dpf/wellformed.js";
import { compileText, MAX_TEXT } from "../../src/filter/filter.js";
import { randomFilter, randomFrame } from "../dpf/support.js";
import { Chance } from "../seeded.js";

function filter(text: string) {
  const compiled = compileText(text, "dpf");
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.errors));
  return compiled.filter;
}

/** Errors as `code line:column+length`. */
function errors(text: string): string[] {
  const compiled = compileText(text, "dpf");
  return compiled.ok ? [] : compiled.errors.map((each) => `${each.code} ${each.line}:${each.column}+${each.length}`);
}

describe("what is read", () => {
  test("a test, with and without a mask, in every form of number", () => {
    expect(filter("12:16 == 0x0800").conjunctions).toEqual([
      [{ kind: "equal", offset: 12, width: 16, mask: 0xffff, value: 0x800 }],
    ]);
    expect(filter("0x0e:8&0XF0==64").conjunctions).toEqual([
      [{ kind: "equal", offset: 14, width: 8, mask: 0xf0, value: 64 }],
    ]);
    expect(filter("30:32 & 255.255.0.0 == 10.1.0.0").conjunctions).toEqual([
      [{ kind: "equal", offset: 30, width: 32, mask: 0xffff0000, value: 0x0a010000 }],
    ]);
  });

  test("shifts", () => {
    expect(filter("shift 14 && shift 0:8 & 0x0f << 2 && shift 4:16").conjunctions).toEqual([
      [
        { kind: "shift", octets: 14 },
        { kind: "shift-loaded", offset: 0, width: 8, mask: 15, left: 2 },
        { kind: "shift-loaded", offset: 4, width: 16, mask: 0xffff, left: 0 },
      ],
    ]);
  });

  test("true, parentheses, several conjunctions, comments and lines", () => {
    expect(filter("true").conjunctions).toEqual([[]]);
    expect(filter("true && ((0:8 == 1)) && true").conjunctions).toHaveLength(1);
    const text = "# who\n  (12:16 == 0x0800) # IPv4\r\n&&\n\t23:8 == 17\n|| true #";
    expect(filter(text).conjunctions.map((each) => each.length)).toEqual([2, 0]);
  });

  test("canonical text parses back to the same atoms", () => {
    for (let seed = 1; seed <= 3000; seed++) {
      const chance = new Chance(seed);
      const written = randomFilter(chance, [randomFrame(chance, 40)], 8);
      expect(wellformed(written)).toBeUndefined();
      const compiled = compileText(printFilter(written), "dpf");
      if (!compiled.ok) throw new Error(`seed ${seed}: ${printFilter(written)}`);
      expect(compiled.filter, `seed ${seed}`).toEqual(written);
      expect(compiled.canonical).toBe(printFilter(written));
    }
  });
});

describe("errors at their places", () => {
  test.each([
    ["", ["E_SYNTAX 1:1+1"]],
    ["   # nothing\n", ["E_SYNTAX 2:1+1"]],
    ["12:16 = 5", ["E_CHARACTER 1:7+1"]],
    ["12:16 == ", ["E_SYNTAX 1:10+1"]],
    ["12:24 == 1", ["E_WIDTH 1:4+2"]],
    ["12 16 == 1", ["E_SYNTAX 1:4+2"]],
    ["65536:8 == 1", ["E_OFFSET 1:1+5"]],
    ["0:8 == 256", ["E_VALUE 1:8+3"]],
    ["0:8 & 0x0f == 0x10", ["E_VALUE 1:15+4"]],
    ["0:8 & 0 == 0", ["E_MASK 1:7+1"]],
    ["0:8 & 0x100 == 0", ["E_MASK 1:7+5"]],
    ["0:32 == 4294967296", ["E_VALUE 1:9+10"]],
    ["0:16 == 1.2.3.4", ["E_NUMBER 1:9+7"]],
    ["0:32 == 1.2.3", ["E_NUMBER 1:9+5"]],
    ["0:32 == 1.2.3.256", ["E_NUMBER 1:9+9"]],
    ["1.2.3.4:8 == 1", ["E_NUMBER 1:1+7"]],
    ["0:8 == 12ab", ["E_NUMBER 1:8+4"]],
    ["0:8 == 0x", ["E_NUMBER 1:8+2"]],
    ["shift", ["E_SYNTAX 1:6+1"]],
    ["shift 65536", ["E_SHIFT 1:7+5"]],
    ["shift 0:8 << 32", ["E_LEFT 1:14+2"]],
    ["shift 0:8 << x", ["E_SYNTAX 1:14+1"]],
    ["(0:8 == 1", ["E_SYNTAX 1:10+1"]],
    ["0:8 == 1)", ["E_SYNTAX 1:9+1"]],
    ["(0:8 == 1 || 1:8 == 2)", ["E_SYNTAX 1:11+2", "E_SYNTAX 1:22+1"]],
    ["&& 0:8 == 1", ["E_SYNTAX 1:1+2"]],
    ["0:8 == 1 &&", ["E_SYNTAX 1:12+1"]],
    ["0:8 == 1 0:8 == 2", ["E_SYNTAX 1:10+1"]],
    ["tcp port 80", ["E_SYNTAX 1:1+3"]],
    ["0:8 == 💥 && 1:8 == 2", ["E_CHARACTER 1:8+2"]],
    [
      "0:9 == 1 &&\n 1:8 == 999\n|| 2:8 = 3 && shift ?",
      ["E_WIDTH 1:3+1", "E_VALUE 2:9+3", "E_CHARACTER 3:8+1", "E_CHARACTER 3:21+1"],
    ],
  ])("%j", (text, expected) => expect(errors(text)).toEqual(expected));

  test("a message names what was found and what was expected", () => {
    const compiled = compileText("12:16 0x0800", "dpf");
    expect(compiled).toMatchObject({ ok: false, errors: [{ message: 'found "0x0800", expected "=="' }] });
  });

  test("pcap-filter is refused by name", () => {
    expect(compileText("tcp port 80", "pcap-filter")).toEqual({
      ok: false,
      errors: [
        { code: "E_LANGUAGE", message: "pcap-filter is not read yet: write DPF text", line: 1, column: 1, length: 11 },
      ],
    });
  });
});

describe("limits", () => {
  const many = (count: number, text: string, between: string) =>
    Array.from({ length: count }, () => text).join(between);

  test("octets of the text", () => {
    expect(compileText(" ".repeat(MAX_TEXT - 4) + "true", "dpf").ok).toBe(true);
    expect(errors(" ".repeat(MAX_TEXT - 3) + "true")).toEqual(["E_TOO_LONG 1:1+1"]);
    expect(errors("é".repeat(MAX_TEXT / 2) + "x")).toEqual(["E_TOO_LONG 1:1+1"]);
  });

  test("nesting", () => {
    expect(errors("(".repeat(200) + "true" + ")".repeat(200))).toEqual([]);
    expect(errors("(".repeat(201) + "true" + ")".repeat(201))).toEqual(["E_NESTING 1:201+1"]);
    expect(errors("(".repeat(60_000))).toEqual(["E_NESTING 1:201+1"]);
  });

  test("atoms and conjunctions", () => {
    expect(errors(many(256, "0:8 == 1", " && "))).toEqual([]);
    expect(errors(many(257, "0:8 == 1", "&&"))).toEqual([`E_ATOMS 1:${256 * 10 + 1}+1`]);
    expect(errors(many(256, "0:8 == 1", " || "))).toEqual([]);
    expect(errors(many(257, "0:8 == 1", "||"))).toEqual([`E_CONJUNCTIONS 1:${256 * 10 + 1}+1`]);
  });

  test("no more than 20 errors are told", () => expect(errors(many(100, "0:9 == 1", "&&\n"))).toHaveLength(20));

  test("rubbish never throws", () => {
    const alphabet = [
      "0",
      "1",
      ":",
      "8",
      "16",
      "==",
      "&",
      "&&",
      "||",
      "(",
      ")",
      "shift",
      "<<",
      "true",
      "#",
      "\n",
      "0x",
      ".",
      "é",
      "\ud800",
      " ",
    ];
    for (let seed = 1; seed <= 3000; seed++) {
      const chance = new Chance(seed);
      const text = Array.from({ length: chance.below(40) }, () => chance.pick(alphabet)).join(chance.pick(["", " "]));
      const compiled = compileText(text, "dpf");
      if (compiled.ok) expect(wellformed(compiled.filter)).toBeUndefined();
      else
        for (const { line, column, length } of compiled.errors) {
          const lines = text.split("\n");
          expect(line).toBeLessThanOrEqual(lines.length);
          expect(column + (length > 1 ? length : 0)).toBeLessThanOrEqual((lines[line - 1] ?? "").length + 1);
        }
    }
  });
});
