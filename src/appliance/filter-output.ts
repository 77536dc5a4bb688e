/** Frames that a pass' first filter wins, written on as a capture: records are gathered in memory and go out a MiB at a time. */
import type { FrameWriter } from "../capture/frame-writer.js";
import { PLAIN_RECORD } from "../capture/plain-walk.js";
import type { Verdicts } from "../dpf/batch.js";
import type { Mover } from "../machine/mover.js";
import { type Pass, type PassConsumer, STRETCH } from "./pass.js";
import type { RecordForm } from "./record-form.js";
import { StretchRecords } from "./stretch-records.js";

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

/** What there is once the capture has a header that makes it one. */
interface Begun {
  readonly target: OctetTarget;
  readonly records: StretchRecords;
}

export class FilterOutput implements PassConsumer {
  matched = 0;
  /** On the wire. */
  octets = 0;
  readonly #pass: Pass;
  readonly #formOf: (pass: Pass) => RecordForm;
  readonly #open: () => OctetTarget;
  readonly #move: Mover;
  #begun: Begun | undefined;
  #hasHeader = false;
  #end: number;

  /** Both are called once the capture has a header that makes it one. */
  constructor(pass: Pass, formOf: (pass: Pass) => RecordForm, open: () => OctetTarget) {
    this.#pass = pass;
    this.#formOf = formOf;
    this.#open = open;
    this.#end = pass.room;
    this.#move = pass.memory.move;
  }

  take(from: number, to: number, { winner }: Verdicts): void {
    const { records } = this.#begin();
    const frames = records.begin();
    if (records.form.isPlain) this.#copyRuns(from, to, winner);
    else this.#putEach(from, to, winner, records, frames);
  }

  async turn(idle: boolean): Promise<void> {
    if (!this.#pass.capture.readable) return;
    const { records, target } = this.#begin();
    records.end();
    if (idle || this.#end - this.#pass.room >= FLUSH) await this.#flush(target);
  }

  /** The capture is read: what waits is written, and a file gets its name. */
  async finish(): Promise<void> {
    if (this.#begun === undefined) return;
    const { records, target } = this.#begun;
    this.#header(records.form);
    await this.#flush(target);
    target.finish();
  }

  abandon(): void {
    this.#begun?.target.abandon();
  }

  #begin(): Begun {
    if (this.#begun === undefined) {
      const form = this.#formOf(this.#pass);
      const records = new StretchRecords(this.#pass, form, (address, octets) => this.#copy(address, address + octets));
      this.#begun = { target: this.#open(), records };
      if (form.isKnown) this.#header(form);
    }
    return this.#begun;
  }

  #header(form: RecordForm): void {
    if (this.#hasHeader) return;
    this.#hasHeader = true;
    form.putHeader(this.#end);
    this.#end += form.header;
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

  #putEach(from: number, to: number, winner: Int32Array, records: StretchRecords, frames: FrameWriter): void {
    const { form } = records;
    const { wire } = this.#pass.rows;
    for (let row = from; row < to; row++) {
      if (winner[row] !== FIRST) continue;
      form.check(row);
      this.#header(form);
      records.othersBefore(row);
      frames.put(row, this.#end);
      this.#end += frames.size(row);
      this.matched++;
      this.octets += wire[row]!;
    }
  }

  #copy(from: number, to: number): void {
    this.#move(this.#end, from, to - from);
    this.#end += to - from;
  }

  async #flush(target: OctetTarget): Promise<void> {
    const { memory, room } = this.#pass;
    const end = this.#end;
    this.#end = room;
    if (end > room) await target.write(memory.octets.subarray(room, end));
  }
}
