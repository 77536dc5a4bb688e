/**
 * The engine of the WebAssembly target. A module has one memory, so what it reads and writes lies in a stretch of the
 * machine's memory that belongs to demux: a context of words that say where everything is, columns, the
 * list of taps, tables. Descriptors stay where nobody else sees them; two of their columns are copied in for each run,
 * and those of facts where the program asks.
 *
 * Whoever writes into this stretch, and no library OS may, can spoil verdicts, stores within the machine's memory, and
 * time: every index that a module reads here leads to a load or store in that memory or to a trap, lists that are made to go
 * round trap as well, and whoever uses a verdict clamps it. Where a module traps, everything is laid out anew from copies
 * that nobody else sees, and the rows are judged again.
 */

import type { Frames } from "./batch.js";
import {
  COLUMN_OCTETS,
  COLUMNS,
  CONTEXT_WORDS,
  ContextWord,
  DIRECTORY_WORDS,
  DirectoryWord,
  MAX_ROWS,
} from "./batch-layout.js";
import type { Engine, FrameMemory, WholeUpdate } from "./engine.js";
import { RECORD_WORDS, shiftOf, slotsOf } from "./layout.js";
import { MAX_ID, MAX_TABLE_OCTETS } from "./limits.js";
import { FIRST_NUMBERED, TableNumber, type TablePatch } from "./tables.js";
import type { Traits } from "./traits.js";

/** Octets for tables, the directory that names them, and counts of nodes. */
const TABLE_ROOM = 1.375 * MAX_TABLE_OCTETS;

/** Octets of the machine's memory that demux needs for itself; a multiple of 64 KiB. `tables`: octets for all of them. */
export function stretchFor(tapCapacity: number, tables = TABLE_ROOM): number {
  const words = CONTEXT_WORDS + COLUMNS * (COLUMN_OCTETS / 4) + tapCapacity + MAX_ID + 16;
  return Math.ceil((4 * words + tables) / 65_536) * 65_536;
}

/** Octets for the tables of a program that is never patched, with the directory that names them. */
export function tableRoomOf(tables: readonly Int32Array[]): number {
  const words = tables.reduce((sum, table) => sum + table.length + 2, DIRECTORY_WORDS * tables.length);
  return 4 * words + 64;
}

/** Rows that are copied in and judged at a time, so that they stay in the cache. */
const CHUNK = 4096;
/** Times that rows are judged, where what judges them was spoilt. */
const ATTEMPTS = 2;
/** Marks of rows are int32; before they run out, all marks are forgotten. */
const MOST_MARKS = 2 ** 31 - 1;

/** What a module exports as `run` (batch-wasm.ts). */
type Run = (context: number, from: number, to: number) => number;

function isRun(value: unknown): value is Run {
  return typeof value === "function";
}

/** Where a table lies, and how many words it may grow to there. */
interface Room {
  readonly word: number;
  readonly room: number;
}

/** Below this a loop takes less time than an object for each column. */
const FEW_ROWS = 16;

export class WasmEngine implements Engine {
  readonly target = "wasm";
  readonly winner: Int32Array;
  readonly tapStart: Int32Array;
  readonly tapCount: Int32Array;
  readonly taps: Int32Array;
  readonly #memory: WebAssembly.Memory;
  readonly #words: Int32Array;
  /** Longs: how often nodes were reached. */
  readonly #counts: BigInt64Array;
  readonly #address: Int32Array;
  readonly #captured: Int32Array;
  readonly #wire: Int32Array;
  readonly #linkType: Int32Array;
  readonly #seen: Int32Array;
  readonly #rows: number;
  readonly #mostMarks: number;
  /** First word of the context; of what tables have; behind the last word of the stretch. */
  readonly #context: number;
  readonly #tablesFrom: number;
  readonly #end: number;
  /** What the tables are, whatever somebody wrote over them. */
  #tables: Int32Array<ArrayBufferLike>[] = [];
  /** Times that everything was laid out anew, since a module trapped or stopped where it cannot. */
  repairs = 0;
  #directory = 0;
  #rooms: Room[] = [];
  #lengths: number[] = [];
  #heat: Room = { word: 0, room: 0 };
  #isCounting = false;
  #top = 0;
  #marks = 0;
  #module: Run | undefined;
  #asks: Pick<Traits, "wire" | "link"> = { wire: false, link: false };

