// Narrower ones become wider by themselves.
import { i16, i32, type Message, pass, record, type u8, u16, u32 } from "exonet/ash";

const seen = record({ sum: u32, signed: i32, half: u16, low: i16 });

function total(a: u8, b: u16, c: u32): u32 {
  return a + b + c;
}

function difference(a: i32, b: i16): i32 {
  return a - b;
}

export default function widen(message: Message) {
  if (message.length < 16) return pass;
  const octet = message.u8(0);
  const half = message.u16(2);
  let word: u32 = octet;
  word += half;
  let signed: i32 = half;
  signed -= octet;
  const low: i16 = octet;
  seen.half = octet;
  seen.low = low;
  seen.sum = total(octet, octet, half) + word;
  seen.signed = difference(half, low) + signed + message.i8(1);
  seen.sum += message.u8(4) * 256 + message.u8(5);
  seen.sum += (message.u8(6) << 24) | (message.u8(7) << 16);
  return pass;
}
