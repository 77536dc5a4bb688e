/**
 * The data plane's side: runs the merged program over descriptor rows and holds the verdicts. Updates are
 * installed between runs and hold from the next one on. In shadow mode a second target judges the same rows, and
 * what it says otherwise is counted.
 */
import type { Frames, Verdicts } from "./batch.js";
import { Comparison, DISAGREEMENT_OCTETS, type DisputedFrame } from "./disagreement.js";
import { type Engine, type FrameMemory, PrivateEngine } from "./engine.js";
import { type Heat, NO_HEAT } from "./heat.js";
import { MAX_ID } from "./limits.js";
import type { Target } from "./target.js";
import type { ProgramUpdate } from "./update.js";
import { WasmEngine } from "./wasm-engine.js";

/** Places in the list of taps that a run has at least, whatever the number of rows. */
const TAP_CAPACITY = 4 * (MAX_ID + 1);
/** Expected taps a row; where there are more, a run stops earlier. */
const TAPS_PER_ROW = 4;

export function tapCapacityFor(rows: number): number {
  return Math.max(TAP_CAPACITY, TAPS_PER_ROW * rows);
}

/** Before the first update: nobody claims, nobody taps. */
class Nobody implements Verdicts {
  readonly winner: Int32Array;
  readonly tapStart: Int32Array;
  readonly tapCount: Int32Array;
  readonly taps = new Int32Array(0);

  constructor(rows: number) {
    this.winner = new Int32Array(rows);
    this.tapStart = new Int32Array(rows);
    this.tapCount = new Int32Array(rows);
  }
}

export class Demux implements Verdicts {
  readonly rows: number;
  readonly disagreements = new Comparison();
  readonly #memory: FrameMemory;
  readonly #tapCapacity: number;
  readonly #nobody: Nobody;
  readonly #engines = new Map<Target, Engine>();
  #engine: Engine | undefined;
  #shadow: Engine | undefined;
  #counts = false;
  #generation = 0;

  /**
   * `memory`: the octets that descriptors point into. `rows`: the greatest row that a run may have, plus
   * 1. `tapCapacity`: at least MAX_ID, so that one frame's taps always fit.
   */
  constructor(memory: FrameMemory, rows: number, tapCapacity = tapCapacityFor(rows)) {
    if (tapCapacity < MAX_ID) throw new RangeError(`demux: ${tapCapacity} taps, at least ${MAX_ID} are needed`);
    this.rows = rows;
    this.#memory = memory;
    this.#tapCapacity = tapCapacity;
    this.#nobody = new Nobody(rows);
  }

  get winner(): Int32Array {
    return (this.#engine ?? this.#nobody).winner;
  }

  get tapStart(): Int32Array {
    return (this.#engine ?? this.#nobody).tapStart;
  }

  get tapCount(): Int32Array {
    return (this.#engine ?? this.#nobody).tapCount;
  }

  get taps(): Int32Array {
    return (this.#engine ?? this.#nobody).taps;
  }

  /** What runs now; undefined before the first update. */
  get target(): Target | undefined {
    return this.#engine?.target;
  }

  get shadow(): Target | null {
    return this.#shadow?.target ?? null;
  }

  /** Generation of the update that was installed last; 0 before the first. */
  get generation(): number {
    return this.#generation;
  }

  /** Times that an engine found its tables overwritten and laid them out anew. */
  get repairs(): number {
    let repairs = 0;
    for (const engine of this.#engines.values()) repairs += engine.repairs;
    return repairs;
  }

  get heat(): Heat {
    const engine = this.#engine;
    return this.#counts && engine !== undefined ? { on: true, counts: () => engine.heat } : NO_HEAT;
  }

  /**
   * Takes the update's arrays as its own. Updates come in order, none left out: throws a RangeError where they do not.
   */
  install(update: ProgramUpdate): void {
    if (update.kind === "program") {
      this.#engine = this.#engineOf(update.target);
      const before = this.#shadow?.target;
      this.#shadow = update.shadow === null ? undefined : this.#engineOf(update.shadow);
      if (this.#shadow?.target !== before) this.disagreements.begin();
      this.#counts = update.heat;
      this.#engine.install(update);
      this.#shadow?.install(update);
    } else {
      if (update.generation !== this.#generation + 1 || this.#engine === undefined) {
        throw new RangeError(`demux: patch ${update.generation} after generation ${this.#generation}`);
      }
      this.#engine.patch(update.patches);
      this.#shadow?.patch(update.patches);
    }
    this.#generation = update.generation;
  }

  /**
   * Judges rows [from, to); the row at which it stopped, always beyond `from`. Where that is not `to` the
   * list of taps is full: look at the rows so far, then call again from there. Verdicts of earlier runs
   * stay in their rows, but their taps are gone. Does not throw, whatever the frames hold; each frame
   * must lie inside the memory.
   */
  run(frames: Frames, from: number, to: number): number {
    if (to > this.rows) throw new RangeError(`demux: row ${to} of ${this.rows}`);
    const engine = this.#engine;
    if (engine === undefined) return to;
    const end = engine.run(frames, from, to);
    if (this.#shadow !== undefined) this.#compare(engine, this.#shadow, frames, from, end);
    return end;
  }

  #engineOf(target: Target): Engine {
    const known = this.#engines.get(target);
    if (known) return known;
    const engine =
      target === "wasm"
        ? new WasmEngine(this.#memory, this.rows, this.#tapCapacity)
        : new PrivateEngine(target, this.#memory, this.rows, this.#tapCapacity);
    this.#engines.set(target, engine);
    return engine;
  }

  #compare(engine: Engine, shadow: Engine, frames: Frames, from: number, to: number): void {
    for (let row = from; row < to; ) {
      const end = shadow.run(frames, row, to);
      for (; row < end; row++) {
        if (this.disagreements.agree(engine, shadow, row)) continue;
        this.disagreements.add(row, () => this.#frameOf(frames, row), engine, shadow);
      }
    }
  }

  #frameOf({ address, captured, wire, linkType }: Frames, row: number): DisputedFrame {
    const length = Math.max(Math.min(captured[row] ?? 0, DISAGREEMENT_OCTETS), 0);
    const octets = new Uint8Array(this.#memory.buffer, address[row] ?? 0, length).slice();
    return { octets, wire: wire[row] ?? 0, link: linkType[row] ?? 0 };
  }
}
