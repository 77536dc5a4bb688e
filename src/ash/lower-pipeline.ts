/**
 * A pipeline's run or read as one lambda: the data goes once through registers, by longs as far as lower-longs.ts does it, then a word of 4 octets
 * at a time, four of them in a round where that is not much code, then single ones, then the octets that are left. Words are loaded in the order of octets in which the fewest
 * must be turned: whatever a byteswap32 would have done is done by loading or storing the other way round.
 *
 * Parameters: packet, octets, from, length, then of run: to, at, room (octets of what `to` is the begin of); the place for faults; words of the message.
 * Faults, in this order: "message", of run "unaligned" and "index", "length".
 */
import type { Order, Register, Type } from "../vcode/insn.js";
import { swapWord } from "./lower-checksum.js";
import { OCTETS_LEFT, PACKET, type Whole } from "./lower-context.js";
import { Lowering } from "./lower-expr.js";
import { within } from "./lower-frame.js";
import { LONG_ROUND } from "./lower-longs.js";
import {
  changesData,
  isMuchCode,
  MOST_SUMMED,
  type PipeCode,
  pipeCode,
  shiftOf,
  takesSwapped,
  turnsWords,
} from "./lower-pipe.js";
import { longsOf, type Routine } from "./lower-routines.js";
import { type Settled, settle } from "./lower-settle.js";
import type { Pipe } from "./tree.js";

type PipelineRoutine = Extract<Routine, { kind: "pipeline" }>;

const WORD = 4;
/** Words in a round of the long loop. */
const ROUND = 4;

export function pipelineLambda(whole: Whole, routine: PipelineRoutine): Settled {
  const { words } = whole.routines.needsOf(routine);
  const own = routine.stores === 0 ? 3 : 6;
  const parameters = Array.from({ length: own + words.length }, (): Type => "u");
  const cx = new Lowering(whole, { regions: ["packet"], result: undefined, parameters });
  for (const [index, word] of words.entries()) cx.words.set(word, cx.parameter(own + index));
  cx.placeRegister = cx.parameter(own - 1);
  new PipelineWriter(cx, routine).write();
  cx.end();
  return settle(cx);
}

/** The pipes, and whether words are swapped when they come to each. */
interface Course {
  readonly first: boolean;
  readonly before: readonly boolean[];
  readonly last: boolean;
  /** Words that have to be swapped by instructions. */
  readonly swaps: number;
}

function courseOf(pipes: readonly Pipe[], first: boolean): Course {
  let swapped = first;
  let swaps = 0;
  const before = pipes.map((pipe) => {
    if (takesSwapped(pipe) === !swapped) {
      swapped = !swapped;
      swaps++;
    }
    const here = swapped;
    if (turnsWords(pipe)) swapped = !swapped;
    return here;
  });
  return { first, before, last: swapped, swaps };
}

class PipelineWriter {
  readonly #cx: Lowering;
  readonly #routine: PipelineRoutine;
  readonly #stores: PipelineRoutine["stores"];
  readonly #pipes: readonly Pipe[];
  readonly #course: Course;
  readonly #codes: readonly PipeCode[];
  readonly #data: Register;
  /** Octets done. */
  readonly #done: Register;
  readonly #word: Register;

  constructor(cx: Lowering, routine: PipelineRoutine) {
    const { handler } = cx.whole;
    this.#cx = cx;
    this.#routine = routine;
    this.#stores = routine.stores;
    this.#pipes = handler.pipelines[routine.index]!.pipes.map((pipe) => handler.pipes[pipe]!);
    const [swapped, plain] = [courseOf(this.#pipes, true), courseOf(this.#pipes, false)];
    this.#course = swapped.swaps <= plain.swaps ? swapped : plain;
    this.#codes = this.#pipes.map((pipe, at) => pipeCode(cx, pipe, this.#course.before[at]!));
    this.#data = cx.asm.getreg("p");
    this.#done = cx.asm.getreg("u");
    this.#word = cx.asm.getreg("u");
  }

  get #length(): Register {
    return this.#cx.parameter(1);
  }

  /** Where the next word is stored. */
  get #to(): Register {
    return this.#cx.parameter(2);
  }

