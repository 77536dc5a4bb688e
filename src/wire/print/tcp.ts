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
  const options =
    header === TCP_OCTETS
      ? ""
      : `, options [${readTcpOptions(piece, header)
          .map((option) => option.text)
          .join(",")}]`;
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

export interface TcpOption {
  /** Its octets, as far as they were captured. */
  readonly from: number;
  readonly to: number;
  readonly name: string;
  readonly text: string;
}

/** The options of a header of `header` octets; the last one says so where it is bad or cut. */
export function readTcpOptions({ octets, at, end }: Piece, header: number): TcpOption[] {
  const options: TcpOption[] = [];
  const to = at + header;
  for (let place = at + TCP_OCTETS; place < to; ) {
    const option = readTcpOption(octets, place, Math.min(end, to), to);
    options.push(option);
    if (option.to === place || option.name === "eol" || option.text.endsWith("]")) break;
    place = option.to;
  }
  return options;
}

/** `end`: of what was captured of the options; `to`: of the header. */
function readTcpOption(octets: Uint8Array, from: number, end: number, to: number): TcpOption {
  if (from >= end) return { from, to: from, name: "", text: "[|tcp]" };
  const kind = u8(octets, from);
  const name = optionName(kind);
  if (kind < 2) return { from, to: from + 1, name, text: name };
  if (from + 1 >= end) return { from, to: end, name: "", text: end < to ? "[|tcp]" : "[bad opt]" };
  const length = u8(octets, from + 1);
  if (length < 2 || from + length > to) return { from, to: end, name, text: `${name} [bad opt]` };
  if (from + length > end) return { from, to: end, name, text: `${name} [|tcp]` };
  return { from, to: from + length, name, text: printOption(octets, from, kind, length) };
}

const OPTION_NAMES: ReadonlyMap<number, string> = new Map([
  [0, "eol"],
  [1, "nop"],
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
