// Places of several fields, held by const.
import { array, i32, type Message, pass, record, shape, u8, u16, u32, u64 } from "exonet/ash";

const slot = shape({ count: u32, octets: array(u8, 6), times: array(u64, 3), signed: i32 });
const slots = array(slot, 12);
const whole = record(slot);
const names = array(u16, 12);

function used(i: u32): u32 {
  const one = slots[i]!;
  return one.count + one.octets.length + u32(one.times[2]!);
}

export default function hold(message: Message) {
  if (message.length < 14) return pass;
  const at = message.u8(11) % 12;
  const one = slots[at]!;
  const other = slots[(at + 1) % slots.length]!;
  one.count += 1;
  other.count ^= one.count;
  for (let i = 0; i < one.octets.length; i++) one.octets[i] = message.u8(6 + i);
  message.vector(0, 6, other.octets, 0);
  one.times[one.count % 3] = message.time;
  other.times[0]! += 1n;
  one.signed -= 3;
  slots[at]!.signed *= -1;
  slots[11]!.octets[5]! ^= 0xff;
  one.octets.setU16(4, other.octets.u16(0));
  one.octets.setU32(1, one.octets.u32(2));
  whole.count = used(at) + used(11 - at);
  whole.times[1] = slots[at]!.times[0]! + other.times[2]!;
  names[at] = u16(whole.count);
  return pass;
}
