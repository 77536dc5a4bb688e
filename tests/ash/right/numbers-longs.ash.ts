// Longs at their edges.
import { i64, type Message, pass, record, u32, u64 } from "exonet/ash";

const seen = record({ a: u64, b: i64, c: u64, d: i64, compared: u32 });

export default function longs(message: Message) {
  if (message.length < 24) return pass;
  const x = message.u64(0);
  const y = message.i64(8);
  seen.a = x + 18446744073709551615n;
  seen.a *= x;
  seen.b = y * -9223372036854775808n;
  seen.b -= -y;
  seen.c = x / (x & 0xffn) + (x % (x >> 60n));
  seen.d = y / (y >> 32n) - (y % -7n);
  seen.c ^= ~x;
  seen.c <<= 63n;
  seen.c |= x >> 63n;
  seen.d = (y << 1n) >> 63n;
  seen.d &= ~1n;
  seen.d >>= 3n;
  seen.c >>= 1n;
  seen.c /= 3n;
  seen.b /= -7n;
  if (x > 9223372036854775807n) seen.compared |= 1;
  if (y < 0n) seen.compared |= 2;
  if (x === u64(y)) seen.compared |= 4;
  if (i64(x) <= y) seen.compared |= 8;
  return pass;
}
