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
