// Expressions in expressions.
import { type Message, pass, record, u32, u64 } from "exonet/ash";

const seen = record({ word: u32, long: u64 });

function least(a: u32, b: u32): u32 {
  return a < b ? a : b;
}

function most(a: u32, b: u32): u32 {
  return a > b ? a : b;
}

export default function deep(message: Message) {
  const n = message.length;
  if (n < 64) return pass;
  seen.word =
    least(most(least(n, 1500), most(message.u8(n - 1), message.u8(least(n - 1, 63)))), least(n * 2, n << 2)) +
    (((n ^ (n >>> 3)) * 5 + ((n & 7) | ((n % 5) << 4))) / (1 + (n & 3)) - (n > 100 ? (n > 1000 ? 3 : 2) : 1));
  seen.long =
    ((u64(seen.word) << 32n) | u64(~seen.word)) ^
    (message.u64(least(message.u8(14), n - 8)) * (message.time - (message.time / 7n) * 7n + 1n));
  const odd = (n & 1) === 1 && !(n > 200 || (n < 100 && (n % 3 === 0 || n % 7 === 0)));
  seen.word ^= odd ? u32(seen.long >> 17n) : u32(seen.long) + u32(odd);
  return pass;
}
