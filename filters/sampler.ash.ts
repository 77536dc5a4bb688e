// Lets one message in sixteen go on, and is done with the others: a sample that costs its owner a sixteenth.
import { consume, type Message, type Outcome, pass, record, u32, u64 } from "exonet/ash";

const ONE_IN = 16;

const sample = record({ seen: u64, taken: u64, next: u32 });

export default function sampler(message: Message): Outcome {
  sample.seen += 1n;
  if (sample.next !== 0) {
    sample.next -= 1;
    return consume;
  }
  sample.next = ONE_IN - 1;
  sample.taken += u64(message.length > 0);
  return pass;
}
