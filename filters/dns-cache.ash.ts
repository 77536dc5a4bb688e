// Answers DNS questions over UDP and IPv4 from what was answered before: for 30 s of capture time an answer is kept, by its question.
// Questions of more than 32 octets and answers of more than 512 go on, as does whatever is no plain question. Bind it with 8,000 units of fuel.
import { array, consume, frame, type Message, type Outcome, pass, record, shape, table, u16, u32, u64, u8 } from "exonet/ash";

const IP = 14;
const UDP = 34;
const DNS = 42;
const QUESTION = DNS + 12;
const MOST = 512;
const LIFE = 30_000_000_000n;

/** The question as it stands there, type and class included, filled up with zeros. */
const Question = shape({ a: u64, b: u64, c: u64, d: u64, length: u16 });
const Answer = shape({ at: u64, length: u16, octets: array(u8, 512) });
const answers = table(Question, Answer, 512);
const cache = record({ kept: u64, hits: u64, misses: u64, expired: u64 });

export default function dnsCache(message: Message): Outcome {
  if (message.length < QUESTION + 5 || message.u8(IP) !== 0x45 || message.u8(IP + 9) !== 17) return pass;
  const end = UDP + u32(message.u16(UDP + 4));
  if (end < QUESTION + 5 || end > message.length || message.u16(DNS + 4) !== 1) return pass;
  const length = questionOctets(message, end);
  if (length === 0 || length > 32) return pass;
  const a = word(message, 0, length);
  const b = word(message, 8, length);
  const c = word(message, 16, length);
  const d = word(message, 24, length);
  const flags = message.u16(DNS + 2);
  if ((flags & 0x8000) !== 0) {
    // A whole answer without an error.
    if (message.u16(UDP) !== 53 || (flags & 0x020f) !== 0 || end - DNS > MOST) return pass;
    const answer = answers.enter({ a, b, c, d, length: u16(length) });
    answer.at = message.time;
    answer.length = u16(end - DNS);
    message.vector(DNS, end - DNS, answer.octets, 0);
    cache.kept += 1n;
    return pass;
  }
  if (message.u16(UDP + 2) !== 53 || (flags & 0x7800) !== 0) return pass;
  const answer = answers.find({ a, b, c, d, length: u16(length) });
  if (answer === undefined) {
    cache.misses += 1n;
    return pass;
  }
  if (message.time - answer.at > LIFE) {
    answers.delete({ a, b, c, d, length: u16(length) });
    cache.expired += 1n;
    return pass;
  }
  const octets = u32(answer.length);
  const out = frame(DNS + octets);
  out.copy(message, 0, DNS, 0);
  out.swap(0, 6, 6);
  out.swap(26, 30, 4);
  out.swap(UDP, UDP + 2, 2);
  for (let at = 0; at < octets; at += 8) {
    const left = octets - at;
    if (left >= 8) out.setU64(DNS + at, answer.octets.u64(at));
    else for (let rest = 0; rest < left; rest++) out[DNS + at + rest] = answer.octets[at + rest];
  }
  out.setU16(DNS, message.u16(DNS));
  out.setU16(IP + 2, u16(28 + octets));
  out.setU16(IP + 10, 0);
  out.setU16(IP + 10, headerChecksum(message, 28 + octets));
  out.setU16(UDP + 4, u16(8 + octets));
  // None (RFC 768): its octets have been checked by nobody since.
  out.setU16(UDP + 6, 0);
  if (!out.send()) return pass;
  cache.hits += 1n;
  return consume;
}

/** Of the name, its type and class; 0 where it does not end, or is compressed. */
function questionOctets(message: Message, end: u32): u32 {
  let at = QUESTION;
  while (at < end && at < QUESTION + 32) {
    if (at >= message.length) return 0;
    const label = message.u8(at);
    if (label === 0) return at + 5 <= end ? at + 5 - QUESTION : 0;
    if (label > 63) return 0;
    at += 1 + u32(label);
  }
  return 0;
}

/** Eight octets of the question from there on, zeros behind its end. */
function word(message: Message, from: u32, length: u32): u64 {
  if (from >= length) return 0n;
  const left = length - from;
  const at = QUESTION + from;
  if (left >= 8 && at + 8 <= message.length) return message.u64(at);
  let value: u64 = 0n;
  for (let index = 0; index < left; index++) {
    if (at + index >= message.length) return 0n;
    value |= u64(message.u8(at + index)) << (56n - u64(index) * 8n);
  }
  return value;
}

/** RFC 1071, of the header as it will be: the message's, with another length and addresses that have changed places. */
function headerChecksum(message: Message, total: u32): u16 {
  if (message.length < 34) return 0;
  let sum = total;
  for (let at = 14; at < 34; at += 2) {
    if (at !== 16 && at !== 24) sum += message.u16(at);
  }
  sum = (sum & 0xffff) + (sum >>> 16);
  sum = (sum & 0xffff) + (sum >>> 16);
  return u16(~sum);
}
