/** LLC frames in a line: IEEE 802.2 §5 (fields), SNAP (RFC 1042), spanning tree (IEEE 802.1D-2004 §9). */
import { formatMac } from "../address.js";
import { u8, u16, u24 } from "../octets.js";
import { hex } from "../text.js";
import { after, has, lengthOf, type Piece } from "./piece.js";

const SAPS: ReadonlyMap<number, string> = new Map([
  [0x00, "Null"],
  [0x02, "802.1B I"],
  [0x06, "IP"],
  [0x0e, "ProWay NM"],
  [0x42, "STP"],
  [0xaa, "SNAP"],
  [0xe0, "IPX"],
  [0xf0, "NetBeui"],
  [0xfe, "ISO"],
  [0xff, "Global"],
]);

/** From the destination's service access point on. */
export function printLlc(piece: Piece): string {
  if (!has(piece, 3)) return "LLC [|llc]";
  const { octets, at } = piece;
  const destination = u8(octets, at);
  const source = u8(octets, at + 1);
  const control = u8(octets, at + 2);
  if (destination === 0xaa && source === 0xaa && control === 3) return printSnap(piece);
  if (destination === 0x42 && source === 0x42 && control === 3) return printStp(after(piece, 3));
  // Unnumbered frames have a control field of one octet, others of two.
  const width = (control & 3) === 3 ? 1 : 2;
  if (!has(piece, 2 + width)) return "LLC [|llc]";
  const text = width === 1 ? hex(control, 2) : hex(u16(octets, at + 2), 4);
  return `LLC, dsap ${sap(destination)}, ssap ${sap(source)}, ctrl ${text}, length ${lengthOf(piece)}`;
}

function sap(value: number): string {
  // The last bit tells groups from individuals, commands from responses.
  return `${SAPS.get(value === 0xff ? value : value & 0xfe) ?? "Unknown"} (${hex(value, 2)})`;
}

/** Organisations whose numbers are EtherTypes: RFC 1042's, and 802.1H's for bridges. */
const ENCAPSULATED: ReadonlySet<number> = new Set([0x000000, 0x0000f8]);
const CISCO = 0x00000c;
const CISCO_PROTOCOLS: ReadonlyMap<number, string> = new Map([
  [0x0104, "PAgP"],
  [0x010b, "PVST"],
  [0x0111, "UDLD"],
  [0x2000, "CDP"],
  [0x2003, "VTP"],
  [0x2004, "DTP"],
]);

function printSnap(piece: Piece): string {
  if (!has(piece, 8)) return "SNAP [|snap]";
  const organisation = u24(piece.octets, piece.at + 3);
  const protocol = u16(piece.octets, piece.at + 6);
  const payload = after(piece, 8);
  if (ENCAPSULATED.has(organisation)) return piece.inner(protocol, payload);
  if (organisation === CISCO && protocol === 0x010b) return printStp(payload);
  const name = organisation === CISCO ? (CISCO_PROTOCOLS.get(protocol) ?? "Unknown") : "Unknown";
  return `SNAP, oui ${hex(organisation, 6)}, pid ${name} (${hex(protocol, 4)}), length ${lengthOf(payload)}`;
}

const VERSIONS: ReadonlyMap<number, string> = new Map([
  [0, "802.1d"],
  [2, "802.1w"],
  [3, "802.1s"],
  [4, "802.1aq"],
]);
const FLAGS: readonly (readonly [number, string])[] = [
  [0x01, "Topology change"],
  [0x02, "Proposal"],
  [0x10, "Learn"],
  [0x20, "Forward"],
  [0x40, "Agreement"],
  [0x80, "Topology change ACK"],
];
const RAPID = 2;
const TOPOLOGY_CHANGE = 0x80;

function printStp(piece: Piece): string {
  if (!has(piece, 4)) return "STP [|stp]";
  const { octets, at } = piece;
  const version = VERSIONS.get(u8(octets, at + 2)) ?? `version ${u8(octets, at + 2)}`;
  const type = u8(octets, at + 3);
  const length = `length ${lengthOf(piece)}`;
  if (u16(octets, at) !== 0) return `STP unknown protocol ${hex(u16(octets, at), 4)}, ${length}`;
  if (type === TOPOLOGY_CHANGE) return `STP ${version}, Topology Change, ${length}`;
  if (type !== 0 && type !== RAPID) return `STP ${version}, type ${hex(type, 2)}, ${length}`;
  const head = `STP ${version}, ${type === RAPID ? "Rapid STP" : "Config"}`;
  if (!has(piece, 27)) return `${head}, [|stp]`;
  const set = FLAGS.filter(([bit]) => (u8(octets, at + 4) & bit) !== 0).map(([, name]) => name);
  const bridge = `${hex(u16(octets, at + 17), 4).slice(2)}.${formatMac(octets, at + 19)}.${hex(u16(octets, at + 25), 4).slice(2)}`;
  return `${head}, Flags [${set.length === 0 ? "none" : set.join(", ")}], bridge-id ${bridge}, ${length}`;
}
