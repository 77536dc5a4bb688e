// Answers opening segments with a cookie for a sequence number (RFC 4987 §3.6), so that a flood of them takes no memory; who acknowledges the
// cookie is let through. The secret is the owner's to set, in `secret`; of zeros it is one that everybody knows.
import { consume, type Message, type Outcome, pass, record, reply, u16, u32, u64 } from "exonet/ash";

const IP = 14;
const TCP = 34;
const SYN = 0x02;
const ACK = 0x10;
/** ns after which a cookie is another: 2^36, some 69 s. One of the slot before is good, too. */
const SLOT = 36n;

const secret = record({ first: u32, second: u32 });
const counts = record({ answered: u64, accepted: u64, refused: u64, others: u64 });

export default function synCookie(message: Message): Outcome {
  if (message.length < 54 || message.length > 1514 || message.u8(IP) !== 0x45 || message.u8(IP + 9) !== 6) return pass;
  const slot = u32(message.time >> SLOT);
  const flags = message.u8(TCP + 13) & 0x17;
  if (flags === SYN) return answer(message, cookie(message, slot));
  if (flags === ACK && u32(message.u16(IP + 2)) === 20 + u32(message.u8(TCP + 12) >>> 4) * 4) {
    const said = message.u32(TCP + 8) - 1;
    if (said === cookie(message, slot) || said === cookie(message, slot - 1)) {
      counts.accepted += 1n;
      return pass;
    }
    counts.refused += 1n;
    return consume;
  }
  counts.others += 1n;
  return pass;
}

/** Of addresses, ports, the secret and the time. */
function cookie(message: Message, slot: u32): u32 {
  if (message.length < 38) return 0;
  let hash = mixed(secret.first ^ slot, message.u32(IP + 12));
  hash = mixed(hash, message.u32(IP + 16));
  hash = mixed(hash, message.u32(TCP));
  return mixed(hash, secret.second);
}

function mixed(hash: u32, word: u32): u32 {
  let value = (hash ^ word) * 0x85ebca6b;
  value = (value ^ (value >>> 13)) * 0xc2b2ae35;
  return value ^ (value >>> 16);
}

function answer(message: Message, sequence: u32): Outcome {
  if (message.length < 54 || message.length > 1514) return pass;
  const acknowledged = message.u32(TCP + 4) + 1;
  const out = reply(message);
  out.resize(54);
  out.swap(0, 6, 6);
  out.swap(IP + 12, IP + 16, 4);
  out.swap(TCP, TCP + 2, 2);
  out.setU16(IP + 2, 40);
  out.setU16(IP + 10, 0);
  out.setU32(TCP + 4, sequence);
  out.setU32(TCP + 8, acknowledged);
  // A header of 20 octets, SYN and ACK, and a window without a scale.
  out.setU16(TCP + 12, 0x5012);
  out.setU16(TCP + 14, 65535);
  out.setU32(TCP + 16, 0);
  let header = 0;
  for (let at = IP; at < TCP; at += 2) header += u32(out.u16(at));
  out.setU16(IP + 10, complement(header));
  // The pseudo header: addresses, protocol, length (RFC 9293 §3.1).
  let sum = 6 + 20;
  for (let at = IP + 12; at < 54; at += 2) sum += u32(out.u16(at));
  out.setU16(TCP + 16, complement(sum));
  if (!out.send()) return pass;
  counts.answered += 1n;
  return consume;
}

function complement(sum: u32): u16 {
  const once = (sum & 0xffff) + (sum >>> 16);
  return u16(~((once & 0xffff) + (once >>> 16)));
}
