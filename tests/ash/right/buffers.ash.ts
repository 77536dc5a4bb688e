// Octets in state, read and written in all widths.
import { array, type Message, pass, record, shape, table, u8, u32, u64 } from "exonet/ash";

const one = array(u8, 37);
const held = record({ octets: array(u8, 16), after: u32 });
const kept = table(u32, shape({ head: array(u8, 24), packets: u32 }), 8);

export default function write(message: Message) {
  if (message.length < 34) return pass;
  const octets = message.length < one.length ? message.length : one.length;
  message.vector(0, octets, one, 0);
  one.setU16(35, one.u16(0));
  one.setU32(message.number % 30, message.u32(26));
  one.setU64(3, message.u64(26) ^ u64(one.length));
  held.octets.setU64(8, one.u64(7));
  held.octets[0] = one[36]!;
  held.octets[15]! += 1;
  held.after = held.octets.u32(5) ^ held.octets.u16(13);
  const entry = kept.enter(message.u32(26));
  message.vector(0, 20, entry.head, 4);
  entry.head.setU32(0, entry.packets);
  entry.packets += u32(entry.head[8]!) + 1;
  return pass;
}
