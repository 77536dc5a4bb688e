// The paper's remote increment (SOSP'95 §6.3): reads a counter, adds one, and sends it back in the frame that it came in.
// Fuel: 324 a message, 326 at most, on ip and udp of captures/demo.pcap.
import { type bool, consume, type Message, type Outcome, pass, patch32, record, reply, u32, u64 } from "exonet/ash";

const IP = 14;
const UDP = IP + 20;
const COUNTER = UDP + 8;

const seen = record({ messages: u64, last: u32 });

export default function increment(message: Message): Outcome {
  if (!isPlain(message)) return pass;
  const before = message.u32(COUNTER);
  const after = before + 1;
  const answer = reply(message);
  // Addresses and ports change places, which no checksum sees.
  answer.swap(0, 6, 6);
  answer.swap(IP + 12, IP + 16, 4);
  answer.swap(UDP, UDP + 2, 2);
  answer.setU32(COUNTER, after);
  const checksum = message.u16(UDP + 6);
  // 0 says that there is none, and one that is 0 is sent as all ones (RFC 768).
  if (checksum !== 0) {
    const sum = patch32(checksum, before, after);
    answer.setU16(UDP + 6, sum === 0 ? 0xffff : sum);
  }
  if (!answer.send()) return pass;
  seen.messages += 1n;
  seen.last = after;
  return consume;
}

/** A whole datagram with a counter, without options, no fragment, and not to a group. */
function isPlain(message: Message): bool {
  if (message.length < COUNTER + 4 || message.length > 2048 || message.u8(IP) !== 0x45) return false;
  const end = IP + message.u16(IP + 2);
  const isWhole = end >= COUNTER + 4 && end <= message.length && (message.u16(IP + 6) & 0x3fff) === 0;
  return isWhole && (message.u8(0) & 1) === 0;
}
