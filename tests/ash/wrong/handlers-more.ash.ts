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
