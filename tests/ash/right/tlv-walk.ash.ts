// TCP's options, each by its length.
import { type Message, pass, record, u8, u16, u32 } from "exonet/ash";

const found = record({ mss: u16, scale: u8, sack: u32, stamps: u32, bad: u32, last: u32 });

export default function options(message: Message) {
  if (message.length < 54 || message.u16(12) !== 0x0800 || message.u8(23) !== 6) return pass;
  const tcp = 14 + (message.u8(14) & 15) * 4;
  if (tcp + 20 > message.length) return pass;
  let end = tcp + (message.u8(tcp + 12) >>> 4) * 4;
  if (end > message.length) end = message.length;
  let at = tcp + 20;
  while (at < end) {
    const kind = message.u8(at);
    if (kind === 0) break;
    if (kind === 1) {
      at += 1;
      continue;
    }
    if (at + 2 > end) return pass;
    const length = message.u8(at + 1);
    if (length < 2 || at + length > end) {
      found.bad += 1;
      return pass;
    }
    switch (kind) {
      case 2:
        if (length === 4) found.mss = message.u16(at + 2);
        break;
      case 3:
        found.scale = message.u8(at + 2);
        break;
      case 4:
      case 5:
        found.sack += 1;
        break;
      case 8: {
        found.stamps += 1;
        found.last = message.u32(at + 2);
        break;
      }
    }
    at += length;
  }
  return pass;
}
