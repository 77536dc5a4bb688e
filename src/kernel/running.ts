/**
 * What runs the merged program: a target, perhaps a shadow that is compared with it, and whether nodes are
 * counted. A switch is a change like others (changes.ts): a whole program, installed between two batches.
 */
import type { Demux } from "../dpf/demux.js";
import type { Disagreement } from "../dpf/disagreement.js";
import { TARGETS } from "../dpf/target.js";
import type { Calls, PacketPlace } from "./calls.js";
import type { Changes, Refused } from "./changes.js";
import type { ProgramChange } from "./compiler.js";
import type { Ledger } from "./ledger.js";
import type { Tell } from "./trace.js";

type Done = () => void;

export class Running {
  readonly #demux: Demux;
  readonly #ledger: Ledger;
  readonly #tell: Tell;
  /** Of demux's, those that were told. */
  #repairs = 0;
  /** What was switched since the start, so that a new compile worker can be told. */
  #target: ProgramChange | undefined;
  #heat: ProgramChange | undefined;
  /** The first packet on which target and shadow disagreed, since this shadow runs. */
  first: { readonly place: PacketPlace; readonly disagreement: Disagreement } | null = null;

  constructor(demux: Demux, ledger: Ledger, tell: Tell) {
    this.#demux = demux;
    this.#ledger = ledger;
    this.#tell = tell;
  }

  get held(): ProgramChange[] {
    return [this.#target, this.#heat].filter((change) => change !== undefined);
  }

  setTarget(changes: Changes, args: Calls["target"]["args"], done: Done, refused: Refused): void {
    const target = TARGETS.find((name) => name === args.target);
    const shadow = args.shadow === null ? null : TARGETS.find((name) => name === args.shadow);
    if (target === undefined || shadow === undefined || shadow === target) {
      return refused("E_ARGUMENT", `targets are ${TARGETS.join(", ")}, a shadow is another`);
    }
    const change = { kind: "target", target, shadow } as const;
    const installed = () => {
      this.#target = change;
      this.first = null;
      done();
    };
    changes.request([change], installed, refused);
  }

  setHeat(changes: Changes, on: boolean, done: Done, refused: Refused): void {
    const change = { kind: "heat", on } as const;
    const installed = () => {
      this.#heat = change;
      done();
    };
    changes.request([change], installed, refused);
  }

  heatOf(nodes: readonly number[]): Calls["heatOf"]["result"] {
    const { on } = this.#demux.heat;
    const counts = on ? this.#demux.heat.counts() : new Float64Array();
    return { on, counts: nodes.map((node) => counts[node] ?? 0) };
  }

  /** After a run whose row `row` was the packet of this place: were tables repaired, and did the shadow see anything else? */
  look(row: number, epoch: number, packet: number): void {
    const { repairs } = this.#demux;
    if (repairs > this.#repairs) this.#tell("demuxRepaired", repairs - this.#repairs, repairs);
    this.#repairs = repairs;
    this.#compare(row, epoch, packet);
  }

  #compare(row: number, epoch: number, packet: number): void {
    const { compared, count, first } = this.#demux.disagreements;
    this.#ledger.compared = compared;
    if (count === this.#ledger.disagreements) return;
    this.#ledger.disagreements = count;
    if (this.first === null && first !== null) {
      this.first = { place: { epoch, packet: packet + first.row - row }, disagreement: first };
    }
  }
}
