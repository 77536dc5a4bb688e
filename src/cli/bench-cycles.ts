/** Simulated cycles for the benches: counted while VCODE's interpreter runs, priced by vcode/cost.ts. */
import type { Filter } from "../dpf/atom.js";
import { tapCapacityFor } from "../dpf/demux.js";
import { Classifier } from "../dpf/dpf.js";
import { PrivateEngine } from "../dpf/engine.js";
import { cyclesOf, NANOSECONDS_A_CYCLE, TAKEN } from "../vcode/cost.js";
import type { MemoryType } from "../vcode/insn.js";
import type { Price } from "./baseline/work.js";
import type { Segment, Traffic } from "./bench-traffic.js";

/** Cycles of a machine like the papers'. Counted by what runs, never derived from the papers' tables. */
export interface CostModel {
  /** ns of a cycle. */
  readonly cycle: number;
  /** Of what the baselines do. */
  readonly price: Price;
  /** Cycles a frame that the merged program of the filters takes in VCODE's interpreter, over a whole segment. */
  merged(filters: readonly Filter[], traffic: Traffic, segment: Segment): number;
}

export function costModel(): CostModel {
  return { cycle: NANOSECONDS_A_CYCLE, price: priceOf(), merged };
}

/** A jump through a register: jr with its slot. */
const JUMP = 2;
/** lw, and the slot behind it. */
const LOAD = 2;

function priceOf(): Price {
  const packet = (memory: MemoryType) =>
    cyclesOf({ op: "ld", order: "network", memory, rd: 0, base: 0, offset: { imm: 0 } });
  const [packet8, packet16, packet32] = [packet("uc"), packet("us"), packet("u")];
  return { alu: 1, load: LOAD, packet8, packet16, packet32, branch: 1, taken: 1 + TAKEN, jump: JUMP };
}

function merged(filters: readonly Filter[], traffic: Traffic, { frames }: Segment): number {
  const classifier = new Classifier("interpreter");
  for (const [index, filter] of filters.entries()) classifier.insert(index + 1, filter, "claim", 0, index);
  const update = classifier.update();
  if (update.kind !== "program") throw new Error("bench: a first update that is no program");
  const engine = new PrivateEngine("interpreter", traffic.frameMemory(), traffic.rows, tapCapacityFor(traffic.rows));
  engine.install(update);
  engine.run(frames, 0, frames.count);
  return engine.cycles / frames.count;
}
