/** Texts as long as may be, of the worst kinds: they are read or refused in time, without a deep stack. */
import { describe, expect, test } from "vitest";
import { ErrorList, MAX_ERRORS } from "../../../src/filter/error.js";
import { MAX_TEXT } from "../../../src/filter/filter.js";
import { MAX_NESTING } from "../../../src/filter/parser.js";
import { MAX_OPERATIONS } from "../../../src/filter/pcap-filter/arithmetic.js";
import { parsePcapFilter } from "../../../src/filter/pcap-filter/parser.js";
import { printExpression } from "../../../src/filter/pcap-filter/print.js";
import { printTree } from "../../../src/filter/pcap-filter/print-tree.js";
import { bareTree, parsed } from "./bare.js";

function codes(text: string): string[] {
  const errors = new ErrorList(text);
  parsePcapFilter(text, errors);
  return errors.list().map(({ code }) => code);
}

test("a chain of 10,000 terms is flat", () => {
  const text = Array.from({ length: 10_000 }, (_, i) => (i === 0 ? "port 0" : String(i))).join(" or ");
  const expression = parsed(text);
  if (expression?.kind !== "chain") throw new Error("another tree");
  expect(expression.rest.length).toBe(9999);
  expect(printExpression(expression).split(" or ").length).toBe(10_000);
  expect(printTree(expression).split("\n").length).toBe(10_002);
});

describe("nesting at its limit", () => {
  test.each([
    ["parentheses", `${"(".repeat(MAX_NESTING)}tcp${")".repeat(MAX_NESTING)}`],
    ["negations", `${"not ".repeat(MAX_NESTING)}tcp`],
    ["brackets", `${"ip[".repeat(MAX_NESTING)}0${"]".repeat(MAX_NESTING)} = 1`],
    ["signs", `${"-".repeat(MAX_NESTING)}1 = 1`],
    ["what % has behind it", `1${"%1".repeat(MAX_NESTING)} = 1`],
    ["numbers of encapsulations", `vlan ${"(".repeat(MAX_NESTING)}1${")".repeat(MAX_NESTING)}`],
    ["ids", `port ${"(80 or ".repeat(MAX_NESTING)}80${")".repeat(MAX_NESTING)}`],
  ])("%s", (_, text) => {
    const expression = parsed(text);
    if (!expression) throw new Error("no tree");
    expect(bareTree(printExpression(expression))).toEqual(bareTree(text));
    expect(printTree(expression)).not.toBe("");
    const deeper = text.replace(/\(80 or |\(|not |ip\[|-|%1/, "$&$&");
    expect(codes(deeper.replace(/[\])](?= = |$)/, "$&$&"))).toEqual(["E_NESTING"]);
  });
});

test("as many operators as may be", () => {
  const expression = parsed(`1${" + 1".repeat(MAX_OPERATIONS)} = 1`);
  expect(expression && printTree(expression).split("\n").length).toBe(MAX_OPERATIONS + 5);
  expect(expression && bareTree(printExpression(expression))).toEqual(
    bareTree(`1${" + 1".repeat(MAX_OPERATIONS)} = 1`),
  );
  expect(codes(`1${"+1".repeat(MAX_OPERATIONS)} = (1 - 1) or port`)).toEqual(["E_OPERATIONS", "E_SYNTAX"]);
});

test("errors beyond the limit are not looked for", () => {
  expect(codes("port or ".repeat(8000))).toEqual(Array.from({ length: MAX_ERRORS }, () => "E_SYNTAX"));
  expect(codes("\0")).toEqual(["E_CHARACTER"]);
  expect(codes("tcp\u00a0and udp")).toEqual(["E_CHARACTER"]);
});

/** ms, of a text of the longest length: many times what it needs on a machine of its own, far less than what a square would. */
const PATIENCE = 2000;

test.each([
  ["(", ""],
  [")", ""],
  ["[", ""],
  ["!", ""],
  ["-", ""],
  ["- ", ""],
  ["a-", ""],
  ["a_", ""],
  ["1", ""],
  ["1:", ""],
  ["1:", "g"],
  ["1::", "g"],
  [":", ""],
  ["::", ""],
  ["::1", ""],
  ["aaaa:", ""],
  ["aaaa:", "::"],
  ["1.", ""],
  ["1.1.1.1:", ""],
  ["::1111111111", "x"],
  ["0x", ""],
  ["\\", ""],
  ["$", ""],
  ["#", ""],
  ["\u{1f600}", ""],
  [" ", "("],
  ["and ", ""],
  ["or (", ""],
  ["port (", ""],
  ["tcp[", ""],
  ["1+", ""],
  ["1%", ""],
  ["host (1.1 or ", ""],
  ["tcp port 1 or ", "1"],
  ["host 256.1.1.1 or ", ""],
  ["decnet host 9", ".1"],
  ["vpi (1 or 2) and ", "tcp"],
  ["(1+1)=1 or ", "tcp"],
  ["08 ", ""],
  ["1:2: ", ""],
])("a long text of %j", (part, last) => {
  const text = part.repeat(Math.floor((MAX_TEXT - last.length) / Buffer.byteLength(part))) + last;
  const start = performance.now();
  const errors = new ErrorList(text);
  const expression = parsePcapFilter(text, errors);
  expect(performance.now() - start).toBeLessThan(PATIENCE);
  expect(errors.any).toBe(expression === undefined);
  if (expression) expect(printTree(expression)).not.toBe("");
});
