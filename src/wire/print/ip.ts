/** IP and ARP in a line. A packet that says to be longer than its frame is printed with what is missing. */
import { formatIpv4, formatIpv6, formatMac } from "../address.js";
import { ARP, ARP_OCTETS, ArpOperation, checkArp } from "../arp.js";
import {
  IPV4_HEADER_OCTETS,
  ipv4End,
  ipv4FragmentOffset,
  ipv4HeaderLength,
  ipv4Identification,
  ipv4IsFragment,
  ipv4MoreFragments,
  ipv4Protocol,
} from "../ipv4.js";
import {
  fragmentMore,
  fragmentOffset,
  IPV6_FRAGMENT_OCTETS,
  IPV6_HEADER_OCTETS,
  ipv6End,
  ipv6NextHeader,
  Protocol,
} from "../ipv6.js";
import { u8, u16 } from "../octets.js";
import { hexOctets } from "../text.js";
import { after, type Ends, has, lengthOf, type Piece, upTo } from "./piece.js";
import { printTransport } from "./transport.js";

export function printIpv4(piece: Piece): string {
  if (!has(piece, IPV4_HEADER_OCTETS)) return "IP [|ip]";
  const { octets, at } = piece;
  if (u8(octets, at) >> 4 !== 4) return `IP bad version ${u8(octets, at) >> 4}, length ${lengthOf(piece)}`;
  const header = ipv4HeaderLength(octets, at);
  if (header < IPV4_HEADER_OCTETS) return `IP bad-hlen ${header}`;
  const end = ipv4End(octets, at, piece.wireEnd);
  if (end - at < header) return `IP bad-len ${end - at}`;
  const missing = end > piece.wireEnd ? `truncated-ip - ${end - piece.wireEnd} bytes missing! ` : "";
  return `IP ${missing}${printIpv4Payload(after(upTo(piece, end), header), at, end)}`;
}

/** `at`: the header; `end`: where the packet says it ends. */
function printIpv4Payload(payload: Piece, at: number, end: number): string {
  const { octets } = payload;
  const fragment = ipv4IsFragment(octets, at);
  const ends = {
    source: formatIpv4(octets, at + 12),
    destination: formatIpv4(octets, at + 16),
    printed: false,
    fragment,
  };
  const protocol = ipv4Protocol(octets, at);
  if (!fragment) return printTransport(payload, protocol, ends);
  const offset = ipv4FragmentOffset(octets, at);
  const text =
    offset === 0
      ? printTransport(payload, protocol, ends)
      : `${ends.source} > ${ends.destination}: ip-proto-${protocol}`;
  const more = ipv4MoreFragments(octets, at) ? "+" : "";
  return `${text}, frag ${ipv4Identification(octets, at)} (${offset}|${Math.max(0, end - payload.at)})${more}`;
}

export function printIpv6(piece: Piece): string {
  if (!has(piece, IPV6_HEADER_OCTETS)) return "IP6 [|ip6]";
  const { octets, at } = piece;
  if (u8(octets, at) >> 4 !== 6) return `IP6 bad version ${u8(octets, at) >> 4}, length ${lengthOf(piece)}`;
  const end = ipv6End(octets, at, piece.wireEnd);
  const missing = end > piece.wireEnd ? `truncated-ip6 - ${end - piece.wireEnd} bytes missing! ` : "";
  const source = formatIpv6(octets, at + 8);
  const destination = formatIpv6(octets, at + 24);
  const payload = after(upTo(piece, end), IPV6_HEADER_OCTETS);
  const next = ipv6NextHeader(octets, at);
  const head = `IP6 ${missing}`;
  if (!EXTENSION_NAMES.has(next))
    return head + printTransport(payload, next, { source, destination, printed: false, fragment: false });
  return `${head}${source} > ${destination}: ${printChain(payload, next, { source, destination, printed: true, fragment: false })}`;
}

const EXTENSION_NAMES: ReadonlyMap<number, string> = new Map([
  [Protocol.hopByHop, "HBH"],
  [Protocol.routing, "RT6"],
  [Protocol.fragment, "frag"],
  [Protocol.authentication, "AH"],
  [Protocol.destinationOptions, "DSTOPT"],
  [Protocol.mobility, "mobility"],
  [Protocol.hip, "HIP"],
  [Protocol.shim6, "shim6"],
]);
/** Extension headers that are named; RFC 8200 §4.1 has each once or twice. */
const MOST_EXTENSIONS = 10;

