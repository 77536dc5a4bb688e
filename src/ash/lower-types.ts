/** How the language's types are VCODE's: small ones, booleans and references are words. */
import type { Branch, MemoryType, SmallType, ValueType } from "../vcode/insn.js";
import type { Comparison, Expr, Local, Scalar } from "./tree.js";

type Typed = Expr["type"] | Local["type"];

/** How instructions look at it. */
export function viewOf(type: Typed): ValueType {
  switch (type) {
    case "i64":
      return "l";
    case "u64":
      return "ul";
    case "i8":
    case "i16":
    case "i32":
      return "i";
    default:
      return "u";
  }
}

export function isLongType(type: Typed): boolean {
  return type === "i64" || type === "u64";
}

/** Of registers: signs are in instructions, so one kind of each width is enough, and is used again more often. */
export function registerOf(type: Typed): "u" | "ul" {
  return isLongType(type) ? "ul" : "u";
}

export const MEMORY: Readonly<Record<Scalar, MemoryType>> = {
  i8: "c",
  u8: "uc",
  i16: "s",
  u16: "us",
  i32: "i",
  u32: "u",
  i64: "l",
  u64: "ul",
  bool: "uc",
};

/** What a conversion to it cuts a word to. */
export function smallOf(type: Typed): SmallType | undefined {
  if (type === "i8") return "c";
  if (type === "u8") return "uc";
  if (type === "i16") return "s";
  return type === "u16" ? "us" : undefined;
}

export const BRANCHES: Readonly<Record<Comparison, Branch>> = {
  lt: "blt",
  le: "ble",
  gt: "bgt",
  ge: "bge",
  eq: "beq",
  ne: "bne",
};

export const OPPOSITE: Readonly<Record<Comparison, Comparison>> = {
  lt: "ge",
  le: "gt",
  gt: "le",
  ge: "lt",
  eq: "ne",
  ne: "eq",
};

/** The same with its sides swapped. */
export const MIRRORED: Readonly<Record<Comparison, Comparison>> = {
  lt: "gt",
  le: "ge",
  gt: "lt",
  ge: "le",
  eq: "eq",
  ne: "ne",
};

/** The largest that a word of the type is, as an unsigned word. */
export function mostOfType(type: Typed): number {
  if (type === "bool") return 1;
  if (type === "u8") return 0xff;
  return type === "u16" ? 0xffff : 0xffff_ffff;
}
