/** Images of chance that the verifier lets through: virtual accesses near a few pages, traps, calls, branches, loops that pay. */
import {
  ALU,
  BRANCH,
  type Immediate,
  type Insn,
  type Lambda,
  MEMORY_TYPES,
  OCTETS,
  ORDERS,
  OVERFLOWING,
  type Program,
  type Register,
  type Type,
  VALUE_TYPES,
} from "../../src/vcode/insn.js";
import type { Chance } from "../seeded.js";

const ENTRY: readonly Type[] = ["p", "i", "i", "i", "i", "i", "i", "i", "i", "i"];
const WORDS: readonly Immediate[] = [0, 1, -1, 2, 4096, 8191, 12_288, 0x7fffffff, -0x80000000, 0x55555555];
const LONGS: readonly Immediate[] = [0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 0x0123456789abcdefn];

export class RandomImage {
  readonly #chance: Chance;
  #insns: Insn[] = [];
  #labels = 0;
  #types: Type[] = [];
  /** Registers that hold something from the beginning on: read and assigned; others are assigned only. */
  #words: Register[] = [];
  #longs: Register[] = [];
  #others: Register[] = [];
  #number = 0;
  #lambdas = 1;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  program(): Program {
    this.#lambdas = 1 + this.#chance.below(3);
    const lambdas = Array.from({ length: this.#lambdas }, (_, number) => this.#lambda(number));
    return { lambdas, tables: 0 };
  }

  #lambda(number: number): Lambda {
    const pick = this.#chance.pick.bind(this.#chance);
    const parameters: Type[] = number === 0 ? [...ENTRY] : ["i", "l"];
    const more = Array.from({ length: 3 + this.#chance.below(35) }, () =>
      pick(["i", "u", "i", "u", "l", "ul"] as const),
    );
    this.#types = [...parameters, "i", "l", ...more];
    this.#number = number;
    this.#insns = [];
    this.#labels = 0;
    [this.#words, this.#longs, this.#others] = [[], [], []];
    this.#types.forEach((type, register) => {
      if (type === "p") return;
      const held = register < parameters.length + 2 || this.#chance.percent(70);
      const long = type === "l" || type === "ul";
      (held ? (long ? this.#longs : this.#words) : this.#others).push(register);
      if (held && register >= parameters.length && type !== "i" && type !== "u")
        this.#insns.push({ op: "set", type: "l", rd: register, imm: pick(LONGS) });
      else if (held && register >= parameters.length)
        this.#insns.push({ op: "set", type: "i", rd: register, imm: pick(WORDS) });
    });
    this.#body(2, 4 + this.#chance.below(10));
    this.#insns.push({ op: "ret", value: { reg: this.#word() } });
    const { length } = parameters;
    return {
      regions: number === 0 ? ["packet"] : [],
      parameters: length,
      registers: this.#types,
      result: "i",
      labels: this.#labels,
      insns: this.#insns,
    };
  }

  #word(): Register {
    return this.#chance.pick(this.#words);
  }

  #long(): Register {
    return this.#chance.pick(this.#longs);
  }

