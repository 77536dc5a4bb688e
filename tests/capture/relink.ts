/** The IP packets of a capture of the project, as other links would have brought them. */
import { readFileSync } from "node:fs";
import type { Frame } from "../../src/dpf/brute.js";
import { buildPcap, type Packet } from "./build.js";
import { readOctets } from "./read.js";

const ETHERNET_HEADER = 14;
/** In ns. */
const SECOND = 1_000_000_000n;

/** What stands before an IP packet, by LINKTYPE_ number. */
const HEADERS: Readonly<Record<number, (type: number, frame: Buffer) => Uint8Array>> = {
  /** Loopback: the address family, as a little-endian machine writes it. */
  0: (type) => Uint8Array.of(type === 0x0800 ? 2 : 10, 0, 0, 0),
  1: (_, frame) => frame.subarray(0, ETHERNET_HEADER),
  /** PPP in HDLC-like framing: address, control, protocol. */
  50: (type) => Uint8Array.of(0xff, 3, 0, type === 0x0800 ? 0x21 : 0x57),
  101: () => new Uint8Array(),
  /** Linux cooked: packet type, ARPHRD_ETHER, 6 octets of address in 8, EtherType. */
  113: (type, frame) => Buffer.concat([Buffer.from([0, 0, 0, 1, 0, 6]), frame.subarray(6, 12), word(0), word(type)]),
  /** Its second version: EtherType, 0, interface, ARPHRD_ETHER, packet type, 6 octets of address in 8. */
  276: (type, frame) =>
    Buffer.concat([
      word(type),
      word(0),
      word(0),
      word(1),
      word(1),
      Buffer.from([0, 6]),
      frame.subarray(6, 12),
      word(0),
    ]),
};

function word(value: number): Buffer {
  return Buffer.from([value >> 8, value & 255]);
}

/** IP packets of the capture, an Ethernet one, with the header of that link. */
export function relinked(capture: string, linkType: number): Packet[] {
  const header = HEADERS[linkType];
  if (header === undefined) throw new Error(`relink: no header for link type ${linkType}`);
  const { records } = readOctets(readFileSync(`captures/${capture}`), 1 << 20);
  return records.flatMap((record) => {
    const frame = Buffer.from(record.octets, "hex");
    const type = frame.readUInt16BE(12);
    if (record.captured < record.wire || (type !== 0x0800 && type !== 0x86dd)) return [];
    const octets = Buffer.concat([header(type, frame), frame.subarray(ETHERNET_HEADER)]);
    return [{ octets, seconds: Number(record.time / SECOND), fraction: Number((record.time % SECOND) / 1000n) }];
  });
}

export function relinkedCapture(capture: string, linkType: number): Buffer {
  return Buffer.from(buildPcap(relinked(capture, linkType), { linkType }));
}

export function relinkedFrames(capture: string, linkType: number): Frame[] {
  return relinked(capture, linkType).map(({ octets }) => ({
    octets,
    address: 0,
    captured: octets.length,
    facts: { wire: octets.length, link: linkType },
  }));
}
