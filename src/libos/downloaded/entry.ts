/**
 * The entry of a downloaded environment, assembled: what each cause does, one after the other, and pages at fixed virtual
 * places that its own fault handler maps. What it knows of the machine is told when it is assembled.
 */
import { Cause, DownloadedCall, type DownloadedCallName, ExceptionAnswer } from "../../kernel/abi.js";
import { ENTRY_PARAMETERS, READABLE, Trap, WRITABLE } from "../../vcode/image.js";
import type { Lambda, Operand, Program, Register, Type } from "../../vcode/insn.js";
import { Assembler } from "../../vcode/vcode.js";

/** A page that the environment finds at a virtual place. */
export interface MappedPage {
  readonly virtualPage: number;
  /** Its physical name: the environment allocates it where nobody has. */
  readonly physicalPage: number;
}

const PARAMETERS: readonly Type[] = Array.from({ length: ENTRY_PARAMETERS }, (_, at) => (at === 0 ? "p" : "i"));
const CAUSE: Register = 2;
const CALL_ARGUMENTS = 6;
/** Instructions of the fault handler. */
const HANDLER_FUEL = 16;

export class Entry {
  readonly v = new Assembler(PARAMETERS, { result: "i" });
  readonly pageSize: number;
  readonly #lambdas: Lambda[] = [];

  constructor(pageSize: number) {
    this.pageSize = pageSize;
  }

  /** Register of m1, m2, … m7. */
  m(number: number): Register {
    return CAUSE + number;
  }

  /** `units`: of fuel, about what the body takes. `result`: what is given back at its end. */
  on(cause: number, units: number, body: () => void, result: Operand = { imm: 0 }): void {
    const next = this.v.genlabel();
    this.v.bri("bne", "i", CAUSE, cause, next);
    this.v.fuel(units);
    body();
    this.v.ret(result);
    this.v.label(next);
  }

  /** A call of the kernel; arguments that are left out are 0. */
  kernel(rd: Register, call: DownloadedCallName, ...args: readonly Operand[]): void {
    callKernel(this.v, rd, call, ...args);
  }

  /** A register with the page's virtual address, where a body begins. */
  address({ virtualPage }: MappedPage): Register {
    const address = this.v.getreg("i");
    this.v.set("i", address, virtualPage * this.pageSize);
    return address;
  }

  /** Faults at these pages map them, and allocate those that are nobody's yet; any other exception abandons. */
  pages(...pages: readonly MappedPage[]): void {
    const { v } = this;
    const body = () => {
      const other = v.genlabel();
      const page = v.getreg("u");
      v.bri("bne", "i", this.m(1), Trap.pageFault, other);
      v.mov("u", page, this.m(2));
      v.alui("div", "u", page, page, this.pageSize);
      for (const each of pages) this.#mapWhere(page, each);
      v.label(other);
    };
    this.on(Cause.exception, HANDLER_FUEL, body, { imm: ExceptionAnswer.abandon });
  }

  /** The next lambda: 1, 2, … in the order in which they are added; those before it may call it. `parameters` signed words, and back comes one. */
  lambda(parameters: number, body: (v: Assembler) => void): void {
    const v = new Assembler(Array<Type>(parameters).fill("i"), { regions: [], result: "i" });
    body(v);
    this.#lambdas.push(v.end());
  }

  end(): Program {
    this.v.ret({ imm: 0 });
    return { lambdas: [this.v.end(), ...this.#lambdas], tables: 0 };
  }

  #mapWhere(page: Register, { virtualPage, physicalPage }: MappedPage): void {
    const { v } = this;
    const [next, mapped] = [v.genlabel(), v.genlabel()];
    const answer = v.getreg("i");
    const map = () =>
      this.kernel(answer, "map", { imm: virtualPage }, { imm: physicalPage }, { imm: READABLE | WRITABLE });
    v.bri("bne", "u", page, virtualPage, next);
    map();
    v.bri("bge", "i", answer, 0, mapped);
    this.kernel(answer, "alloc", { imm: physicalPage });
    map();
    v.bri("bge", "i", answer, 0, mapped);
    v.ret({ imm: ExceptionAnswer.abandon });
    v.label(mapped);
    v.ret({ imm: ExceptionAnswer.retry });
    v.label(next);
    v.putreg(answer);
  }
}

export function callKernel(v: Assembler, rd: Register, call: DownloadedCallName, ...args: readonly Operand[]): void {
  const all = Array.from({ length: CALL_ARGUMENTS }, (_, at) => args[at] ?? { imm: 0 });
  v.scalli(rd, "kernel", { imm: DownloadedCall[call] }, ...all);
}
