/**
 * The begin of a pipeline's data by longs: what pipelines of checksums and copies call where there is enough of it. A lambda of its own, so that it pays for
 * itself and short data does not. It leaves what the pipeline's own loops would leave of the same octets, accumulators included, and gives back how
 * many they were.
 *
 * Parameters: packet, octets, from, length, all of them checked; where it stores, the address that the first octet goes to.
 */
import type { Register, Type } from "../vcode/insn.js";
import { OCTETS_LEFT, PACKET, type Whole } from "./lower-context.js";
import { Lowering } from "./lower-expr.js";
import { within } from "./lower-frame.js";
import { pipeCode } from "./lower-pipe.js";
import type { Routine } from "./lower-routines.js";
import { type Settled, settle } from "./lower-settle.js";

type LongsRoutine = Extract<Routine, { kind: "longs" }>;

const LONG = 8;
/** Longs in a round. */
const ROUND = 8;
/** Octets of a round: of fewer none is done. */
export const LONG_ROUND = LONG * ROUND;

export function longsLambda(whole: Whole, routine: LongsRoutine): Settled {
  const parameters = Array.from({ length: routine.stores === 0 ? 2 : 3 }, (): Type => "u");
  const cx = new Lowering(whole, { regions: ["packet"], result: "u", parameters });
  new LongsWriter(cx, routine).write();
  cx.end();
  return settle(cx);
}

/** Sums of longs, which wrap, and of their upper halves, tell the sum of all halves: as Checksum (lower-pipe.ts) does it with words. */
class LongsWriter {
  readonly #cx: Lowering;
  readonly #routine: LongsRoutine;
  readonly #long: Register;
  readonly #half: Register;
  readonly #sum: Register;
  readonly #upper: Register;
  readonly #data: Register;
  /** Octets done. */
  readonly #done: Register;

  constructor(cx: Lowering, routine: LongsRoutine) {
    this.#cx = cx;
    this.#routine = routine;
    this.#long = cx.asm.getreg("ul");
    this.#half = cx.asm.getreg("ul");
    this.#sum = cx.asm.getreg("ul");
    this.#upper = cx.asm.getreg("ul");
    this.#data = cx.asm.getreg("p");
    this.#done = cx.asm.getreg("u");
  }

  get #length(): Register {
    return this.#cx.parameter(1);
  }

  get #to(): Register {
    return this.#cx.parameter(2);
  }

  write(): void {
    const { asm } = this.#cx;
    // Whoever calls has checked it; the verifier looks at each lambda by itself.
    within(this.#cx, this.#cx.parameter(0), this.#length, { reg: OCTETS_LEFT, temporary: false }, "message");
    asm.set("ul", this.#sum, 0n);
    asm.set("ul", this.#upper, 0n);
    asm.set("u", this.#done, 0);
    this.#loop();
    this.#gather();
    asm.ret({ reg: this.#done });
  }

  #loop(): void {
    const { asm } = this.#cx;
    const [head, end, last] = [asm.genlabel(), asm.genlabel(), asm.getreg("u")];
    asm.alu("add", "p", this.#data, PACKET, this.#cx.parameter(0));
    asm.bri("blt", "u", this.#length, LONG_ROUND, end);
    asm.alui("sub", "u", last, this.#length, LONG_ROUND);
    asm.label(head);
    asm.fuel(1);
    asm.br("bgt", "u", this.#done, last, end);
    for (let number = 0; number < ROUND; number++) this.#step(LONG * number);
    asm.alui("add", "u", this.#done, this.#done, LONG_ROUND);
    if (this.#routine.stores > 0) asm.alui("add", "u", this.#to, this.#to, LONG_ROUND);
    asm.j(head);
    asm.label(end);
    asm.putreg(last);
  }

  #step(offset: number): void {
    const { asm } = this.#cx;
    const at = asm.getreg("u");
    if (offset > 0) asm.alui("add", "u", at, this.#done, offset);
    asm.ld("host", "ul", this.#long, this.#data, { reg: offset > 0 ? at : this.#done });
    asm.putreg(at);
    asm.alu("add", "ul", this.#sum, this.#sum, this.#long);
    asm.alui("rsh", "ul", this.#half, this.#long, 32n);
    asm.alu("add", "ul", this.#upper, this.#upper, this.#half);
    if (this.#routine.stores === LONG) asm.stv("host", "ul", this.#long, this.#to, { imm: offset });
    else if (this.#routine.stores > 0) this.#storeHalves(offset);
  }

  #storeHalves(offset: number): void {
    const { asm } = this.#cx;
    const word = asm.getreg("u");
    for (const [index, long] of [this.#long, this.#half].entries()) {
      asm.cv("ul", "u", word, long);
      asm.stv("host", "u", word, this.#to, { imm: offset + 4 * index });
    }
    asm.putreg(word);
  }

  /** All words of all longs as one, their carries added in, through each of the pipes. */
  #gather(): void {
    const { asm, whole } = this.#cx;
    asm.alui("lsh", "ul", this.#half, this.#upper, 32n);
    asm.alu("sub", "ul", this.#sum, this.#sum, this.#half);
    asm.alu("add", "ul", this.#sum, this.#sum, this.#upper);
    for (let fold = 0; fold < 2; fold++) {
      asm.alui("rsh", "ul", this.#half, this.#sum, 32n);
      asm.alui("and", "ul", this.#sum, this.#sum, 0xffff_ffffn);
      asm.alu("add", "ul", this.#sum, this.#sum, this.#half);
    }
    const word = asm.getreg("u");
    asm.cv("ul", "u", word, this.#sum);
    const { pipes, pipelines } = whole.handler;
    for (const pipe of pipelines[this.#routine.index]!.pipes) {
      const code = pipeCode(this.#cx, pipes[pipe]!, true);
      code.begin();
      code.step(word, 4);
      code.end();
    }
  }
}
