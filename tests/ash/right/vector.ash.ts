// Puts payloads one behind the other into a ring in state.
import { array, consume, type Message, pass, record, u8, u32 } from "exonet/ash";

const ring = array(u8, 4096);
const ends = record({ at: u32, messages: u32, wrapped: u32 });

export default function keep(message: Message) {
  if (message.length <= 42) return pass;
  const octets = message.length - 42;
  if (octets > ring.length) return pass;
  const room = ring.length - ends.at;
  if (octets <= room) {
    message.vector(42, octets, ring, ends.at);
    ends.at += octets;
  } else {
    message.vector(42, room, ring, ends.at);
    message.vector(42 + room, octets - room, ring, 0);
    ends.at = octets - room;
    ends.wrapped += 1;
  }
  ends.messages += 1;
  return ends.messages % 2 === 0 ? consume : pass;
}
