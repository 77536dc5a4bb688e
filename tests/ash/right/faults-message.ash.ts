// Loads without a check: short messages kill it, after what it had stored.
import { type Message, pass, record, u32, u64 } from "exonet/ash";

const seen = record({ begun: u32, word: u32, long: u64, ended: u32 });

export default function careless(message: Message) {
  seen.begun += 1;
  seen.word = message.u32(26);
  seen.long = message.u64(message.u8(14));
  seen.word ^= message.u16(message.length - (message.number % 4));
  seen.ended += 1;
  return pass;
}
