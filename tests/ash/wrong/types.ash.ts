// --- a number where a boolean is needed
import { bool, type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let known: bool = 1; // error E_TYPE
  return pass;
}

// --- a boolean where a number is needed
import { type Message, pass, u32 } from "exonet/ash";

export default function handle(message: Message) {
  let n: u32 = message.length > 60; // error E_TYPE
  return pass;
}

// --- a number where a bigint is needed
import { type Message, pass, u64 } from "exonet/ash";

export default function handle(message: Message) {
  let now: u64 = message.length; // error E_TYPE
  return pass;
}

// --- a bigint where a number is needed
import { type Message, pass, u32 } from "exonet/ash";

export default function handle(message: Message) {
  let now: u32 = message.time; // error E_TYPE
  return pass;
}

// --- a literal without its n
import { type Message, pass, u64 } from "exonet/ash";

export default function handle(message: Message) {
  let n: u64 = 5; // error E_TYPE
  return pass;
}

// --- a literal with an n
import { type Message, pass, u32 } from "exonet/ash";

export default function handle(message: Message) {
  let n: u32 = 5n; // error E_TYPE
  return pass;
}

// --- an outcome where a number is needed
import { type Message, pass, u32 } from "exonet/ash";

export default function handle(message: Message) {
  let n: u32 = pass; // error E_TYPE
  return pass;
}

// --- a number as an outcome
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  return 0; // error E_TYPE
}

// --- a boolean as an outcome
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  return true; // error E_TYPE
}

// --- nothing as an outcome
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  if (message.length < 14) return; // error E_TYPE
  return pass;
}

// --- a value given back by a function that gives back nothing
import { type Message, pass, u32, wake } from "exonet/ash";

function told(n: u32): void {
  return n + 1; // error E_TYPE
}

export default function handle(message: Message) {
  told(3);
  return pass;
}

// --- a value given back by a function that does not say so
import { type Message, pass, u32, wake } from "exonet/ash";

function half(n: u32) { return n / 2; } // error E_TYPE

export default function handle(message: Message) {
  half(3);
  return pass;
}

// --- an outcome from a function of numbers
import { consume, type Message, pass, u32, wake } from "exonet/ash";

function chosen(n: u32): u32 {
  if (n > 3) return consume; // error E_TYPE
  return 0;
}

export default function handle(message: Message) {
  wake(chosen(4));
  return pass;
}

// --- a number from a function of outcomes
import { type Message, type Outcome, pass, u32 } from "exonet/ash";

function chosen(n: u32): Outcome {
  if (n > 3) return 1; // error E_TYPE
  return pass;
}

export default function handle(message: Message) {
  return chosen(message.length);
}

// --- a bigint as an offset
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const type = message.u16(12n); // error E_TYPE
  return pass;
}

// --- a time as an offset
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const type = message.u16(message.time); // error E_TYPE
  return pass;
}

// --- a boolean as an offset
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const type = message.u8(message.length > 14); // error E_TYPE
  return pass;
}

// --- a bigint as an argument
import { type Message, pass, u32 } from "exonet/ash";

function half(n: u32): u32 {
  return n / 2;
}

export default function handle(message: Message) {
  const n = half(message.time); // error E_TYPE
  return pass;
}

// --- a number as a bigint argument
import { type Message, pass, u64 } from "exonet/ash";

function half(n: u64): u64 {
  return n / 2n;
}

export default function handle(message: Message) {
  const n = half(message.length); // error E_TYPE
  return pass;
}

// --- a boolean argument
import { fold16, type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const sum = fold16(message.length > 60); // error E_TYPE
  return pass;
}

// --- a bigint to be woken with
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  wake(message.time); // error E_TYPE
  return pass;
}

// --- a number into a field of bigints
import { type Message, pass, record, u64 } from "exonet/ash";

const seen = record({ last: u64 });

