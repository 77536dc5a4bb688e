/**
 * TCP in a line. tcpdump counts sequence numbers from a connection's first; here nothing is remembered from packet to packet,
 * so they are absolute. Options: RFC 9293 §3.2, RFC 7323, RFC 2018, RFC 7413, RFC 8684, RFC 2385.
 */
import { u8, u16, u32 } from "../octets.js";
import { TCP, TCP_OCTETS, TcpFlag, tcpAcknowledgment, tcpFlags, tcpHeaderLength, tcpSequence } from "../tcp.js";
import { hexOctets } from "../text.js";
import { printTcpPayload } from "./payload.js";
import { after, type Ends, has, lengthOf, type Piece, printHosts, printPorts } from "./piece.js";

export function printTcp(piece: Piece, ends: Ends): string {
  if (!has(piece, 4)) return `${printHosts(ends)}[|tcp]`;
  const { octets, at } = piece;
  const source = u16(octets, at);
  const destination = u16(octets, at + 2);
  const head = printPorts(ends, source, destination);
  if (!has(piece, TCP_OCTETS)) return `${head}[|tcp]`;
  const header = tcpHeaderLength(octets, at);
  if (header < TCP_OCTETS) return `${head}[bad hdr length ${header} - too short, < ${TCP_OCTETS}]`;
  if (header > lengthOf(piece)) return `${head}[bad hdr length ${header} - too long, > ${lengthOf(piece)}]`;
  const options = header === TCP_OCTETS ? "" : `, options [${printTcpOptions(piece, header)}]`;
  const length = lengthOf(piece) - header;
  const text = `${head}${printControl(octets, at, length)}${options}, length ${length}`;
  return length === 0 ? text : text + printTcpPayload(after(piece, header), source, destination);
}

/** In the order in which tcpdump has them: the dot stands for an acknowledgment. */
const FLAG_LETTERS = "FSRP.UEW";

export function tcpFlagLetters(flags: number): string {
  let text = "";
  for (let bit = 0; bit < 8; bit++) {
    if ((flags & (1 << bit)) !== 0) text += FLAG_LETTERS.charAt(bit);
  }
  return text === "" ? "none" : text;
}

function printControl(octets: Uint8Array, at: number, length: number): string {
  const flags = tcpFlags(octets, at);
  let text = `Flags [${tcpFlagLetters(flags)}]`;
  const sequence = tcpSequence(octets, at);
  if (length > 0) text += `, seq ${sequence}:${(sequence + length) % 2 ** 32}`;
  else if ((flags & (TcpFlag.syn | TcpFlag.fin | TcpFlag.rst)) !== 0) text += `, seq ${sequence}`;
  if ((flags & TcpFlag.ack) !== 0) text += `, ack ${tcpAcknowledgment(octets, at)}`;
  text += `, win ${u16(octets, at + TCP.window.offset)}`;
  return (flags & TcpFlag.urg) === 0 ? text : `${text}, urg ${u16(octets, at + TCP.urgentPointer.offset)}`;
}

/** The options of a header of `header` octets, separated by commas. */
export function printTcpOptions(piece: Piece, header: number): string {
  const { octets, at, end } = piece;
  const texts: string[] = [];
  const to = at + header;
  for (let place = at + TCP_OCTETS; place < to; ) {
    if (place >= end) return [...texts, "[|tcp]"].join(",");
    const kind = u8(octets, place);
    if (kind < 2) {
      texts.push(kind === 0 ? "eol" : "nop");
      if (kind === 0) break;
      place++;
      continue;
    }
    if (place + 1 >= Math.min(end, to)) return [...texts, place + 1 >= to ? "[bad opt]" : "[|tcp]"].join(",");
    const length = u8(octets, place + 1);
    if (length < 2 || place + length > to) return [...texts, `${optionName(kind)} [bad opt]`].join(",");
    if (place + length > end) return [...texts, `${optionName(kind)} [|tcp]`].join(",");
    texts.push(printOption(octets, place, kind, length));
    place += length;
  }
  return texts.join(",");
}

const OPTION_NAMES: ReadonlyMap<number, string> = new Map([
  [2, "mss"],
  [3, "wscale"],
  [4, "sackOK"],
  [5, "sack"],
  [8, "TS"],
  [19, "md5"],
  [28, "uto"],
  [29, "tcp-ao"],
  [30, "mptcp"],
  [34, "tfo"],
  [253, "exp"],
  [254, "exp"],
]);

function optionName(kind: number): string {
  return OPTION_NAMES.get(kind) ?? `unknown-${kind}`;
}

/** What tells fast open among experiments (RFC 7413 appendix A). */
const FAST_OPEN = 0xf989;

/** One option that lies whole in the captured octets; one of a length that its kind does not have is shown as it is. */
function printOption(octets: Uint8Array, at: number, kind: number, length: number): string {
  if (kind === 2 && length === 4) return `mss ${u16(octets, at + 2)}`;
  if (kind === 3 && length === 3) return `wscale ${u8(octets, at + 2)}`;
  if (kind === 4 && length === 2) return "sackOK";
  if (kind === 5 && length % 8 === 2) return printSack(octets, at + 2, (length - 2) >> 3);
  if (kind === 8 && length === 10) return `TS val ${u32(octets, at + 2)} ecr ${u32(octets, at + 6)}`;
  if (kind === 34) return length === 2 ? "tfo cookiereq" : `tfo cookie ${hexOctets(octets, at + 2, at + length)}`;
  if (kind >= 253 && length >= 4 && u16(octets, at + 2) === FAST_OPEN) {
    return length === 4 ? "exp-tfo cookiereq" : `exp-tfo cookie ${hexOctets(octets, at + 4, at + length)}`;
  }
  const data = length === 2 ? "" : ` 0x${hexOctets(octets, at + 2, at + length)}`;
  return `${optionName(kind)}${data}`;
}

function printSack(octets: Uint8Array, at: number, blocks: number): string {
  let text = `sack ${blocks} `;
  for (let i = 0; i < blocks; i++) text += `{${u32(octets, at + 8 * i)}:${u32(octets, at + 8 * i + 4)}}`;
  return text;
}
