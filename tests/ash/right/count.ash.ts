// Packets and octets of all that comes.
import { type Message, pass, record, u64 } from "exonet/ash";

const seen = record({ packets: u64, octets: u64, wire: u64, longest: u64 });

export default function count(message: Message) {
  seen.packets += 1n;
  seen.octets += u64(message.length);
  seen.wire += u64(message.wire);
  if (u64(message.length) > seen.longest) seen.longest = u64(message.length);
  return pass;
}
