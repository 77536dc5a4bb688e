/**
 * npm's pcap-parser as a second reader: it takes the file apart, and what it says is written down
 * again as the same format, octet for octet, for our own reader to describe. Guarded, as it would
 * wait for 4 GiB where a captured length says so, copying what it has at every chunk.
 */
import { EventEmitter } from "node:events";
import { type Packet, type Parser, parse } from "pcap-parser";
import { type DamageCode, FaultError } from "./damage.js";
import { MAX_CAPTURED } from "./limits.js";

const HEADER = 24;
const RECORD = 16;

/** A stream as pcap-parser wants it, but synchronous: after `emit("data", …)` all its packets are out. */
class Hand extends EventEmitter {
  pause(): void {}
  resume(): void {}
}

/** The packets of `chunks` as pcap-parser sees them, re-encoded. Throws FaultError where it refuses or finds the end too early. */
export async function* throughPcapParser(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const hand = new Hand();
  const encoder = new Encoder(parse(hand));
  let received = 0;
  for await (const chunk of chunks) {
    if (received === 0) encoder.little = chunk[0] !== 0xa1;
    received += chunk.length;
    hand.emit("data", Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
    yield encoder.take();
    if (encoder.fault !== undefined) throw encoder.fault;
  }
  hand.emit("end");
  if (received === encoder.octets) return;
  throw new FaultError(encoder.octets === 0 ? "E_CUT_HEADER" : "E_CUT_RECORD");
}

class Encoder {
  little = true;
  /** Octets encoded so far: the file offset of what comes next. */
  octets = 0;
  fault: FaultError | undefined;
  #parts: Uint8Array[] = [];

  constructor(parser: Parser) {
    parser.on("globalHeader", (header) => {
      const view = this.#add(HEADER);
      view.setUint32(0, header.magicNumber, this.little);
      view.setUint16(4, header.majorVersion, this.little);
      view.setUint16(6, header.minorVersion, this.little);
      view.setInt32(8, header.gmtOffset, this.little);
      view.setUint32(12, header.timestampAccuracy, this.little);
      view.setUint32(16, header.snapshotLength, this.little);
      view.setUint32(20, header.linkLayerType, this.little);
    });
    parser.on("packetHeader", (header) => {
      if (header.capturedLength > MAX_CAPTURED) this.#fail("E_CAPTURED_TOO_LONG", `${header.capturedLength}`);
    });
    parser.on("packet", (packet) => {
      if (this.fault === undefined) this.#packet(packet);
    });
    parser.on("error", (error) => this.#fail("E_READER", error.message));
  }

  take(): Uint8Array {
    const all = Buffer.concat(this.#parts);
    this.#parts = [];
    return all;
  }

  #packet({ header, data }: Packet): void {
    const view = this.#add(RECORD);
    view.setUint32(0, header.timestampSeconds, this.little);
    view.setUint32(4, header.timestampMicroseconds, this.little);
    view.setUint32(8, header.capturedLength, this.little);
    view.setUint32(12, header.originalLength, this.little);
    this.#parts.push(data);
    this.octets += data.length;
  }

  #fail(code: DamageCode, detail: string): void {
    this.fault ??= new FaultError(code, detail);
  }

  #add(length: number): DataView {
    const part = new Uint8Array(length);
    this.#parts.push(part);
    this.octets += length;
    return new DataView(part.buffer);
  }
}
