/**
 * One VCODE instruction as WebAssembly. A register is a local, i32 of a word or address and i64 of a long. What
 * would trap (division by zero, the quotient that does not fit) is decided before. Memory is little-endian: network order is
 * a plain load and a swap by rotations.
 */
import { isLong, isUnsigned } from "./compute.js";
import {
  type Immediate,
  INVERSE,
  type Insn,
  type MemoryType,
  type Operand,
  type Register,
  type Unary,
} from "./insn.js";
import type { Straight } from "./js-insn.js";
import type { Code, Locals } from "./wasm-code.js";
import type { LoadOpcode, StoreOpcode, ValueKind } from "./wasm-opcodes.js";

export interface Target {
  readonly code: Code;
  readonly locals: Locals;
  /** Index of the local that is the register. */
  readonly local: (register: Register) => number;
}

export function kindOf(type: string): ValueKind {
  return isLong(type) ? "i64" : "i32";
}

function pushConstant(code: Code, kind: ValueKind, value: Immediate): void {
  if (kind === "i64") code.i64_const(BigInt(value));
  else code.i32_const(Number(value));
}

export function push({ code, local }: Target, kind: ValueKind, operand: Operand): void {
  if ("reg" in operand) code.local_get(local(operand.reg));
  else pushConstant(code, kind, operand.imm);
}

export function straight(target: Target, insn: Straight): void {
  const { code, local } = target;
  switch (insn.op) {
    case "set":
      pushConstant(code, kindOf(insn.type), insn.imm);
      break;
    case "mov":
      code.local_get(local(insn.rs));
      break;
    case "alu":
      alu(target, insn, { reg: insn.rs2 });
      break;
    case "alui":
      alu(target, insn, { imm: insn.imm });
      break;
    case "unary":
      unary(target, insn.unary, kindOf(insn.type), insn.rs);
      break;
    case "cv":
      convert(target, insn);
      break;
    case "ld":
      load(target, insn);
      break;
    case "st":
      return store(target, insn);
  }
  code.local_set(local(insn.rd));
}

const PLAIN = { add: "add", sub: "sub", mul: "mul", and: "and", or: "or", xor: "xor", lsh: "shl" } as const;

type Arithmetic = Extract<Insn, { op: "alu" | "alui" }>;

function alu(target: Target, insn: Arithmetic, second: Operand): void {
  if (insn.alu === "div") return divide(target, insn, second);
  if (insn.alu === "mod") return remainder(target, insn, second);
  const { code, local } = target;
  const kind = kindOf(insn.type);
  code.local_get(local(insn.rs1));
  push(target, kind, second);
  if (insn.alu === "rsh") code.op(`${kind}.${isUnsigned(insn.type) ? "shr_u" : "shr_s"}`);
  else code.op(`${kind}.${PLAIN[insn.alu]}`);
}

/** a / b, where b is neither 0, of which the quotient is 0, nor -1, of which it is -a (and -2^31 stays what it is). */
function divide(target: Target, { type, rs1: a }: Arithmetic, divisor: Operand): void {
  const { code, local } = target;
  const [kind, unsigned] = [kindOf(type), isUnsigned(type)];
  const negation = () => {
    pushConstant(code, kind, 0);
    code.local_get(local(a)).op(`${kind}.sub`);
  };
  const quotient = () => {
    code.local_get(local(a));
    push(target, kind, divisor);
    code.op(`${kind}.${unsigned ? "div_u" : "div_s"}`);
  };
  if ("imm" in divisor) {
    if (Number(divisor.imm) === 0) return pushConstant(code, kind, 0);
    return Number(divisor.imm) === -1 && !unsigned ? negation() : quotient();
  }
  code.local_get(local(divisor.reg)).op(`${kind}.eqz`).if(kind);
  pushConstant(code, kind, 0);
  code.op("else");
  if (unsigned) quotient();
  else {
    code.local_get(local(divisor.reg));
    pushConstant(code, kind, -1);
    code.op(`${kind}.eq`).if(kind);
    negation();
    code.op("else");
    quotient();
    code.op("end");
  }
  code.op("end");
}

/** a mod b, where b is not 0, of which it is a. That of -1 is 0 in WebAssembly as well. */
function remainder(target: Target, { type, rs1: a }: Arithmetic, divisor: Operand): void {
  const { code, local } = target;
  const kind = kindOf(type);
  const rest = () => {
    code.local_get(local(a));
    push(target, kind, divisor);
    code.op(`${kind}.${isUnsigned(type) ? "rem_u" : "rem_s"}`);
  };
  if ("imm" in divisor) {
    if (Number(divisor.imm) === 0) code.local_get(local(a));
    else rest();
    return;
  }
  code.local_get(local(divisor.reg)).op(`${kind}.eqz`).if(kind).local_get(local(a)).op("else");
  rest();
  code.op("end");
}

function unary({ code, local }: Target, operation: Unary, kind: ValueKind, rs: Register): void {
  if (operation === "neg") pushConstant(code, kind, 0);
  code.local_get(local(rs));
  if (operation === "neg") code.op(`${kind}.sub`);
  else if (operation === "com") {
    pushConstant(code, kind, -1);
    code.op(`${kind}.xor`);
  } else {
    code.op(`${kind}.eqz`);
    if (kind === "i64") code.op("i64.extend_i32_u");
  }
}

