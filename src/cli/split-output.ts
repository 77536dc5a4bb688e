/** Frames written on by filter: each output gets, in the capture's order, what its filter accepts. */
import { type Pass, type PassConsumer, STRETCH } from "../appliance/pass.js";
import { formOf, type RecordForm } from "../appliance/record-form.js";
import type { FrameWriter } from "../capture/frame-writer.js";
import type { Verdicts } from "../dpf/batch.js";
import type { OutputRules } from "./output-file.js";
import { Outputs, outputsRoom } from "./outputs.js";

/** Octets of memory for `files` outputs; a record may be as large as a stretch. */
export function splitRoom(files: number): number {
  return outputsRoom(files, STRETCH);
}

export class SplitOutput implements PassConsumer {
  /** By filter: packets, and their octets on the wire. */
  readonly packets: Float64Array;
  readonly octets: Float64Array;
  /** Packets that went to no filter's output. */
  unmatched = 0;
  paths: readonly string[] = [];
  readonly #pass: Pass;
  readonly #mode: "claim" | "tap";
  readonly #pathsFor: (extension: string) => readonly string[];
  readonly #rules: OutputRules;
  /** Number of the output of packets that no filter wants; -1 where they are not written. */
  readonly #rest: number;
  #outputs: Outputs | undefined;
  #form: RecordForm | undefined;
  #records: FrameWriter | undefined;
  #others = 0;

  /**
   * `pathsFor`: where the outputs lie, in the order of the filters, for a capture whose files have this extension; where
   * `hasRest`, one more for the packets that no filter wants. Called once the capture has a header that makes it one.
   */
  constructor(
    pass: Pass,
    filters: number,
    mode: "claim" | "tap",
    pathsFor: (extension: string) => readonly string[],
    rules: OutputRules,
    hasRest: boolean,
  ) {
    this.#pass = pass;
    this.#mode = mode;
    this.#pathsFor = pathsFor;
    this.#rules = rules;
    this.#rest = hasRest ? filters : -1;
    this.packets = new Float64Array(filters);
    this.octets = new Float64Array(filters);
  }

  take(from: number, to: number, verdicts: Verdicts): void {
    const [records, outputs] = this.#begin();
    const { winner, tapStart, tapCount, taps } = verdicts;
    const claims = this.#mode === "claim";
    for (let row = from; row < to; row++) {
      if (this.#form?.isPcapng === true) this.#othersBefore(row, outputs);
      if (claims) {
        if (winner[row] === 0) this.#addRest(row, outputs, records);
        else this.#add(winner[row]! - 1, row, outputs, records);
        continue;
      }
      const [start, count] = [tapStart[row]!, tapCount[row]!];
      if (count === 0) this.#addRest(row, outputs, records);
      for (let tap = start; tap < start + count; tap++) this.#add(taps[tap]! - 1, row, outputs, records);
    }
  }

  turn(): void {
    if (!this.#pass.capture.readable) return;
    const [, outputs] = this.#begin();
    this.#othersBefore(this.#pass.rows.count, outputs);
    this.#records = undefined;
    this.#others = 0;
  }

  finish(): void {
    this.#outputs?.publish();
  }

  abandon(): void {
    this.#outputs?.discard();
  }

  #add(filter: number, row: number, outputs: Outputs, records: FrameWriter): void {
    outputs.add(filter, records, row);
    this.packets[filter]! += 1;
    this.octets[filter]! += this.#pass.rows.wire[row]!;
  }

  #addRest(row: number, outputs: Outputs, records: FrameWriter): void {
    this.unmatched++;
    if (this.#rest >= 0) outputs.add(this.#rest, records, row);
  }

  #begin(): [FrameWriter, Outputs] {
    const { capture, memory, room } = this.#pass;
    if (this.#form === undefined) {
      this.#form = formOf(this.#pass);
      this.paths = this.#pathsFor(capture.header === undefined ? ".pcapng" : ".pcap");
    }
    this.#outputs ??= this.#create(new Outputs(this.paths, this.#rules, memory, room), this.#form);
    this.#records ??= this.#form.records();
    return [this.#records, this.#outputs];
  }

  /** The same header for all, made where the capture's next stretch will lie beside: behind the outputs' chunks. */
  #create(outputs: Outputs, form: RecordForm): Outputs {
    const { room } = this.#pass;
    const at = room + splitRoom(outputs.count) - STRETCH;
    form.putHeader(at);
    for (let file = 0; file < outputs.count && form.header > 0; file++) outputs.copy(file, at, form.header);
    return outputs;
  }

  /** Blocks that come before the frame of this row go to all outputs. */
  #othersBefore(row: number, outputs: Outputs): void {
    const { blocks } = this.#pass;
    if (blocks === undefined) return;
    for (; this.#others < blocks.count && blocks.row[this.#others]! <= row; this.#others++) {
      const [address, octets] = [blocks.address[this.#others]!, blocks.octets[this.#others]!];
      for (let file = 0; file < outputs.count; file++) outputs.copy(file, address, octets);
    }
  }
}
