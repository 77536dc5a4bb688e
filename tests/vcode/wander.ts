/**
 * Programs that wander about in memory: checks, moves and accesses of chance in a few registers, with branches that join and loops that
 * pay, and none of them meant to be right. The accesses that the verifier refuses are taken out until it
 * refuses nothing: what is left is all that it can be brought to believe.
 */
import type { Alu, Branch, Insn, Lambda, MemoryType, Program, Type } from "../../src/vcode/insn.js";
import { MEMORY_TYPES, ORDERS } from "../../src/vcode/insn.js";
import { type Verified, verify } from "../../src/vcode/verify.js";
import type { Chance } from "../seeded.js";

const REGISTERS: readonly Type[] = ["p", "i", "p", "i", "u", "i", "u", "i", "i", "u", "p", "p", "p", "l"];
/** Two regions and six words. */
export const PARAMETERS = 10;
const COUNTS = [1, 3];
const WORDS = [4, 5, 6, 7, 8, 9];
/** Addresses with registers that may count what is left there. */
const PAIRS: readonly (readonly [number, number])[] = [
  [0, 1],
  [2, 3],
  [10, 7],
  [11, 8],
];
const ADDRESSES = [0, 2, 10, 11, 12];
const LONG = 13;
const SMALL: readonly number[] = [0, 1, 2, 3, 4, 7, 8, 15, 16, 31];
const BRANCHES: readonly Branch[] = ["blt", "ble", "bgt", "bge", "blt", "bge", "bgt", "beq", "bne"];
const WRAPPING: readonly number[] = [-1, -2, -8, 0x7fffffff, -0x80000000, 0x7ffffff8];
const ALUS: readonly Alu[] = ["add", "sub", "add", "sub", "and", "or", "xor", "mul", "div", "mod", "lsh", "rsh"];

