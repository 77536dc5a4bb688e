/** Frames that a pass' first filter wins, written on as a capture: records are gathered in memory and go out a MiB at a time. */
import type { FrameWriter } from "../capture/frame-writer.js";
import { PLAIN_RECORD } from "../capture/pcap.js";
import type { Verdicts } from "../dpf/batch.js";
import type { Mover } from "../machine/mover.js";
import { type Pass, type PassConsumer, STRETCH } from "./pass.js";
import type { RecordForm } from "./record-form.js";

const FLUSH = 1024 * 1024;
/** Octets of memory for what waits: no record is larger than what it is made of, and a header comes before them. */
export const FILTER_ROOM = FLUSH + STRETCH + 4096;

/** The id of the filter whose frames are written. */
const FIRST = 1;

export interface OctetTarget {
  /** Octets that belong to the caller again when it returns, or when what it returns is settled. */
  write(octets: Uint8Array): Promise<void> | void;
  /** All is written. */
  finish(): void;
  /** What was written is not whole. */
  abandon(): void;
}

export class FilterOutput implements PassConsumer {
  matched = 0;
  /** On the wire. */
  octets = 0;
  readonly #pass: Pass;
  readonly #formOf: (pass: Pass) => RecordForm;
  readonly #open: () => OctetTarget;
  readonly #move: Mover;
  #target: OctetTarget | undefined;
  #form: RecordForm | undefined;
  #records: FrameWriter | undefined;
  #hasHeader = false;
  #end: number;
  /** Of the blocks that hold no frame, how many of the stretch are written. */
  #others = 0;

  /** Both are called once the capture has a header that makes it one. */
  constructor(pass: Pass, formOf: (pass: Pass) => RecordForm, open: () => OctetTarget) {
    this.#pass = pass;
    this.#formOf = formOf;
    this.#open = open;
    this.#end = pass.room;
    this.#move = pass.memory.move;
  }

  take(from: number, to: number, { winner }: Verdicts): void {
    const records = this.#begin();
    if (this.#form?.isPlain === true) this.#copyRuns(from, to, winner);
    else this.#putEach(from, to, winner, records);
  }

  async turn(idle: boolean): Promise<void> {
    if (!this.#pass.capture.readable) return;
    this.#begin();
    this.#othersBefore(this.#pass.rows.count);
    this.#records = undefined;
    this.#others = 0;
    if (idle || this.#end - this.#pass.room >= FLUSH) await this.#flush();
  }

  /** The capture is read: what waits is written, and a file gets its name. */
  async finish(): Promise<void> {
    if (this.#form === undefined) return;
    this.#header();
    await this.#flush();
    this.#target?.finish();
  }

  abandon(): void {
    this.#target?.abandon();
  }

  /** What puts records of this stretch. */
  #begin(): FrameWriter {
    if (this.#form === undefined) {
      this.#target = this.#open();
      this.#form = this.#formOf(this.#pass);
      if (this.#form.isKnown) this.#header();
    }
    this.#records ??= this.#form.records();
    return this.#records;
  }

  #header(): void {
    if (this.#hasHeader || this.#form === undefined) return;
    this.#hasHeader = true;
    this.#form.putHeader(this.#end);
    this.#end += this.#form.header;
  }

  /** Records that follow each other in the capture are copied together. */
  #copyRuns(from: number, to: number, winner: Int32Array): void {
    const { address, captured, wire } = this.#pass.rows;
    let [begin, end, matched, octets] = [0, 0, 0, 0];
    for (let row = from; row < to; row++) {
      if (winner[row] !== FIRST) continue;
      const start = address[row]! - PLAIN_RECORD;
      if (start !== end) {
        this.#copy(begin, end);
        begin = start;
      }
      end = address[row]! + captured[row]!;
      matched++;
      octets += wire[row]!;
    }
    this.#copy(begin, end);
    this.matched += matched;
    this.octets += octets;
  }

  #putEach(from: number, to: number, winner: Int32Array, records: FrameWriter): void {
    const { wire } = this.#pass.rows;
    for (let row = from; row < to; row++) {
      if (winner[row] !== FIRST) continue;
      this.#form?.check(row);
      this.#header();
      this.#othersBefore(row);
      records.put(row, this.#end);
      this.#end += records.size(row);
      this.matched++;
      this.octets += wire[row]!;
    }
  }

  /** Blocks that come before the frame of this row. */
  #othersBefore(row: number): void {
    const { blocks } = this.#pass;
    if (blocks === undefined || this.#form?.isPcapng !== true) return;
    for (; this.#others < blocks.count && blocks.row[this.#others]! <= row; this.#others++) {
      const address = blocks.address[this.#others]!;
      this.#copy(address, address + blocks.octets[this.#others]!);
    }
  }

  #copy(from: number, to: number): void {
    this.#move(this.#end, from, to - from);
    this.#end += to - from;
  }

  async #flush(): Promise<void> {
    const { memory, room } = this.#pass;
    const end = this.#end;
    this.#end = room;
    if (end > room) await this.#target?.write(memory.octets.subarray(room, end));
  }
}
