/** Tunnels in a line: the tunnel's own header, then what it carries. */
import { u8, u16, u24, u32 } from "../octets.js";
import { hex } from "../text.js";
import { GENEVE_OCTETS, GRE_OCTETS, GreFlag, geneveHeaderLength, greHeaderLength, VXLAN_OCTETS } from "../tunnel.js";
import { after, BRIDGED, has, lengthOf, type Piece } from "./piece.js";

export function printGre(piece: Piece): string {
  if (!has(piece, GRE_OCTETS)) return "[|gre]";
  const { octets, at } = piece;
  const flags = u16(octets, at);
  const version = flags & 7;
  const head = `GREv${version}`;
  const length = lengthOf(piece);
  if (version > 1) return `${head}, unknown version, length ${length}`;
  const header = greHeaderLength(octets, at);
  if (!has(piece, header)) return `${head}, [|gre]`;
  let text = head;
  let place = at + GRE_OCTETS + ((flags & (GreFlag.checksum | GreFlag.routing)) === 0 ? 0 : 4);
  if ((flags & GreFlag.key) !== 0) {
    text += version === 1 ? `, call ${u16(octets, place + 2)}` : `, key=${hex(u32(octets, place))}`;
    place += 4;
  }
  if ((flags & GreFlag.sequence) !== 0) text += `, seq ${u32(octets, place)}`;
  text += `, length ${length}`;
  const type = u16(octets, at + 2);
  if ((flags & GreFlag.routing) !== 0) return `${text}: routed, gre-proto-${hex(type)}`;
  return header >= length ? text : `${text}: ${piece.inner(type, after(piece, header))}`;
}

export function printVxlan(piece: Piece): string {
  if (!has(piece, VXLAN_OCTETS)) return "[|VXLAN]";
  const { octets, at } = piece;
  const flags = u8(octets, at);
  const head = `VXLAN, flags [${(flags & 8) === 0 ? "." : "I"}] (${hex(flags, 2)}), vni ${u24(octets, at + 4)}`;
  return `${head}: ${piece.inner(BRIDGED, after(piece, VXLAN_OCTETS))}`;
}

export function printGeneve(piece: Piece): string {
  if (!has(piece, GENEVE_OCTETS)) return "[|geneve]";
  const { octets, at } = piece;
  const second = u8(octets, at + 1);
  const flags = ((second & 0x80) === 0 ? "" : "O") + ((second & 0x40) === 0 ? "" : "C");
  const header = geneveHeaderLength(octets, at);
  const options = header === GENEVE_OCTETS ? "" : `, options [${header - GENEVE_OCTETS} bytes]`;
  const head = `Geneve, Flags [${flags === "" ? "none" : flags}], vni ${hex(u24(octets, at + 4))}${options}`;
  if (u8(octets, at) >> 6 !== 0) return `Geneve, unknown version ${u8(octets, at) >> 6}`;
  if (!has(piece, header)) return `${head}, [|geneve]`;
  return `${head}: ${piece.inner(u16(octets, at + 2), after(piece, header))}`;
}