  /** `mostMarks`: after so many rows all marks are forgotten; fewer than can be, for tests, but at least CHUNK or all rows. */
  constructor({ machine }: FrameMemory, rows: number, tapCapacity: number, mostMarks = MOST_MARKS) {
    if (rows > MAX_ROWS) throw new RangeError(`demux: ${rows} rows, at most ${MAX_ROWS}`);
    if (machine === undefined) throw new RangeError("demux: WebAssembly needs the machine's memory");
    this.#memory = machine.memory;
    this.#words = new Int32Array(machine.memory.buffer);
    this.#counts = new BigInt64Array(machine.memory.buffer);
    this.#rows = rows;
    this.#mostMarks = mostMarks;
    let word = Math.ceil(machine.from / 8) * 2;
    const take = (words: number) => {
      const from = word;
      word += Math.ceil(words / 2) * 2;
      return this.#words.subarray(from, from + words);
    };
    this.#context = word;
    take(CONTEXT_WORDS);
    const column = () => take(COLUMN_OCTETS / 4).subarray(0, rows);
    this.#address = column();
    this.#captured = column();
    this.winner = column();
    this.tapStart = column();
    this.tapCount = column();
    this.#wire = column();
    this.#linkType = column();
    this.taps = take(tapCapacity);
    this.#seen = take(MAX_ID + 1);
    this.#tablesFrom = word;
    this.#end = Math.floor(machine.to / 4);
    if (word > this.#end) throw new RangeError(`demux: a stretch of ${machine.to - machine.from} octets is too small`);
  }

  get heat(): Float64Array {
    const at = this.#heat.word / 2;
    return Float64Array.from(this.#counts.subarray(at, at + this.#heat.room / 2), Number);
  }

  install(update: WholeUpdate): void {
    const { wasm } = update.images;
    if (wasm === undefined) throw new RangeError("demux: the update has no module");
    this.#isCounting = update.heat;
    this.#heat = { word: 0, room: 0 };
    this.#tables = [...update.tables];
    this.#layOut(this.#tables);
    this.#marks = 0;
    this.#seen.fill(0);
    // Programs without taps, or without claims, write none.
    for (const column of [this.winner, this.tapStart, this.tapCount]) column.fill(0);
    const { exports } = new WebAssembly.Instance(wasm, { machine: { memory: this.#memory } });
    if (!isRun(exports.run)) throw new RangeError("demux: the module has no run");
    this.#module = exports.run;
    this.#asks = update.traits;
  }

  patch(patches: readonly TablePatch[]): void {
    for (const patch of patches) {
      if ("whole" in patch) this.#replace(patch.table, patch.whole);
      else this.#write(patch.table, patch.index, patch.value);
    }
  }

  run(frames: Frames, from: number, to: number): number {
    const judge = this.#module;
    if (judge === undefined) return to;
    if (to > this.#rows) throw new RangeError(`demux: row ${to} of ${this.#rows}`);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        const stopped = this.#judge(judge, frames, from, to);
        if (stopped > from && stopped <= to) return stopped;
      } catch (error) {
        if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      }
      this.#repair();
    }
    // Somebody is quicker than we are: these rows are nobody's.
    this.winner.fill(0, from, to);
    this.tapCount.fill(0, from, to);
    return to;
  }

  #judge(judge: Run, frames: Frames, from: number, to: number): number {
    this.#set(ContextWord.at, 0);
    for (let row = from; row < to; ) {
      const end = Math.min(to, row + CHUNK);
      this.#mark(end - row);
      this.#copyIn(frames, row, end);
      const stopped = judge(4 * this.#context, row, end);
      if (stopped !== end) return stopped < row ? from : stopped;
      row = end;
    }
    return to;
  }

  #repair(): void {
    this.repairs++;
    this.#marks = 0;
    this.#seen.fill(0);
    this.#layOut(this.#tables);
  }

  #copyIn(frames: Frames, from: number, to: number): void {
    if (to - from < FEW_ROWS) return this.#copyFewIn(frames, from, to);
    const { address, captured, wire, linkType } = frames;
    this.#address.set(address.subarray(from, to), from);
    this.#captured.set(captured.subarray(from, to), from);
    if (this.#asks.wire) this.#wire.set(wire.subarray(from, to), from);
    if (this.#asks.link) this.#linkType.set(linkType.subarray(from, to), from);
  }

  #copyFewIn({ address, captured, wire, linkType }: Frames, from: number, to: number): void {
    const { wire: asksWire, link: asksLink } = this.#asks;
    for (let row = from; row < to; row++) {
      this.#address[row] = address[row]!;
      this.#captured[row] = captured[row]!;
      if (asksWire) this.#wire[row] = wire[row]!;
      if (asksLink) this.#linkType[row] = linkType[row]!;
    }
  }

  /** Marks for that many rows: each row has one of its own, greater than all before. */
  #mark(rows: number): void {
    if (this.#marks + rows > this.#mostMarks) {
      this.#seen.fill(0);
      this.#marks = 0;
    }
    this.#set(ContextWord.mark, this.#marks);
    this.#marks += rows;
  }

  // --- tables ---

  /** All tables anew, one behind the other, without gaps. */
  #layOut(tables: readonly Int32Array<ArrayBufferLike>[]): void {
    const heat = this.#isCounting ? this.heat : new Float64Array(0);
    this.#top = this.#tablesFrom;
    const directory = this.#take(DIRECTORY_WORDS * (tables.length - FIRST_NUMBERED));
    this.#directory = directory.word;
    this.#rooms = tables.map((table) => this.#take(table.length));
    this.#lengths = tables.map((table) => table.length);
    this.#set(ContextWord.directory, 4 * directory.word);
    this.#set(ContextWord.columns, this.#address.byteOffset);
    this.#set(ContextWord.taps, this.taps.byteOffset);
    this.#set(ContextWord.seen, this.#seen.byteOffset);
    this.#set(ContextWord.lastTap, this.taps.length - MAX_ID);
    for (const [table, content] of tables.entries()) this.#fill(table, content);
    this.#layOutHeat(heat);
  }

  #layOutHeat(counts: Float64Array): void {
    const nodes = this.#isCounting ? (this.#lengths[TableNumber.record] ?? 0) / RECORD_WORDS : 0;
    this.#heat = this.#take(2 * nodes);
    const at = this.#heat.word / 2;
    this.#counts.fill(0n, at, at + nodes);
    counts.subarray(0, nodes).forEach((count, node) => {
      this.#counts[at + node] = BigInt(count);
    });
    this.#set(ContextWord.heat, 4 * this.#heat.word);
  }