  /** A word or long to assign, now and then one that nobody reads. */
  #target(long: boolean): Register {
    const fits = this.#others.filter((register) => ["l", "ul"].includes(this.#types[register] ?? "p") === long);
    return fits.length > 0 && this.#chance.percent(20) ? this.#chance.pick(fits) : long ? this.#long() : this.#word();
  }

  #body(depth: number, steps: number): void {
    for (let step = 0; step < steps; step++) {
      const kind = this.#chance.below(100);
      if (kind < 42) this.#access();
      else if (kind < 52) this.#overflowing();
      else if (kind < 64) this.#compute();
      else if (kind < 68) this.#insns.push({ op: "fuel", units: 1 + this.#chance.below(8) });
      else if (kind < 74) this.#primitive();
      else if (kind < 80) this.#call();
      else if (depth === 0) this.#access();
      else if (kind < 90) this.#either(depth - 1);
      else if (kind < 94) this.#table(depth - 1);
      else this.#loop(depth - 1);
    }
  }

  #access(): void {
    const { percent, pick, below } = {
      percent: this.#chance.percent.bind(this.#chance),
      pick: this.#chance.pick.bind(this.#chance),
      below: this.#chance.below.bind(this.#chance),
    };
    const [order, memory] = [pick(ORDERS), pick(MEMORY_TYPES)];
    const octets = OCTETS[memory];
    const [base, index] = [this.#word(), this.#word()];
    // Mostly within eight pages, and aligned.
    if (percent(90)) {
      const imm = percent(85) ? 0x7fff & -octets : 0x7fff;
      this.#insns.push({ op: "alui", alu: "and", type: "u", rd: base, rs1: this.#word(), imm });
    }
    const constant = { imm: pick([0, 0, 8, 64, 4088, -8, 1, 2, 4, 0x7ffffff8, below(64)]) };
    let offset: { imm: number } | { reg: Register } = constant;
    if (percent(35)) {
      this.#insns.push({ op: "alui", alu: "and", type: "u", rd: index, rs1: this.#word(), imm: 0xff & -octets });
      offset = { reg: index };
    }
    const places = { order, memory, base, offset } as const;
    const long = octets === 8;
    if (percent(55)) this.#insns.push({ op: "ldv", ...places, rd: this.#target(long) });
    else this.#insns.push({ op: "stv", ...places, rs: long ? this.#long() : this.#word() });
  }

  #overflowing(): void {
    const second = this.#chance.percent(50) ? { reg: this.#word() } : { imm: Number(this.#chance.pick(WORDS)) };
    this.#insns.push({
      op: "aluo",
      alu: this.#chance.pick(OVERFLOWING),
      rd: this.#target(false),
      rs1: this.#word(),
      second,
    });
  }

  #compute(): void {
    const type = this.#chance.pick(VALUE_TYPES);
    const long = type === "l" || type === "ul";
    const alu = this.#chance.pick(ALU);
    const rs1 = long ? this.#long() : this.#word();
    const rs2 = long ? this.#long() : this.#word();
    if (this.#chance.percent(30))
      this.#insns.push({ op: "cv", from: type, to: long ? "i" : "l", rd: this.#target(!long), rs: rs1 });
    else this.#insns.push({ op: "alu", alu, type, rd: this.#target(long), rs1, rs2 });
  }

  #primitive(): void {
    if (this.#chance.percent(40))
      this.#insns.push({ op: "scall", primitive: "left", rd: this.#target(false), args: [] });
    else {
      const args = Array.from({ length: 7 }, (_, at) => (at % 3 === 0 ? { imm: at } : { reg: this.#word() }));
      this.#insns.push({ op: "scall", primitive: "kernel", rd: this.#target(false), args });
    }
  }

  #call(): void {
    const later = this.#lambdas - this.#number - 1;
    if (later === 0) return this.#overflowing();
    const lambda = this.#number + 1 + this.#chance.below(later);
    const args = [{ reg: this.#word() }, { reg: this.#long() }];
    this.#insns.push({ op: "call", lambda, rd: this.#target(false), args });
  }

  #branch(label: number): void {
    const type = this.#chance.pick(["i", "u"] as const);
    const branch = this.#chance.pick(BRANCH);
    this.#insns.push({ op: "bri", branch, type, rs1: this.#word(), imm: Number(this.#chance.pick(WORDS)), label });
  }

  #either(depth: number): void {
    const [other, join] = [this.#labels++, this.#labels++];
    this.#branch(other);
    this.#body(depth, 1 + this.#chance.below(4));
    this.#insns.push({ op: "j", label: join }, { op: "label", label: other });
    this.#body(depth, 1 + this.#chance.below(4));
    this.#insns.push({ op: "label", label: join });
  }

  #table(depth: number): void {
    const labels = Array.from({ length: 3 }, () => this.#labels++);
    const [join, other] = [this.#labels++, this.#labels++];
    this.#insns.push({ op: "jt", rs: this.#word(), labels, other });
    for (const label of [...labels, other]) {
      this.#insns.push({ op: "label", label });
      this.#body(depth, 1 + this.#chance.below(2));
      this.#insns.push({ op: "j", label: join });
    }
    this.#insns.push({ op: "label", label: join });
  }

  #loop(depth: number): void {
    const label = this.#labels++;
    this.#insns.push({ op: "label", label }, { op: "fuel", units: 1 + this.#chance.below(9) });
    this.#body(depth, 1 + this.#chance.below(4));
    this.#branch(label);
  }
}
