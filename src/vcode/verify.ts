/**
 * The one verifier between VCODE and every target. It takes any value at all, and proves, one question after the other:
 *
 *   verify-shape      it is a program, and within the limits that have names
 *   verify-types      each instruction has operands and results of the types of insn.ts, constants within them, and calls
 *                     what is declared as it is declared; calls go to later lambdas only, so that there is no recursion
 *   verify-image      what only images have stands in images only, and their entries are as image.ts says
 *   verify-flow       every branch lands on a label that is placed once, no instruction is out of reach, the end is never passed,
 *                     every loop has one entry and pays fuel there
 *   verify-assigned   every register read was assigned on every way there
 *   verify-bounds     every load and store lies inside its region, every store in one that may be written, and whoever is
 *                     passed an address is passed the count of the octets left there
 *
 * A lambda that fails one question is not asked the next. Refusals are for the author: they name the instruction and why.
 */
import { Steps } from "./facts.js";
import type { Program, Region } from "./insn.js";
import { DISPATCH_PRIMITIVES, IMAGE_PRIMITIVES, type Primitive } from "./primitive.js";
import { type Rejection, Rejections, Subject } from "./rejection.js";
import { checkAssigned } from "./verify-assigned.js";
import { checkBounds, MAX_PROOF_STEPS } from "./verify-bounds.js";
import { checkFlow, MAX_UNPAID, unpaid } from "./verify-flow.js";
import { checkImage, checkNoImage } from "./verify-image.js";
import { isProgram } from "./verify-shape.js";
import { checkTypes } from "./verify-types.js";

declare const brand: unique symbol;
/** A program that the verifier let through: what targets accept. Nobody may change it since. */
export type Verified = Program & { readonly [brand]: true };

export type Verdict =
  | { readonly ok: true; readonly program: Verified }
  | { readonly ok: false; readonly rejections: readonly Rejection[] };

export interface VerifyOptions {
  /** The program is an image: it has an image's entry and primitives, and stores nothing but by virtual address. */
  readonly image?: boolean;
  /** What may be called; those of primitive.ts unless told, of a data plane or an image. */
  readonly primitives?: Readonly<Record<string, Primitive>>;
  /** Regions that may be stored into; the environment's alone unless told, none in an image. */
  readonly writable?: readonly Region[];
}

/** Never throws, whatever the value; it has plain data only, as a structured clone has. */
export function verify(program: unknown, options: VerifyOptions = {}): Verdict {
  const rejections = new Rejections();
  if (isProgram(program, (rejection) => rejections.add(rejection))) judge(program, options, rejections);
  return isVerified(program, rejections) ? { ok: true, program } : { ok: false, rejections: rejections.list };
}

function isVerified(_program: unknown, rejections: Rejections): _program is Verified {
  return rejections.list.length === 0;
}

function judge(program: Program, options: VerifyOptions, rejections: Rejections): void {
  const { image = false } = options;
  const primitives = options.primitives ?? (image ? IMAGE_PRIMITIVES : DISPATCH_PRIMITIVES);
  const writable = options.writable ?? (image ? [] : ["environment"]);
  const steps = new Steps(MAX_PROOF_STEPS);
  const subjects = program.lambdas.map(
    (lambda, number) => new Subject(program, number, lambda, primitives, rejections),
  );
  for (const subject of subjects) checkTypes(subject);
  for (const subject of subjects) (image ? checkImage : checkNoImage)(subject);
  if (rejections.list.length === 0) checkUnpaid(program, subjects);
  for (const subject of subjects) {
    const flow = subject.clean ? checkFlow(subject) : undefined;
    if (flow === undefined) continue;
    checkAssigned(subject, flow);
    if (subject.clean) checkBounds(subject, flow, writable, steps);
  }
}

function checkUnpaid(program: Program, subjects: readonly Subject[]): void {
  for (const [number, index] of unpaid(program)) {
    const reason = `with this call more than ${MAX_UNPAID} instructions may run without a v_fuel`;
    subjects[number]?.reject(index, "fuel", reason);
  }
}
