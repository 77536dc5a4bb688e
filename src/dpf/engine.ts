/** What a target is to demux; and the engine of those whose tables lie in memory that nobody else sees. */
import { instantiate } from "../vcode/js.js";
import type { BatchEnvironment, BatchRun, Frames, Verdicts } from "./batch.js";
import { type InterpretedBatch, interpretBatch } from "./interp-demux.js";
import { RECORD_WORDS, type Tables } from "./layout.js";
import { MAX_ID } from "./limits.js";
import { FIRST_NUMBERED, TableNumber, type TablePatch } from "./tables.js";
import type { Target } from "./target.js";
import type { ProgramUpdate } from "./update.js";

export type WholeUpdate = Extract<ProgramUpdate, { kind: "program" }>;

export interface FrameMemory {
  /** The octets that descriptors point into. */
  readonly buffer: ArrayBufferLike;
  /** For WebAssembly: the memory itself, and a stretch of it that belongs to demux alone. */
  readonly machine?: { readonly memory: WebAssembly.Memory; readonly from: number; readonly to: number };
}

export interface Engine extends Verdicts {
  readonly target: Target;
  readonly heat: Float64Array;
  /** Times that it found its tables to be other than it had written them, and laid them out anew. */
  readonly repairs: number;
  install(update: WholeUpdate): void;
  patch(patches: readonly TablePatch[]): void;
  run(frames: Frames, from: number, to: number): number;
}

/** JavaScript, and the interpreter. */
export class PrivateEngine implements Engine {
  readonly target: "js" | "interpreter";
  /** Nobody else sees them. */
  readonly repairs = 0;
  readonly winner: Int32Array;
  readonly tapStart: Int32Array;
  readonly tapCount: Int32Array;
  readonly taps: Int32Array;
  readonly #environment: BatchEnvironment;
  #run: BatchRun = (_address, _captured, _from, to) => to;
  #isCounting = false;
  #interpreted: InterpretedBatch | undefined;

  constructor(target: "js" | "interpreter", memory: FrameMemory, rows: number, tapCapacity: number) {
    this.target = target;
    this.winner = new Int32Array(rows);
    this.tapStart = new Int32Array(rows);
    this.tapCount = new Int32Array(rows);
    this.taps = new Int32Array(tapCapacity);
    this.#environment = {
      view: new DataView(memory.buffer),
      tables: noTables(),
      winner: this.winner,
      tapStart: this.tapStart,
      tapCount: this.tapCount,
      taps: this.taps,
      tapReserve: MAX_ID,
      seen: new Float64Array(MAX_ID + 1),
      heat: { counts: new Float64Array(0) },
    };
  }

  /** Simulated cycles since the program was installed; 0 where it is not interpreted. */
  get cycles(): number {
    return this.#interpreted?.cycles() ?? 0;
  }

  get heat(): Float64Array {
    return this.#environment.heat.counts;
  }

  install(update: WholeUpdate): void {
    const { tables, seen, heat } = this.#environment;
    tables.numbered.length = 0;
    // A new program numbers frames from the beginning again.
    seen.fill(0);
    for (const [table, content] of update.tables.entries()) setTable(tables, table, content);
    heat.counts = new Float64Array(0);
    this.#isCounting = update.heat;
    this.#makeRoomForHeat();
    // Programs without taps, or without claims, write none.
    for (const column of [this.winner, this.tapStart, this.tapCount]) column.fill(0);
    this.#run = this.#load(update);
  }

  patch(patches: readonly TablePatch[]): void {
    const { tables } = this.#environment;
    for (const patch of patches) {
      if ("whole" in patch) setTable(tables, patch.table, patch.whole);
      else write(tableOf(tables, patch.table), patch.index, patch.value);
    }
    this.#makeRoomForHeat();
  }

  run({ address, captured, wire, linkType }: Frames, from: number, to: number): number {
    return this.#run(address, captured, from, to, wire, linkType);
  }

  #load({ images, traits }: WholeUpdate): BatchRun {
    if (this.target === "js" && images.js !== undefined) return instantiate(images.js, this.#environment);
    if (images.interpreter !== undefined) {
      this.#interpreted = interpretBatch(images.interpreter, this.#environment, traits);
      return this.#interpreted.run;
    }
    throw new RangeError(`demux: the update has nothing for ${this.target}`);
  }

  /** A count for each node that there is. */
  #makeRoomForHeat(): void {
    const { tables, heat } = this.#environment;
    const nodes = this.#isCounting ? tables.record.length / RECORD_WORDS : 0;
    if (heat.counts.length >= nodes) return;
    const counts = new Float64Array(nodes);
    counts.set(heat.counts);
    heat.counts = counts;
  }
}

function noTables(): Tables {
  const none = () => new Int32Array(0);
  return { record: none(), detail: none(), rank: new Float64Array(0), link: none(), entry: none(), numbered: [] };
}

function setTable(tables: Tables, number: number, content: Int32Array): void {
  if (number === TableNumber.record) tables.record = content;
  else if (number === TableNumber.detail) {
    tables.detail = content;
    tables.rank = new Float64Array(content.buffer, content.byteOffset, content.length / 2);
  } else if (number === TableNumber.link) tables.link = content;
  else if (number === TableNumber.entry) tables.entry = content;
  else tables.numbered[number - FIRST_NUMBERED] = content;
}

function tableOf(tables: Tables, number: number): Int32Array {
  const table =
    [tables.record, tables.detail, tables.link, tables.entry][number] ?? tables.numbered[number - FIRST_NUMBERED];
  if (table === undefined) throw new RangeError(`demux: a patch of table ${number}, which there is not`);
  return table;
}

function write(table: Int32Array, index: Int32Array, value: Int32Array): void {
  for (let at = 0; at < index.length; at++) table[index[at] ?? 0] = value[at] ?? 0;
}
