// --- a sampler that keeps the wrong width
import { array, type Message, pass, record, u32, u64 } from "exonet/ash";

const RATE = 100;
const seen = record({ packets: u64, octets: u64 });
const sizes = array(u32, 12);

export default function sample(message: Message) {
  seen.packets += 1n;
  seen.octets += u64(message.length);
  let bucket = 0;
  for (let limit = 64; limit < message.length && bucket < sizes.length - 1; limit *= 2) bucket += 1;
  sizes[bucket] += 1;
  if (seen.packets % RATE === 0n) return pass; // error E_MIXED
  return pass;
}

// --- a rate limiter that forgets that time is a bigint
import { consume, type Message, pass, record, shape, table, u32, u64 } from "exonet/ash";

const BURST = 10;
const buckets = table(u32, shape({ tokens: u32, last: u64 }), 1024);
const told = record({ dropped: u64 });

export default function limit(message: Message) {
  if (message.length < 34 || message.u16(12) !== 0x0800) return pass;
  const bucket = buckets.enter(message.u32(26));
  if (bucket.last === 0n) bucket.tokens = BURST;
  const passed = message.time - bucket.last;
  bucket.tokens += passed / 1000000000n; // error E_MIXED
  bucket.last = message.time;
  if (bucket.tokens > BURST) bucket.tokens = BURST;
  if (bucket.tokens === 0) {
    told.dropped += 1n;
    return consume;
  }
  bucket.tokens -= 1;
  return pass;
}

// --- an echo that writes a word where a half belongs
import { consume, type Message, pass, patch16, reply } from "exonet/ash";

export default function echo(message: Message) {
  if (message.length < 42) return pass;
  if (message.u16(12) !== 0x0800 || message.u8(23) !== 1) return pass;
  if (message.u8(34) !== 8) return pass;
  const out = reply(message);
  out.swap(0, 6, 6);
  out.swap(26, 30, 4);
  const before = message.u16(34);
  out[34] = 0;
  out.setU16(36, patch16(message.u16(36), before, message.u32(34))); // error E_NARROW
  return out.send() ? consume : pass;
}

// --- an increment that counts with a sign
import { consume, type Message, pass, record, reply, u32 } from "exonet/ash";

const cell = record({ value: u32, last: u32 });

export default function increment(message: Message) {
  if (message.length < 46) return pass;
  const by = message.i32(42);
  cell.last = message.number;
  cell.value += by; // error E_MIXED
  const out = reply(message);
  out.setU32(42, cell.value);
  out.send();
  return consume;
}

// --- a port-scan detector that uses what it may not have found
import { array, type Message, pass, shape, table, u16, u32, u8, wake } from "exonet/ash";

const LIMIT = 20;
const sources = table(u32, shape({ ports: array(u16, 20), used: u8 }), 512);

export default function scan(message: Message) {
  if (message.length < 38 || message.u16(12) !== 0x0800 || message.u8(23) !== 6) return pass;
  const port = message.u16(36);
  const source = sources.find(message.u32(26));
  if (source === undefined) {
    const fresh = sources.enter(message.u32(26));
    fresh.ports[0] = port;
    fresh.used = 1;
  }
  for (let i = 0; i < LIMIT; i++) {
    if (source.ports[i] === port) return pass; // error E_UNDEFINED
  }
  wake(message.u32(26));
  return pass;
}

// --- a flow table whose key lacks a field
import { type Message, pass, shape, table, u16, u32, u64, u8 } from "exonet/ash";

const key = shape({ source: u32, target: u32, sourcePort: u16, targetPort: u16, protocol: u8 });
const flows = table(key, shape({ packets: u64, octets: u64, first: u64 }), 4096);

export default function flow(message: Message) {
  if (message.length < 38) return pass;
  const protocol = message.u8(23);
  if (protocol !== 6 && protocol !== 17) return pass;
  const source = message.u32(26);
  const target = message.u32(30);
  const entry = flows.enter({ source, target, sourcePort: message.u16(34), targetPort: message.u16(36) }); // error E_KEY
  if (entry.packets === 0n) entry.first = message.time;
  entry.packets += 1n;
  entry.octets += u64(message.wire);
  return pass;
}

// --- a checksum over a header that is compared as a boolean
import { checksum, consume, fold16, type Message, pass, pipeline } from "exonet/ash";

const sum = checksum();
const verify = pipeline(sum);

export default function judge(message: Message) {
  if (message.length < 34) return pass;
  const octets = (message.u8(14) & 15) * 4;
  sum.value = 0;
  verify.read(message, 14, octets);
  if (!fold16(sum.value)) return pass; // error E_CONDITION
  return consume;
}

