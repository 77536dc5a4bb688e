/** Names of instructions, each with the order in which its operands are written: insn.ts as a table. */
import {
  ALU,
  BRANCH,
  type Immediate,
  type Insn,
  MEMORY_TYPES,
  type Operand,
  ORDERS,
  OVERFLOWING,
  SMALL_TYPES,
  UNARY,
  VALUE_TYPES,
  type ValueType,
} from "./insn.js";
import type { PrimitiveName } from "./primitive.js";

/** Reads operands from left to right. */
export interface Operands {
  reg(): number;
  label(): number;
  lambda(): number;
  labels(): number[];
  comma(): this;
  /** A bigint where the type is long. */
  imm(type: ValueType | undefined): Immediate;
  count(expected: string): number;
  primitive(): PrimitiveName;
  /** Those that are left, each with a comma before it. */
  args(): Operand[];
}

type Form = (from: Operands) => Insn;

export const FORMS: ReadonlyMap<string, Form> = formsOf();

function formsOf(): Map<string, Form> {
  const forms = new Map<string, Form>();
  for (const type of VALUE_TYPES) {
    forms.set(`v_set${type}`, (o) => ({ op: "set", type, rd: o.reg(), imm: o.comma().imm(type) }));
    for (const to of [...VALUE_TYPES, ...SMALL_TYPES]) {
      forms.set(`v_cv${type}2${to}`, (o) => ({ op: "cv", from: type, to, rd: o.reg(), rs: o.comma().reg() }));
    }
  }
  forms.set("v_jv", (o) => ({ op: "j", label: o.label() }));
  forms.set("v_jt", (o) => ({ op: "jt", rs: o.reg(), labels: o.comma().labels(), other: o.comma().label() }));
  forms.set("v_fuel", (o) => ({ op: "fuel", units: o.count("units of fuel") }));
  arithmetic(forms);
  memory(forms);
  overflowing(forms);
  branches(forms);
  calls(forms);
  return forms;
}

function arithmetic(forms: Map<string, Form>): void {
  for (const type of [...VALUE_TYPES, "p"] as const) {
    forms.set(`v_mov${type}`, (o) => ({ op: "mov", type, rd: o.reg(), rs: o.comma().reg() }));
    for (const alu of ALU) {
      forms.set(`v_${alu}${type}`, (o) => ({
        op: "alu",
        alu,
        type,
        rd: o.reg(),
        rs1: o.comma().reg(),
        rs2: o.comma().reg(),
      }));
      // What is added to an address is a word.
      const constant = type === "p" ? "u" : type;
      forms.set(`v_${alu}${type}i`, (o) => ({
        op: "alui",
        alu,
        type,
        rd: o.reg(),
        rs1: o.comma().reg(),
        imm: o.comma().imm(constant),
      }));
    }
  }
  for (const type of VALUE_TYPES) {
    for (const unary of UNARY) {
      forms.set(`v_${unary}${type}`, (o) => ({ op: "unary", unary, type, rd: o.reg(), rs: o.comma().reg() }));
    }
  }
}

function memory(forms: Map<string, Form>): void {
  const register = (o: Operands): Operand => ({ reg: o.comma().reg() });
  const constant = (o: Operands): Operand => ({ imm: o.comma().imm(undefined) });
  for (const order of ORDERS) {
    for (const type of MEMORY_TYPES) {
      for (const [suffix, offset] of [
        ["", register],
        ["i", constant],
      ] as const) {
        const name = `${order === "network" ? "n" : ""}${type}${suffix}`;
        const places = { order, memory: type };
        forms.set(`v_ld${name}`, (o) => ({
          op: "ld",
          ...places,
          rd: o.reg(),
          base: o.comma().reg(),
          offset: offset(o),
        }));
        forms.set(`v_st${name}`, (o) => ({
          op: "st",
          ...places,
          rs: o.reg(),
          base: o.comma().reg(),
          offset: offset(o),
        }));
        forms.set(`v_ldv${name}`, (o) => ({
          op: "ldv",
          ...places,
          rd: o.reg(),
          base: o.comma().reg(),
          offset: offset(o),
        }));
        forms.set(`v_stv${name}`, (o) => ({
          op: "stv",
          ...places,
          rs: o.reg(),
          base: o.comma().reg(),
          offset: offset(o),
        }));
      }
    }
  }
}

function overflowing(forms: Map<string, Form>): void {
  for (const alu of OVERFLOWING) {
    const second = (o: Operands, operand: () => Operand): Insn => ({
      op: "aluo",
      alu,
      rd: o.reg(),
      rs1: o.comma().reg(),
      second: operand(),
    });
    forms.set(`v_${alu}oi`, (o) => second(o, () => ({ reg: o.comma().reg() })));
    forms.set(`v_${alu}oii`, (o) => second(o, () => ({ imm: o.comma().imm("i") })));
  }
}

function branches(forms: Map<string, Form>): void {
  for (const type of VALUE_TYPES) {
    for (const branch of BRANCH) {
      forms.set(`v_${branch}${type}`, (o) => ({
        op: "br",
        branch,
        type,
        rs1: o.reg(),
        rs2: o.comma().reg(),
        label: o.comma().label(),
      }));
      forms.set(`v_${branch}${type}i`, (o) => ({
        op: "bri",
        branch,
        type,
        rs1: o.reg(),
        imm: o.comma().imm(type),
        label: o.comma().label(),
      }));
    }
  }
}

function calls(forms: Map<string, Form>): void {
  forms.set("v_scallv", (o) => ({ op: "scall", primitive: o.primitive(), args: o.args() }));
  forms.set("v_callv", (o) => ({ op: "call", lambda: o.lambda(), args: o.args() }));
  forms.set("v_retv", () => ({ op: "ret" }));
  for (const type of VALUE_TYPES) {
    forms.set(`v_scall${type}`, (o) => ({
      op: "scall",
      rd: o.reg(),
      primitive: o.comma().primitive(),
      args: o.args(),
    }));
    forms.set(`v_call${type}`, (o) => ({ op: "call", rd: o.reg(), lambda: o.comma().lambda(), args: o.args() }));
    forms.set(`v_ret${type}`, (o) => ({ op: "ret", value: { reg: o.reg() } }));
    forms.set(`v_ret${type}i`, (o) => ({ op: "ret", value: { imm: o.imm(type) } }));
  }
}
