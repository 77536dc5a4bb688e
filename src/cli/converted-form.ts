/**
 * A pcapng as a classic capture, whose header is that of the interfaces described until the first frame is written: in
 * ns where one of them counts parts of a µs. It has one link type and one precision, and what would break that is refused.
 */
import type { Pass } from "../appliance/pass.js";
import type { RecordForm } from "../appliance/record-form.js";
import type { FrameWriter } from "../capture/frame-writer.js";
import { MAX_CAPTURED } from "../capture/limits.js";
import { linkTypeName } from "../capture/linktype.js";
import { PCAP_HEADER } from "../capture/pcap.js";
import { DescribedRecords, type PcapFacts, putPcapHeader } from "../capture/pcap-writer.js";
import { LinkType } from "../wire/linktype.js";
import { InputError } from "./failure.js";

export class ConvertedForm implements RecordForm {
  readonly isPcapng = false;
  readonly isKnown = false;
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
    // A capture without interfaces has no frames either, and a header must say something.
    const linkType = this.#pass.capture.interfaces?.linkType ?? LinkType.ethernet;
    putPcapHeader(this.#pass.memory, address, this.#decided(linkType));
  }

  records(): FrameWriter {
    const nanoseconds = this.#facts?.nanoseconds ?? this.#pass.capture.interfaces?.fine ?? false;
    return new DescribedRecords(this.#pass.memory, this.#pass.rows, { nanoseconds });
  }

  /** Throws an InputError. */
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
