/**
 * The form in which frames of a pass are written on. A capture stays what it is: classic ones are written as libpcap
 * writes them, pcapng block by block. Only on demand does a pcapng become a classic capture, which has one link type.
 */
import type { Pass } from "../appliance/pass.js";
import type { FrameWriter } from "../capture/frame-writer.js";
import { MAX_CAPTURED } from "../capture/limits.js";
import { linkTypeName } from "../capture/linktype.js";
import {
  ClassicRecords,
  DescribedRecords,
  factsOf,
  isPlain,
  PCAP_HEADER,
  type PcapFacts,
  PlainRecords,
  putPcapHeader,
} from "../capture/pcap-writer.js";
import { BlockRecords, unmeasureSections } from "../capture/pcapng-writer.js";
import { InputError } from "./failure.js";

export interface RecordForm {
  readonly isPcapng: boolean;
  /** Octets that a file begins with; 0 for pcapng, whose section header is a block like others. */
  readonly header: number;
  putHeader(address: number): void;
  /** To be called once for each stretch, before anything of it is written. */
  records(): FrameWriter;
  /** Whether records of the stretch can be copied by the run, headers and all. */
  readonly isPlain: boolean;
  /** Throws an InputError where the frame of this row cannot stand in the file. */
  check(row: number): void;
}

/** What the capture is, once its header was read. */
export function formOf(pass: Pass): RecordForm {
  return pass.capture.header === undefined ? new PcapngForm(pass) : new ClassicForm(pass);
}

class ClassicForm implements RecordForm {
  readonly isPcapng = false;
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
  readonly header = 0;
  readonly isPlain = false;
  readonly #pass: Pass;
  readonly #records: BlockRecords;

  constructor(pass: Pass) {
    if (pass.blocks === undefined) throw new Error("form: the pass does not keep blocks");
    this.#pass = pass;
    this.#records = new BlockRecords(pass.memory, pass.blocks);
  }

  putHeader(): void {}

  records(): FrameWriter {
    if (this.#pass.blocks !== undefined) unmeasureSections(this.#pass.memory, this.#pass.blocks);
    return this.#records;
  }

  check(): void {}
}

/**
 * A pcapng as a classic capture, whose header is that of the interfaces described until the first frame is written: in
 * ns where one of them counts parts of a µs. It has one link type and one precision, and what would break that is refused.
 */
export class ConvertedForm implements RecordForm {
  readonly isPcapng = false;
  readonly header = PCAP_HEADER;
  readonly isPlain = false;
  readonly #pass: Pass;
  readonly #path: string;
  #facts: PcapFacts | undefined;

  constructor(pass: Pass, path: string) {
    this.#pass = pass;
    this.#path = path;
  }

  putHeader(address: number): void {
    putPcapHeader(this.#pass.memory, address, this.#decided(this.#pass.capture.interfaces?.linkType ?? ETHERNET));
  }

  records(): FrameWriter {
    const fine = this.#facts?.nanoseconds ?? this.#pass.capture.interfaces?.fine ?? false;
    return new DescribedRecords(this.#pass.memory, this.#pass.rows, fine);
  }

  check(row: number): void {
    const linkType = this.#pass.rows.linkType[row] ?? 0;
    const facts = this.#decided(linkType);
    if (linkType !== facts.linkType) {
      const both = `${linkTypeName(facts.linkType)} and ${linkTypeName(linkType)}`;
      throw new InputError(this.#path, `a .pcap has one link type, and there are packets of ${both}: write a .pcapng`);
    }
    if (!facts.nanoseconds && this.#pass.capture.interfaces?.fine === true) {
      throw new InputError(this.#path, "times finer than those before would be cut in a .pcap: write a .pcapng");
    }
  }

  #decided(linkType: number): PcapFacts {
    const { interfaces } = this.#pass.capture;
    this.#facts ??= {
      nanoseconds: interfaces?.fine ?? false,
      snap: interfaces?.snap || MAX_CAPTURED,
      linkType,
      linkExtension: 0,
    };
    return this.#facts;
  }
}

/** LINKTYPE_ETHERNET: a capture without interfaces has no frames either, and a header must say something. */
const ETHERNET = 1;
