// Answers connection requests by a number that is made of them, and keeps nothing.
import {
  type bool,
  checksum,
  consume,
  fold16,
  type Message,
  pass,
  pipeline,
  record,
  reply,
  swap32,
  u16,
  u32,
} from "exonet/ash";

const secret = record({ word: u32, asked: u32 });
const sum = checksum();
const header = pipeline(sum);

function mixed(a: u32, b: u32, c: u32): u32 {
  let hash = a ^ swap32(b);
  hash *= 0x85ebca6b;
  hash ^= (hash >>> 13) + c;
  hash *= 0xc2b2ae35;
  return hash ^ (hash >>> 16);
}

function isRequest(message: Message): bool {
  const ipv4 = message.length >= 54 && message.u16(12) === 0x0800 && message.u8(14) === 0x45;
  return ipv4 && message.u8(23) === 6 && (message.u8(47) & 0x17) === 0x02;
}

export default function answer(message: Message) {
  if (!isRequest(message)) return pass;
  if (secret.word === 0) secret.word = mixed(message.number, u32(message.time), 1);
  const cookie = mixed(message.u32(26), message.u32(34), secret.word);
  const out = reply(message);
  out.resize(54);
  out.swap(0, 6, 6);
  out.swap(26, 30, 4);
  out.swap(34, 36, 2);
  out.setU16(16, 40);
  out.setU32(42, message.u32(38) + 1);
  out.setU32(38, cookie);
  out[46] = 0x50;
  out[47] = 0x12;
  sum.value = 0;
  header.read(message, 14, 20);
  out.setU16(50, u16(~fold16(sum.value)));
  secret.asked += 1;
  if (!out.send()) return pass;
  return consume;
}
