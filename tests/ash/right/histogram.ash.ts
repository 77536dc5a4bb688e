// How often each octet occurs, and which one most often.
import { array, type Message, pass, record, u8, u32 } from "exonet/ash";

const counts = array(u32, 256);
const most = record({ octet: u8, times: u32 });

export default function count(message: Message) {
  const end = message.length < 128 ? message.length : 128;
  for (let at = 0; at < end; at++) {
    counts[message.u8(at)]! += 1;
  }
  let best = 0;
  for (let octet = 1; octet < counts.length; octet++) {
    if (counts[octet]! > counts[best]!) best = octet;
  }
  most.octet = u8(best);
  most.times = counts[best]!;
  return pass;
}
