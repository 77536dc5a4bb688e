/**
 * The data plane's side: runs the merged program over descriptor rows and holds the verdicts. Tables lie
 * in memory that nobody else sees; updates are installed between runs and hold from the next one on.
 */
import { instantiate } from "../vcode/js.js";
import type { BatchEnvironment, BatchRun, Tables } from "../vcode/primitive.js";
import { MAX_ID, type ProgramUpdate } from "./dpf.js";
import { interpretBatch } from "./interp-demux.js";
import { FIRST_DISPATCH, type TableArray, TableNumber } from "./tables.js";
import { type Target, targetOf } from "./target.js";

/** Where frames are: columns by row. */
export interface Frames {
  readonly address: Int32Array;
  readonly captured: Int32Array;
}

/** Places in the list of taps that a run has at least, whatever the number of rows. */
export const TAP_CAPACITY = 4 * (MAX_ID + 1);
/** Expected taps a row; where there are more, a run stops earlier. */
const TAPS_PER_ROW = 4;

/** Before the first update: nobody claims, nobody taps. */
function nobody({ winner, tapStart, tapCount }: BatchEnvironment): BatchRun {
  return (_address, _captured, from, to) => {
    for (const column of [winner, tapStart, tapCount]) column.fill(0, from, to);
    return to;
  };
}

export class Demux {
  /** By row: id of the claim that wins the frame, 0 where nobody claims it. */
  readonly winner: Int32Array;
  /** By row: the frame's taps are `taps[tapStart … tapStart + tapCount)`, each once, in no particular order. */
  readonly tapStart: Int32Array;
  readonly tapCount: Int32Array;
  readonly taps: Int32Array;
  readonly rows: number;
  readonly target: Target;
  readonly #environment: BatchEnvironment;
  #run: BatchRun;
  #generation = 0;

  /**
   * `memory`: the octets that descriptors point into. `rows`: the greatest row that a run may have, plus
   * 1. `tapCapacity`: at least MAX_ID, so that one frame's taps always fit.
   */
  constructor(
    memory: ArrayBufferLike,
    rows: number,
    target = "js",
    tapCapacity = Math.max(TAP_CAPACITY, TAPS_PER_ROW * rows),
  ) {
    if (tapCapacity < MAX_ID) throw new RangeError(`demux: ${tapCapacity} taps, at least ${MAX_ID} are needed`);
    this.rows = rows;
    this.target = targetOf(target);
    this.winner = new Int32Array(rows);
    this.tapStart = new Int32Array(rows);
    this.tapCount = new Int32Array(rows);
    this.taps = new Int32Array(tapCapacity);
    this.#environment = {
      view: new DataView(memory),
      tables: emptyTables(),
      winner: this.winner,
      tapStart: this.tapStart,
      tapCount: this.tapCount,
      taps: this.taps,
      tapReserve: MAX_ID,
      seen: new Float64Array(MAX_ID + 1),
    };
    this.#run = nobody(this.#environment);
  }

  /** Generation of the update that was installed last; 0 before the first. */
  get generation(): number {
    return this.#generation;
  }

  /**
   * Takes the update's arrays as its own. Updates come in order, none left out, from a Classifier of this
   * target: throws a RangeError where they do not.
   */
  install(update: ProgramUpdate): void {
    const { tables } = this.#environment;
    if (update.kind === "program") {
      tables.dispatch.length = 0;
      // A new program numbers frames from the beginning again.
      this.#environment.seen.fill(0);
      for (const [table, content] of update.tables.entries()) setTable(tables, table, content);
      this.#run = this.#load(update);
    } else {
      if (update.generation !== this.#generation + 1) {
        throw new RangeError(`demux: patch ${update.generation} after generation ${this.#generation}`);
      }
      for (const patch of update.patches) {
        if ("whole" in patch) setTable(tables, patch.table, patch.whole);
        else write(tableOf(tables, patch.table), patch.index, patch.value);
      }
    }
    this.#generation = update.generation;
  }

  #load({ source, vcode }: Extract<ProgramUpdate, { kind: "program" }>): BatchRun {
    if (this.target === "js") return instantiate(source, this.#environment);
    if (vcode === undefined) throw new RangeError("demux: the interpreter needs VCODE, and the update has none");
    return interpretBatch(vcode, this.#environment);
  }

  /**
   * Judges rows [from, to); the row at which it stopped, always beyond `from`. Where that is not `to` the
   * list of taps is full: look at the rows so far, then call again from there. Verdicts of earlier runs
   * stay in their rows, but their taps are gone. Does not throw, whatever the frames hold; each frame
   * must lie inside the memory.
   */
  run(frames: Frames, from: number, to: number): number {
    if (to > this.rows) throw new RangeError(`demux: row ${to} of ${this.rows}`);
    return this.#run(frames.address, frames.captured, from, to);
  }
}

function emptyTables(): Tables {
  return {
    record: new Int32Array(0),
    key: new Float64Array(0),
    present: new Int32Array(0),
    link: new Int32Array(0),
    dispatch: [],
  };
}

function setTable(tables: Tables, number: number, content: TableArray): void {
  if (number === TableNumber.key) {
    if (content instanceof Float64Array) tables.key = content;
  } else if (content instanceof Int32Array) {
    if (number === TableNumber.record) tables.record = content;
    else if (number === TableNumber.present) tables.present = content;
    else if (number === TableNumber.link) tables.link = content;
    else tables.dispatch[number - FIRST_DISPATCH] = content;
  }
}

function tableOf(tables: Tables, number: number): TableArray {
  const table =
    [tables.record, tables.key, tables.present, tables.link][number] ?? tables.dispatch[number - FIRST_DISPATCH];
  if (table === undefined) throw new RangeError(`demux: a patch of table ${number}, which there is not`);
  return table;
}

function write(table: TableArray, index: Int32Array, value: TableArray): void {
  for (let at = 0; at < index.length; at++) table[index[at] ?? 0] = value[at] ?? 0;
}
