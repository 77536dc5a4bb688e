/**
 * Numbers in registers: each is computed when it is asked for, and kept in a register of its own, since on one frame it is
 * always the same. What was computed and checked on all ways to a point is not computed and checked again there.
 */
import type { Label, MemoryType, Register } from "../../vcode/insn.js";
import type { Assembler } from "../../vcode/vcode.js";
import type { NumberNode } from "./number.js";
import type { NumberOperator } from "./predicate.js";

export const [PACKET, CAPTURED, WIRE, LINK] = [0, 1, 2, 3];

/** What all ways to a point have done. */
export interface Done {
  /** Octets that were checked from the packet's first on. */
  readonly least: number;
  /** Numbers that are in their registers, the latest last; of a limit the octets, negated. */
  readonly computed: ReadonlySet<number>;
}

/** Numbers that are remembered on a way; those beyond are computed again. */
const MAX_REMEMBERED = 64;

const MEMORY: Readonly<Record<1 | 2 | 4, MemoryType>> = { 1: "uc", 2: "us", 4: "u" };
const ALU = {
  "+": "add",
  "-": "sub",
  "*": "mul",
  "/": "div",
  "%": "mod",
  "&": "and",
  "|": "or",
  "^": "xor",
  "<<": "lsh",
  ">>": "rsh",
} as const satisfies Record<NumberOperator, string>;

/** What both ways have done. */
export function common(a: Done | undefined, b: Done): Done {
  if (a === undefined || (a.computed === b.computed && a.least === b.least)) return b;
  const computed = [...a.computed].filter((id) => b.computed.has(id));
  return { least: Math.min(a.least, b.least), computed: new Set(computed) };
}

export class Computation {
  readonly v: Assembler;
  /** Where a load that is not there goes, and a division by 0. */
  readonly fault: () => Label;
  readonly #registers = new Map<number, Register>();
  readonly #cells = new Map<number, Register>();
  readonly #limits = new Map<number, Register>();
  #least = 0;
  #computed: ReadonlySet<number> = new Set();

  constructor(v: Assembler, fault: () => Label) {
    this.v = v;
    this.fault = fault;
  }

  get done(): Done {
    return { least: this.#least, computed: this.#computed };
  }

  set done({ least, computed }: Done) {
    this.#least = least;
    this.#computed = computed;
  }

  /** The register of a cell; whoever writes the lambda sets it first. */
  cell(cell: number): Register {
    const register = this.#cells.get(cell) ?? this.v.getreg("u");
    this.#cells.set(cell, register);
    return register;
  }

  /** The register that has the number, from here on. */
  number(number: NumberNode): Register {
    if (number.kind === "wire") return WIRE;
    if (number.kind === "link") return LINK;
    if (number.kind === "cell") return this.cell(number.cell);
    if (number.kind === "fault") throw new Error("computation: what cannot be computed has no register");
    const register = this.#registers.get(number.id) ?? this.v.getreg("u");
    this.#registers.set(number.id, register);
    if (this.#computed.has(number.id)) return register;
    if (number.kind === "constant") this.v.set("u", register, number.value);
    else if (number.kind === "operation") this.apply(number.operator, register, number.left, number.right);
    else if (number.kind === "load")
      this.loadAt(register, number.base && this.number(number.base), number.offset, number.size);
    if (!number.varies) this.#remember(number.id);
    return register;
  }

  /** What was handed out as done stays as it is. */
  #remember(id: number): void {
    const computed = [...this.#computed].slice(-MAX_REMEMBERED + 1);
    this.#computed = new Set([...computed, id]);
  }

  /** The octets at the base and the offset: their sum does not wrap, since the check comes before it. */
  loadAt(register: Register, base: Register | undefined, offset: number, size: 1 | 2 | 4): void {
    this.check(offset + size);
    if (base === undefined) return this.v.ldn(MEMORY[size], register, PACKET, offset);
    this.v.br("bgt", "u", base, this.limit(offset + size), this.fault());
    if (offset === 0) return this.v.ld("network", MEMORY[size], register, PACKET, { reg: base });
    const at = this.v.getreg("u");
    this.v.alui("add", "u", at, base, offset);
    this.v.ld("network", MEMORY[size], register, PACKET, { reg: at });
    this.v.putreg(at);
  }

  /** So many octets were captured, or it is a fault. */
  check(octets: number): void {
    if (this.#least >= octets) return;
    this.v.bri("blt", "i", CAPTURED, octets, this.fault());
    this.#least = octets;
  }

  /** How far an address may be from the packet's first octet, so that so many octets are behind it: compared as unsigned numbers. */
  limit(octets: number): Register {
    this.check(octets);
    const register = this.#limits.get(octets) ?? this.v.getreg("u");
    this.#limits.set(octets, register);
    // A number's id is never negative.
    if (this.#computed.has(-octets)) return register;
    this.v.alui("sub", "u", register, CAPTURED, octets);
    this.#remember(-octets);
    return register;
  }

  apply(operator: NumberOperator, register: Register, left: NumberNode, right: NumberNode): void {
    if (right.kind === "constant") return this.#applyConstant(operator, register, this.number(left), right.value);
    const [one, two] = [this.number(left), this.number(right)];
    if (operator === "/" || operator === "%") this.v.bri("beq", "u", two, 0, this.fault());
    if (operator !== "<<" && operator !== ">>") return this.v.alu(ALU[operator], "u", register, one, two);
    // Counts are taken modulo 32 by the instruction, and are not by the language.
    const beyond = this.v.genlabel();
    const shifted = this.v.getreg("u");
    this.v.set("u", shifted, 0);
    this.v.bri("bgt", "u", two, 31, beyond);
    this.v.alu(ALU[operator], "u", shifted, one, two);
    this.v.label(beyond);
    this.v.mov("u", register, shifted);
    this.v.putreg(shifted);
  }

  #applyConstant(operator: NumberOperator, register: Register, left: Register, right: number): void {
    const isShift = operator === "<<" || operator === ">>";
    if (isShift && right > 31) this.v.set("u", register, 0);
    else this.v.alui(ALU[operator], "u", register, left, right);
  }
}
