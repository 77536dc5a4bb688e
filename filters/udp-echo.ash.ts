// Answers each datagram of the echo service (RFC 862) with itself, before anybody is scheduled.
import { consume, type Message, type Outcome, pass, record, reply, u64 } from "exonet/ash";

const ETHERNET = 14;
const MOST = 2048;

const counts = record({ answered: u64, refused: u64 });

export default function echo(message: Message): Outcome {
  if (message.length < ETHERNET + 28 || message.length > MOST) return pass;
  const header = (message.u8(ETHERNET) & 0x0f) * 4;
  const udp = ETHERNET + header;
  if (header < 20 || message.length < udp + 8) return pass;
  const answer = reply(message);
  // Addresses and ports change places: sums stay what they are, and so do checksums.
  answer.swap(0, 6, 6);
  answer.swap(ETHERNET + 12, ETHERNET + 16, 4);
  answer.swap(udp, udp + 2, 2);
  if (!answer.send()) {
    counts.refused += 1n;
    return pass;
  }
  counts.answered += 1n;
  return consume;
}
