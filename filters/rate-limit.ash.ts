// A token bucket for each IPv4 source: 100 packets a second of capture time, 200 at once; what is beyond ends here.
// Fuel: 124 a message, 124 at most, on captures/demo.pcap.
import { consume, type Message, type Outcome, pass, record, shape, table, u32, u64 } from "exonet/ash";

const SECOND = 1_000_000_000n;
const AT_ONCE = 200n;
/** ns that one token takes. */
const TOKEN = SECOND / 100n;

const Bucket = shape({ tokens: u64, filled: u64, passed: u32, ended: u32 });
const sources = table(u32, Bucket, 4096);
const limit = record({ passed: u64, ended: u64 });

export default function rateLimit(message: Message): Outcome {
  if (message.length < 34) return pass;
  const bucket = sources.enter(message.u32(26));
  // A new one; or a replay that began anew, so that its time is long past.
  if (bucket.filled === 0n || bucket.filled > message.time + SECOND) {
    bucket.filled = message.time;
    bucket.tokens = AT_ONCE;
  }
  // Captures' times go backwards a little now and then: then nothing is filled.
  const earned = message.time > bucket.filled ? (message.time - bucket.filled) / TOKEN : 0n;
  // What is left of a token's time counts for the next.
  bucket.filled += earned * TOKEN;
  bucket.tokens = bucket.tokens + earned > AT_ONCE ? AT_ONCE : bucket.tokens + earned;
  if (bucket.tokens === 0n) {
    bucket.ended += 1;
    limit.ended += 1n;
    return consume;
  }
  bucket.tokens -= 1n;
  bucket.passed += 1;
  limit.passed += 1n;
  return pass;
}