export default function handle(message: Message) {
  seen.last = message.number; // error E_TYPE
  return pass;
}

// --- a bigint into a field of numbers
import { type Message, pass, record, u32 } from "exonet/ash";

const seen = record({ last: u32 });

export default function handle(message: Message) {
  seen.last = message.time; // error E_TYPE
  return pass;
}

// --- a number into a field of booleans
import { bool, type Message, pass, record } from "exonet/ash";

const seen = record({ known: bool });

export default function handle(message: Message) {
  seen.known = 1; // error E_TYPE
  return pass;
}

// --- a boolean into an array of numbers
import { array, type Message, pass, u8 } from "exonet/ash";

const bits = array(u8, 64);

export default function handle(message: Message) {
  bits[3] = true; // error E_TYPE
  return pass;
}

// --- a bigint as an index
import { array, type Message, pass, u32 } from "exonet/ash";

const counts = array(u32, 64);

export default function handle(message: Message) {
  counts[message.time] = 1; // error E_TYPE
  return pass;
}

// --- a sum with a boolean
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.length + (message.length > 60); // error E_TYPE
  return pass;
}

// --- a boolean compared with a number
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  if ((message.length > 60) === 1) return pass; // error E_TYPE
  return pass;
}

// --- two outcomes compared
import { consume, type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  if (pass === consume) return pass; // error E_TYPE
  return pass;
}

// --- an outcome or a number
import { type Message, pass, u32 } from "exonet/ash";

export default function handle(message: Message) {
  return message.length > 60 ? pass : 1; // error E_TYPE
}

// --- the complement of a boolean
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const known = ~(message.length > 60); // error E_TYPE
  return pass;
}

// --- a frame of a bigint's octets
import { frame, type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const out = frame(60n); // error E_TYPE
  return pass;
}

// --- sent by a bigint's port
import { type Message, pass, reply } from "exonet/ash";

export default function handle(message: Message) {
  const out = reply(message);
  out.send(1n); // error E_TYPE
  return pass;
}

// --- a switch over a boolean
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  switch (message.length > 60) { default: wake(1); } // error E_TYPE
  return pass;
}

// --- passed to a bigint's environment
import { type Message, pass, passTo } from "exonet/ash";

export default function handle(message: Message) {
  return passTo(1n); // error E_TYPE
}

// --- a local gets another kind
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = message.length;
  n = message.time; // error E_TYPE
  return pass;
}

// --- a call that gives nothing as a value
import { type Message, pass, u32, wake } from "exonet/ash";

function told(n: u32): void {
  wake(n);
}

export default function handle(message: Message) {
  const n = told(3); // error E_TYPE
  return pass;
}

// --- a message where a number is needed, of one's own function
import { type Message, pass, u32 } from "exonet/ash";

function half(n: u32): u32 {
  return n / 2;
}

export default function handle(message: Message) {
  const n = half(message); // error E_REFERENCE
  return pass;
}

// --- a number where the message is needed
import { type Message, pass, u32 } from "exonet/ash";

function length(packet: Message): u32 {
  return packet.length;
}

export default function handle(message: Message) {
  const n = length(message.length); // error E_TYPE
  return pass;
}

// --- one added to a bigint
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const later = message.time + 1; // error E_MIXED
  return pass;
}

// --- a bigint counter gets a number
import { type Message, pass, record, u64 } from "exonet/ash";

const seen = record({ packets: u64 });

export default function handle(message: Message) {
  seen.packets += 1; // error E_MIXED
  return pass;
}

// --- a bigint counter gets the length
import { type Message, pass, record, u64 } from "exonet/ash";

const seen = record({ octets: u64 });

export default function handle(message: Message) {
  seen.octets += message.length; // error E_MIXED
  return pass;
}

// --- a counter gets a bigint
import { type Message, pass, record, u32 } from "exonet/ash";

const seen = record({ packets: u32 });

export default function handle(message: Message) {
  seen.packets += 1n; // error E_MIXED
  return pass;
}