function printChain(first: Piece, kind: number, whole: Ends): string {
  let ends = whole;
  let text = "";
  let piece = first;
  let current = kind;
  for (let i = 0; i < MOST_EXTENSIONS; i++) {
    const name = EXTENSION_NAMES.get(current);
    if (name === undefined) return text + printTransport(piece, current, ends);
    if (!has(piece, 8)) return `${text}${name} [|ip6]`;
    const { octets, at } = piece;
    const next = u8(octets, at);
    if (current === Protocol.fragment) {
      const offset = fragmentOffset(octets, at);
      const length = lengthOf(piece) - IPV6_FRAGMENT_OCTETS;
      text += `frag (${offset}|${length})`;
      if (offset !== 0) return text;
      text += " ";
      ends = { ...whole, fragment: fragmentMore(octets, at) };
      piece = after(piece, IPV6_FRAGMENT_OCTETS);
    } else {
      const length =
        current === Protocol.authentication ? (u8(octets, at + 1) + 2) << 2 : (u8(octets, at + 1) + 1) << 3;
      if (!has(piece, length)) return `${text}${name} [|ip6]`;
      const routing = ` (len=${u8(octets, at + 1)}, type=${u8(octets, at + 2)}, segleft=${u8(octets, at + 3)})`;
      text += `${name}${current === Protocol.routing ? routing : ""} `;
      piece = after(piece, length);
    }
    current = next;
  }
  return `${text}...`;
}

const OPERATIONS: ReadonlyMap<number, string> = new Map([
  [1, "Request"],
  [2, "Reply"],
  [3, "Reverse Request"],
  [4, "Reverse Reply"],
  [8, "Inverse Request"],
  [9, "Inverse Reply"],
]);

export function printArp(piece: Piece): string {
  const length = `length ${lengthOf(piece)}`;
  if (!has(piece, 8)) return `ARP, [|arp], ${length}`;
  const { octets, at, end } = piece;
  const operation = u16(octets, at + ARP.operation.offset);
  const name = OPERATIONS.get(operation) ?? `unknown op ${operation}`;
  const problem = checkArp(octets, at, end);
  if (problem !== undefined) {
    if (!isIpv4OverEthernet(octets, at)) return `ARP, ${printForeignArp(octets, at)}, ${name}, ${length}`;
    return `ARP, ${name} [|arp], ${length}`;
  }
  return `ARP, ${name} ${printArpAddresses(octets, at, operation)}, ${length}`;
}

function isIpv4OverEthernet(octets: Uint8Array, at: number): boolean {
  return (
    u16(octets, at) === 1 && u16(octets, at + 2) === 0x0800 && u8(octets, at + 4) === 6 && u8(octets, at + 5) === 4
  );
}

function printForeignArp(octets: Uint8Array, at: number): string {
  const [hardware, protocol] = [u16(octets, at), hexOctets(octets, at + 2, at + 4)];
  return `hardware ${hardware} (len ${u8(octets, at + 4)}), protocol 0x${protocol} (len ${u8(octets, at + 5)})`;
}

/** Of the ARP_OCTETS octets at `at`. */
function printArpAddresses(octets: Uint8Array, at: number, operation: number): string {
  const sender = formatIpv4(octets, at + ARP.senderIp.offset);
  const target = formatIpv4(octets, at + ARP.targetIp.offset);
  const targetMac = at + ARP.targetMac.offset;
  const knows = octets.subarray(targetMac, targetMac + 6).some((octet) => octet !== 0);
  const mac = formatMac(octets, targetMac);
  switch (operation) {
    case ArpOperation.request:
      return `who-has ${target}${knows ? ` (${mac})` : ""} tell ${sender}`;
    case ArpOperation.reply:
      return `${sender} is-at ${formatMac(octets, at + ARP.senderMac.offset)}`;
    case 3:
      return `who-is ${mac} tell ${formatMac(octets, at + ARP.senderMac.offset)}`;
    case 4:
      return `${mac} at ${target}`;
    default:
      return `${hexOctets(octets, at + 8, at + ARP_OCTETS)}`;
  }
}
