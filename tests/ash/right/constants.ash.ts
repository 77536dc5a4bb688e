// Constants in all forms.
import { type i32, type Message, pass, record, u8, u32, u64 } from "exonet/ash";

const HEX = 0xdead_beef;
const BITS = 0b1010_0101;
const OCTAL = 0o755;
const THOUSAND = 1e3;
const SUM = 14 + 20 + 8;
const SHIFTED = 1 << 10;
const NEGATIVE = -40;
const LONG = 0xffff_ffff_ffffn;
const SECOND = 1000n * 1000n * 1000n;
const LIMIT: u32 = 1500;
const STRICT = true;

const seen = record({ words: u32, longs: u64, octet: u8 });

export default function constants(message: Message) {
  seen.words = HEX ^ BITS;
  seen.words += OCTAL * THOUSAND + SHIFTED - SUM;
  seen.longs = (message.time & LONG) / SECOND;
  seen.octet = BITS;
  seen.octet += OCTAL & 255;
  const offset: i32 = NEGATIVE + 50;
  if (STRICT && message.length > LIMIT) seen.words = 0;
  if (offset === 10) seen.words |= 1;
  if (message.length < SUM) return pass;
  seen.words ^= message.u16(SUM - 2 * 4);
  return pass;
}
