// Answers opening segments with a cookie for a sequence number (RFC 4987 §3.6), so that a flood of them takes no memory; who acknowledges the
// cookie is let through from then on. The secret is the owner's to set, in `secret`: of zeros it is one that everybody knows.
// Fuel: 218 a message, 584 at most, on captures/demo.pcap.
import {
  bool,
  consume,
  fold16,
  frame,
  type Message,
  type Outcome,
  pass,
  patch16,
  record,
  shape,
  table,
  u16,
  u32,
  u64,
} from "exonet/ash";

const IP = 14;
const TCP = IP + 20;
const END = TCP + 20;
const SYN = 0x02;
const ACK = 0x10;
/** ns after which a cookie is another: 2^36, some 69 s. One of the slot before is good, too. */
const SLOT = 36n;
/** A time to live of 64, and the protocol. */
const LIVE = 0x4006;

const secret = record({ first: u32, second: u32 });
const Connection = shape({ source: u32, destination: u32, ports: u32 });
const accepted = table(Connection, shape({ known: bool }), 4096);
const counts = record({ answered: u64, accepted: u64, refused: u64 });

export default function synCookie(message: Message): Outcome {
  if (message.length < END || message.u8(IP) !== 0x45 || (message.u16(IP + 6) & 0x3fff) !== 0) return pass;
  const flags = message.u8(TCP + 13) & (SYN | ACK);
  if (flags === SYN) return answer(message);
  return flags === ACK ? judge(message) : pass;
}

/** By the cookie, which the first segment of who saw it acknowledges; behind it, by who was accepted. */
function judge(message: Message): Outcome {
  const source = message.u32(IP + 12);
  const destination = message.u32(IP + 16);
  const ports = message.u32(TCP);
  if (accepted.find({ source, destination, ports }) !== undefined) return pass;
  const initial = message.u32(TCP + 4) - 1;
  const cookie = message.u32(TCP + 8) - 1;
  const slot = u32(message.time >> SLOT);
  if (cookie !== cookieOf(message, initial, slot) && cookie !== cookieOf(message, initial, slot - 1)) {
    counts.refused += 1n;
    return consume;
  }
  accepted.enter({ source, destination, ports }).known = true;
  counts.accepted += 1n;
  return pass;
}

/** Of addresses, ports, the client's first sequence number, the secret and the time. It mixes, and is no cipher. */
function cookieOf(message: Message, initial: u32, slot: u32): u32 {
  let hash = mixed(secret.first ^ slot, message.u32(IP + 12));
  hash = mixed(hash, message.u32(IP + 16));
  hash = mixed(hash, message.u32(TCP));
  hash = mixed(hash, initial);
  return mixed(hash, secret.second);
}

function mixed(hash: u32, word: u32): u32 {
  let value = (hash ^ word) * 0x85ebca6b;
  value = (value ^ (value >>> 13)) * 0xc2b2ae35;
  return value ^ (value >>> 16);
}

/** SYN and ACK, the cookie as sequence number, no options: 536 octets a segment, and no scale of windows (RFC 9293 §3.7.1). */
function answer(message: Message): Outcome {
  const initial = message.u32(TCP + 4);
  const out = frame(END);
  out.copy(message, 0, END, 0);
  out.swap(0, 6, 6);
  out.swap(IP + 12, IP + 16, 4);
  out.swap(TCP, TCP + 2, 2);
  out.setU16(IP + 2, 40);
  out.setU16(IP + 8, LIVE);
  const sum = patch16(message.u16(IP + 10), message.u16(IP + 2), 40);
  out.setU16(IP + 10, patch16(sum, message.u16(IP + 8), LIVE));
  out.setU32(TCP + 4, cookieOf(message, initial, u32(message.time >> SLOT)));
  out.setU32(TCP + 8, initial + 1);
  // A header of five words; a window of all that one without a scale can be; checksum and urgent pointer.
  out.setU16(TCP + 12, 0x5000 | SYN | ACK);
  out.setU16(TCP + 14, 0xffff);
  out.setU32(TCP + 16, 0);
  // The pseudo header (RFC 9293 §3.1): protocol and length, then addresses, before what they are the checksum of.
  let words = 6 + 20;
  for (let at = IP + 12; at < END; at += 2) words += out.u16(at);
  out.setU16(TCP + 16, u16(~fold16(words)));
  if (!out.send()) return pass;
  counts.answered += 1n;
  return consume;
}