// --- a parser of options whose way out is missing
import { type Message, pass, u32, u8, wake } from "exonet/ash";

function optionAt(message: Message, from: u32, kind: u8): u32 { for (let at = from; at < message.length; at += 1) { if (message.u8(at) === kind) return at; } } // error E_RETURN

export default function options(message: Message) {
  if (message.length < 54) return pass;
  const at = optionAt(message, 54, 2);
  if (at !== 0) wake(at);
  return pass;
}

// --- a walk over labels that is not left
import { type Message, pass, u32, wake } from "exonet/ash";

function labels(message: Message, from: u32): u32 {
  let at = from;
  let count = 0;
  while (message.u8(at) !== 0) {
    const length = message.u8(at);
    if (length > 63) {
      return count;
      count = 0; // error E_UNREACHABLE
    }
    at += length + 1;
    count += 1;
  }
  return count;
}

export default function names(message: Message) {
  if (message.length < 54) return pass;
  wake(labels(message, 54));
  return pass;
}

// --- a classifier by the first octets, with strings
import { type Message, pass, passTo } from "exonet/ash";

export default function classify(message: Message) {
  if (message.length < 58) return pass;
  const first = message.u32(54);
  switch (first) {
    case 0x47455420:
      return passTo(0);
    case "POST": // error E_STRING
      return passTo(1);
    default:
      return pass;
  }
}

// --- a header prediction with a signed sequence
import { array, consume, type Message, pass, record, u32, u8 } from "exonet/ash";

const expected = record({ sequence: u32, at: u32 });
const stream = array(u8, 65536);

export default function predict(message: Message) {
  if (message.length < 54) return pass;
  const sequence = message.u32(38);
  const distance = sequence - expected.sequence;
  if (distance < 0 || distance !== 0) return pass;
  const octets = message.length - 54;
  if (expected.at + octets > stream.length) return pass;
  message.vector(54, octets, stream, expected.at);
  expected.at += octets;
  expected.sequence = -octets; // error E_NEGATIVE
  return consume;
}

// --- a NAT that masks an address with a bigint
import { consume, type Message, pass, patch32, reply, shape, table, u16, u32 } from "exonet/ash";

const NET = 0x0a000000;
const ports = table(u16, shape({ address: u32, port: u16 }), 1000);

export default function nat(message: Message) {
  if (message.length < 42) return pass;
  const source = message.u32(26);
  if ((source & 0xff000000n) !== NET) return pass; // error E_MIXED
  const entry = ports.enter(message.u16(34));
  entry.address = source;
  entry.port = message.u16(34);
  const out = reply(message);
  out.setU32(26, 0xc0a80001);
  out.setU16(24, patch32(message.u16(24), source, 0xc0a80001));
  out.send(1);
  return consume;
}

// --- a histogram with an index that is shifted with a sign
import { array, type Message, pass, u32 } from "exonet/ash";

const histogram = array(u32, 256);

export default function count(message: Message) {
  let at = 0;
  while (at + 4 <= message.length) {
    const word = message.u32(at);
    for (let shift = 0; shift < 32; shift += 8) {
      const octet = (word >> shift) & 255; // error E_SHIFT
      histogram[octet] += 1;
    }
    at += 4;
  }
  return pass;
}

// --- a median filter that swaps by destructuring
import { array, type Message, pass, u32, wake } from "exonet/ash";

const window = array(u32, 5);
const sorted = array(u32, 5);

export default function median(message: Message) {
  window[message.number % 5] = message.length;
  for (let i = 0; i < 5; i++) sorted[i] = window[i]!;
  for (let i = 0; i < 4; i++) {
    for (let j = 0; j < 4 - i; j++) {
      if (sorted[j]! > sorted[j + 1]!) {
        [sorted[j], sorted[j + 1]] = [sorted[j + 1], sorted[j]]; // error E_DESTRUCTURING
      }
    }
  }
  wake(sorted[2]!);
  return pass;
}

// --- a cache that tells its answers by an object
import { array, consume, frame, type Message, pass, shape, table, u32, u8 } from "exonet/ash";

const answers = table(u32, shape({ octets: u32, data: array(u8, 512) }), 64);

export default function cache(message: Message) {
  if (message.length < 60) return pass;
  const answer = answers.find(message.u32(42));
  if (answer === undefined) return pass;
  const out = frame(answer.octets);
  for (let i = 0; i < answer.octets; i++) out[i] = answer.data[i]!;
  out.send({ port: 1 }); // error E_OBJECT
  return consume;
}

// --- a hash that multiplies words and longs
import { type Message, pass, record, u32, u64 } from "exonet/ash";

const last = record({ hash: u64 });

