// The header's sum by a loop, by a pipe and by what changed: all three the same.
import {
  checksum,
  consume,
  fold16,
  type Message,
  pass,
  patch16,
  patch32,
  pipeline,
  record,
  swap16,
  swap32,
  u16,
  u32,
} from "exonet/ash";

const sum = checksum();
const header = pipeline(sum);
const told = record({ same: u32, other: u32 });

function byHand(message: Message, from: u32, octets: u32): u16 {
  let total = 0;
  for (let at = 0; at < octets; at += 2) total += message.u16(from + at);
  while (total >>> 16 !== 0) total = (total & 0xffff) + (total >>> 16);
  return u16(total);
}

export default function compare(message: Message) {
  if (message.length < 34) return pass;
  sum.value = 0;
  header.read(message, 14, 20);
  const pipe = fold16(sum.value);
  const hand = byHand(message, 14, 20);
  if (pipe === hand) told.same += 1;
  else told.other += 1;
  const less = u16(message.u16(22) - 256);
  const patched = patch16(message.u16(24), message.u16(22), less);
  const again = patch16(patched, less, message.u16(22));
  const word = patch32(message.u16(24), message.u32(26), 0x7f000001);
  if (again !== message.u16(24)) told.other += 1;
  if (swap32(swap32(word)) !== word || swap16(swap16(hand)) !== hand) told.other += 1;
  return told.other > 100 ? consume : pass;
}
