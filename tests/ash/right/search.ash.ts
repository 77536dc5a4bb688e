// Looks for four octets at any offset of a payload.
import { type Message, type Outcome, pass, passTo, record, u32 } from "exonet/ash";

const HOST = 0x486f7374;
const found = record({ times: u32, at: u32, looked: u32 });

function find(message: Message, from: u32, word: u32): u32 {
  if (from + 4 > message.length) return 0;
  let held = message.u32(from);
  let at = from + 4;
  while (held !== word) {
    if (at === message.length || at - from > 96) return 0;
    held = (held << 8) | message.u8(at);
    at += 1;
  }
  return at - 4;
}

export default function search(message: Message): Outcome {
  if (message.length < 60) return pass;
  found.looked += 1;
  const at = find(message, 54, HOST);
  if (at === 0) return pass;
  found.times += 1;
  found.at = at;
  return passTo(found.times & 1);
}
