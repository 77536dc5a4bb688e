/**
 * One VCODE instruction as JavaScript. Words are int32 and stay so (`| 0`), longs are BigInt within int64; memory is
 * read through one DataView. Every character is written here; of a program only numbers are taken.
 */
import { isLong, isUnsigned } from "./compute.js";
import {
  type Alu,
  type Branch,
  type Immediate,
  INVERSE,
  type Insn,
  type Label,
  type MemoryType,
  type Operand,
  type Register,
  type SmallType,
  type Unary,
  type ValueType,
} from "./insn.js";

/** Instructions that neither branch nor call. */
export type Straight = Extract<Insn, { op: "set" | "mov" | "alu" | "alui" | "unary" | "cv" | "ld" | "st" }>;

/** Every number of a program goes through here on its way into the text. */
export function int(value: Immediate | Label): string {
  if (typeof value !== "bigint" && !Number.isInteger(value)) throw new RangeError(`emit: ${value} is no integer`);
  return String(value);
}

/** In brackets where it is negative, so that no operator joins a minus sign. */
export function constant(value: Immediate): string {
  const text = typeof value === "bigint" ? `${int(value)}n` : int(value);
  return value < 0 ? `(${text})` : text;
}

export function reg(register: Register): string {
  return `r${int(register)}`;
}

export function operand(argument: Operand): string {
  return "reg" in argument ? reg(argument.reg) : constant(argument.imm);
}

export function straight(insn: Straight): string {
  switch (insn.op) {
    case "set":
      return `${reg(insn.rd)} = ${constant(insn.imm)};`;
    case "mov":
      return `${reg(insn.rd)} = ${reg(insn.rs)};`;
    case "alu":
      return `${reg(insn.rd)} = ${alu(insn.alu, insn.type, reg(insn.rs1), { reg: insn.rs2 })};`;
    case "alui":
      return `${reg(insn.rd)} = ${alu(insn.alu, insn.type, reg(insn.rs1), { imm: insn.imm })};`;
    case "unary":
      return `${reg(insn.rd)} = ${unary(insn.unary, insn.type, reg(insn.rs))};`;
    case "cv":
      return `${reg(insn.rd)} = ${convert(insn.from, insn.to, reg(insn.rs))};`;
    case "ld":
      return loadFrom(insn, address(insn));
    case "st":
      return storeTo(insn, address(insn));
  }
}

const ACCESS: Readonly<Record<MemoryType, string>> = {
  c: "Int8",
  uc: "Uint8",
  s: "Int16",
  us: "Uint16",
  i: "Int32",
  u: "Int32",
  l: "BigInt64",
  ul: "BigInt64",
};

export function loadFrom(insn: Extract<Insn, { op: "ld" | "ldv" }>, address: string): string {
  return `${reg(insn.rd)} = view.get${ACCESS[insn.memory]}(${address}${littleEndian(insn)});`;
}

export function storeTo(insn: Extract<Insn, { op: "st" | "stv" }>, address: string): string {
  return `view.set${ACCESS[insn.memory]}(${address}, ${reg(insn.rs)}${littleEndian(insn)});`;
}

type Access = Extract<Insn, { op: "ld" | "st" | "ldv" | "stv" }>;

function littleEndian({ memory, order }: Access): string {
  return order === "host" && memory !== "c" && memory !== "uc" ? ", true" : "";
}

export function address({ base, offset }: Access): string {
  const none = "imm" in offset && offset.imm === 0;
  return none ? reg(base) : `(${reg(base)} + ${operand(offset)}) | 0`;
}

const OPERATOR: Readonly<Record<Exclude<Alu, "rsh">, string>> = {
  add: "+",
  sub: "-",
  mul: "*",
  div: "/",
  mod: "%",
  and: "&",
  or: "|",
  xor: "^",
  lsh: "<<",
};

function alu(operation: Alu, type: ValueType | "p", a: string, second: Operand): string {
  return isLong(type) ? longAlu(operation, type === "ul", a, second) : wordAlu(operation, type === "u", a, second);
}

