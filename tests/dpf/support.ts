/** A harness for tests of dpf: one classifier, a demux on each target kept alike, and the specification beside them. */
import { type FrameFacts, RESIDUAL_FUEL } from "../../src/dpf/atom.js";
import type { Frames } from "../../src/dpf/batch.js";
import { emitBatchJs } from "../../src/dpf/batch-js.js";
import { emitBatchWasm } from "../../src/dpf/batch-wasm.js";
import { Demux } from "../../src/dpf/demux.js";
import { Classifier } from "../../src/dpf/dpf.js";
import { type Bound, judge } from "../../src/dpf/judge.js";
import { TARGETS, type Target } from "../../src/dpf/target.js";
import type { Traits } from "../../src/dpf/traits.js";
import type { Images, ProgramUpdate } from "../../src/dpf/update.js";
import type { Program } from "../../src/vcode/insn.js";
import { Interpreter } from "../../src/vcode/interp.js";
import type { Verified } from "../../src/vcode/verify.js";
import { factsOf } from "./facts.js";
import { frameMemory, octets as memoryOctets, place } from "./machine.js";

/**
 * Frames laid out in the tests' memory, one row each; `prefixes`: also every shorter length of each. `facts`: what is
 * said of each of them, whatever of it was captured.
 */
export class Rows {
  readonly octets = memoryOctets;
  readonly address: Int32Array;
  readonly captured: Int32Array;
  readonly wire: Uint32Array;
  readonly linkType: Uint16Array;
  /** Row of each frame as a whole. */
  readonly whole: number[] = [];

  constructor(
    frames: readonly Uint8Array[],
    prefixes: boolean,
    facts: (frame: Uint8Array, index: number) => FrameFacts = factsOf,
  ) {
    const rows: [number, number, FrameFacts][] = [];
    for (const [index, frame] of frames.entries()) {
      const its = facts(frame, index);
      const at = place(frame.length);
      this.octets.set(frame, at);
      for (let length = prefixes ? 0 : frame.length; length <= frame.length; length++) rows.push([at, length, its]);
      this.whole.push(rows.length - 1);
    }
    this.address = Int32Array.from(rows, ([address]) => address);
    this.captured = Int32Array.from(rows, ([, captured]) => captured);
    this.wire = Uint32Array.from(rows, ([, , { wire }]) => wire);
    this.linkType = Uint16Array.from(rows, ([, , { link }]) => link);
  }

  get count(): number {
    return this.address.length;
  }

  factsAt(row: number): FrameFacts {
    return { wire: this.wire[row]!, link: this.linkType[row]! };
  }
}

/** Winner and sorted taps of each row, as text. */
export type Verdicts = string[];

export function verdictsOf(demux: Demux, rows: Frames & { readonly count: number }): Verdicts {
  const verdicts: Verdicts = [];
  for (let from = 0; from < rows.count; ) {
    const to = demux.run(rows, from, rows.count);
    for (let row = from; row < to; row++) {
      const start = demux.tapStart[row]!;
      const taps = demux.taps.slice(start, start + demux.tapCount[row]!).sort();
      verdicts.push(`${demux.winner[row]}: ${taps.join(" ")}`);
    }
    from = to;
  }
  return verdicts;
}

const VIEW = new DataView(memoryOctets.buffer);
const INTERPRETERS = new WeakMap<Program, Interpreter>();

/** What a residual says by the interpreter, within its fuel. */
export function residualAnswer(
  program: Program,
  _octets: Uint8Array,
  address: number,
  captured: number,
  { wire, link }: FrameFacts,
): boolean {
  const interpreter = INTERPRETERS.get(program) ?? new Interpreter(program, VIEW);
  INTERPRETERS.set(program, interpreter);
  const outcome = interpreter.run([address, captured, wire, link], RESIDUAL_FUEL);
  return outcome.ok && outcome.value !== 0;
}

export function bruteVerdicts(bound: Iterable<Bound>, rows: Rows): Verdicts {
  const list = [...bound];
  return Array.from(rows.address, (address, row) => {
    const { winner, taps } = judge(list, rows.octets, address, rows.captured[row]!, residualAnswer, rows.factsAt(row));
    return `${winner}: ${taps.join(" ")}`;
  });
}