  write(): void {
    const { asm } = this.#cx;
    this.#check();
    asm.alu("add", "p", this.#data, PACKET, this.#cx.parameter(0));
    for (const code of this.#codes) code.begin();
    asm.set("u", this.#done, 0);
    this.#longs();
    if (!this.#pipes.some(isMuchCode)) this.#loop(ROUND);
    this.#loop(1);
    if (this.#gauge() < WORD) this.#tail();
    for (const code of this.#codes) code.end();
  }

  #longs(): void {
    const { asm, whole } = this.#cx;
    const longs = longsOf(whole.handler, this.#routine);
    if (longs === undefined) return;
    const short = asm.genlabel();
    asm.bri("blt", "u", this.#length, LONG_ROUND, short);
    const to = this.#stores > 0 ? [{ reg: this.#to }] : [];
    this.#cx.callRoutine(longs, true, [{ reg: this.#cx.parameter(0) }, { reg: this.#length }, ...to], this.#done);
    if (this.#stores > 0) asm.alu("add", "u", this.#to, this.#to, this.#done);
    asm.label(short);
  }

  /** The length is a multiple of it. */
  #gauge(): number {
    return Math.max(1, ...this.#pipes.filter(changesData).map(({ gauge }) => gauge));
  }

  #check(): void {
    const { asm } = this.#cx;
    within(this.#cx, this.#cx.parameter(0), this.#length, { reg: OCTETS_LEFT, temporary: false }, "message");
    const rest = asm.getreg("u");
    if (this.#stores > 0) {
      const at = this.#cx.parameter(3);
      asm.alui("and", "u", rest, at, WORD - 1);
      asm.bri("bne", "u", rest, 0, this.#cx.fault("unaligned"));
      within(this.#cx, at, this.#length, { reg: this.#cx.parameter(4), temporary: false }, "index");
      asm.alu("add", "u", this.#to, this.#to, at);
    }
    if (this.#gauge() > 1) {
      asm.alui("and", "u", rest, this.#length, this.#gauge() - 1);
      asm.bri("bne", "u", rest, 0, this.#cx.fault("length"));
    }
    if (this.#pipes.some(({ work }) => work.kind === "checksum")) {
      asm.bri("bgt", "u", this.#length, MOST_SUMMED, this.#cx.fault("length"));
    }
    asm.putreg(rest);
  }

  /** So many words in each round, while there are as many. */
  #loop(words: number): void {
    const { asm } = this.#cx;
    const octets = WORD * words;
    const [head, end, last, at] = [asm.genlabel(), asm.genlabel(), asm.getreg("u"), asm.getreg("u")];
    asm.bri("blt", "u", this.#length, octets, end);
    asm.alui("sub", "u", last, this.#length, octets);
    asm.label(head);
    asm.fuel(1);
    asm.br("bgt", "u", this.#done, last, end);
    const { known } = this.#cx;
    for (let number = 0; number < words; number++) {
      const offset = WORD * number;
      if (offset > 0) asm.alui("add", "u", at, this.#done, offset);
      asm.ld(orderOf(this.#course.first), "u", this.#word, this.#data, { reg: offset > 0 ? at : this.#done });
      this.#through(WORD);
      if (this.#stores > 0) this.#store(offset);
    }
    asm.alui("add", "u", this.#done, this.#done, octets);
    if (this.#stores > 0) asm.alui("add", "u", this.#to, this.#to, octets);
    asm.j(head);
    asm.label(end);
    // There may have been no round.
    this.#cx.known = known;
    asm.putreg(last);
    asm.putreg(at);
  }

  #through(octets: number): void {
    let swapped = this.#course.first;
    for (const [index, code] of this.#codes.entries()) {
      const before = this.#course.before[index]!;
      if (before !== swapped) swapWord(this.#cx, this.#word, this.#word);
      code.step(this.#word, octets);
      swapped = before !== turnsWords(this.#pipes[index]!);
    }
  }

  #store(offset: number): void {
    const { asm } = this.#cx;
    const order = orderOf(this.#course.last);
    if (this.#stores >= WORD) return asm.stv(order, "u", this.#word, this.#to, { imm: offset });
    const part = asm.getreg("u");
    const memory = this.#stores === 2 ? "us" : "uc";
    for (let octet = 0; octet < WORD; octet += this.#stores) {
      const shift = shiftOf(octet, this.#course.last) - (this.#course.last ? 0 : 8 * (this.#stores - 1));
      if (shift > 0) asm.alui("rsh", "u", part, this.#word, shift);
      asm.stv(order, memory, shift > 0 ? part : this.#word, this.#to, { imm: offset + octet });
    }
    asm.putreg(part);
  }

  /** One to three octets, each checked for by itself; a gauge of 2 leaves none or two. */
  #tail(): void {
    const { asm } = this.#cx;
    const end = asm.genlabel();
    const octet = asm.getreg("u");
    asm.br("bge", "u", this.#done, this.#length, end);
    for (let octets = 1; octets < WORD; octets++) {
      this.#gatherOctet(octet, octets - 1);
      if (octets === WORD - 1) this.#last(octets);
      else {
        const more = asm.genlabel();
        asm.alui("add", "u", octet, this.#done, octets);
        asm.br("blt", "u", octet, this.#length, more);
        if (octets % this.#gauge() === 0) this.#last(octets);
        asm.j(end);
        asm.label(more);
      }
    }
    asm.label(end);
    asm.putreg(octet);
  }

  /** `octet` holds the offset of any but the first. */
  #gatherOctet(octet: Register, number: number): void {
    const { asm } = this.#cx;
    const [part, shift] = [asm.getreg("u"), shiftOf(number, this.#course.first)];
    const into = number === 0 ? this.#word : part;
    asm.ld("network", "uc", into, this.#data, { reg: number === 0 ? this.#done : octet });
    if (shift > 0) asm.alui("lsh", "u", into, into, shift);
    if (number > 0) asm.alu("or", "u", this.#word, this.#word, part);
    asm.putreg(part);
  }

  #last(octets: number): void {
    const { asm, known } = this.#cx;
    this.#through(octets);
    this.#cx.known = known;
    if (this.#stores === 0) return;
    const part = asm.getreg("u");
    for (let octet = 0; octet < octets; octet++) {
      const shift = shiftOf(octet, this.#course.last);
      if (shift > 0) asm.alui("rsh", "u", part, this.#word, shift);
      asm.stv("host", "uc", shift > 0 ? part : this.#word, this.#to, { imm: octet });
    }
    asm.putreg(part);
  }
}

function orderOf(swapped: boolean): Order {
  return swapped ? "host" : "network";
}