export class Wanderer {
  readonly #chance: Chance;
  readonly #insns: Insn[] = [];
  #labels = 1;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  program(): Program {
    for (const register of [10, 11, 12])
      this.#insns.push({ op: "mov", type: "p", rd: register, rs: this.#pick([0, 2]) });
    this.#insns.push({ op: "set", type: "l", rd: LONG, imm: 1n });
    this.#body(3, 4 + this.#chance.below(8));
    this.#insns.push({ op: "label", label: 0 }, { op: "ret", value: { reg: this.#pick(WORDS) } });
    const lambda: Lambda = {
      regions: ["packet", "environment"],
      parameters: PARAMETERS,
      registers: REGISTERS,
      result: "u",
      labels: this.#labels,
      insns: this.#insns,
    };
    return { lambdas: [lambda], tables: 0 };
  }

  #pick<T>(from: readonly T[]): T {
    return this.#chance.pick(from);
  }

  #constant(): number {
    return this.#chance.percent(88) ? this.#pick(SMALL) : this.#pick(WRAPPING);
  }

  #body(depth: number, steps: number): void {
    for (let step = 0; step < steps; step++) {
      const kind = this.#chance.below(100);
      if (kind < 20) this.#access();
      else if (kind < 40) this.#careful();
      else if (kind < 50) this.#check(0);
      else if (kind < 60) this.#move();
      else if (kind < 75) this.#compute();
      else if (depth === 0) this.#access();
      else if (kind < 90) this.#either(depth - 1);
      else this.#loop(depth - 1);
    }
  }

  /** On the way to somewhere else, mostly as one would have it. */
  #check(label: number): void {
    const branch = this.#pick(BRANCHES);
    const type = this.#pick(["i", "u"] as const);
    if (this.#chance.percent(50)) {
      const rs1 = this.#pick([...COUNTS, ...COUNTS, ...WORDS]);
      this.#insns.push({ op: "bri", branch, type, rs1, imm: this.#constant(), label });
    } else {
      const [rs1, rs2] = [this.#pick(WORDS), this.#pick([...COUNTS, ...COUNTS, ...COUNTS, ...WORDS])];
      const turned = this.#chance.percent(30);
      this.#insns.push({ op: "br", branch, type, rs1: turned ? rs2 : rs1, rs2: turned ? rs1 : rs2, label });
    }
  }

  /** As one would write it, with an address and what may be its count by then. */
  #careful(): void {
    const [base, count] = this.#pick(PAIRS);
    const [word, [to, rest]] = [this.#pick(WORDS), this.#pick(PAIRS)];
    const unsigned = { type: "u", label: 0 } as const;
    switch (this.#chance.below(5)) {
      case 0:
        this.#insns.push({ op: "bri", branch: "blt", type: "i", rs1: count, imm: this.#pick(SMALL), label: 0 });
        return this.#access(base);
      case 1:
        this.#insns.push({ op: "br", branch: "bge", rs1: word, rs2: count, ...unsigned });
        return this.#access(base, word);
      case 2: {
        // The end is checked, and may have wrapped.
        const end = this.#pick(WORDS);
        const sum = { op: "alu", alu: "add", type: "u", rd: end, rs1: word } as const;
        if (this.#chance.percent(50)) this.#insns.push({ ...sum, op: "alui", imm: this.#constant() });
        else this.#insns.push({ ...sum, rs2: this.#pick(WORDS) });
        this.#insns.push({ op: "br", branch: "bgt", rs1: end, rs2: count, ...unsigned });
        return this.#access(base, word);
      }
      case 3:
        this.#insns.push({ op: "br", branch: "bgt", rs1: word, rs2: count, ...unsigned });
        this.#insns.push({ op: "alu", alu: "add", type: "p", rd: to, rs1: base, rs2: word });
        this.#insns.push({ op: "alu", alu: "sub", type: "i", rd: rest, rs1: count, rs2: word });
        return;
      default: {
        const imm = this.#pick(SMALL);
        this.#insns.push({ op: "bri", branch: "blt", type: "i", rs1: count, imm, label: 0 });
        this.#insns.push({ op: "alui", alu: "sub", type: "i", rd: rest, rs1: count, imm });
        this.#insns.push({ op: "alui", alu: "add", type: "p", rd: to, rs1: base, imm });
      }
    }
  }

  #access(base = this.#pick(ADDRESSES), word?: number): void {
    const [order, memory] = [this.#pick(ORDERS), this.#pick<MemoryType>(["uc", "uc", "us", "u", ...MEMORY_TYPES])];
    const long = memory === "l" || memory === "ul";
    const chosen = this.#chance.percent(50) ? { imm: this.#constant() } : { reg: this.#pick(WORDS) };
    const offset = word === undefined ? chosen : { reg: word };
    const register = long ? LONG : this.#pick(WORDS);
    if (this.#chance.percent(75)) this.#insns.push({ op: "ld", order, memory, rd: register, base, offset });
    else this.#insns.push({ op: "st", order, memory, rs: register, base, offset });
  }

  /** An address and a count, both by one word or constant; or one of them, or a copy. */
  #move(): void {
    const [from, to] = [this.#pick(ADDRESSES), this.#pick(ADDRESSES)];
    const [old, count] = [this.#pick([...COUNTS, 7, 8]), this.#pick([...COUNTS, 7, 8])];
    const which = this.#chance.below(10);
    if (which === 0) this.#insns.push({ op: "mov", type: "p", rd: to, rs: from });
    else if (which === 1) this.#insns.push({ op: "mov", type: "i", rd: count, rs: old });
    else if (which < 5) {
      const imm = this.#constant();
      if (which !== 2) this.#insns.push({ op: "alui", alu: "add", type: "p", rd: to, rs1: from, imm });
      if (which !== 3) this.#insns.push({ op: "alui", alu: "sub", type: "i", rd: count, rs1: old, imm });
    } else {
      const by = this.#pick(WORDS);
      if (which !== 5) this.#insns.push({ op: "alu", alu: "sub", type: "i", rd: count, rs1: old, rs2: by });
      if (which !== 6) this.#insns.push({ op: "alu", alu: "add", type: "p", rd: to, rs1: from, rs2: by });
    }
  }

  #compute(): void {
    const [rd, rs1] = [this.#pick(WORDS), this.#pick([...WORDS, ...COUNTS])];
    const type = this.#pick(["i", "u"] as const);
    const which = this.#chance.below(10);
    if (which < 5) this.#insns.push({ op: "alui", alu: this.#pick(ALUS), type, rd, rs1, imm: this.#constant() });
    else if (which < 7) this.#insns.push({ op: "alu", alu: this.#pick(ALUS), type, rd, rs1, rs2: this.#pick(WORDS) });
    else if (which < 8) this.#insns.push({ op: "mov", type, rd, rs: rs1 });
    else if (which < 9)
      this.#insns.push({ op: "cv", from: type, to: this.#pick(["c", "uc", "s", "us", "i"] as const), rd, rs: rs1 });
    else this.#insns.push({ op: "unary", unary: this.#pick(["com", "not", "neg"] as const), type, rd, rs: rs1 });
  }

  /** One way or two, which join. */
  #either(depth: number): void {
    const [other, join] = [this.#labels++, this.#labels++];
    this.#check(other);
    this.#body(depth, 1 + this.#chance.below(3));
    if (this.#chance.percent(60)) {
      this.#insns.push({ op: "j", label: join }, { op: "label", label: other });
      this.#body(depth, 1 + this.#chance.below(3));
    } else this.#insns.push({ op: "label", label: other });
    this.#insns.push({ op: "label", label: join });
  }

  /** With a way out at its head, and back at its end, or in its middle. */
  #loop(depth: number): void {
    const [head, out] = [this.#labels++, this.#labels++];
    this.#insns.push({ op: "label", label: head }, { op: "fuel", units: 1 });
    this.#check(out);
    this.#body(depth, 1 + this.#chance.below(4));
    if (this.#chance.percent(30)) this.#check(head);
    if (this.#chance.percent(70)) this.#insns.push({ op: "j", label: head });
    else this.#check(head);
    this.#insns.push({ op: "label", label: out });
  }
}

/** What is left when all that was refused is gone; undefined where that is something else than an access. */
export function believed(program: Program): Verified | undefined {
  let now = program;
  for (;;) {
    const verdict = verify(now);
    if (verdict.ok) return verdict.program;
    if (verdict.rejections.some(({ code }) => code !== "bounds" && code !== "region")) return undefined;
    const gone = new Set(verdict.rejections.map(({ index }) => index));
    now = {
      ...now,
      lambdas: now.lambdas.map((lambda) => ({ ...lambda, insns: lambda.insns.filter((_, index) => !gone.has(index)) })),
    };
  }
}