/** Bugs planted in what was generated, before it is installed. */
export interface Spoil {
  readonly vcode?: (program: Program) => Program;
  readonly js?: (source: string) => string;
  /** The tables of a whole update, to be changed in place. */
  readonly tables?: (tables: readonly Int32Array[]) => void;
}

/** The update that the classifier made for the interpreter, as it is for another target. */
export function retargeted(update: ProgramUpdate, target: Target, { vcode, js, tables }: Spoil = {}): ProgramUpdate {
  if (update.kind === "patch") return structuredClone(update);
  const program = update.images.interpreter;
  if (program === undefined) throw new Error("the classifier's target is not the interpreter");
  const copies = update.tables.map((table) => table.slice());
  tables?.(copies);
  const images = imageFor(target, vcode ? vcode(program) : program, update.traits, js);
  return { ...update, target, shadow: null, images, tables: copies };
}

function imageFor(target: Target, program: Program, traits: Traits, js = (source: string) => source): Images {
  const verified = program as Verified;
  if (target === "js") return { js: js(emitBatchJs(verified, traits).source) };
  if (target === "wasm") return { wasm: new WebAssembly.Module(emitBatchWasm(verified, traits)) };
  return { interpreter: program };
}

export interface EngineOptions {
  readonly targets?: readonly Target[];
  readonly heat?: boolean;
  readonly spoil?: Spoil;
}

/** A classifier and a demux on each target, kept alike. */
export class Engines {
  readonly classifier = new Classifier("interpreter");
  readonly bound = new Map<number, Bound>();
  readonly demuxes: ReadonlyMap<Target, Demux>;
  readonly rows: Rows;
  readonly #spoil: Spoil | undefined;
  /** Winners that the specification could not be asked about: their group's order is not quite the rule's (winner.ts). */
  rings = 0;
  /** Verdicts that were compared with the specification's. */
  compared = 0;

  constructor(rows: Rows, { targets = TARGETS, heat = false, spoil }: EngineOptions = {}) {
    this.rows = rows;
    this.#spoil = spoil;
    this.classifier.run({ heat });
    const memory = frameMemory();
    this.demuxes = new Map(targets.map((target) => [target, new Demux(memory, rows.count)]));
  }

  insert(bound: Bound): void {
    this.bound.set(bound.id, bound);
    this.classifier.insert(bound.id, bound.filter, bound.mode, bound.priority, bound.age);
  }

  remove(id: number): void {
    this.bound.delete(id);
    this.classifier.remove(id);
  }

  install(): ProgramUpdate {
    const update = this.classifier.update();
    for (const [target, demux] of this.demuxes) demux.install(retargeted(update, target, this.#spoil));
    return update;
  }

  brute(): Verdicts {
    return bruteVerdicts(this.bound.values(), this.rows);
  }

  verdicts(): Map<Target, Verdicts> {
    return new Map([...this.demuxes].map(([target, demux]) => [target, verdictsOf(demux, this.rows)]));
  }

  /** The first row of which a target does not say what the specification says; undefined where all agree. */
  disagreement(brute = this.brute()): string | undefined {
    const verdicts = [...this.verdicts()];
    for (const [target, ours] of verdicts) {
      this.compared += brute.length;
      const row = brute.findIndex((verdict, index) => verdict !== ours[index] && !this.#isRing(verdict, ours[index]!));
      if (row >= 0) return `row ${row}: specification ${brute[row]}, ${target} ${ours[row]}`;
      const other = ours.findIndex((verdict, index) => verdict !== verdicts[0]?.[1][index]);
      if (other >= 0) return `row ${other}: ${target} ${ours[other]}, ${verdicts[0]?.[0]} ${verdicts[0]?.[1][other]}`;
    }
    return undefined;
  }

  #isRing(expected: string, found: string): boolean {
    const [winner, taps] = expected.split(":");
    const [ours, theirs] = found.split(":");
    const ring = taps === theirs && [winner, ours].every((id) => this.classifier.inRing(Number(id)));
    if (ring) this.rings++;
    return ring;
  }
}
