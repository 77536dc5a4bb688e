// The paper's remote increment (SOSP'95 §6.3): reads a counter, adds one, and sends it back in the frame that it came in.
import { consume, type Message, type Outcome, pass, patch32, record, reply, u32, u64 } from "exonet/ash";

const UDP = 34;
const COUNTER = UDP + 8;

const seen = record({ messages: u64, last: u32 });

export default function increment(message: Message): Outcome {
  if (message.length < COUNTER + 4 || message.length > 1514 || message.u8(14) !== 0x45) return pass;
  const before = message.u32(COUNTER);
  const after = before + 1;
  const answer = reply(message);
  answer.swap(0, 6, 6);
  answer.swap(26, 30, 4);
  answer.swap(UDP, UDP + 2, 2);
  answer.setU32(COUNTER, after);
  const checksum = message.u16(UDP + 6);
  // 0 is none (RFC 768).
  if (checksum !== 0) answer.setU16(UDP + 6, patch32(checksum, before, after));
  if (!answer.send()) return pass;
  seen.messages += 1n;
  seen.last = after;
  return consume;
}
