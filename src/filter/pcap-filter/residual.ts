/**
 * The whole predicate as VCODE, for what atoms cannot say: decisions one after the other, each number computed when it is
 * asked for and kept in a register of its own. Every load is checked first; a load that is not there, and a division by
 * 0, go to no. A number that all ways here have computed is not computed again, and octets that all ways have checked are
 * not checked again.
 *
 *   parameters: packet (p), octets captured (i) [, octets on the wire (u)]       result: 1 or 0
 */
import type { Branch, Label, MemoryType, Program, Register } from "../../vcode/insn.js";
import { Assembler } from "../../vcode/vcode.js";
import { type Asked, type Decision, type Graph, NO, type Place, YES } from "./decision.js";
import type { NumberNode } from "./number.js";
import type { Comparison, NumberOperator } from "./predicate.js";
import { emitProtochain } from "./protochain.js";

export const [PACKET, CAPTURED, WIRE] = [0, 1, 2];

/** What all ways to a point have done. */
export interface Done {
  /** Octets that were checked from the packet's first on. */
  least: number;
  /** Numbers that are in their registers, the latest last. */
  readonly computed: Set<number>;
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

/** The branch of a comparison that holds, and of one that does not. */
const BRANCHES: Readonly<Record<Comparison, readonly [Branch, Branch]>> = {
  "==": ["beq", "bne"],
  ">": ["bgt", "ble"],
  ">=": ["bge", "blt"],
  "&": ["bne", "beq"],
};
/** The same with its sides swapped. */
const SWAPPED: Readonly<Record<Branch, Branch>> = {
  beq: "beq",
  bne: "bne",
  bgt: "blt",
  ble: "bge",
  bge: "ble",
  blt: "bgt",
};

export function residualOf(graph: Graph): Program {
  return { lambdas: [new Residual(graph).write()], tables: 0 };
}

export class Residual {
  readonly v: Assembler;
  readonly #graph: Graph;
  readonly #registers = new Map<number, Register>();
  readonly #cells = new Map<number, Register>();
  readonly #limits = new Map<number, Register>();
  /** By place, of those that something jumps to. */
  readonly #labels: (Label | undefined)[] = [];
  readonly #before: (Done | undefined)[] = [];
  #done: Done = { least: 0, computed: new Set() };

  constructor(graph: Graph) {
    this.#graph = graph;
    const asksWire = [...numbersIn(graph)].some(({ kind }) => kind === "wire");
    this.v = new Assembler(asksWire ? ["p", "i", "u"] : ["p", "i"], { result: "i" });
  }

  write() {
    const { entry, decisions } = this.#graph;
    this.#clearCells();
    const order: Place[] = [];
    for (let place = entry; place > YES; place--) if (decisions[place] !== undefined) order.push(place);
    if (entry <= YES) this.v.ret({ imm: entry });
    for (const [index, place] of order.entries()) {
      const decision = decisions[place];
      const before = this.#before[place];
      if (before !== undefined) this.#done = before;
      const label = this.#labels[place];
      if (label !== undefined) this.v.label(label);
      if (decision !== undefined) this.#decide(decision, order[index + 1]);
    }
    for (const place of [YES, NO]) {
      const label = this.#labels[place];
      if (label === undefined) continue;
      this.v.label(label);
      this.v.ret({ imm: place });
    }
    return this.v.end();
  }

  #clearCells(): void {
    for (const number of numbersIn(this.#graph)) if (number.kind === "cell") this.#cell(number.cell);
    for (const decision of this.#graph.decisions) if (decision?.kind === "store") this.#cell(decision.cell);
    for (const register of this.#cells.values()) this.v.set("u", register, 0);
  }

  #cell(cell: number): Register {
    const register = this.#cells.get(cell) ?? this.v.getreg("u");
    this.#cells.set(cell, register);
    return register;
  }

  #decide(decision: Decision, next: Place | undefined): void {
    switch (decision.kind) {
      case "comparison":
        return this.#compare(decision, decision.yes, decision.no, next);
      case "store": {
        const value = this.number(decision.number);
        this.v.mov("u", this.#cell(decision.cell), value);
        return this.#go(decision.yes, next);
      }
      case "compute":
        this.number(decision.number);
        return this.#go(decision.yes, next);
      case "protochain": {
        const base = decision.base && this.number(decision.base);
        emitProtochain(this, decision.of, base, { yes: this.to(decision.yes), no: this.to(decision.no) });
      }
    }
  }

  /** What was done on the way comes with whoever goes there. */
  to(place: Place): Label {
    this.#note(place);
    const label = this.#labels[place] ?? this.v.genlabel();
    this.#labels[place] = label;
    return label;
  }

  /** Where a fault goes. */
  get fault(): Label {
    const label = this.#labels[NO] ?? this.v.genlabel();
    this.#labels[NO] = label;
    return label;
  }

  #go(place: Place, next: Place | undefined): void {
    if (place === next) this.#note(place);
    else this.v.j(this.to(place));
  }

  #note(place: Place): void {
    if (place <= YES) return;
    const { least, computed } = this.#done;
    const before = this.#before[place];
    if (before === undefined) this.#before[place] = { least, computed: new Set(computed) };
    else {
      before.least = Math.min(before.least, least);
      for (const id of before.computed) if (!computed.has(id)) before.computed.delete(id);
    }
  }

