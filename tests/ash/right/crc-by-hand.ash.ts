// CRC-32 by shifts, and by a pipe.
import { array, crc32, type Message, pass, pipeline, record, u32 } from "exonet/ash";

const POLYNOMIAL = 0xedb88320;
const rows = array(u32, 16);
const ready = record({ rows: u32, same: u32, other: u32 });
const crc = crc32();
const check = pipeline(crc);

function prepare() {
  for (let i = 0; i < 16; i++) {
    let row = i;
    for (let bit = 0; bit < 4; bit++) row = (row & 1) === 1 ? (row >>> 1) ^ POLYNOMIAL : row >>> 1;
    rows[i] = row;
  }
  ready.rows = 16;
}

export default function compare(message: Message) {
  if (ready.rows === 0) prepare();
  const octets = message.length < 40 ? message.length : 40;
  let value = 0xffffffff;
  for (let at = 0; at < octets; at++) {
    value ^= message.u8(at);
    value = rows[value & 15]! ^ (value >>> 4);
    value = rows[value & 15]! ^ (value >>> 4);
  }
  crc.value = 0;
  check.read(message, 0, octets);
  if (crc.value === ~value) ready.same += 1;
  else ready.other += 1;
  return pass;
}
