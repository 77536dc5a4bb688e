// Sends each datagram for port 7 back to where it came from.
import { consume, type Message, type Outcome, pass, reply } from "exonet/ash";

const PORT = 7;

function isEcho(message: Message): boolean {
  if (message.length < 42) return false;
  return message.u16(12) === 0x0800 && message.u8(23) === 17 && message.u16(36) === PORT;
}

export default function echo(message: Message): Outcome {
  if (!isEcho(message) || message.length > 2048) return pass;
  const out = reply(message);
  out.swap(0, 6, 6);
  out.swap(26, 30, 4);
  out.swap(34, 36, 2);
  out.setU16(40, 0);
  if (out.send(message.port)) return consume;
  return pass;
}
