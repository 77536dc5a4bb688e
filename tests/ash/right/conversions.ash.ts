// Each type to each.
import { array, bool, i8, i16, i32, i64, type Message, pass, record, u8, u16, u32, u64 } from "exonet/ash";

const last = record({ w: u32, l: u64, s: i64, o: u8, b: bool, n: i8, h: u16, k: i16 });
const flags = array(bool, 16);

export default function convert(message: Message) {
  if (message.length < 16) return pass;
  const word = message.u32(0);
  const long = message.u64(4);
  last.w = u32(i8(word)) + u32(i16(word)) + u32(long) + u32(bool(word));
  last.l = u64(i32(word)) ^ u64(word) ^ u64(i8(long)) ^ u64(word === 0);
  last.s = i64(word) - i64(i32(word)) + i64(long) + i64(true);
  last.o = u8(long >> 8n);
  last.b = bool(long & 1n) !== bool(word & 1);
  last.n = i8(word >>> 24);
  last.h = u16(-1);
  last.k = i16(long);
  for (let i = 0; i < flags.length; i++) flags[i] = bool((word >>> i) & 1);
  flags[15] = !flags[14];
  if (flags[0] === flags[1]) last.w += u32(flags[2]!) + 1;
  return bool(last.o) || last.b ? pass : pass;
}
