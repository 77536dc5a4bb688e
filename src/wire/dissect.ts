/**
 * A packet as layers and fields, each with its octets, its value as text, and the filter that would find more of its kind.
 * Layers stand in their order in the frame. As in print.ts, text is printable ASCII and nothing about the octets makes this
 * throw; a layer that does not lie whole in the captured octets says so, and is the last but for data.
 */

import { CHDLC_HEADER, SLL_HEADER, SLL2_HEADER } from "./dissect/headers.js";
import type { Layer } from "./dissect/layer.js";
import {
  dissectEthernet,
  dissectIpv4,
  dissectIpv6,
  dissectLlc,
  dissectNetwork,
  dissectPpp,
  dissectPppoe,
} from "./dissect/network.js";
import { addData, addHeader, addSummary, beyondFilters, fieldAt, type Header, type Walk } from "./dissect/walk.js";
import { dissectRadiotap, dissectWifi } from "./dissect/wifi.js";
import { EtherType, typeOfVersion } from "./ethernet.js";
import { LinkType, linkPayload, typeOf } from "./linktype.js";
import { u8, u16 } from "./octets.js";
import { printLink, printNetwork } from "./print/link.js";
import { after, has, type Piece } from "./print/piece.js";

export type { Layer } from "./dissect/layer.js";

/**
 * `octets` holds, from `at` on, the first `captured` octets of a frame that had `wire`; `linkType` is its LINKTYPE_ number.
 * Positions in the answer are counted from the frame's first octet and lie below `captured`.
 */
export function dissect(octets: Uint8Array, at: number, captured: number, linkType: number, wire = captured): Layer[] {
  const end = Math.min(at + captured, octets.length);
  const walk: Walk = { octets, start: at, before: [], layers: [], linkType, inner: dissectNetwork };
  dissectLink(walk, { octets, at, end, wireEnd: Math.max(end, at + wire), depth: 0, inner: printNetwork });
  return walk.layers;
}

function dissectLink(walk: Walk, piece: Piece): void {
  switch (walk.linkType) {
    case LinkType.ethernet:
      return dissectEthernet(walk, piece);
    case LinkType.raw:
    case LinkType.rawOld:
      return dissectRaw(walk, piece);
    case LinkType.ipv4:
      return dissectIpv4(walk, piece);
    case LinkType.ipv6:
      return dissectIpv6(walk, piece);
    case LinkType.null:
    case LinkType.loop:
      return dissectFamily(walk, piece);
    case LinkType.linuxSll:
      return dissectTyped(walk, piece, SLL_HEADER, 14);
    case LinkType.linuxSll2:
      return dissectTyped(walk, piece, SLL2_HEADER, 0);
    case 104:
      return dissectTyped(walk, piece, CHDLC_HEADER, 2);
    case 51:
      return dissectPppoe(walk, piece, EtherType.pppoeSession);
    case LinkType.ppp:
    case 50:
      return dissectPpp(walk, piece);
    case 105:
      return dissectWifi(walk, piece);
    case 127:
      return dissectRadiotap(walk, piece);
    default:
      return addSummary(walk, piece, "frame", `Link type ${walk.linkType}`, printLink(piece, walk.linkType));
  }
}

function dissectRaw(walk: Walk, piece: Piece): void {
  const type = typeOfVersion(piece.octets, piece.at, piece.end);
  if (type === 0) addData(walk, piece);
  else dissectNetwork(walk, type, piece);
}

/** BSD's family; filters know IPv6's of the BSDs, but not that of Linux. */
function dissectFamily(walk: Walk, piece: Piece): void {
  const { octets, at, end } = piece;
  const header: Header = { name: "null", label: "BSD loopback", rows: [], octets: 4 };
  const whole = has(piece, 4);
  const family = whole ? Math.max(u8(octets, at), u8(octets, at + 3)) : 0;
  const field = fieldAt(walk, piece, "null.family", "Family", [at, at + 4], String(family));
  if (!addHeader(walk, piece, header, undefined, 4, whole ? [field] : [])) return;
  const type = typeOf(linkPayload(octets, at, end, walk.linkType));
  const here = type === EtherType.ipv6 && family === 10 ? beyondFilters(walk) : walk;
  if (type === 0) addData(here, after(piece, 4));
  else dissectNetwork(here, type, after(piece, 4));
}

/** `protocol`: where the header has the type of what follows it. */
function dissectTyped(walk: Walk, piece: Piece, header: Header, protocol: number): void {
  if (!addHeader(walk, piece, header)) return;
  const payload = after(piece, header.octets);
  const type = u16(piece.octets, piece.at + protocol);
  // Linux' number for frames with an LLC header.
  if (type === 4) dissectLlc(beyondFilters(walk), payload);
  else dissectNetwork(walk, type, payload);
}
