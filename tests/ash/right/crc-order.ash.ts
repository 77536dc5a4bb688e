// The CRC before and behind a change, which are not the same.
import { array, byteswap16, consume, crc32, type Message, pass, pipeline, record, u8, u32 } from "exonet/ash";

const first = crc32();
const swap = byteswap16();
const second = crc32();
const both = pipeline(first, swap, second);
const again = pipeline(swap, first);
const buffer = array(u8, 512);
const told = record({ same: u32, other: u32 });

export default function order(message: Message) {
  let octets = message.length < 512 ? message.length : 512;
  if (octets % 2 === 1) octets -= 1;
  first.value = 0;
  second.value = 0;
  both.run(message, 0, octets, buffer, 0);
  const behind = second.value;
  const front = first.value;
  first.value = 0;
  again.read(message, 0, octets);
  if (first.value !== front) told.other += 1;
  else told.same += 1;
  return behind === front && octets > 0 ? consume : pass;
}
