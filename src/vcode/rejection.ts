/** What the verifier says when it refuses: a closed code for programs, a reason for people. */
import type { Lambda, Program } from "./insn.js";
import type { Primitive } from "./primitive.js";
import { printInsn } from "./print.js";

/**
 *   shape        the value is no program: a field is missing, of the wrong kind, or names nothing that exists
 *   limit        something is larger than what a named limit allows
 *   type         an operand or result has the wrong type, or is no register
 *   immediate    a constant is outside its type
 *   label        a branch to no label, or a label placed twice
 *   unreachable  no way leads to an instruction
 *   end          the end of a lambda can be passed
 *   irreducible  a loop has two entries
 *   fuel         a loop's head pays no fuel, or too much can run between two payments
 *   unassigned   a register is read that was not assigned on every way there
 *   bounds       an access is not proved to lie inside its region
 *   region       an access goes to a region that it may not go to, or to one that is not known
 *   image        something that only images have, or an image that is not entered as its kernel does
 *   call         what is called does not exist, or is not called as it is declared
 */
export const REJECTION_CODES = [
  "shape",
  "limit",
  "type",
  "immediate",
  "label",
  "unreachable",
  "end",
  "irreducible",
  "fuel",
  "unassigned",
  "bounds",
  "region",
  "image",
  "call",
] as const;
export type RejectionCode = (typeof REJECTION_CODES)[number];

export interface Rejection {
  readonly code: RejectionCode;
  readonly lambda: number;
  /** Index of the instruction in its lambda. */
  readonly index: number;
  /** The instruction as it prints; empty where the fault is in none. */
  readonly insn: string;
  readonly reason: string;
}

/** Rejections beyond this many are not listed. */
export const MAX_REJECTIONS = 20;

export class Rejections {
  readonly list: Rejection[] = [];

  add(rejection: Rejection): void {
    if (this.list.length < MAX_REJECTIONS) this.list.push(rejection);
  }
}

/** One lambda under judgement. */
export class Subject {
  readonly program: Program;
  readonly number: number;
  readonly lambda: Lambda;
  readonly primitives: Readonly<Record<string, Primitive>>;
  readonly #rejections: Rejections;
  /** Whether nothing was said against it so far. */
  clean = true;

  constructor(
    program: Program,
    number: number,
    lambda: Lambda,
    primitives: Readonly<Record<string, Primitive>>,
    rejections: Rejections,
  ) {
    this.program = program;
    this.number = number;
    this.lambda = lambda;
    this.primitives = primitives;
    this.#rejections = rejections;
  }

  reject(index: number, code: RejectionCode, reason: string): void {
    this.clean = false;
    const insn = this.lambda.insns[index];
    const text = insn === undefined ? "" : printInsn(insn, this.lambda, this.program);
    this.#rejections.add({ code, lambda: this.number, index, insn: text, reason });
  }
}
