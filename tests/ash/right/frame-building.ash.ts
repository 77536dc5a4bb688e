// A frame of the handler's own, octet by octet and in all widths.
import { array, consume, frame, type Message, pass, record, swap16, u8, u16, u32, u64 } from "exonet/ash";

const kept = array(u8, 32);
const seen = record({ sent: u32, failed: u32, sum: u64 });

export default function build(message: Message) {
  if (message.number % 4 !== 1) return pass;
  const out = frame(14);
  for (let i = 0; i < 6; i++) out[i] = 0xff;
  out[6] = 2;
  out.setU16(12, 0x88b5);
  out.resize(60);
  out.setU64(14, message.time);
  out.setU32(22, message.number);
  out.setU16(26, swap16(u16(message.length)));
  out[28]! += 3;
  out[29] = u8(out.length);
  if (message.length >= 16) {
    out.copy(message, 0, 16, 40);
    message.vector(0, 16, kept, 16);
    message.vector(8, 8, out, 30);
  }
  out.swap(14, 22, 4);
  seen.sum += out.u64(14) ^ u64(out.u32(40)) ^ u64(out.u16(26));
  seen.sum += kept.u64(16) + u64(out[45]!);
  out.resize(64);
  if (out.send(0)) seen.sent += 1;
  else seen.failed += 1;
  if (message.length < 200) {
    const second = frame(60);
    second.setU32(0, second.length);
    if (second.send() && second.send(message.port)) return consume;
  }
  return pass;
}
