/** 802.11 in a line: IEEE 802.11-2020 §9.2 (frames), §9.3 (their kinds), §9.4.2 (elements). Little-endian. */
import { formatMac } from "../address.js";
import { u8 } from "../octets.js";
import { readRadiotap, u16le } from "../radiotap.js";
import { escapeOctets } from "../text.js";
import { printLlc } from "./llc.js";
import { after, has, lengthOf, type Piece, upTo } from "./piece.js";

export function printRadiotap(piece: Piece): string {
  const header = readRadiotap(piece.octets, piece.at, piece.end);
  if (header === undefined) return "[|802.11_radio]";
  const parts = [
    header.rate === undefined ? "" : `${(header.rate / 2).toFixed(1)} Mb/s `,
    header.channel === undefined ? "" : `${header.channel} MHz `,
    header.signal === undefined ? "" : `${header.signal}dBm signal `,
  ];
  const frame = after(piece, header.length);
  return parts.join("") + printWifi(header.fcs ? upTo(frame, frame.wireEnd - 4) : frame, header.padded);
}

const Kind = { management: 0, control: 1, data: 2 } as const;

const MANAGEMENT: readonly string[] = [
  "Assoc Request",
  "Assoc Response",
  "ReAssoc Request",
  "ReAssoc Response",
  "Probe Request",
  "Probe Response",
  "Timing Advertisement",
  "Reserved",
  "Beacon",
  "ATIM",
  "Disassociation",
  "Authentication",
  "DeAuthentication",
  "Action",
  "Action No Ack",
  "Reserved",
];
const CONTROL: ReadonlyMap<number, string> = new Map([
  [4, "Beamforming Report Poll"],
  [5, "NDP Announcement"],
  [7, "Control Wrapper"],
  [8, "BAR"],
  [9, "BA"],
  [10, "Power Save-Poll"],
  [11, "Request-To-Send"],
  [12, "Clear-To-Send"],
  [13, "Acknowledgment"],
  [14, "CF-End"],
  [15, "CF-End+CF-Ack"],
]);

/** `padded`: the capture has the header filled up to four octets. */
export function printWifi(piece: Piece, padded = false): string {
  if (!has(piece, 2)) return "802.11 [|802.11]";
  const { octets, at } = piece;
  const subtype = u8(octets, at) >> 4;
  switch ((u8(octets, at) >> 2) & 3) {
    case Kind.management:
      return printManagement(piece, subtype);
    case Kind.control:
      return printControl(piece, subtype);
    case Kind.data:
      return printData(piece, subtype, padded);
    default:
      return `802.11 extension, length ${lengthOf(piece)}`;
  }
}

/** Octets before the elements of a management frame's body, by subtype. */
const FIXED: ReadonlyMap<number, number> = new Map([
  [0, 4],
  [2, 10],
  [4, 0],
  [5, 12],
  [8, 12],
]);

function printManagement(piece: Piece, subtype: number): string {
  const name = MANAGEMENT[subtype] ?? "";
  if (!has(piece, 24)) return `${name} [|802.11]`;
  const secret = (u8(piece.octets, piece.at + 1) & 0x40) !== 0;
  const fixed = FIXED.get(subtype);
  if (secret || fixed === undefined) return `${name}${secret ? ", protected" : ""}, length ${lengthOf(piece)}`;
  const capabilities = subtype === 8 && has(piece, 36) ? printCapabilities(u16le(piece.octets, piece.at + 34)) : "";
  return `${name}${printSsid(piece, 24 + fixed)}${capabilities}, length ${lengthOf(piece)}`;
}

function printCapabilities(capabilities: number): string {
  return ` ${(capabilities & 1) === 0 ? "IBSS" : "ESS"}${(capabilities & 0x10) === 0 ? "" : ", PRIVACY"}`;
}

/** The network's name is the element 0, which stands first. */
function printSsid({ octets, at, end }: Piece, offset: number): string {
  const element = at + offset;
  if (element + 2 > end) return " [|802.11]";
  if (u8(octets, element) !== 0) return "";
  const to = element + 2 + u8(octets, element + 1);
  return to > end ? " [|802.11]" : ` (${escapeOctets(octets, element + 2, to, 0x29)})`;
}

function printControl(piece: Piece, subtype: number): string {
  const name = CONTROL.get(subtype) ?? `control ${subtype}`;
  return has(piece, 10) ? `${name} RA:${formatMac(piece.octets, piece.at + 4)}` : `${name} [|802.11]`;
}

function printData(piece: Piece, subtype: number, padded: boolean): string {
  const { octets, at } = piece;
  const flags = u8(octets, at + 1);
  const quality = (subtype & 8) !== 0;
  const length = wifiDataHeader(subtype, flags);
  const name = quality ? "QoS Data" : "Data";
  if (!has(piece, length)) return `${name} [|802.11]`;
  const addresses = `SA:${formatMac(octets, at + sourceOffset(flags))} DA:${formatMac(octets, at + destinationOffset(flags))}`;
  const payload = after(piece, padded ? (length + 3) & ~3 : length);
  if ((subtype & 4) !== 0) return `${quality ? "QoS " : ""}Null ${addresses}`;
  if ((flags & 0x40) !== 0) return `${name}, protected, ${addresses}, length ${lengthOf(payload)}`;
  const several = quality && (u8(octets, at + ((flags & 3) === 3 ? 30 : 24)) & 0x80) !== 0;
  return several ? `${name}, A-MSDU, ${addresses}, length ${lengthOf(payload)}` : printLlc(payload);
}

/** Octets of a data frame's header: a fourth address between access points, QoS control, and HT control where its bit says so. */
export function wifiDataHeader(subtype: number, flags: number): number {
  const addresses = (flags & 3) === 3 ? 30 : 24;
  if ((subtype & 8) === 0) return addresses;
  return addresses + 2 + ((flags & 0x80) === 0 ? 0 : 4);
}

/** Who is who depends on the way to (1) and from (2) the distribution system. */
function destinationOffset(flags: number): number {
  return (flags & 1) === 0 ? 4 : 16;
}

function sourceOffset(flags: number): number {
  return (flags & 2) === 0 ? 10 : (flags & 1) === 0 ? 16 : 24;
}
