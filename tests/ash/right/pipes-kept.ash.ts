// What gathers in order sees the data as it is where it stands.
import {
  array,
  byteswap16,
  checksum,
  copy,
  fold,
  type Message,
  map,
  pass,
  pipeline,
  record,
  u8,
  u16,
  u32,
  xor,
} from "exonet/ash";

const key = xor(0x01020304);
const before = fold(u8, u32, (hash, octet) => (hash ^ octet) * 16777619, { order: "kept" });
const upper = map(u8, (octet) => (octet >= 97 && octet <= 122 ? octet - 32 : octet), { order: "free" });
const swap = byteswap16();
const after = fold(u16, u32, (hash, half) => (hash << 5) - hash + half);
const sum = checksum();
const plain = copy();
const long = pipeline(before, key, upper, swap, after, sum, plain);
const buffer = array(u8, 128);
const seen = record({ before: u32, after: u32, sum: u32 });

export default function kept(message: Message) {
  if (message.length < 60) return pass;
  before.value = 2166136261;
  after.value = 0;
  sum.value = 0;
  key.key = message.number;
  long.run(message, 14, 44, buffer, 4);
  seen.before = before.value;
  seen.after = after.value;
  seen.sum += sum.value & 0xffff;
  return pass;
}
