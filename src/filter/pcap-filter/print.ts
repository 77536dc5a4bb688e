/**
 * A tree as text that reads back as the same tree, places aside: one line, every identity with all its qualifiers,
 * words that mean the same as one of them, numbers in decimal, parentheses where the tree needs them, or a reader: what
 * nests as deep as may be can be two too deep as it is printed, if `%` and `^` are in it.
 */
import { formatIpv6, formatMac } from "../../wire/address.js";
import type { Arithmetic, Expression, Identity, Mask, Primitive, Value, WordOrNumber } from "./ast.js";
import { wordOf } from "./words.js";

type Special = Extract<Primitive, { kind: "special" }>;
type FramePrimitive = Extract<Primitive, { kind: "frame" }>;

export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case "chain":
      return [
        printTerm(expression.first),
        ...expression.rest.map(({ operator, term }) => `${operator} ${printTerm(term)}`),
      ].join(" ");
    case "not":
      return `not ${printTerm(expression.of)}`;
    default:
      return printPrimitive(expression);
  }
}

function printTerm(term: Expression): string {
  return term.kind === "chain" ? `(${printExpression(term)})` : printExpression(term);
}

export function printPrimitive(primitive: Primitive): string {
  switch (primitive.kind) {
    case "identity":
      return printIdentity(primitive);
    case "named":
      return primitive.word;
    case "relation":
      return `${printArithmetic(primitive.left)} ${primitive.operator} ${printArithmetic(primitive.right)}`;
    case "size":
      return `${primitive.word} ${primitive.octets}`;
    case "broadcast":
    case "multicast":
      return words(primitive.protocol && primitive.word, primitive.kind);
    case "encapsulation":
      return words(primitive.word, primitive.number);
    case "frame":
      return printFrame(primitive);
    case "llc":
      return words("llc", primitive.form);
    case "inbound":
    case "outbound":
      return primitive.kind;
    case "ifindex":
      return `ifindex ${primitive.number}`;
    case "byte":
      return `byte ${primitive.octet} ${primitive.operator} ${primitive.value}`;
    case "special":
      return printSpecial(primitive);
  }
}

function printIdentity({ word, direction, of, value }: Identity): string {
  return words(word, direction, of, printValue(value));
}

function printValue(value: Value): string {
  switch (value.kind) {
    case "name":
      return `${value.escaped ? "\\" : ""}${value.text}`;
    case "number":
      return String(value.value);
    case "ipv4":
      return `${value.octets.join(".")}${printMask(value.mask)}`;
    case "ipv6":
      return `${formatIpv6(Uint8Array.from(value.octets), 0)}${value.bits === undefined ? "" : `/${value.bits}`}`;
    case "mac":
      return formatMac(Uint8Array.from(value.octets), 0);
    case "arcnet":
      return `$${(value.octet & 0xf).toString(16)}`;
  }
}

function printMask(mask: Mask | undefined): string {
  if (!mask) return "";
  return mask.kind === "bits" ? `/${mask.bits}` : ` mask ${mask.octets.join(".")}`;
}

function printFrame({ type, subtype, dir }: FramePrimitive): string {
  const parts = Object.entries({ type, subtype, dir }).filter(([, what]) => what !== undefined);
  return parts.map(([word, what]) => `${word} ${what}`).join(" ");
}

function printSpecial({ word, operands, operator }: Special): string {
  if (operands.length > 1) return `${word} (${operands.join(" or ")})`;
  return words(word, operator, ...operands.map(printOperand));
}

/** A name may be one that is a word or a number without its backslash. */
function printOperand(operand: WordOrNumber): WordOrNumber {
  if (typeof operand === "number" || (/^[a-z][-a-z]*[a-z]$/.test(operand) && !wordOf(operand))) return operand;
  return `\\${operand}`;
}

const LEVELS: Readonly<Record<string, number>> = { "|": 1, "&": 2, "<<": 3, ">>": 3, "+": 4, "-": 4, "*": 5, "/": 5 };

function printArithmetic(of: Arithmetic): string {
  switch (of.kind) {
    case "number":
      return String(of.value);
    case "len":
      return "len";
    case "load":
      return `${of.word}[${printArithmetic(of.offset)}${of.size === 1 ? "" : `:${of.size}`}]`;
    case "negate":
      return of.of.kind === "binary" ? `-(${printArithmetic(of.of)})` : `-${printArithmetic(of.of)}`;
    case "binary":
      return `${printSide(of.left, of.operator, 0)} ${of.operator} ${printSide(of.right, of.operator, 1)}`;
  }
}

/** What stands beside `%` and `^`, or holds them, has parentheses; but those behind one another need none. */
function printSide(side: Arithmetic, operator: string, more: number): string {
  const text = printArithmetic(side);
  const outer = LEVELS[operator];
  if (side.kind === "negate" && outer === undefined) return `(${text})`;
  if (side.kind !== "binary") return text;
  const inner = LEVELS[side.operator];
  const bare = inner === undefined ? outer === undefined && more > 0 : inner >= (outer ?? Infinity) + more;
  return bare ? text : `(${text})`;
}

function words(...parts: readonly (WordOrNumber | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(" ");
}