function mixed(a: u32, b: u32): u64 {
  let hash = 14695981039346656037n;
  hash = (hash ^ u64(a)) * 1099511628211n;
  hash = (hash ^ b) * 1099511628211n; // error E_MIXED
  return hash;
}

export default function hash(message: Message) {
  if (message.length < 34) return pass;
  last.hash = mixed(message.u32(26), message.u32(30));
  return pass;
}

// --- a queue whose index goes up inside of it
import { array, type Message, pass, record, u32 } from "exonet/ash";

const queue = array(u32, 64);
const ends = record({ first: u32, last: u32 });

export default function remember(message: Message) {
  if (message.length < 34) return pass;
  if (ends.last - ends.first === queue.length) ends.first += 1;
  queue[ends.last++ % 64] = message.u32(26); // error E_EXPRESSION
  return pass;
}

// --- a bit set with a count beyond
import { array, bool, type Message, pass, u32, wake } from "exonet/ash";

const bits = array(u32, 2048);

function known(port: u32): bool {
  return (bits[port >>> 5]! & (1 << (port & 31))) !== 0;
}

export default function ports(message: Message) {
  if (message.length < 38) return pass;
  const port = message.u16(36);
  if (known(port)) return pass;
  bits[port >>> 5] |= 1 << (port & 31);
  wake(port << 32); // error E_SHIFT_RANGE
  return pass;
}

// --- a window of which the last is behind the end
import { array, type Message, pass, shape, u32, u64 } from "exonet/ash";

const SLOTS = 16;
const slots = array(shape({ second: u64, packets: u32 }), SLOTS);

export default function rate(message: Message) {
  const second = message.time / 1000000000n;
  const slot = slots[u32(second % 16n)]!;
  if (slot.second !== second) {
    slot.second = second;
    slot.packets = 0;
  }
  slot.packets += 1;
  const last = slots[SLOTS]!; // error E_INDEX
  if (last.packets > slot.packets) last.packets = 0;
  return pass;
}

// --- an average in a bigint that is put into a word
import { type Message, pass, record, u32, u64 } from "exonet/ash";

const gap = record({ last: u64, sum: u64, count: u64, mean: u32 });

export default function gaps(message: Message) {
  if (gap.last !== 0n) {
    gap.sum += message.time - gap.last;
    gap.count += 1n;
    gap.mean = gap.sum / gap.count; // error E_TYPE
  }
  gap.last = message.time;
  return pass;
}

// --- an outcome chosen by three ways, one of which is a number
import { consume, type Message, type Outcome, pass, passTo, u16 } from "exonet/ash";

function chosen(port: u16): Outcome {
  if (port === 53) return consume;
  return port < 1024 ? passTo(0) : port < 49152 ? 1 : pass; // error E_TYPE
}

export default function choose(message: Message) {
  if (message.length < 38) return pass;
  return chosen(message.u16(36));
}

// --- a switch in a loop with a case twice
import { type Message, pass, record, u32 } from "exonet/ash";

const seen = record({ ends: u32, pads: u32, others: u32 });

export default function options(message: Message) {
  if (message.length < 54) return pass;
  let at = 54;
  while (at < message.length) {
    const kind = message.u8(at);
    switch (kind) {
      case 0:
        seen.ends += 1;
        return pass;
      case 1:
        seen.pads += 1;
        at += 1;
        continue;
      case 1: // error E_CASE_TWICE
        seen.others += 1;
        break;
      default:
        break;
    }
    at += 2;
  }
  return pass;
}

// --- a helper that is declared with a type of TypeScript's
import { bool, type Message, pass, u32, wake } from "exonet/ash";

function within(n: u32, low: u32, high: number): bool { // error E_TYPE_NAME
  return n >= low && n <= high;
}

export default function check(message: Message) {
  if (within(message.length, 60, 1514)) wake(1);
  return pass;
}

// --- a helper that gets its arguments in the wrong order
import { type Message, pass, u32, u64, wake } from "exonet/ash";

function later(time: u64, by: u32): u64 {
  return time + u64(by) * 1000n;
}

export default function schedule(message: Message) {
  const due = later(message.number, message.time); // error E_TYPE
  if (due > 3n) wake(1);
  return pass;
}

// --- a record that is read before its width is thought of
import { type Message, pass, record, u16, u8 } from "exonet/ash";

const header = record({ version: u8, length: u8, total: u16 });

export default function parse(message: Message) {
  if (message.length < 34) return pass;
  const first = message.u8(14);
  header.version = u8(first >>> 4);
  header.length = (first & 15) * 4; // error E_NARROW
  header.total = message.u16(16);
  return pass;
}

// --- a ternary deep in an argument
import { type Message, pass, transfer, u32 } from "exonet/ash";

