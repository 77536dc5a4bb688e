// Adds what a message says to a number in state, and answers what it is then.
import { consume, type Message, pass, record, reply, u32 } from "exonet/ash";

const cell = record({ value: u32, times: u32 });

export default function increment(message: Message) {
  if (message.length < 46 || message.length > 2048) return pass;
  if (message.u16(12) !== 0x0800) return pass;
  cell.value += message.u32(42);
  cell.times++;
  const out = reply(message);
  out.swap(0, 6, 6);
  out.swap(26, 30, 4);
  out.swap(34, 36, 2);
  out.setU16(40, 0);
  out.setU32(42, cell.value);
  out.send();
  return consume;
}