function wordAlu(operation: Alu, unsigned: boolean, a: string, second: Operand): string {
  const b = operand(second);
  switch (operation) {
    case "mul":
      return `Math.imul(${a}, ${b})`;
    case "rsh":
      return unsigned ? `(${a} >>> ${b}) | 0` : `${a} >> ${b}`;
    case "div":
      // Of nothing it makes an infinity or no number at all, which the coercion makes 0.
      return `(${sign(a, unsigned)} / ${sign(b, unsigned)}) | 0`;
    case "mod": {
      const rest = `(${sign(a, unsigned)} % ${sign(b, unsigned)}) | 0`;
      return byZero(second, a, rest, "0");
    }
    default:
      return `(${a} ${OPERATOR[operation]} ${b}) | 0`;
  }
}

function longAlu(operation: Alu, unsigned: boolean, a: string, second: Operand): string {
  const b = operand(second);
  switch (operation) {
    case "and":
    case "or":
    case "xor":
      return `${a} ${OPERATOR[operation]} ${b}`;
    case "lsh":
      return `BigInt.asIntN(64, ${a} << ${shiftCount(second)})`;
    case "rsh": {
      const by = shiftCount(second);
      return unsigned ? `BigInt.asIntN(64, BigInt.asUintN(64, ${a}) >> ${by})` : `${a} >> ${by}`;
    }
    case "div":
    case "mod": {
      const [x, y] = unsigned ? [`BigInt.asUintN(64, ${a})`, `BigInt.asUintN(64, ${b})`] : [a, b];
      const result = `BigInt.asIntN(64, ${x} ${OPERATOR[operation]} ${y})`;
      return byZero(second, operation === "div" ? "0n" : a, result, "0n");
    }
    default:
      return `BigInt.asIntN(64, ${a} ${OPERATOR[operation]} ${b})`;
  }
}

/** V8 makes a machine's shift of a constant count alone. */
function shiftCount(second: Operand): string {
  return "imm" in second ? constant(BigInt.asUintN(6, BigInt(second.imm))) : `(${operand(second)} & 63n)`;
}

/** A division whose result by zero is `zero`; where the divisor is a constant it is known which. */
function byZero(divisor: Operand, zero: string, result: string, none: "0" | "0n"): string {
  if ("imm" in divisor) return Number(divisor.imm) === 0 ? zero : result;
  return `${reg(divisor.reg)} === ${none} ? ${zero} : ${result}`;
}

function sign(text: string, unsigned: boolean): string {
  return unsigned ? `(${text} >>> 0)` : text;
}

function unary(operation: Unary, type: ValueType, a: string): string {
  if (operation === "com") return `~${a}`;
  if (isLong(type)) return operation === "not" ? `${a} === 0n ? 1n : 0n` : `BigInt.asIntN(64, -${a})`;
  return operation === "not" ? `${a} === 0 ? 1 : 0` : `(-${a}) | 0`;
}

function convert(from: ValueType, to: ValueType | SmallType, a: string): string {
  if (isLong(to)) {
    if (isLong(from)) return a;
    return from === "u" ? `BigInt(${a} >>> 0)` : `BigInt(${a})`;
  }
  const value = isLong(from) ? `Number(BigInt.asIntN(32, ${a}))` : a;
  switch (to) {
    case "c":
      return `(${value} << 24) >> 24`;
    case "uc":
      return `${value} & 255`;
    case "s":
      return `(${value} << 16) >> 16`;
    case "us":
      return `${value} & 65535`;
    default:
      return value;
  }
}

const RELATION: Readonly<Record<Branch, string>> = { blt: "<", ble: "<=", bgt: ">", bge: ">=", beq: "===", bne: "!==" };

/** Equality does not ask for the sign; order of unsigned values is taken of both as such. */
export function condition(insn: Extract<Insn, { op: "br" | "bri" }>, negated: boolean): string {
  const branch = negated ? INVERSE[insn.branch] : insn.branch;
  const plain = !isUnsigned(insn.type) || branch === "beq" || branch === "bne";
  const b = insn.op === "br" ? reg(insn.rs2) : constant(insn.imm);
  if (plain) return `${reg(insn.rs1)} ${RELATION[branch]} ${b}`;
  const view = (text: string) => (isLong(insn.type) ? `BigInt.asUintN(64, ${text})` : `(${text} >>> 0)`);
  return `${view(reg(insn.rs1))} ${RELATION[branch]} ${view(b)}`;
}
