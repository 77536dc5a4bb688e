// Wakes its owner when one source has asked for more than 20 ports.
import { array, type Message, pass, shape, table, u8, u16, u32, wake } from "exonet/ash";

const LIMIT = 20;
const sources = table(u32, shape({ ports: array(u16, LIMIT), used: u8 }), 128);

export default function scan(message: Message) {
  if (message.length < 54 || message.u16(12) !== 0x0800 || message.u8(23) !== 6) return pass;
  if ((message.u8(47) & 0x12) !== 0x02) return pass;
  const port = message.u16(36);
  const source = sources.enter(message.u32(26));
  for (let i = 0; i < source.used; i++) {
    if (source.ports[i] === port) return pass;
  }
  if (source.used < LIMIT) {
    source.ports[source.used] = port;
    source.used += 1;
  } else {
    wake(message.u32(26));
    sources.delete(message.u32(26));
  }
  return pass;
}
