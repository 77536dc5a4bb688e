// Which ports were asked for, a bit each.
import { array, type bool, type Message, pass, record, type u16, u32, wake } from "exonet/ash";

const bits = array(u32, 2048);
const count = record({ set: u32, again: u32 });

function isSet(port: u16): bool {
  return ((bits[port >>> 5]! >>> (port & 31)) & 1) !== 0;
}

function set(port: u16) {
  bits[port >>> 5]! |= 1 << (port & 31);
  count.set += 1;
}

export default function ports(message: Message) {
  if (message.length < 38 || message.u16(12) !== 0x0800) return pass;
  const port = message.u16(36);
  if (isSet(port)) {
    count.again += 1;
    return pass;
  }
  set(port);
  if (count.set % 10 === 0) wake(port);
  return pass;
}
