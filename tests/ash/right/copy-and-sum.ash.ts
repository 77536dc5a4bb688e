// Copies, swaps and sums a payload in one go.
import {
  array,
  byteswap32,
  checksum,
  copy,
  fold16,
  type Message,
  pass,
  pipeline,
  record,
  u8,
  u16,
  u32,
} from "exonet/ash";

const plain = copy();
const swap = byteswap32();
const sum = checksum();
const all = pipeline(sum, swap, plain);
const buffer = array(u8, 2048);
const last = record({ octets: u32, sum: u16 });

export default function gather(message: Message) {
  if (message.length < 54) return pass;
  let octets = message.length - 54;
  if (octets > buffer.length) octets = buffer.length;
  octets &= 0xfffffffc;
  sum.value = 0;
  all.run(message, 54, octets, buffer, 0);
  last.octets = octets;
  last.sum = u16(~fold16(sum.value));
  return pass;
}
