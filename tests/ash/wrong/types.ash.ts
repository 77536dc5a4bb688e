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
