// What was found, compared in odd places.
import { bool, consume, type Message, type Outcome, pass, shape, table, u8, u32 } from "exonet/ash";

const known = table(u32, shape({ times: u32, flag: bool }), 8);

function isKnown(address: u32): bool {
  const entry = known.find(address);
  return entry !== undefined && entry.flag;
}

function judged(address: u32): Outcome {
  const entry = known.find(address);
  if (entry !== undefined) {
    if (entry.times > 2) return consume;
    entry.times += 1;
    return pass;
  } else {
    known.enter(address).flag = true;
  }
  return isKnown(address) ? pass : consume;
}

export default function odd(message: Message) {
  if (message.length < 34) return pass;
  const source = known.find(message.u32(26));
  let times = 0;
  while (times < 4) {
    if (source === undefined) break;
    times += source.times + 1;
  }
  do {
    const target = known.find(message.u32(30) + times);
    if (target !== undefined) {
      target.times = u8(times);
      break;
    }
    times += 1;
  } while (times < 6);
  if (source === undefined ? times > 5 : source.flag) return judged(message.u32(26));
  return judged(message.u32(30));
}