function least(a: u32, b: u32): u32 {
  return a < b ? a : b;
}

export default function tell(message: Message) {
  const first = least(message.length, 64);
  transfer(0, first, least(first, message.wire === first ? 1 : message.i8(14)), message.port); // error E_MIXED
  return pass;
}

// --- a for whose update has no effect
import { array, type Message, pass, u32 } from "exonet/ash";

const counts = array(u32, 16);

export default function clear(message: Message) {
  for (let i = 0; i < counts.length; i + 1) { // error E_EFFECT
    counts[i] = 0;
  }
  return pass;
}

// --- optional chaining deep in a condition
import { type Message, pass, shape, table, u32, u64, wake } from "exonet/ash";

const flows = table(u32, shape({ packets: u64, warned: u32 }), 256);

export default function warn(message: Message) {
  if (message.length >= 34 && message.u16(12) === 0x0800) {
    for (let at = 26; at < 34; at += 4) {
      if (message.u32(at) !== 0 && flows.find(message.u32(at))?.packets === 3n) { // error E_OPTIONAL
        wake(at);
      }
    }
  }
  return pass;
}

// --- a frame that is built with a bigint as its octet
import { consume, frame, type Message, pass } from "exonet/ash";

export default function answer(message: Message) {
  if (message.length < 14) return pass;
  const out = frame(60);
  for (let i = 0; i < 6; i++) {
    out[i] = message.u8(6 + i);
    out[6 + i] = message.u8(i);
  }
  out.setU16(12, 0x88b5);
  out.setU64(14, message.time);
  out.setU32(22, message.time); // error E_TYPE
  out.send();
  return consume;
}

// --- a state machine whose states are an enum
import { type Message, pass, record, u8 } from "exonet/ash";

enum State { closed, open } // error E_TYPE_DECLARATION

const machine = record({ state: u8 });

export default function step(message: Message) {
  if (message.length < 54) return pass;
  const flags = message.u8(47);
  if ((flags & 2) !== 0) machine.state = 1;
  if ((flags & 1) !== 0) machine.state = 0;
  return pass;
}

// --- two mistakes: a clock and a comparison
import { type Message, pass, record, u64, wake } from "exonet/ash";

const seen = record({ last: u64 });

export default function clock(message: Message) {
  const now = Date.now(); // error E_NAME
  if (seen.last == 0n) wake(1); // error E_EQUALITY
  seen.last = message.time;
  return pass;
}

// --- three mistakes in one parser
import { array, type Message, pass, u32, wake } from "exonet/ash";

const counts = array(u32, 64);

export default function parse(message: Message) {
  var type = message.u16(12); // error E_VAR
  for (const count of counts) { // error E_FOR
    wake(1);
  }
  const version = message.u8(14) >> 4; // error E_SHIFT
  return pass;
}

// --- three mistakes, each in another function
import { type Message, pass, u32, u8, wake } from "exonet/ash";

function low(n: u32): u8 {
  return n & 255; // error E_NARROW
}

function negative(n: u32): u32 {
  return -n; // error E_NEGATIVE
}

export default function run(message: Message) {
  wake(low(message.length));
  wake(negative(message.length));
  if (message.length) return pass; // error E_CONDITION
  return pass;
}

// --- four mistakes in state and its use
import { array, type Message, pass, record, shape, table, u32, u64 } from "exonet/ash";

const nothing = shape({}); // error E_SHAPE
const counts = array(u32, 0); // error E_CAPACITY
const flows = table(u32, shape({ packets: u64 }), 16);
const seen = record({ packets: u64 });

export default function run(message: Message) {
  flows.enter(message.time).packets += 1n; // error E_TYPE
  seen.packets++;
  seen.octets += 1n; // error E_MEMBER
  return pass;
}

// --- two mistakes on one line
import { type Message, pass, u8 } from "exonet/ash";

export default function run(message: Message) {
  const a: u8 = message.u16(12), b: u8 = 256; // error E_NARROW E_LITERAL
  return pass;
}

// --- a mistake does not hide the next one
import { type Message, pass, u32, u64, wake } from "exonet/ash";

export default function run(message: Message) {
  const n = missing + 1; // error E_NAME
  const m = n * 2;
  let now: u64 = message.length; // error E_TYPE
  now += 1n;
  if (m > 3) wake(m);
  let at: u32 = -1; // error E_LITERAL
  at += 1;
  return pass;
}

// --- the same mistake twice
import { type Message, pass, u32 } from "exonet/ash";

export default function run(message: Message) {
  const first = message.u16(12) as u32; // error E_ASSERTION
  const second = message.u16(14) as u32; // error E_ASSERTION
  if (first === second) return pass;
  return pass;
}