// --- a time compared with a number
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  if (message.time > 5) return pass; // error E_MIXED
  return pass;
}

// --- a time equal to a number
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  if (message.time === message.number) return pass; // error E_MIXED
  return pass;
}

// --- signed and unsigned added
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.i32(26) + message.u32(30); // error E_MIXED
  return pass;
}

// --- signed and unsigned compared
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  if (message.i8(14) < message.length) return pass; // error E_MIXED
  return pass;
}

// --- signed and unsigned equal
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  if (message.i32(26) === message.u32(30)) return pass; // error E_MIXED
  return pass;
}

// --- a signed local into an unsigned one
import { type Message, pass, u32 } from "exonet/ash";

export default function handle(message: Message) {
  let n: u32 = message.i32(26); // error E_MIXED
  return pass;
}

// --- an unsigned one into a signed local
import { i32, type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n: i32 = message.u32(26); // error E_MIXED
  return pass;
}

// --- a signed offset
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let at = -1;
  const type = message.u16(at); // error E_MIXED
  return pass;
}

// --- a signed argument
import { type Message, pass, u32 } from "exonet/ash";

function half(n: u32): u32 {
  return n / 2;
}

export default function handle(message: Message) {
  const n = half(message.i32(26)); // error E_MIXED
  return pass;
}

// --- signed and unsigned longs
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.i64(14) - message.time; // error E_MIXED
  return pass;
}

// --- a signed long into an unsigned one
import { type Message, pass, u64 } from "exonet/ash";

export default function handle(message: Message) {
  let n: u64 = message.i64(14); // error E_MIXED
  return pass;
}

// --- an unsigned local less a signed one
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = message.length;
  let m = -3;
  n -= m; // error E_MIXED
  return pass;
}

// --- masked with a bigint
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const low = message.u32(26) & 0xffn; // error E_MIXED
  return pass;
}

// --- a time masked with a number
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const low = message.time & 0xff; // error E_MIXED
  return pass;
}

// --- a long shifted by a number
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const high = message.time >> 32; // error E_MIXED
  return pass;
}

// --- a word shifted by a bigint
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const high = message.u32(26) >>> 16n; // error E_MIXED
  return pass;
}

// --- shifted by a signed count
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let by = -3;
  const n = message.length << by; // error E_MIXED
  return pass;
}

// --- a loop to a bigint
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  for (let i = 0; i < message.time; i++) wake(i); // error E_MIXED
  return pass;
}

// --- a signed index
import { array, type Message, pass, u32 } from "exonet/ash";

const counts = array(u32, 64);

export default function handle(message: Message) {
  let at = -1;
  counts[at] = 3; // error E_MIXED
  return pass;
}

// --- a loop's signed name against the length
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  for (let i = -1; i < message.length; i++) { // error E_MIXED
    wake(1);
  }
  return pass;
}

// --- a half into an octet
import { type Message, pass, u8 } from "exonet/ash";

export default function handle(message: Message) {
  let n: u8 = message.u16(12); // error E_NARROW
  return pass;
}

// --- a word into a half
import { type Message, pass, u16 } from "exonet/ash";

export default function handle(message: Message) {
  let n: u16 = message.u32(26); // error E_NARROW
  return pass;
}

// --- a sum into an octet
import { type Message, pass, u8 } from "exonet/ash";

export default function handle(message: Message) {
  let n: u8 = message.u8(14) + message.u8(15); // error E_NARROW
  return pass;
}

// --- one more into an octet
import { type Message, pass, u8 } from "exonet/ash";

export default function handle(message: Message) {
  let n: u8 = message.u8(14);
  n = n + 1; // error E_NARROW
  return pass;
}

// --- a masked word into an octet
import { type Message, pass, u8 } from "exonet/ash";

export default function handle(message: Message) {
  let n: u8 = message.u32(26) & 0xff; // error E_NARROW
  return pass;
}