function convert({ code, local }: Target, { from, to, rs }: Extract<Insn, { op: "cv" }>): void {
  code.local_get(local(rs));
  if (isLong(to)) {
    if (!isLong(from)) code.op(from === "u" ? "i64.extend_i32_u" : "i64.extend_i32_s");
    return;
  }
  if (isLong(from)) code.op("i32.wrap_i64");
  if (to === "c") code.op("i32.extend8_s");
  else if (to === "s") code.op("i32.extend16_s");
  else if (to === "uc") code.i32_const(0xff).op("i32.and");
  else if (to === "us") code.i32_const(0xffff).op("i32.and");
}

const LOAD: Readonly<Record<MemoryType, LoadOpcode>> = {
  c: "i32.load8_s",
  uc: "i32.load8_u",
  s: "i32.load16_s",
  us: "i32.load16_u",
  i: "i32.load",
  u: "i32.load",
  l: "i64.load",
  ul: "i64.load",
};

function load(target: Target, insn: Extract<Insn, { op: "ld" }>): void {
  loadFrom(target, insn, address(target, insn));
}

/** Of the address that was pushed and the offset; pushes the value. */
export function loadFrom({ code, locals }: Target, insn: Extract<Insn, { op: "ld" | "ldv" }>, offset = 0): void {
  if (insn.order === "host") {
    code.load(LOAD[insn.memory], offset);
    return;
  }
  // The swap extends the sign itself.
  code.load(insn.memory === "s" ? "i32.load16_u" : LOAD[insn.memory], offset);
  swap(code, locals, insn.memory, "loaded");
}

const STORE: Readonly<Record<MemoryType, StoreOpcode>> = {
  c: "i32.store8",
  uc: "i32.store8",
  s: "i32.store16",
  us: "i32.store16",
  i: "i32.store",
  u: "i32.store",
  l: "i64.store",
  ul: "i64.store",
};

function store(target: Target, insn: Extract<Insn, { op: "st" }>): void {
  storeTo(target, insn, address(target, insn));
}

/** To the address that was pushed and the offset. */
export function storeTo(target: Target, insn: Extract<Insn, { op: "st" | "stv" }>, offset = 0): void {
  const { code, locals, local } = target;
  code.local_get(local(insn.rs));
  // Of 16 bits the upper half is not stored.
  if (insn.order === "network") swap(code, locals, insn.memory === "s" ? "us" : insn.memory, "register");
  code.store(STORE[insn.memory], offset);
}

/** Pushes an address; what the access itself is to add to it. */
function address({ code, local }: Target, { base, offset }: Extract<Insn, { op: "ld" | "st" }>): number {
  code.local_get(local(base));
  if ("imm" in offset && Number(offset.imm) >= 0) return Number(offset.imm);
  if ("imm" in offset) code.i32_const(Number(offset.imm));
  else code.local_get(local(offset.reg));
  code.op("i32.add");
  return 0;
}

/** Turns the octets of what was pushed round: what was just loaded, or a whole register. */
function swap(code: Code, locals: Locals, memory: MemoryType, pushed: "loaded" | "register"): void {
  switch (memory) {
    case "c":
    case "uc":
      return;
    case "s":
    case "us": {
      const x = locals.scratch("i32");
      code.local_tee(x).i32_const(8).op("i32.shl").i32_const(0xff00).op("i32.and");
      code.local_get(x).i32_const(8).op("i32.shr_u");
      // What was loaded has no more than 16 bits.
      if (pushed === "register") code.i32_const(0xff).op("i32.and");
      code.op("i32.or");
      if (memory === "s") code.op("i32.extend16_s");
      return;
    }
    case "i":
    case "u": {
      const x = locals.scratch("i32");
      code.local_tee(x).i32_const(8).op("i32.rotl").i32_const(0x00ff00ff).op("i32.and");
      code.local_get(x).i32_const(8).op("i32.rotr").i32_const(0xff00ff00).op("i32.and").op("i32.or");
      return;
    }
    case "l":
    case "ul":
      code.i64_const(32n).op("i64.rotl");
      exchange(code, locals, 16n, 0x0000ffff0000ffffn);
      exchange(code, locals, 8n, 0x00ff00ff00ff00ffn);
  }
}

/** Neighbouring groups of `bits` bits change places; `mask` has the lower of each two. */
function exchange(code: Code, locals: Locals, bits: bigint, mask: bigint): void {
  const x = locals.scratch("i64");
  code.local_tee(x).i64_const(mask).op("i64.and").i64_const(bits).op("i64.shl");
  code.local_get(x).i64_const(bits).op("i64.shr_u").i64_const(mask).op("i64.and").op("i64.or");
}

const RELATION = { blt: "lt", ble: "le", bgt: "gt", bge: "ge" } as const;

/** Pushes whether the branch is taken, or with `negated` whether it is not. */
export function condition(target: Target, insn: Extract<Insn, { op: "br" | "bri" }>, negated: boolean): void {
  const { code, local } = target;
  const kind = kindOf(insn.type);
  const branch = negated ? INVERSE[insn.branch] : insn.branch;
  code.local_get(local(insn.rs1));
  if (insn.op === "bri" && Number(insn.imm) === 0 && branch === "beq") {
    code.op(`${kind}.eqz`);
    return;
  }
  push(target, kind, insn.op === "br" ? { reg: insn.rs2 } : { imm: insn.imm });
  if (branch === "beq" || branch === "bne") code.op(`${kind}.${branch === "beq" ? "eq" : "ne"}`);
  else if (isUnsigned(insn.type)) code.op(`${kind}.${RELATION[branch]}_u`);
  else code.op(`${kind}.${RELATION[branch]}_s`);
}
