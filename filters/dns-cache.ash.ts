// Answers DNS questions over UDP and IPv4 from what their server answered before: an answer is kept for 30 s of capture time, whatever it says of
// itself. Only answers that were asked for are kept, of one question of at most 32 octets, without an error, of at most 512 octets.
// Fuel: 413 a message, 821 at most, on captures/demo.pcap.
import {
  array,
  bool,
  consume,
  frame,
  type Message,
  type Outcome,
  pass,
  patch16,
  record,
  shape,
  table,
  u8,
  u16,
  u32,
  u64,
} from "exonet/ash";

const IP = 14;
const UDP = IP + 20;
const DNS = UDP + 8;
const QUESTION = DNS + 12;
const MOST = 512;
const LIFE = 30_000_000_000n;
/** Wanted by the question, and said again by the answer: recursion, and no check of signatures. */
const WANTED = 0x0110;
/** The type of EDNS' record (RFC 6891 §6.1.2). */
const OPT = 41;

/** A server, and the question as it stands there, with type and class, filled up with zeros; whether by EDNS. */
const Question = shape({ server: u32, wanted: u16, edns: bool, a: u64, b: u64, c: u64, d: u64 });
const Answer = shape({ at: u64, length: u16, id: u16, waits: bool, octets: array(u8, 512) });
const answers = table(Question, Answer, 512);
const cache = record({ kept: u64, hits: u64, misses: u64 });
const question = array(u8, 32);

export default function dnsCache(message: Message): Outcome {
  if (message.length < QUESTION + 5 || message.u8(IP) !== 0x45 || (message.u16(IP + 6) & 0x3fff) !== 0) return pass;
  const end = UDP + message.u16(UDP + 4);
  // One question, of the usual kind, and not cut short.
  if (end > message.length || message.u16(DNS + 4) !== 1 || (message.u16(DNS + 2) & 0x7a00) !== 0) return pass;
  const behind = questionEnd(message, end);
  if (behind === 0) return pass;
  for (let at = 0; at < 32; at += 8) question.setU64(at, 0n);
  message.vector(QUESTION, behind - QUESTION, question, 0);
  if ((message.u16(DNS + 2) & 0x8000) !== 0) return keep(message, end);
  return ask(message, behind, end);
}

/** Behind the name, its type and class; 0 where that is too far, or the name is compressed. */
function questionEnd(message: Message, end: u32): u32 {
  let at = QUESTION;
  while (at + 5 <= end && at + 5 <= QUESTION + 32) {
    const label = message.u8(at);
    if (label === 0) return at + 5;
    if (label > 63) return 0;
    at += 1 + label;
  }
  return 0;
}

function keep(message: Message, end: u32): Outcome {
  if (message.u16(UDP) !== 53 || (message.u16(DNS + 2) & 0x0f) !== 0 || end - DNS > MOST) return pass;
  // By EDNS where its last record is one of EDNS without options, which are the asker's own.
  const edns = message.u16(DNS + 10) !== 0;
  if (edns && (message.u8(end - 11) !== 0 || message.u16(end - 10) !== OPT)) return pass;
  const answer = answers.find({
    server: message.u32(IP + 12),
    wanted: u16(message.u16(DNS + 2) & WANTED),
    edns,
    a: question.u64(0),
    b: question.u64(8),
    c: question.u64(16),
    d: question.u64(24),
  });
  if (answer === undefined || !answer.waits || answer.id !== message.u16(DNS)) return pass;
  answer.waits = false;
  answer.at = message.time;
  answer.length = u16(end - DNS);
  message.vector(DNS, end - DNS, answer.octets, 0);
  cache.kept += 1n;
  return pass;
}

function ask(message: Message, behind: u32, end: u32): Outcome {
  if (message.u16(UDP + 2) !== 53 || message.u32(DNS + 6) !== 0) return pass;
  // Who asks for signatures by EDNS is answered otherwise.
  const edns = message.u16(DNS + 10) !== 0;
  if (edns && (behind + 11 > end || message.u16(behind + 1) !== OPT || message.u8(behind + 7) > 0x7f)) return pass;
  const answer = answers.enter({
    server: message.u32(IP + 16),
    wanted: u16(message.u16(DNS + 2) & WANTED),
    edns,
    a: question.u64(0),
    b: question.u64(8),
    c: question.u64(16),
    d: question.u64(24),
  });
  if (answer.length === 0 || message.time - answer.at > LIFE) {
    answer.length = 0;
    answer.id = message.u16(DNS);
    answer.waits = true;
    cache.misses += 1n;
    return pass;
  }
  const total = u16(28 + answer.length);
  const out = frame(DNS + MOST);
  out.copy(message, 0, DNS, 0);
  out.swap(0, 6, 6);
  out.swap(IP + 12, IP + 16, 4);
  out.swap(UDP, UDP + 2, 2);
  out.setU16(IP + 2, total);
  out.setU16(IP + 10, patch16(message.u16(IP + 10), message.u16(IP + 2), total));
  out.setU16(UDP + 4, u16(8 + answer.length));
  // None (RFC 768): the octets have been checked by nobody since.
  out.setU16(UDP + 6, 0);
  for (let at = 0; at < answer.length; at += 8) out.setU64(DNS + at, answer.octets.u64(at));
  out.setU16(DNS, message.u16(DNS));
  out.resize(DNS + answer.length);
  if (!out.send()) return pass;
  cache.hits += 1n;
  return consume;
}
