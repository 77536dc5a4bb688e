// Tables by keys of all types.
import {
  array,
  bool,
  i8,
  i16,
  i32,
  i64,
  type Message,
  pass,
  record,
  shape,
  table,
  u8,
  u16,
  u32,
  u64,
} from "exonet/ash";

const value = shape({ times: u32 });
const byOctet = table(u8, value, 4);
const bySign = table(i8, value, 4);
const byHalf = table(u16, value, 8);
const byShort = table(i16, value, 3);
const byInt = table(i32, value, 5);
const byLong = table(u64, value, 7);
const bySignedLong = table(i64, value, 1);
const byFlag = table(bool, value, 2);
const all = shape({ a: u8, b: i64, c: bool, d: u16, e: i8, f: u32 });
const byAll = table(all, shape({ times: u32, first: array(u8, 4), long: i64 }), 16);
const sizes = record({ sum: u32, capacity: u32 });

export default function keys(message: Message) {
  if (message.length < 20) return pass;
  byOctet.enter(message.u8(0)).times += 1;
  bySign.enter(message.i8(1)).times += 1;
  byHalf.enter(message.u16(12)).times += 1;
  byShort.enter(message.i16(2)).times += 1;
  byInt.enter(message.i32(4)).times += 1;
  byLong.enter(message.u64(6)).times += 1;
  bySignedLong.enter(message.i64(8)).times += 1;
  byFlag.enter(message.length > 100).times += 1;
  const entry = byAll.enter({
    f: message.u32(6),
    a: message.u8(14),
    b: message.i64(8) >> 48n,
    c: message.u8(15) === 0,
    d: message.u16(12),
    e: -1,
  });
  entry.times += 1;
  entry.first[entry.times % 4] = message.u8(16);
  entry.long -= 1n;
  if (byInt.delete(message.i32(8))) sizes.sum += 1;
  sizes.sum += byOctet.size + bySign.size + byHalf.size + byShort.size + byInt.size + byLong.size + byAll.size;
  sizes.capacity = byOctet.capacity * byAll.capacity + bySignedLong.size + byFlag.size;
  return pass;
}
