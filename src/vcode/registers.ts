/** Which registers an instruction reads, and which it assigns. */
import type { Insn, Operand, Register } from "./insn.js";

export function readsOf(insn: Insn): readonly Register[] {
  switch (insn.op) {
    case "mov":
    case "unary":
    case "cv":
    case "jt":
      return [insn.rs];
    case "alu":
    case "br":
      return [insn.rs1, insn.rs2];
    case "alui":
    case "bri":
      return [insn.rs1];
    case "ld":
    case "ldv":
      return [insn.base, ...registersIn(insn.offset)];
    case "st":
    case "stv":
      return [insn.rs, insn.base, ...registersIn(insn.offset)];
    case "aluo":
      return [insn.rs1, ...registersIn(insn.second)];
    case "scall":
    case "call":
      return insn.args.flatMap(registersIn);
    case "ret":
      return insn.value === undefined ? [] : registersIn(insn.value);
    default:
      return [];
  }
}

/** What traps in an image. */
export function mayTrap({ op }: Insn): boolean {
  return op === "ldv" || op === "stv" || op === "aluo" || op === "fuel";
}

function registersIn(operand: Operand): readonly Register[] {
  return "reg" in operand ? [operand.reg] : [];
}

export function assignedBy(insn: Insn): Register | undefined {
  switch (insn.op) {
    case "set":
    case "mov":
    case "alu":
    case "alui":
    case "unary":
    case "cv":
    case "ld":
    case "ldv":
    case "aluo":
    case "scall":
    case "call":
      return insn.rd;
    default:
      return undefined;
  }
}
