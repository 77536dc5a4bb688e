/**
 * The form in which frames of a pass are written on. A capture stays what it is: classic ones are written as libpcap
 * writes them, pcapng block by block.
 */
import type { Blocks } from "../capture/blocks.js";
import type { FrameWriter } from "../capture/frame-writer.js";
import { PCAP_HEADER } from "../capture/pcap.js";
import {
  ClassicRecords,
  factsOf,
  isPlain,
  type PcapFacts,
  PlainRecords,
  putPcapHeader,
} from "../capture/pcap-writer.js";
import { BlockRecords, unmeasureSections } from "../capture/pcapng-writer.js";
import type { PhysicalMemory } from "../machine/memory.js";
import type { Pass } from "./pass.js";

export interface RecordForm {
  readonly isPcapng: boolean;
  /** Whether what stands in the header is known before the first frame that is written. */
  readonly isKnown: boolean;
  /** Octets that a file begins with; 0 for pcapng, whose section header is a block like others. */
  readonly header: number;
  putHeader(address: number): void;
  /** To be called once for each stretch, before anything of it is written. */
  records(): FrameWriter;
  /** Whether records of the stretch can be copied by the run, headers and all. */
  readonly isPlain: boolean;
  /** Throws where the frame of this row cannot stand in the file. */
  check(row: number): void;
}

/** What the capture is, once its header was read. */
export function formOf(pass: Pass): RecordForm {
  return pass.capture.header === undefined ? new PcapngForm(pass) : new ClassicForm(pass);
}

class ClassicForm implements RecordForm {
  readonly isPcapng = false;
  readonly isKnown = true;
  readonly header = PCAP_HEADER;
  isPlain = false;
  readonly #pass: Pass;
  readonly #facts: PcapFacts;
  readonly #couldBePlain: boolean;
  readonly #plain: PlainRecords;
  readonly #others: ClassicRecords;
  #damageBefore = 0;

  constructor(pass: Pass) {
    const { header } = pass.capture;
    if (header === undefined) throw new Error("form: the capture is not classic");
    this.#pass = pass;
    this.#facts = factsOf(header);
    this.#couldBePlain = isPlain(header);
    this.#plain = new PlainRecords(pass.memory, pass.rows);
    this.#others = new ClassicRecords(pass.memory, pass.rows, header);
  }

  putHeader(address: number): void {
    putPcapHeader(this.#pass.memory, address, this.#facts);
  }

  records(): FrameWriter {
    // A frame that is longer than the snap length, and is written shorter, was told of as damage.
    const { damageTotal } = this.#pass.capture;
    this.isPlain = this.#couldBePlain && damageTotal === this.#damageBefore;
    this.#damageBefore = damageTotal;
    return this.isPlain ? this.#plain : this.#others;
  }

  check(): void {}
}

class PcapngForm implements RecordForm {
  readonly isPcapng = true;
  readonly isKnown = true;
  readonly header = 0;
  readonly isPlain = false;
  readonly #memory: PhysicalMemory;
  readonly #blocks: Blocks;
  readonly #records: BlockRecords;

  constructor({ memory, blocks }: Pass) {
    if (blocks === undefined) throw new Error("form: the pass does not keep blocks");
    this.#memory = memory;
    this.#blocks = blocks;
    this.#records = new BlockRecords(memory, blocks);
  }

  putHeader(): void {}

  records(): FrameWriter {
    unmeasureSections(this.#memory, this.#blocks);
    return this.#records;
  }

  check(): void {}
}