// --- the length into a half's field
import { type Message, pass, record, u16 } from "exonet/ash";

const seen = record({ longest: u16 });

export default function handle(message: Message) {
  seen.longest = message.length; // error E_NARROW
  return pass;
}

// --- a word into an array of octets
import { array, type Message, pass, u8 } from "exonet/ash";

const last = array(u8, 4);

export default function handle(message: Message) {
  last[0] = message.u32(26); // error E_NARROW
  return pass;
}

// --- a word as an octet's argument
import { type Message, pass, u8 } from "exonet/ash";

function high(n: u8): u8 {
  return n;
}

export default function handle(message: Message) {
  const n = high(message.u16(12)); // error E_NARROW
  return pass;
}

// --- a word given back as an octet
import { type Message, pass, u8 } from "exonet/ash";

function high(n: u8): u8 {
  return n >>> 4; // error E_NARROW
}

export default function handle(message: Message) {
  const n = high(message.u8(14));
  return pass;
}

// --- a word for setU16
import { type Message, pass, reply } from "exonet/ash";

export default function handle(message: Message) {
  const out = reply(message);
  out.setU16(12, message.length); // error E_NARROW
  return pass;
}

// --- a word for a frame's octet
import { type Message, pass, reply } from "exonet/ash";

export default function handle(message: Message) {
  const out = reply(message);
  out[14] = message.length; // error E_NARROW
  return pass;
}

// --- a word for patch16
import { type Message, pass, patch16 } from "exonet/ash";

export default function handle(message: Message) {
  const sum = patch16(message.u16(24), message.u16(22), message.length); // error E_NARROW
  return pass;
}

// --- a signed word into a signed half
import { i16, type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n: i16 = message.i32(26); // error E_NARROW
  return pass;
}

// --- a word for swap16
import { type Message, pass, swap16 } from "exonet/ash";

export default function handle(message: Message) {
  const n = swap16(message.u32(26)); // error E_NARROW
  return pass;
}

// --- one of two, one of which is wider
import { type Message, pass, u8 } from "exonet/ash";

export default function handle(message: Message) {
  let n: u8 = message.length > 60 ? message.u16(12) : 3; // error E_NARROW
  return pass;
}

// --- a fraction
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = 1.5; // error E_LITERAL
  return pass;
}

// --- half of something
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const half = message.length * 0.5; // error E_LITERAL
  return pass;
}

// --- a fraction at the top
import { type Message, pass, wake } from "exonet/ash";

const RATE = 0.1; // error E_LITERAL

export default function handle(message: Message) {
  if (message.length > 60) return pass;
  return pass;
}

// --- beyond an octet
import { type Message, pass, u8 } from "exonet/ash";

export default function handle(message: Message) {
  let n: u8 = 256; // error E_LITERAL
  return pass;
}

// --- beyond a half
import { type Message, pass, u16 } from "exonet/ash";

export default function handle(message: Message) {
  let n: u16 = 65536; // error E_LITERAL
  return pass;
}

// --- beyond a word
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = 4294967296; // error E_LITERAL
  return pass;
}

// --- beyond a word, with its type
import { type Message, pass, u32 } from "exonet/ash";

export default function handle(message: Message) {
  let n: u32 = 0x1_0000_0000; // error E_LITERAL
  return pass;
}

// --- beyond a signed octet
import { i8, type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n: i8 = 128; // error E_LITERAL
  return pass;
}

// --- below a signed octet
import { i8, type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n: i8 = -129; // error E_LITERAL
  return pass;
}

// --- below 0
import { type Message, pass, u32 } from "exonet/ash";

export default function handle(message: Message) {
  let n: u32 = -1; // error E_LITERAL
  return pass;
}

// --- below 0, in an octet
import { type Message, pass, u8 } from "exonet/ash";

export default function handle(message: Message) {
  let n: u8 = -1; // error E_LITERAL
  return pass;
}

