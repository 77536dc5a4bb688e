// All that a message says of itself, in all widths of its first octets.
import { array, i32, i64, type Message, pass, record, u32, u64 } from "exonet/ash";

const fields = record({ length: u32, wire: u32, time: u64, port: u32, link: u32, number: u32 });
const loads = record({ unsigned: u64, signed: i64, low: i32 });
const byPort = array(u64, 4);

export default function look(message: Message) {
  fields.length = message.length;
  fields.wire = message.wire;
  fields.time = message.time;
  fields.port = message.port;
  fields.link = message.link;
  fields.number = message.number;
  byPort[message.port % 4]! += 1n;
  if (message.length < 8 || message.wire < message.length) return pass;
  loads.unsigned = u64(message.u8(0)) + u64(message.u16(1)) + u64(message.u32(3)) + message.u64(0);
  loads.signed = i64(message.i8(0)) - i64(message.i16(1)) - i64(message.i32(3)) - message.i64(0);
  loads.low = message.i8(message.length - 1);
  loads.low += message.i16(message.length - 2);
  loads.low ^= message.i32(message.length - 4);
  return pass;
}
