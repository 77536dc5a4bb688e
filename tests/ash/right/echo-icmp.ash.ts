// Answers echo requests where they lie.
import { consume, type Message, pass, patch16, reply } from "exonet/ash";

const ETHERNET = 14;
const IPV4 = 0x0800;

export default function echo(message: Message) {
  if (message.length < ETHERNET + 28) return pass;
  if (message.u16(12) !== IPV4 || message.u8(23) !== 1) return pass;
  const header = (message.u8(ETHERNET) & 15) * 4;
  const icmp = ETHERNET + header;
  if (icmp + 8 > message.length || message.u8(icmp) !== 8) return pass;
  if (message.length > 2048) return pass;
  const out = reply(message);
  out.swap(0, 6, 6);
  out.swap(26, 30, 4);
  const before = out.u16(icmp);
  out[icmp] = 0;
  out.setU16(icmp + 2, patch16(message.u16(icmp + 2), before, out.u16(icmp)));
  return out.send() ? consume : pass;
}
