// Words at their edges.
import { i8, i16, i32, type Message, pass, record, u8, u16, u32 } from "exonet/ash";

const seen = record({ a: u32, b: i32, c: u8, d: i8, e: u16, f: i16, g: u32, h: i32 });

export default function words(message: Message) {
  if (message.length < 20) return pass;
  const x = message.u32(0);
  const y = message.i32(4);
  seen.a = x + 0xffffffff;
  seen.a ^= x - 1;
  seen.b = y * -2147483648;
  seen.b += -y;
  seen.c = message.u8(8);
  seen.c += 255;
  seen.c--;
  seen.d = message.i8(9);
  seen.d -= 127;
  seen.d++;
  seen.e = message.u16(10);
  seen.e *= 3;
  seen.f = message.i16(12);
  seen.f *= -3;
  seen.g = ~x / (x & 0xff) + (x % (x >>> 28));
  seen.h = y / (y >> 16) - (y % -7);
  seen.g <<= 31;
  seen.g |= x >>> 31;
  seen.h = (y << 1) >> 31;
  seen.h &= ~1;
  seen.h >>= 3;
  seen.h /= -5;
  seen.g >>>= 1;
  seen.g /= 7;
  seen.c /= 3;
  seen.d >>= 1;
  seen.e <<= 9;
  return pass;
}
