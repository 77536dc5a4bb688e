/** What instructions compute, as insn.ts says: words are int32, longs are bigint within int64. */
import type { Alu, Branch, Immediate, MemoryType, Order, SmallType, Unary, ValueType } from "./insn.js";

export function isLong(type: string): type is "l" | "ul" {
  return type === "l" || type === "ul";
}

/** Whether the type looks at its operands as unsigned. */
export function isUnsigned(type: string): boolean {
  return type === "u" || type === "ul";
}

/** A register that holds a word. */
export function word(value: Immediate): number {
  return Number(value) | 0;
}

export function long(value: Immediate): bigint {
  return BigInt.asIntN(64, BigInt(value));
}

export function compute(alu: Alu, type: ValueType | "p", a: Immediate, b: Immediate): Immediate {
  if (isLong(type)) return computeLong(alu, type === "ul", long(a), long(b));
  return computeWord(alu, type === "u", word(a), word(b));
}

function computeWord(alu: Alu, unsigned: boolean, a: number, b: number): number {
  switch (alu) {
    case "add":
      return (a + b) | 0;
    case "sub":
      return (a - b) | 0;
    case "mul":
      return Math.imul(a, b);
    case "div":
      if (b === 0) return 0;
      return (unsigned ? (a >>> 0) / (b >>> 0) : a / b) | 0;
    case "mod":
      if (b === 0) return a;
      return (unsigned ? (a >>> 0) % (b >>> 0) : a % b) | 0;
    case "and":
      return a & b;
    case "or":
      return a | b;
    case "xor":
      return a ^ b;
    case "lsh":
      return a << b;
    case "rsh":
      return unsigned ? (a >>> b) | 0 : a >> b;
  }
}

function computeLong(alu: Alu, unsigned: boolean, a: bigint, b: bigint): bigint {
  const [x, y] = unsigned ? [BigInt.asUintN(64, a), BigInt.asUintN(64, b)] : [a, b];
  const exact = () => {
    switch (alu) {
      case "add":
        return a + b;
      case "sub":
        return a - b;
      case "mul":
        return a * b;
      case "div":
        return b === 0n ? 0n : x / y;
      case "mod":
        return b === 0n ? a : x % y;
      case "and":
        return a & b;
      case "or":
        return a | b;
      case "xor":
        return a ^ b;
      case "lsh":
        return a << (b & 63n);
      case "rsh":
        return x >> (b & 63n);
    }
  };
  return BigInt.asIntN(64, exact());
}

export function unary(operation: Unary, type: ValueType, a: Immediate): Immediate {
  if (isLong(type)) {
    const value = long(a);
    if (operation === "not") return value === 0n ? 1n : 0n;
    return BigInt.asIntN(64, operation === "com" ? ~value : -value);
  }
  const value = word(a);
  if (operation === "not") return value === 0 ? 1 : 0;
  return operation === "com" ? ~value : -value | 0;
}

export function convert(from: ValueType, to: ValueType | SmallType, a: Immediate): Immediate {
  if (isLong(to)) return isLong(from) ? long(a) : BigInt(from === "u" ? word(a) >>> 0 : word(a));
  const value = isLong(from) ? Number(BigInt.asIntN(32, long(a))) : word(a);
  switch (to) {
    case "c":
      return (value << 24) >> 24;
    case "uc":
      return value & 0xff;
    case "s":
      return (value << 16) >> 16;
    case "us":
      return value & 0xffff;
    default:
      return value;
  }
}

export function compare(branch: Branch, type: ValueType, a: Immediate, b: Immediate): boolean {
  if (isLong(type)) {
    const [x, y] = [long(a), long(b)];
    return type === "ul" ? related(branch, BigInt.asUintN(64, x), BigInt.asUintN(64, y)) : related(branch, x, y);
  }
  const [x, y] = [word(a), word(b)];
  return type === "u" ? related(branch, x >>> 0, y >>> 0) : related(branch, x, y);
}

function related<T extends number | bigint>(branch: Branch, a: T, b: T): boolean {
  switch (branch) {
    case "blt":
      return a < b;
    case "ble":
      return a <= b;
    case "bgt":
      return a > b;
    case "bge":
      return a >= b;
    case "beq":
      return a === b;
    case "bne":
      return a !== b;
  }
}

export function load(view: DataView, memory: MemoryType, order: Order, address: number): Immediate {
  const little = order === "host";
  switch (memory) {
    case "c":
      return view.getInt8(address);
    case "uc":
      return view.getUint8(address);
    case "s":
      return view.getInt16(address, little);
    case "us":
      return view.getUint16(address, little);
    case "i":
    case "u":
      return view.getInt32(address, little);
    case "l":
    case "ul":
      return view.getBigInt64(address, little);
  }
}

export function store(view: DataView, memory: MemoryType, order: Order, address: number, value: Immediate): void {
  const little = order === "host";
  switch (memory) {
    case "c":
    case "uc":
      return view.setInt8(address, word(value));
    case "s":
    case "us":
      return view.setInt16(address, word(value), little);
    case "i":
    case "u":
      return view.setInt32(address, word(value), little);
    case "l":
    case "ul":
      return view.setBigInt64(address, long(value), little);
  }
}