// --- beyond a signed word
import { i32, type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n: i32 = 2147483648; // error E_LITERAL
  return pass;
}

// --- beyond a long
import { type Message, pass, u64 } from "exonet/ash";

export default function handle(message: Message) {
  let n: u64 = 18446744073709551616n; // error E_LITERAL
  return pass;
}

// --- below 0, in a long
import { type Message, pass, u64 } from "exonet/ash";

export default function handle(message: Message) {
  let n: u64 = -1n; // error E_LITERAL
  return pass;
}

// --- beyond a signed long
import { i64, type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n: i64 = 9223372036854775808n; // error E_LITERAL
  return pass;
}

// --- a constant beyond where it lands
import { type Message, pass, u8 } from "exonet/ash";

const LIMIT = 200 + 100;

export default function handle(message: Message) {
  let n: u8 = LIMIT; // error E_LITERAL
  return pass;
}

// --- two literals beyond where they land
import { type Message, pass, u16 } from "exonet/ash";

export default function handle(message: Message) {
  let n: u16 = 65535 + 1; // error E_LITERAL
  return pass;
}

// --- beyond an octet's field
import { type Message, pass, record, u8 } from "exonet/ash";

const seen = record({ type: u8 });

export default function handle(message: Message) {
  seen.type = 0x100; // error E_LITERAL
  return pass;
}

// --- beyond an octet's argument
import { type Message, pass, u8 } from "exonet/ash";

function high(n: u8): u8 {
  return n;
}

export default function handle(message: Message) {
  const n = high(300); // error E_LITERAL
  return pass;
}

// --- beyond an octet, given back
import { type Message, pass, u8 } from "exonet/ash";

function high(): u8 {
  return 256; // error E_LITERAL
}

export default function handle(message: Message) {
  const n = high();
  return pass;
}

// --- an offset below 0
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.u8(-1); // error E_LITERAL
  return pass;
}

// --- an offset of a half
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.u8(12.5); // error E_LITERAL
  return pass;
}

// --- beyond setU16
import { type Message, pass, reply } from "exonet/ash";

export default function handle(message: Message) {
  const out = reply(message);
  out.setU16(12, 0x10800); // error E_LITERAL
  return pass;
}

// --- a number as a condition
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  if (message.length) wake(1); // error E_CONDITION
  return pass;
}

// --- a masked number as a condition
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  if (message.u8(47) & 2) wake(1); // error E_CONDITION
  return pass;
}

// --- a number as a loop's condition
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = message.length;
  while (n) n -= 1; // error E_CONDITION
  return pass;
}

// --- a number as a condition behind the loop
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = message.length;
  do n -= 1; while (n); // error E_CONDITION
  return pass;
}

// --- a number as a for's condition
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  for (let i = 4; i; i--) wake(i); // error E_CONDITION
  return pass;
}

// --- a number before ?
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.length ? 1 : 2; // error E_CONDITION
  return pass;
}

// --- not of a number
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  if (!message.length) wake(1); // error E_CONDITION
  return pass;
}

// --- a number before &&
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  if (message.length && message.wire > 60) wake(1); // error E_CONDITION
  return pass;
}

// --- a number behind ||
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  if (message.wire > 60 || message.u8(14)) wake(1); // error E_CONDITION
  return pass;
}

// --- a bigint as a condition
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  if (message.time) wake(1); // error E_CONDITION
  return pass;
}

// --- an entry as a condition
import { type Message, pass, shape, table, u32, u64, wake } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const flow = flows.find(message.u32(26));
  if (flow) wake(1); // error E_CONDITION
  return pass;
}

// --- no entry as a condition
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const flow = flows.find(message.u32(26));
  if (!flow) return pass; // error E_CONDITION
  return pass;
}

// --- an outcome as a condition
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  if (pass) return pass; // error E_CONDITION
  return pass;
}
