// Functions of all kinds, called before they are declared.
import { bool, i8, i64, type Message, pass, record, type u8, u16, u32, u64, wake } from "exonet/ash";

const seen = record({ a: u32, b: u64, c: i64, d: bool, e: i8, f: u16 });

export default function run(packet: Message) {
  if (packet.length < 34) return pass;
  seen.a = sixteen(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, packet.u8(14), packet.length);
  seen.b = long(packet, 2n, packet.u8(23));
  seen.c = signed(-3, i64(packet.time));
  seen.d = both(packet.length > 60, packet.wire > 60) || neither();
  seen.e = low(packet.i8(15));
  seen.f = halfAt(packet, 12);
  tell(packet.length);
  nothing();
  return pass;
}

function sixteen(
  a: u8,
  b: u8,
  c: u8,
  d: u8,
  e: u16,
  f: u16,
  g: u16,
  h: u16,
  i: u32,
  j: u32,
  k: u32,
  l: u32,
  m: u32,
  n: u32,
  o: u32,
  p: u32,
): u32 {
  return a + b * c - d + (e ^ f) + (g | h) + i * j - (k % l) + (m << (n % 32)) + (o & p);
}

function long(message: Message, by: u64, octet: u8): u64 {
  return message.time * by + u64(octet) + u64(halfAt(message, 16));
}

function halfAt(message: Message, at: u32): u16 {
  return message.u16(at);
}

function signed(a: i8, b: i64): i64 {
  return i64(a) - b;
}

function both(a: bool, b: boolean): bool {
  return a && b;
}

function neither(): boolean {
  return !both(true, false);
}

function low(n: i8): i8 {
  n += 127;
  return n;
}

function tell(length: u32): void {
  if (length < 100) return;
  wake(length);
}

function nothing() {
  seen.a += 1;
}