  #compare({ operator, left, right }: Asked, yes: Place, no: Place, next: Place | undefined): void {
    const turned = next === yes;
    const [holds, fails] = BRANCHES[operator];
    const branch = turned ? fails : holds;
    const [target, other] = turned ? [no, yes] : [yes, no];
    if (operator === "&") {
      const bits = this.v.getreg("u");
      this.#apply("&", bits, left, right);
      this.v.bri(branch, "u", bits, 0, this.to(target));
      this.v.putreg(bits);
    } else if (right.kind === "constant") {
      const register = this.number(left);
      this.v.bri(branch, "u", register, right.value, this.to(target));
    } else if (left.kind === "constant") {
      const register = this.number(right);
      this.v.bri(SWAPPED[branch], "u", register, left.value, this.to(target));
    } else {
      const [one, two] = [this.number(left), this.number(right)];
      this.v.br(branch, "u", one, two, this.to(target));
    }
    this.#go(other, next);
  }

  /** The register that has the number, from here on. */
  number(number: NumberNode): Register {
    if (number.kind === "wire") return WIRE;
    if (number.kind === "cell") return this.#cell(number.cell);
    const register = this.#registers.get(number.id) ?? this.v.getreg("u");
    this.#registers.set(number.id, register);
    if (this.#done.computed.has(number.id)) return register;
    if (number.kind === "constant") this.v.set("u", register, number.value);
    else if (number.kind === "operation") this.#apply(number.operator, register, number.left, number.right);
    else if (number.kind === "load")
      this.loadAt(register, number.base && this.number(number.base), number.offset, number.size);
    if (!number.varies) this.#remember(number.id);
    return register;
  }

  #remember(id: number): void {
    const { computed } = this.#done;
    computed.add(id);
    for (const oldest of computed) {
      if (computed.size <= MAX_REMEMBERED) break;
      computed.delete(oldest);
    }
  }

  /** The octets at the base and the offset: their sum does not wrap, since the check comes before it. */
  loadAt(register: Register, base: Register | undefined, offset: number, size: 1 | 2 | 4): void {
    this.check(offset + size);
    if (base === undefined) return this.v.ldn(MEMORY[size], register, PACKET, offset);
    this.v.br("bgt", "u", base, this.limit(offset + size), this.fault);
    if (offset === 0) return this.v.ld("network", MEMORY[size], register, PACKET, { reg: base });
    const at = this.v.getreg("u");
    this.v.alui("add", "u", at, base, offset);
    this.v.ld("network", MEMORY[size], register, PACKET, { reg: at });
    this.v.putreg(at);
  }

  /** So many octets were captured, or it is a fault. */
  check(octets: number): void {
    if (this.#done.least >= octets) return;
    this.v.bri("blt", "i", CAPTURED, octets, this.fault);
    this.#done.least = octets;
  }

  /** How far an address may be from the packet's first octet, so that so many octets are behind it: compared as unsigned numbers. */
  limit(octets: number): Register {
    this.check(octets);
    const register = this.#limits.get(octets) ?? this.v.getreg("u");
    this.#limits.set(octets, register);
    // A number's id is never negative.
    if (this.#done.computed.has(-octets)) return register;
    this.v.alui("sub", "u", register, CAPTURED, octets);
    this.#remember(-octets);
    return register;
  }

  #apply(operator: NumberOperator, register: Register, left: NumberNode, right: NumberNode): void {
    if (right.kind === "constant") return this.#applyConstant(operator, register, this.number(left), right.value);
    const [one, two] = [this.number(left), this.number(right)];
    if (operator === "/" || operator === "%") this.v.bri("beq", "u", two, 0, this.fault);
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

function numbersOf(decision: Decision): readonly NumberNode[] {
  if (decision.kind === "comparison") return [decision.left, decision.right];
  if (decision.kind === "protochain") return decision.base ? [decision.base] : [];
  return [decision.number];
}

/** All that is computed somewhere, each once. */
function numbersIn({ decisions }: Graph): ReadonlySet<NumberNode> {
  const found = new Set<NumberNode>();
  const add = (number: NumberNode) => {
    if (found.has(number)) return;
    found.add(number);
    if (number.kind === "load" && number.base) add(number.base);
    if (number.kind !== "operation") return;
    add(number.left);
    add(number.right);
  };
  for (const decision of decisions) for (const number of decision ? numbersOf(decision) : []) add(number);
  return found;
}
