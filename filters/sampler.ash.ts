// Lets one message in sixteen go on, the first of them, and is done with the others: a sample that costs its owner a sixteenth.
// Fuel: 15 a message, 15 at most, on captures/demo.pcap.
import { consume, type Message, type Outcome, pass, record, u64 } from "exonet/ash";

const ONE_IN = 16n;

const sample = record({ seen: u64, taken: u64 });

export default function sampler(_message: Message): Outcome {
  const isTaken = sample.seen % ONE_IN === 0n;
  sample.seen += 1n;
  if (!isTaken) return consume;
  sample.taken += 1n;
  return pass;
}
