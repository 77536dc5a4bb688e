/** Frames written on by filter: each output gets, in the capture's order, what its filter accepts. */
import { type Pass, type PassConsumer, STRETCH } from "../appliance/pass.js";
import { formOf } from "../appliance/record-form.js";
import { StretchRecords } from "../appliance/stretch-records.js";
import type { FrameWriter } from "../capture/frame-writer.js";
import type { Verdicts } from "../dpf/batch.js";
import type { OutputRules } from "./output-file.js";
import { Outputs, outputsRoom } from "./outputs.js";

/** Octets of memory for `files` outputs; a record may be as large as a stretch. */
export function splitRoom(files: number): number {
  return outputsRoom(files, STRETCH);
}

export interface SplitRules extends OutputRules {
  /** How many there are. */
  readonly filters: number;
  readonly mode: "claim" | "tap";
  /** Whether packets that no filter wants are written. */
  readonly hasRest: boolean;
  /**
   * Where the outputs lie, in the order of the filters, for a capture whose files have this extension; where `hasRest`, one
   * more for the packets that no filter wants. Called once the capture has a header that makes it one.
   */
  pathsFor(extension: string): readonly string[];
}

/** What there is from then on. */
interface Begun {
  readonly outputs: Outputs;
  readonly records: StretchRecords;
}

export class SplitOutput implements PassConsumer {
  /** By filter: packets, and their octets on the wire. */
  readonly packets: Float64Array;
  readonly octets: Float64Array;
  /** Packets that went to no filter's output. */
  unmatched = 0;
  paths: readonly string[] = [];
  readonly #pass: Pass;
  readonly #rules: SplitRules;
  /** Number of the output of packets that no filter wants; -1 where they are not written. */
  readonly #rest: number;
  #begun: Begun | undefined;

  constructor(pass: Pass, rules: SplitRules) {
    const { filters, hasRest } = rules;
    this.#pass = pass;
    this.#rules = rules;
    this.#rest = hasRest ? filters : -1;
    this.packets = new Float64Array(filters);
    this.octets = new Float64Array(filters);
  }

  take(from: number, to: number, verdicts: Verdicts): void {
    const { outputs, records } = this.#begin();
    const frames = records.begin();
    const { winner, tapStart, tapCount, taps } = verdicts;
    const claims = this.#rules.mode === "claim";
    for (let row = from; row < to; row++) {
      records.othersBefore(row);
      if (claims) {
        if (winner[row] === 0) this.#addRest(row, outputs, frames);
        else this.#add(winner[row]! - 1, row, outputs, frames);
        continue;
      }
      const [start, count] = [tapStart[row]!, tapCount[row]!];
      if (count === 0) this.#addRest(row, outputs, frames);
      for (let tap = start; tap < start + count; tap++) this.#add(taps[tap]! - 1, row, outputs, frames);
    }
  }

  turn(): void {
    if (!this.#pass.capture.readable) return;
    this.#begin().records.end();
  }

  finish(): void {
    this.#begun?.outputs.publish();
  }

  abandon(): void {
    this.#begun?.outputs.discard();
  }

  #add(filter: number, row: number, outputs: Outputs, frames: FrameWriter): void {
    outputs.add(filter, frames, row);
    this.packets[filter]! += 1;
    this.octets[filter]! += this.#pass.rows.wire[row]!;
  }

  #addRest(row: number, outputs: Outputs, frames: FrameWriter): void {
    this.unmatched++;
    if (this.#rest >= 0) outputs.add(this.#rest, frames, row);
  }

  #begin(): Begun {
    if (this.#begun === undefined) {
      const { capture, memory, room } = this.#pass;
      this.paths = this.#rules.pathsFor(capture.header === undefined ? ".pcapng" : ".pcap");
      const outputs = new Outputs(this.paths, this.#rules, memory, room);
      const form = formOf(this.#pass);
      const records = new StretchRecords(this.#pass, form, (address, octets) => copyToAll(outputs, address, octets));
      this.#begun = { outputs, records };
      // The same header for all, made where records larger than a chunk are: behind the outputs' chunks.
      const header = room + splitRoom(outputs.count) - STRETCH;
      form.putHeader(header);
      if (form.header > 0) copyToAll(outputs, header, form.header);
    }
    return this.#begun;
  }
}

function copyToAll(outputs: Outputs, address: number, octets: number): void {
  for (let file = 0; file < outputs.count; file++) outputs.copy(file, address, octets);
}
