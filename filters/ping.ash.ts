// Answers echo requests (RFC 792) where they lie; everything else of ICMP goes on.
import { consume, type Message, type Outcome, pass, patch16, record, reply, u16, u64 } from "exonet/ash";

const ETHERNET = 14;
const MOST = 2048;
const REQUEST = 8;

const counts = record({ answered: u64, passed: u64 });

export default function ping(message: Message): Outcome {
  if (message.length < ETHERNET + 28 || message.length > MOST) return pass;
  const icmp = ETHERNET + (message.u8(ETHERNET) & 0x0f) * 4;
  if (icmp < ETHERNET + 20 || message.length < icmp + 8 || message.u8(icmp) !== REQUEST) {
    counts.passed += 1n;
    return pass;
  }
  const answer = reply(message);
  answer.swap(0, 6, 6);
  answer.swap(ETHERNET + 12, ETHERNET + 16, 4);
  const before = message.u16(icmp);
  const after = u16(before & 0x00ff);
  answer.setU16(icmp, after);
  answer.setU16(icmp + 2, patch16(message.u16(icmp + 2), before, after));
  if (!answer.send()) return pass;
  counts.answered += 1n;
  return consume;
}
