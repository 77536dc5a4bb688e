// Loops without one part or another.
import { type Message, pass, record, type u32, u64 } from "exonet/ash";

const seen = record({ sum: u64 });

function gcd(a: u32, b: u32): u32 {
  while (b !== 0) {
    const rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

function steps(n: u32): u32 {
  let count = 0;
  for (; n > 1 && count < 50; ) {
    n = n % 2 === 0 ? n / 2 : 3 * n + 1;
    count++;
  }
  return count;
}

function last(n: u32): u32 {
  for (let i = 0; ; i += 2) if (i >= n) return i;
}

export default function forms(message: Message) {
  let i = 0;
  for (i = 3; i > 0; i--) seen.sum += u64(i);
  for (let low = 0, high = 10; low < high; low++) {
    high -= 1;
    seen.sum ^= u64(low * high);
  }
  seen.sum += u64(gcd(message.length, 12) + steps(message.length % 16) + last(message.length % 9));
  do seen.sum += 1n;
  while (seen.sum % 4n !== 0n);
  return pass;
}
