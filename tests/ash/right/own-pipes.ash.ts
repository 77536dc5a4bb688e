// Pipes of the handler's own, of each gauge and either order.
import { array, fold, i32, type Message, map, pass, pipeline, record, u8, u16, u32, u64 } from "exonet/ash";

const flip = map(u8, (octet) => u8(octet ^ 0x20));
const halves = map(u16, (half) => u16(half + 1), { order: "free" });
const words = map(u32, (word) => ((word << 7) | (word >>> 25)) ^ 0x9e3779b9, { order: "kept" });
const total = fold(u32, u64, (sum, word) => sum + u64(word), { order: "free" });
const most = fold(u8, u32, (best, octet) => (octet > best ? octet : best));
const signed = fold(u16, i32, (sum, half) => sum * 31 + i32(half));
const change = pipeline(flip, halves, words);
const look = pipeline(total, most, signed);
const buffer = array(u8, 1024);
const seen = record({ total: u64, most: u32, signed: i32, first: u32 });

export default function run(message: Message) {
  let octets = message.length > 256 ? 256 : message.length;
  octets = (octets / 4) * 4;
  total.value = 0n;
  most.value = 0;
  signed.value = -1;
  change.run(message, 0, octets, buffer, 0);
  look.read(message, 0, octets);
  seen.total += total.value;
  seen.most = most.value;
  seen.signed = signed.value;
  seen.first = buffer.u32(0);
  return pass;
}
