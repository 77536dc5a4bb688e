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
