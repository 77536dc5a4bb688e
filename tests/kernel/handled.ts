/** A kernel whose bindings have handlers: VCODE's text on the target that the test names, over frames of 64 octets. */
import type { Filter } from "../../src/dpf/atom.js";
import type { HandlerProgram } from "../../src/kernel/bound-handler.js";
import type { HandlerCounts, HandlerTerms, HandlerView } from "../../src/kernel/calls-on-handlers.js";
import type { Capability } from "../../src/kernel/capability.js";
import { HandlerCall, type HandlerCallName, STATE_BASE } from "../../src/vcode/handler.js";
import { emitHandler, linkHandler } from "../../src/vcode/handler-target.js";
import { parse } from "../../src/vcode/parse.js";
import type { TargetName } from "../../src/vcode/target.js";
import { verify } from "../../src/vcode/verify.js";
import { KernelBench } from "./kernel-bench.js";

export const FRAME = 64;
const PARAMETERS = Array.from({ length: 10 }, (_, at) => `r${at}:${at === 0 ? "p" : "i"}`).join(", ");

/** r1 octets, r3 wire, r4 and r5 time, r6 port, r7 link, r8 packet, r9 hops; r10 … r19 are free words, r20 … r22 longs. */
export function handler(...lines: readonly string[]): string {
  return `v_lambda f0(${PARAMETERS}) : i in packet
v_getreg r10..r19:i, r20..r22:l
v_genlabel 8
  v_fuel 10
${lines.join("\n")}
v_end
`;
}

/** A call of the kernel: its answer goes to `rd`. */
export function asks(rd: string, call: HandlerCallName | number, ...args: readonly (string | number)[]): string {
  const six = [0, 1, 2, 3, 4, 5].map((at) => args[at] ?? 0);
  return `  v_scalli ${rd}, kernel, ${typeof call === "number" ? call : HandlerCall[call]}, ${six.join(", ")}`;
}

/** Adds one to the word at this offset of the state. */
export function counts(at = 0): string {
  return `  v_seti r10, ${STATE_BASE + at}
  v_ldvii r11, r10, 0
  v_addii r11, r11, 1
  v_stvii r11, r10, 0`;
}

export const PASSES = "  v_retii 0";
export const CONSUMES = "  v_retii 1";
export const COUNTS = handler(counts(), PASSES);
export const COUNTS_AND_CONSUMES = handler(counts(), CONSUMES);
export const LOOPS = handler("L0:", "  v_fuel 2", "  v_jv L0");
/** A load of what is not the state's. */
export const FAULTS = handler("  v_seti r10, 64", "  v_ldvii r11, r10, 0", PASSES);

/** The filter of rows whose first octet is this, of these bits. */
export function first(value: number, mask = 255): Filter {
  return { conjunctions: [[{ kind: "equal", offset: 0, width: 8, mask, value }]] };
}

export class Handled {
  readonly bench: KernelBench;
  readonly target: TargetName;

  constructor(target: TargetName = "js") {
    this.target = target;
    this.bench = new KernelBench(1 << 22);
    const { rows, memory } = this.bench;
    const begin = rows.address[0]!;
    for (let row = 0; row < rows.capacity; row++) {
      const address = begin + row * FRAME;
      rows.address[row] = address;
      rows.captured[row] = FRAME;
      rows.wire[row] = FRAME + 6;
      rows.timeHigh[row] = 0x1700_0000;
      rows.timeLow[row] = 0xf000_0000 + row * 1000;
      rows.linkType[row] = 1;
      rows.port[row] = 3;
      for (let octet = 0; octet < FRAME; octet++) memory.octets[address + octet] = (row + octet) & 255;
    }
  }

  get kernel() {
    return this.bench.kernel;
  }

  program(text: string, octets = 64, identity = "words", target = this.target): HandlerProgram {
    const parsed = parse(text);
    if (!parsed.ok) throw new Error(`${parsed.error.line}: ${parsed.error.expected}, ${parsed.error.found}`);
    const verdict = verify(parsed.program, { image: true });
    if (!verdict.ok) throw new Error(JSON.stringify(verdict.rejections));
    const { stlb } = this.kernel.activations;
    const facts = { stlb: stlb.address, entries: stlb.entries, pageShift: stlb.pageShift };
    const emitted = emitHandler(verdict.program, target, facts);
    return { name: "h", octets, identity, link: (machine) => linkHandler(emitted, machine) };
  }

  /** Binds a handler to a binding that there is. */
  handle(binding: number, text: string, terms: HandlerTerms = {}, octets?: number, by = this.bench.root): HandlerView {
    return this.kernel.handlers.bind({ binding, ...terms }, this.program(text, octets), by).handler;
  }

  /** A new binding with a handler: its slot. */
  bind(args: Parameters<KernelBench["bind"]>[0], text: string, terms: HandlerTerms = {}, by?: Capability): number {
    const { binding, error } = this.bench.bind(args, by);
    if (binding === undefined) throw new Error(error);
    this.handle(binding, text, terms, undefined, by);
    return binding;
  }

  view(binding: number): HandlerView {
    const [view] = this.kernel.handlers.views({ bindings: [binding] }).handlers;
    if (view === undefined) throw new Error(`no handler at ${binding}`);
    return view;
  }

  counts(binding: number): HandlerCounts {
    return this.view(binding).counts;
  }

  /** Words of the state, from its first. */
  words(binding: number, count = 1): number[] {
    const { octets } = this.kernel.handlers.state({ binding, from: 0, octets: 4 * count }, this.bench.root);
    return [...new Int32Array(octets.buffer, 0, count)];
  }
}

/** Runs by how they ended; what killed them is one of them. */
export function ends({ run, consumed, passed, passedTo, killed }: HandlerCounts): Record<string, number> {
  const all = { consumed, passed, passedTo, ...killed };
  const sum = Object.values(all).reduce((total, count) => total + count, 0);
  if (sum !== run) throw new Error(`${run} runs, of which ${sum} ended`);
  return Object.fromEntries(Object.entries(all).filter(([, count]) => count > 0));
}
