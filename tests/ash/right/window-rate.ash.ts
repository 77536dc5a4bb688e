// Messages a second over the last sixteen, by a ring of shapes.
import { array, type Message, pass, record, shape, u32, u64, wake } from "exonet/ash";

const SLOTS = 16;
const slots = array(shape({ second: u64, messages: u32 }), SLOTS);
const rate = record({ sum: u32, most: u32, warned: u64 });

export default function window(message: Message) {
  const second = message.time / 1_000_000_000n;
  const slot = slots[u32(second % 16n)]!;
  if (slot.second !== second) {
    slot.second = second;
    slot.messages = 0;
  }
  slot.messages += 1;
  rate.sum = 0;
  for (let i = 0; i < SLOTS; i++) {
    const one = slots[i]!;
    if (one.second + 16n > second) rate.sum += one.messages;
  }
  if (rate.sum <= rate.most) return pass;
  rate.most = rate.sum;
  if (second !== rate.warned) {
    rate.warned = second;
    wake(rate.sum);
  }
  return pass;
}
