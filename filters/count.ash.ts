// Counts messages and octets, and how long they were: the smallest handler that is of use.
import { array, type Message, type Outcome, pass, record, u32, u64 } from "exonet/ash";

const seen = record({ packets: u64, octets: u64 });
/** By length: [0, 1), [1, 2), [2, 4), [4, 8), … */
const lengths = array(u32, 18);

export default function count(message: Message): Outcome {
  seen.packets += 1n;
  seen.octets += u64(message.wire);
  let bucket = 0;
  for (let length = message.wire; length !== 0 && bucket < 17; length = length >>> 1) bucket += 1;
  lengths[bucket] += 1;
  return pass;
}
