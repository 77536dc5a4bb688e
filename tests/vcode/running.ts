/** Programs run on every target at once, on one memory that is set back in between. */
import type { Immediate, Insn, Lambda, Program } from "../../src/vcode/insn.js";
import type { Outcome } from "../../src/vcode/interp.js";
import { type CompileOptions, compile, type Runnable, TARGETS, type TargetName } from "../../src/vcode/target.js";
import type { Verified } from "../../src/vcode/verify.js";

/** Says of a program that it is verified: for tests of targets, which make what the verifier would let through. */
export function branded(program: Program): Verified {
  if (isBranded(program)) return program;
  throw new Error("branded: nothing to run");
}

function isBranded(program: Program): program is Verified {
  return program.lambdas.length > 0;
}

const PAGE = 65_536;
export const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
export const octets = new Uint8Array(memory.buffer).fill(0xa5);
const untouched = Buffer.alloc(PAGE, 0xa5);

/** Where regions lie in it. */
export const BASE = 4096;
export const LENGTH = 256;

export interface Run {
  readonly target: TargetName;
  readonly outcome: Outcome;
  /** The region as the run left it. */
  readonly left: Uint8Array;
}

export class Everywhere {
  readonly #runnables: ReadonlyMap<TargetName, Runnable>;

  constructor(program: Program, options: CompileOptions = {}, targets: readonly TargetName[] = TARGETS) {
    const from = { buffer: memory.buffer, memory };
    this.#runnables = new Map(targets.map((target) => [target, compile(branded(program), target, from, options)]));
  }

  /** The region begins with `content` for each target. Throws where something outside of it was written. */
  run(args: readonly Immediate[], fuel: number, content: Uint8Array = new Uint8Array(LENGTH)): Run[] {
    return [...this.#runnables].map(([target, runnable]) => {
      octets.set(content, BASE);
      const outcome = runnable.run(args, fuel);
      const left = octets.slice(BASE, BASE + content.length);
      octets.set(new Uint8Array(content.length).fill(0xa5), BASE);
      if (!Buffer.from(memory.buffer).equals(untouched)) throw new Error(`${target} wrote outside`);
      return { target, outcome, left };
    });
  }
}

/** A lambda over one writable region of packet memory, whose other registers are of the types given. */
export function lambdaOf(
  insns: readonly Insn[],
  registers: Lambda["registers"],
  { parameters = 2, result = undefined }: { parameters?: number; result?: Lambda["result"] } = {},
): Lambda {
  const labels = insns.reduce((most, insn) => (insn.op === "label" ? Math.max(most, insn.label + 1) : most), 0);
  return { regions: ["environment"], parameters, registers, result, labels, insns };
}
