// Indexes that messages say, some of which are behind the end.
import { array, frame, type Message, pass, record, shape, u8, u32 } from "exonet/ash";

const counts = array(u32, 200);
const slots = array(shape({ octets: array(u8, 40) }), 3);
const seen = record({ begun: u32, ended: u32 });

export default function careless(message: Message) {
  if (message.length < 30) return pass;
  seen.begun += 1;
  counts[message.u8(17)]! += 1;
  const slot = slots[message.number % 4]!;
  slot.octets[message.u8(16) & 63] = message.u8(18);
  const out = frame(message.u8(17) * 10);
  out[20] = message.u8(19);
  out.setU32(message.u8(19), 5);
  message.vector(0, message.u8(17), slots[0]!.octets, 8);
  seen.ended += 1;
  return pass;
}
