/** A capture of the browser test's own: three kinds of frames, evenly spaced, in classic pcap. */

export type Kind = "web" | "dns" | "arp";

export interface Traffic {
  readonly file: Buffer;
  /** Kind of each packet, in the order of the file; packet n is at n - 1. */
  readonly kinds: readonly Kind[];
}

const MICROSECONDS = 0xa1b2c3d4;
const ETHERNET = 1;
const FIRST_S = 1_772_366_400;

export function traffic(packets: number, spacingMicroseconds: number): Traffic {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(MICROSECONDS, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65_535, 16);
  header.writeUInt32LE(ETHERNET, 20);
  const kinds: Kind[] = [];
  const records: Buffer[] = [header];
  for (let packet = 0; packet < packets; packet++) {
    const kind: Kind = packet % 7 === 3 ? "dns" : packet % 31 === 5 ? "arp" : "web";
    kinds.push(kind);
    records.push(record(frameOf(kind, packet), packet * spacingMicroseconds));
  }
  return { file: Buffer.concat(records), kinds };
}

/** A record of a packet that was captured whole, or of `wire` octets. */
export function record(frame: Buffer, microseconds: number, wire = frame.length): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(FIRST_S + Math.floor(microseconds / 1e6), 0);
  header.writeUInt32LE(microseconds % 1e6, 4);
  header.writeUInt32LE(frame.length, 8);
  header.writeUInt32LE(wire, 12);
  return Buffer.concat([header, frame]);
}

function frameOf(kind: Kind, packet: number): Buffer {
  if (kind === "arp") return Buffer.concat([ethernet(0x0806), Buffer.alloc(46)]);
  return Buffer.concat([ethernet(0x0800), kind === "web" ? ipv4(6, 80, packet) : ipv4(17, 53, packet)]);
}

function ethernet(type: number): Buffer {
  const header = Buffer.from("02000000000202000000000100 00".replaceAll(" ", ""), "hex");
  header.writeUInt16BE(type, 12);
  return header;
}

/** IPv4 with the first octets of TCP or UDP; each packet is of a connection of its own. */
function ipv4(protocol: number, port: number, packet: number): Buffer {
  const octets = Buffer.alloc(20 + 20 + (packet % 40));
  octets.writeUInt8(0x45, 0);
  octets.writeUInt16BE(octets.length, 2);
  octets.writeUInt8(64, 8);
  octets.writeUInt8(protocol, 9);
  octets.writeUInt32BE(0x0a090000 + (packet % 250), 12);
  octets.writeUInt32BE(0x0a090050, 16);
  octets.writeUInt16BE(1024 + (packet % 40_000), 20);
  octets.writeUInt16BE(port, 22);
  if (protocol === 17) octets.writeUInt16BE(octets.length - 20, 24);
  else octets.writeUInt8(0x50, 32);
  return octets;
}

/** The kinds as DPF, and as tcpdump says it. */
export const FILTERS: Readonly<Record<Kind, { readonly dpf: string; readonly pcap: string }>> = {
  web: {
    dpf: "12:16 == 0x0800 && 23:8 == 6 && shift 14 && shift 0:8 & 0x0f << 2 && 2:16 == 80",
    pcap: "tcp dst port 80",
  },
  dns: {
    dpf: "12:16 == 0x0800 && 23:8 == 17 && shift 14 && shift 0:8 & 0x0f << 2 && 2:16 == 53",
    pcap: "udp dst port 53",
  },
  arp: { dpf: "12:16 == 0x0806", pcap: "arp" },
};
