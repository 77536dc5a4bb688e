/**
 * DNS messages. Read first: RFC 1035 §4.1 (header, questions, records, compressed names), RFC 6762 §10.2 and §18.12
 * (what multicast DNS does with the class's first bit), RFC 6891 §6.1.2 (OPT).
 */
import { field } from "./field.js";
import { u8, u16, u32 } from "./octets.js";
import { escapeOctets } from "./text.js";

export const DNS = {
  id: field("dns.id", 0, 16),
  response: field("dns.response", 2, 1),
  opcode: field("dns.opcode", 2, 4, 1),
  authoritative: field("dns.authoritative", 2, 1, 5),
  truncated: field("dns.truncated", 2, 1, 6),
  recursionDesired: field("dns.recursionDesired", 2, 1, 7),
  recursionAvailable: field("dns.recursionAvailable", 3, 1),
  authentic: field("dns.authentic", 3, 1, 2),
  checkingDisabled: field("dns.checkingDisabled", 3, 1, 3),
  responseCode: field("dns.responseCode", 3, 4, 4),
  questions: field("dns.questions", 4, 16),
  answers: field("dns.answers", 6, 16),
  authorities: field("dns.authorities", 8, 16),
  additional: field("dns.additional", 10, 16),
} as const;
export const DNS_OCTETS = 12;

export const DnsType = {
  a: 1,
  ns: 2,
  cname: 5,
  ptr: 12,
  mx: 15,
  txt: 16,
  aaaa: 28,
  srv: 33,
  dname: 39,
  opt: 41,
} as const;

/** A message as it lies in its frame: names point back to its beginning. */
export interface DnsMessage {
  readonly octets: Uint8Array;
  readonly at: number;
  /** Of what was captured. */
  readonly end: number;
}

export interface DnsName {
  /** Escaped, with a dot behind every label; `.` is the root. */
  readonly text: string;
  /** The octet after it, where the reader goes on. */
  readonly next: number;
}

/** Pointers in one name: each label needs at most one. */
const MOST_POINTERS = 127;
/** RFC 1035 §2.3.4: octets of a name; a name that pointers make longer is none. */
const LONGEST_NAME = 255;

/** The name at `from`, or undefined where it is cut or none. */
export function readName({ octets, at, end }: DnsMessage, from: number): DnsName | undefined {
  let text = "";
  let next = -1;
  let place = from;
  let pointers = 0;
  let length = 0;
  for (;;) {
    if (place >= end) return undefined;
    const label = u8(octets, place);
    if (label === 0) return { text: text === "" ? "." : text, next: next < 0 ? place + 1 : next };
    if (label >= 0xc0) {
      if (place + 2 > end || ++pointers > MOST_POINTERS) return undefined;
      if (next < 0) next = place + 2;
      place = at + (u16(octets, place) & 0x3fff);
      continue;
    }
    length += label + 1;
    // 01 and 10 in the first two bits are no label (RFC 6891 §5).
    if (label > 63 || length > LONGEST_NAME || place + 1 + label > end) return undefined;
    text += `${escapeOctets(octets, place + 1, place + 1 + label, 0x2e)}.`;
    place += label + 1;
  }
}

export interface DnsQuestion {
  readonly name: string;
  readonly type: number;
  readonly class: number;
  readonly next: number;
}

export function readQuestion(message: DnsMessage, from: number): DnsQuestion | undefined {
  const name = readName(message, from);
  if (name === undefined || name.next + 4 > message.end) return undefined;
  const { octets } = message;
  return { name: name.text, type: u16(octets, name.next), class: u16(octets, name.next + 2), next: name.next + 4 };
}

export interface DnsRecord {
  readonly name: string;
  readonly type: number;
  readonly class: number;
  /** s; of an OPT record something else. */
  readonly ttl: number;
  /** Its data: all of it was captured. */
  readonly data: number;
  readonly next: number;
}

export function readRecord(message: DnsMessage, from: number): DnsRecord | undefined {
  const question = readQuestion(message, from);
  if (question === undefined || question.next + 6 > message.end) return undefined;
  const data = question.next + 6;
  const next = data + u16(message.octets, data - 2);
  return next > message.end ? undefined : { ...question, ttl: u32(message.octets, question.next), data, next };
}
