/**
 * DNS in a line: of a query its questions, of a response its answers. Behind the number stand marks: + recursion desired,
 * % checking disabled, * authoritative, - no recursion, | truncated, $ authentic.
 */
import { formatIpv4, formatIpv6 } from "../address.js";
import {
  DNS,
  DNS_OCTETS,
  type DnsMessage,
  type DnsRecord,
  DnsType,
  readName,
  readQuestion,
  readRecord,
} from "../dns.js";
import { u8, u16, u32 } from "../octets.js";
import { dnsClassName, dnsOpcodeName, dnsResponseName, dnsTypeName } from "../registry.js";
import { escapeSome } from "../text.js";
import { has, type Piece } from "./piece.js";

/** Questions or answers in a line; three dots stand for more. */
const MOST_RECORDS = 24;
/** Octets of one text of a TXT record; once so many characters are printed, three dots stand for the other texts. */
const MOST_TEXT = 80;
const CUT = " [|domain]";

/** `length`: what stands in parentheses at the end. */
export function printDns(piece: Piece, multicast: boolean, length: number): string {
  if (!has(piece, DNS_OCTETS)) return "[|domain]";
  const { octets, at, end } = piece;
  const flags = u16(octets, at + DNS.response.offset);
  const message = { octets, at, end };
  const id = String(u16(octets, at));
  const text =
    (flags & 0x8000) !== 0 ? printResponse(message, flags, multicast) : printQuery(message, flags, multicast);
  return `${id}${text} (${length})`;
}

function count(message: DnsMessage, field: { readonly offset: number }): number {
  return u16(message.octets, message.at + field.offset);
}

function opcode(flags: number): string {
  const name = dnsOpcodeName((flags >> 11) & 15);
  return name === "" ? "" : ` ${name}`;
}

function mark(flags: number, bit: number, letter: string): string {
  return (flags & bit) === 0 ? "" : letter;
}

function printQuery(message: DnsMessage, flags: number, multicast: boolean): string {
  const extra = [
    [count(message, DNS.answers), "a"],
    [count(message, DNS.authorities), "n"],
    [count(message, DNS.additional), "au"],
  ] as const;
  const counts = extra.map(([number, letters]) => (number === 0 ? "" : ` [${number}${letters}]`)).join("");
  const marks = mark(flags, 0x0100, "+") + mark(flags, 0x0010, "%");
  const questions = count(message, DNS.questions);
  const many = questions === 1 ? "" : ` [${questions}q]`;
  return opcode(flags) + marks + many + counts + printQuestions(message, questions, multicast);
}

function printQuestions(message: DnsMessage, questions: number, multicast: boolean): string {
  let text = "";
  let place = message.at + DNS_OCTETS;
  for (let i = 0; i < questions; i++) {
    if (i === MOST_RECORDS) return `${text} ...`;
    const question = readQuestion(message, place);
    if (question === undefined) return text + CUT;
    const unicast = multicast ? ((question.class & 0x8000) !== 0 ? " (QU)" : " (QM)") : "";
    const kind = multicast ? question.class & 0x7fff : question.class;
    text += ` ${dnsTypeName(question.type)}${kind === 1 ? "" : ` ${dnsClassName(kind)}`}${unicast}? ${question.name}`;
    place = question.next;
  }
  return text;
}

function printResponse(message: DnsMessage, flags: number, multicast: boolean): string {
  const response = dnsResponseName(flags & 15);
  const marks = [
    mark(flags, 0x0400, "*"),
    mark(flags ^ 0x0080, 0x0080, "-"),
    mark(flags, 0x0200, "|"),
    mark(flags, 0x0020, "$"),
  ].join("");
  const questions = count(message, DNS.questions);
  const answers = count(message, DNS.answers);
  const counts = ` ${answers}/${count(message, DNS.authorities)}/${count(message, DNS.additional)}`;
  const head = `${opcode(flags)}${response === "" ? "" : ` ${response}`}${marks}${questions === 1 ? "" : ` [${questions}q]`}`;
  return head + counts + printAnswers(message, questions, answers, multicast);
}

function printAnswers(message: DnsMessage, questions: number, answers: number, multicast: boolean): string {
  let place = message.at + DNS_OCTETS;
  for (let i = 0; i < questions; i++) {
    if (i === MOST_RECORDS) return " ...";
    const question = readQuestion(message, place);
    if (question === undefined) return CUT;
    place = question.next;
  }
  let text = "";
  for (let i = 0; i < answers; i++) {
    if (i === MOST_RECORDS) return `${text}, ...`;
    const record = readRecord(message, place);
    if (record === undefined) return text + CUT;
    text += `${i === 0 ? " " : ", "}${printRecord(message, record, multicast)}`;
    place = record.next;
  }
  return text;
}

function printRecord(message: DnsMessage, record: DnsRecord, multicast: boolean): string {
  const flush = multicast && (record.class & 0x8000) !== 0;
  const kind = flush ? record.class & 0x7fff : record.class;
  const known = kind === 1 || record.type === DnsType.opt;
  const head = `${flush ? "(Cache flush) " : ""}${dnsTypeName(record.type)}${known ? "" : ` ${dnsClassName(kind)}`}`;
  return head + printDnsData(message, record);
}

/** What a record says, with a blank in front; empty where its type is not known here or its data is none of that type. */
export function printDnsData(message: DnsMessage, record: DnsRecord): string {
  const { octets } = message;
  const { data, next } = record;
  switch (record.type) {
    case DnsType.a:
      return next - data === 4 ? ` ${formatIpv4(octets, data)}` : "";
    case DnsType.aaaa:
      return next - data === 16 ? ` ${formatIpv6(octets, data)}` : "";
    case DnsType.ns:
    case DnsType.cname:
    case DnsType.ptr:
    case DnsType.dname:
      return name(message, data, next);
    case DnsType.mx:
      return next - data < 3 ? "" : `${name(message, data + 2, next)} ${u16(octets, data)}`;
    case DnsType.srv: {
      if (next - data < 7) return "";
      return `${name(message, data + 6, next)}:${u16(octets, data + 4)} ${u16(octets, data)} ${u16(octets, data + 2)}`;
    }
    case DnsType.txt:
      return texts(octets, data, next);
    case DnsType.opt:
      return ` UDPsize=${record.class}${(u32(octets, data - 6) & 0x8000) !== 0 ? " DO" : ""}`;
    default:
      return "";
  }
}

function name(message: DnsMessage, from: number, end: number): string {
  const found = readName({ ...message, end }, from);
  return found === undefined ? CUT : ` ${found.text}`;
}

function texts(octets: Uint8Array, from: number, end: number): string {
  let text = "";
  for (let place = from; place < end; place += 1 + u8(octets, place)) {
    if (text.length > MOST_TEXT) return `${text} ...`;
    const to = place + 1 + u8(octets, place);
    if (to > end) return text + CUT;
    text += ` "${escapeSome(octets, place + 1, to, MOST_TEXT, 0x22)}"`;
  }
  return text;
}
