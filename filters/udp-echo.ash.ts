// Answers each datagram of the echo service (RFC 862) with itself, before anybody is scheduled.
// Fuel: 296 a message, 298 at most, on ip and udp of captures/demo.pcap.
import { type bool, consume, type Message, type Outcome, pass, record, reply, u64 } from "exonet/ash";

const IP = 14;
const UDP = IP + 20;
const ECHO = 7;

const counts = record({ answered: u64, refused: u64 });

export default function echo(message: Message): Outcome {
  // What another echo service sent would go to and fro for ever.
  if (!isPlain(message) || message.u16(UDP) === ECHO) return pass;
  const answer = reply(message);
  // Addresses and ports change places: sums stay what they are, and so do checksums.
  answer.swap(0, 6, 6);
  answer.swap(IP + 12, IP + 16, 4);
  answer.swap(UDP, UDP + 2, 2);
  if (!answer.send()) {
    counts.refused += 1n;
    return pass;
  }
  counts.answered += 1n;
  return consume;
}

/** Whole, without options, no fragment, and not to a group, whose address nobody may send from. */
function isPlain(message: Message): bool {
  if (message.length < UDP + 8 || message.length > 2048 || message.u8(IP) !== 0x45) return false;
  const isWhole = IP + message.u16(IP + 2) <= message.length && (message.u16(IP + 6) & 0x3fff) === 0;
  return isWhole && (message.u8(0) & 1) === 0;
}
