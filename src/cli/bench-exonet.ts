/** Our own engine as the benches run it: a classifier and the demux of one target, on the benches' traffic. */
import type { Filter } from "../dpf/atom.js";
import { Demux } from "../dpf/demux.js";
import { Classifier } from "../dpf/dpf.js";
import { TARGETS, type Target } from "../dpf/target.js";
import type { ProgramUpdate } from "../dpf/update.js";
import { filterOf } from "./bench-filters.js";
import type { Segment, Traffic } from "./bench-traffic.js";

/** The interpreter is there to be right, not to be fast: only what generates code is measured everywhere. */
export const GENERATED: readonly Target[] = TARGETS.filter((target) => target !== "interpreter");

/** What a program weighs. */
export interface Weight {
  /** Of VCODE. */
  readonly instructions: number;
  /** Tables and code. */
  readonly octets: number;
  /** Octets of bytecode of the largest function, about. */
  readonly largest: number;
}

export class Exonet {
  readonly target: Target;
  readonly classifier: Classifier;
  readonly demux: Demux;
  #weight: Weight = { instructions: 0, octets: 0, largest: 0 };
  #age = 0;

  constructor(target: Target, traffic: Traffic) {
    this.target = target;
    this.classifier = new Classifier(target);
    this.demux = new Demux(traffic.frameMemory(), traffic.rows);
  }

  /** Text i of the list is bound under id i + 1, all at once. */
  static of(target: Target, traffic: Traffic, texts: readonly string[], mode: "claim" | "tap" = "claim"): Exonet {
    const engine = new Exonet(target, traffic);
    for (const [index, text] of texts.entries()) engine.bind(index + 1, filterOf(text), mode);
    engine.install();
    return engine;
  }

  /** As the kernel does it: a claim that could never receive anything would be refused. */
  bind(id: number, filter: Filter, mode: "claim" | "tap"): void {
    if (mode === "claim" && this.classifier.claimIdenticalTo(filter, 0) !== undefined) {
      throw new Error(`bench: filter ${id} is there already`);
    }
    this.classifier.insert(id, filter, mode, 0, this.#age++);
  }

  /** As it is done for whoever may not take other environments' packets: all claims that overlap, with witnesses. */
  checkOverlap(filter: Filter): number {
    return this.classifier.related(filter).length;
  }

  /** What changed holds from the next frame on. */
  install(): void {
    const update = this.classifier.update();
    if (update.kind === "program") this.#weight = weightOf(update);
    this.demux.install(update);
  }

  /** Of the program that was installed last. */
  get weight(): Weight {
    return this.#weight;
  }

  /** Judges the first rows of a segment: verdicts are in `demux`, of the taps those of the last run. */
  judge({ frames }: Segment, rows: number): void {
    for (let from = 0; from < rows; ) from = this.demux.run(frames, from, rows);
  }
}

function weightOf({ statistics }: Extract<ProgramUpdate, { kind: "program" }>): Weight {
  const { instructions, targets, tables, largest } = statistics;
  return { instructions, octets: targets.reduce((sum, { octets }) => sum + octets, tables), largest };
}