  #take(words: number): Room {
    const taken = { word: this.#top, room: words };
    this.#top += Math.ceil(words / 2) * 2;
    if (this.#top > this.#end) throw new RangeError("demux: the tables do not fit their stretch");
    return taken;
  }

  #fill(table: number, content: Int32Array<ArrayBufferLike>): void {
    const { word } = this.#roomOf(table);
    this.#words.set(content, word);
    this.#lengths[table] = content.length;
    this.#point(table);
  }

  /** Another content, perhaps longer: behind all others, or, where that is too far, with all others anew. */
  #replace(table: number, content: Int32Array<ArrayBufferLike>): void {
    this.#tables[table] = content;
    if (content.length > this.#roomOf(table).room) {
      const heatWords = table === TableNumber.record && this.#isCounting ? (2 * content.length) / RECORD_WORDS : 0;
      if (this.#top + content.length + heatWords + 4 > this.#end) return this.#layOut(this.#tables);
      this.#rooms[table] = this.#take(content.length);
    }
    this.#fill(table, content);
    if (table === TableNumber.record && this.#isCounting) this.#layOutHeat(this.heat);
  }

  #write(table: number, index: Int32Array, value: Int32Array): void {
    const { word } = this.#roomOf(table);
    const length = this.#lengths[table] ?? 0;
    const own = this.#tables[table];
    for (let at = 0; own !== undefined && at < index.length; at++) {
      const offset = index[at] ?? 0;
      if (offset >= length) throw new RangeError(`demux: word ${offset} of table ${table}, which has ${length}`);
      own[offset] = value[at] ?? 0;
      this.#words[word + offset] = value[at] ?? 0;
    }
    this.#point(table);
  }

  /** The module learns where the table lies, and how a dispatch table is searched. */
  #point(table: number): void {
    const { word } = this.#roomOf(table);
    if (table === TableNumber.record) return this.#set(ContextWord.record, 4 * word);
    if (table === TableNumber.detail) return this.#set(ContextWord.detail, 4 * word);
    if (table === TableNumber.link) return this.#set(ContextWord.link, 4 * word);
    if (table === TableNumber.entry) return this.#set(ContextWord.entry, 4 * word);
    const length = this.#lengths[table] ?? 0;
    const at = this.#directory + DIRECTORY_WORDS * (table - FIRST_NUMBERED);
    this.#words[at + DirectoryWord.table] = 4 * word;
    this.#words[at + DirectoryWord.shift] = shiftOf(Math.max(slotsOf(length), 1));
    const own = this.#tables[table];
    this.#words[at + DirectoryWord.multiplier] = own?.[length - 2] ?? 0;
    this.#words[at + DirectoryWord.longest] = own?.[length - 1] ?? 0;
  }

  #roomOf(table: number): Room {
    const room = this.#rooms[table];
    if (room === undefined) throw new RangeError(`demux: a patch of table ${table}, which there is not`);
    return room;
  }

  #set(word: number, value: number): void {
    this.#words[this.#context + word] = value;
  }
}
