// A token bucket for each source.
import { consume, type Message, pass, record, shape, table, u32, u64 } from "exonet/ash";

const RATE = 100n;
const BURST = 1_000n;
const SECOND = 1_000_000_000n;

const buckets = table(u32, shape({ tokens: u64, last: u64 }), 256);
const told = record({ passed: u64, dropped: u64 });

export default function limit(message: Message) {
  if (message.length < 34 || message.u16(12) !== 0x0800) return pass;
  const bucket = buckets.enter(message.u32(26));
  if (bucket.last === 0n) {
    bucket.tokens = BURST;
    bucket.last = message.time;
  }
  const earned = ((message.time - bucket.last) * RATE) / SECOND;
  if (earned > 0n) {
    bucket.tokens += earned;
    if (bucket.tokens > BURST) bucket.tokens = BURST;
    bucket.last = message.time;
  }
  if (bucket.tokens === 0n) {
    told.dropped += 1n;
    return consume;
  }
  bucket.tokens -= 1n;
  told.passed += 1n;
  return pass;
}
