import { describe, expect, test } from "vitest";
import { type Filter, LINK, MAX_LENGTH, WIRE } from "../../src/dpf/atom.js";
import { printFilter } from "../../src/dpf/print.js";
import { wellformed } from "../../src/dpf/wellformed.js";
import { constantNames, constantOf } from "../../src/filter/constants.js";
import type { TextErrorCode } from "../../src/filter/error.js";
import { compileText, MAX_TEXT } from "../../src/filter/filter.js";
import { type Little, littleAtom } from "../dpf/atoms.js";
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

  test("values excluded, ranges and their comparisons", () => {
    const field = { offset: 0, width: 8, mask: 0xff } as const;
    const range = (low: number, high: number) => [[{ kind: "range", ...field, low, high }]];
    expect(filter("0:8 != 6").conjunctions).toEqual([[{ kind: "not-equal", ...field, value: 6 }]]);
    expect(filter("0:8 in 3..0x09").conjunctions).toEqual(range(3, 9));
    expect(filter("0:8 in 3 .. 9").conjunctions).toEqual(range(3, 9));
    expect(filter("0:8 < 9").conjunctions).toEqual(range(0, 8));
    expect(filter("0:8 <= 9").conjunctions).toEqual(range(0, 9));
    expect(filter("0:8 > 9").conjunctions).toEqual(range(10, 255));
    expect(filter("0:8 >= 9").conjunctions).toEqual(range(9, 255));
    expect(filter("30:32 & 0xffffff00 in 10.0.0.1..10.0.0.9").conjunctions).toEqual([
      [{ kind: "range", offset: 30, width: 32, mask: 0xffffff00, low: 0x0a000001, high: 0x0a000009 }],
    ]);
  });

  test("prefixes", () => {
    const network = { offset: 30, width: 32, mask: 0xff000000, value: 0x0a000000 } as const;
    expect(filter("30:32 == 10.0.0.0/8").conjunctions).toEqual([[{ kind: "equal", ...network }]]);
    expect(filter("30:32 != 10.0.0.0 / 8").conjunctions).toEqual([[{ kind: "not-equal", ...network }]]);
    expect(filter("30:32 == 10.1.2.3/32").conjunctions).toEqual(filter("30:32 == 10.1.2.3").conjunctions);
    expect(filter("0:16 == 0x8000/1").conjunctions).toEqual(filter("0:16 & 0x8000 == 0x8000").conjunctions);
  });

  test("lengths", () => {
    const length = (least: number, most: number) => [[{ kind: "length", least, most }]];
    expect(filter("length >= 3").conjunctions).toEqual(length(3, MAX_LENGTH));
    expect(filter("length > 3").conjunctions).toEqual(length(4, MAX_LENGTH));
    expect(filter("length <= 3").conjunctions).toEqual(length(0, 3));
    expect(filter("length < 3").conjunctions).toEqual(length(0, 2));
    expect(filter("length in 3..5").conjunctions).toEqual(length(3, 5));
    expect(filter("length == 3").conjunctions).toEqual(length(3, 3));
  });

  test("facts", () => {
    const tests = (text: string) => filter(text).conjunctions[0];
    expect(tests("wire >= 1000")).toEqual([{ kind: "range", ...WIRE, low: 1000, high: 0xffffffff }]);
    expect(tests("wire in 60..64")).toEqual([{ kind: "range", ...WIRE, low: 60, high: 64 }]);
    expect(tests("wire & 1 != 1")).toEqual([{ kind: "not-equal", ...WIRE, mask: 1, value: 1 }]);
    expect(tests("link == linux_sll")).toEqual([{ kind: "equal", ...LINK, value: 113 }]);
    expect(tests("link == 0x8000/1")).toEqual([{ kind: "equal", ...LINK, mask: 0x8000, value: 0x8000 }]);
    expect(tests("shift 14 && link != 1 && 0:8 == 1")?.[1]).toEqual({ kind: "not-equal", ...LINK, value: 1 });
    expect(errors("link == 65536")).toEqual(["E_VALUE 1:9+5"]);
    expect(errors("wire:8 == 1")).toEqual(["E_SYNTAX 1:5+1"]);
    expect(errors("shift wire")).toEqual(["E_SYNTAX 1:7+4"]);
    expect(errors("0:8 == wire")).toEqual(["E_SYNTAX 1:8+4"]);
    expect(errors("wire")).toEqual(["E_SYNTAX 1:5+1"]);
  });

  test("names, and numbers put together", () => {
    expect(filter("12:16 == ip && 23:8 == tcp && 36:16 in http..https && 47:8 & syn|ack == syn").conjunctions).toEqual(
      filter("12:16 == 0x0800 && 23:8 == 6 && 36:16 in 80..443 && 47:8 & 0x12 == 2").conjunctions,
    );
    expect(filter("0:32 == 0x80000000 | 1").conjunctions).toEqual(filter("0:32 == 0x80000001").conjunctions);
    const names = constantNames();
    expect(names.length).toBeGreaterThan(50);
    for (const name of names) {
      expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
      expect(filter(`0:16 == ${name}`).conjunctions).toEqual(filter(`0:16 == ${constantOf(name)}`).conjunctions);
    }
  });

  test("alternatives in parentheses, multiplied out in the order of the text", () => {
    const same = (text: string, other: string) => expect(filter(text)).toEqual(filter(other));
    same("0:8 == 1 && (1:8 == 2 || 1:8 == 3)", "0:8 == 1 && 1:8 == 2 || 0:8 == 1 && 1:8 == 3");
    same("(0:8 == 1 || 0:8 == 2) && (true || shift 3)", "0:8==1 || 0:8==1 && shift 3 || 0:8==2 || 0:8==2 && shift 3");
    same("(shift 14 || shift 18) && 0:8 == 69", "shift 14 && 0:8 == 69 || shift 18 && 0:8 == 69");
    same("((0:8 == 1) && (1:8 == 2 && 2:8 == 3))", "0:8 == 1 && 1:8 == 2 && 2:8 == 3");
    same("(0:8 == 1 || (1:8 == 2 || 2:8 == 3)) || true", "0:8 == 1 || 1:8 == 2 || 2:8 == 3 || true");
  });

  test("true, parentheses, several conjunctions, comments and lines", () => {
    expect(filter("true").conjunctions).toEqual([[]]);
    expect(filter("true && ((0:8 == 1)) && true").conjunctions).toHaveLength(1);
    const text = "# who\n  (12:16 == 0x0800) # IPv4\r\n&&\n\t23:8 == 17\n|| true #";
    expect(filter(text).conjunctions.map((each) => each.length)).toEqual([2, 0]);
  });

  test("seeds 1 to 5,000: every atom prints as text that parses back to the same atom", () => {
    const kinds = new Map<string, number>();
    const wide: Little = {
      octets: 65_000,
      alphabet: [0, 1, 9, 0x7f, 0x80, 0xfe, 0xff],
      bits: 0xff,
      widths: [8, 16, 32],
      loaded: 15,
      shiftMask: 0x3f,
      shiftLeft: 31,
      facts: 20,
    };
    for (let seed = 1; seed <= 5000; seed++) {
      const chance = new Chance(seed);
      const conjunctions = Array.from({ length: 1 + chance.below(3) }, () =>
        Array.from({ length: chance.below(6) }, () =>
          littleAtom(chance, chance.percent(50) ? wide : { ...wide, octets: 4 }),
        ),
      );
      const written: Filter = { conjunctions };
      expect(wellformed(written)).toBeUndefined();
      const compiled = compileText(printFilter(written), "dpf");
      if (!compiled.ok) throw new Error(`seed ${seed}: ${printFilter(written)}`);
      expect(compiled.filter, `seed ${seed}`).toEqual(written);
      expect(compiled.canonical).toBe(printFilter(written));
      for (const { kind } of conjunctions.flat()) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    for (const kind of ["equal", "not-equal", "range", "length", "shift", "shift-loaded"])
      expect(kinds.get(kind), kind).toBeGreaterThan(500);
  });

  test("a residual is told in a comment", () => {
    const printed = printFilter({ ...filter("0:8 == 1"), residual: { lambdas: [], tables: 0 } });
    expect(printed).toBe("0:8 == 0x01 # and a residual predicate");
    expect(filter(printed)).toEqual(filter("0:8 == 1"));
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
    ["(0:8 == 1 || 1:8 = 2) && 3:9 == 1", ["E_CHARACTER 1:18+1", "E_WIDTH 1:28+1"]],
    ["((0:8 == 1", ["E_SYNTAX 1:11+1"]],
    ["(0:8 == 1 2) && 1:8 == 999", ["E_SYNTAX 1:11+1", "E_VALUE 1:24+3"]],
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

  test("pcap-filter has its places, too", () => {
    const compiled = compileText("# for whoever\ntcp prot 80", "pcap-filter");
    const [error] = compiled.ok ? [] : compiled.errors;
    expect(error).toMatchObject({ code: "E_SYNTAX", line: 2, column: 5, length: 4 });
  });
});

/** Texts that nobody should have to guess about. Their messages are in a file, to be read like code. */
const WRONG: Record<TextErrorCode, readonly string[]> = {
  E_TOO_LONG: [" ".repeat(MAX_TEXT + 1)],
  E_CHARACTER: ["0:8 = 1", "0:8 == $", "!", "0:8 ! 1", "0:8 == 1 § 2", "0:8 in 1...2", "é"],
  E_NUMBER: [
    "0:8 == 12ab",
    "0:32 == 1.2.3",
    "0:16 == 1.2.3.4",
    "1.2.3.4:8 == 1",
    "length == 1.2.3.4",
    "0:8 == 1.2.3.4..5",
  ],
  E_SYNTAX: [
    "",
    "tcp",
    "0 == 1",
    "0:8",
    "0:8 0x0800",
    "0:8 ==",
    "0:8 == shift",
    "0:8 in 1",
    "0:8 in (1..2)",
    "0:8 < ",
    "0:8 == 1|",
    "0:8 == 1 2",
    "(0:8 == 1 2)",
    "(0:8 == 1",
    "()",
    "0:8 == 1 &&",
    "length",
    "length != 3",
    "length >= dns",
    "length in 3",
    "length == 1|2",
    "shift tcp",
    "shift 0:8 <<",
    "0:32 == 10.0.0.0/",
    "0:8 == 1..2",
  ],
  E_OFFSET: ["65536:8 == 1"],
  E_WIDTH: ["0:24 == 1"],
  E_MASK: ["0:8 & 0 == 0", "0:8 & 256 == 0", "0:8 & 1|256 == 0"],
  E_VALUE: [
    "0:8 == 256",
    "0:8 & 0x0f == 0x10",
    "0:8 == 255|256",
    "0:8 == dns|http|https",
    "0:32 == 10.1.0.0/8",
    "0:8 in 0..256",
  ],
  E_RANGE: [
    "0:8 in 3..2",
    "0:8 < 0",
    "0:8 > 255",
    "0:32 > 255.255.255.255",
    "length in 3..2",
    "length < 0",
    "0:8 in tcp..icmp",
  ],
  E_PREFIX: ["0:32 == 10.0.0.0/0", "0:32 == 10.0.0.0/33", "0:16 == 0/17", "0:32 & 255.0.0.0 == 10.0.0.0/8"],
  E_CONSTANT: [
    "0:16 == htpp",
    "0:8 & sny == 2",
    "0:8 in tcp..upd",
    "0:8 == TCP",
    "0:8 == __proto__",
    "0:8 == constructor",
  ],
  E_LENGTH: ["length >= 2147483648", "length in 0..4294967295"],
  E_SHIFT: ["shift 65536"],
  E_LEFT: ["shift 0:8 << 32"],
  E_NESTING: [`${"(".repeat(201)}true${")".repeat(201)}`],
  E_ATOMS: [Array.from({ length: 257 }, () => "0:8 == 1").join("&&")],
  E_CONJUNCTIONS: [Array.from({ length: 9 }, () => "(0:8 == 1 || 0:8 == 2)").join("&&")],
  // Of lists of filters: library.test.ts.
  E_LINE: [],
  E_NAME: [],
  E_NAME_TWICE: [],
  E_COUNT: [],
};

test("every error says what was found and what was expected", async () => {
  const cut = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
  const lines: string[] = [];
  for (const [code, texts] of Object.entries(WRONG))
    for (const text of texts) {
      const compiled = compileText(text, "dpf");
      const told = compiled.ok ? [] : compiled.errors;
      expect(
        told.map((error) => error.code),
        text,
      ).toContain(code);
      lines.push(cut(text));
      for (const { line, column, length, code: of, message } of told)
        lines.push(`  ${line}:${column}+${length} ${of}: ${message}`);
    }
  await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("errors.golden.txt");
});

describe("limits", () => {
  const many = (count: number, text: string, between: string) =>
    Array.from({ length: count }, () => text).join(between);

  test("octets of the text", () => {
    expect(compileText(`${" ".repeat(MAX_TEXT - 4)}true`, "dpf").ok).toBe(true);
    expect(errors(`${" ".repeat(MAX_TEXT - 3)}true`)).toEqual(["E_TOO_LONG 1:1+1"]);
    expect(errors(`${"é".repeat(MAX_TEXT / 2)}x`)).toEqual(["E_TOO_LONG 1:1+1"]);
  });

  test("nesting", () => {
    expect(errors(`${"(".repeat(200)}true${")".repeat(200)}`)).toEqual([]);
    expect(errors(`${"(".repeat(201)}true${")".repeat(201)}`)).toEqual(["E_NESTING 1:201+1"]);
    expect(errors("(".repeat(60_000))).toEqual(["E_NESTING 1:201+1"]);
  });

  test("atoms and conjunctions", () => {
    expect(errors(many(256, "0:8 == 1", " && "))).toEqual([]);
    expect(errors(many(257, "0:8 == 1", "&&"))).toEqual([`E_ATOMS 1:${256 * 10 + 1}+1`]);
    expect(errors(many(256, "0:8 == 1", " || "))).toEqual([]);
    expect(errors(many(257, "0:8 == 1", "||"))).toEqual([`E_CONJUNCTIONS 1:${256 * 10 + 1}+1`]);
  });

  test("alternatives in parentheses are counted before they are multiplied out", () => {
    const eight = "(0:8 == 1 || 0:8 == 2)";
    expect(filter(many(8, eight, "&&")).conjunctions).toHaveLength(256);
    expect(errors(many(9, eight, "&&"))).toEqual([`E_CONJUNCTIONS 1:${8 * 24 + 1}+1`]);
    expect(errors(many(2500, eight, "&&"))).toEqual([`E_CONJUNCTIONS 1:${8 * 24 + 1}+1`]);
    expect(errors(`(${many(200, "true", "||")}) || (${many(57, "true", "||")})`)).toEqual(["E_CONJUNCTIONS 1:1205+1"]);
    expect(filter(`(${many(256, "0:8 == 1", "||")}) && ${many(255, "0:8 == 1", "&&")}`).conjunctions).toHaveLength(256);
    expect(errors(`(${many(200, "0:8 == 1", "&&")}) && (true || ${many(57, "0:8 == 1", "&&")})`)).toEqual([
      "E_ATOMS 1:2005+1",
    ]);
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
      "!=",
      "<",
      ">=",
      "in",
      "..",
      "/",
      "|",
      "length",
      "tcp",
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
