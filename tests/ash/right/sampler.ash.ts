// One of so many messages, chosen by a number that nobody outside can tell.
import { array, type Message, pass, record, shape, u16, u32, u64, wake } from "exonet/ash";

const SLOTS = 8;
const samples = array(shape({ number: u32, time: u64, length: u32, type: u16 }), SLOTS);
const chance = record({ state: u32, taken: u32 });

function next(): u32 {
  let word = chance.state === 0 ? 0x9e3779b9 : chance.state;
  word ^= word << 13;
  word ^= word >>> 17;
  word ^= word << 5;
  chance.state = word;
  return word;
}

export default function sample(message: Message) {
  if (next() % 16 !== 0) return pass;
  const slot = samples[chance.taken % SLOTS]!;
  slot.number = message.number;
  slot.time = message.time;
  slot.length = message.length;
  slot.type = message.length >= 14 ? message.u16(12) : 0;
  chance.taken += 1;
  if (chance.taken % SLOTS === 0) wake(chance.taken);
  return pass;
}
