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
