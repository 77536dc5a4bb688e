// --- >> of a half
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const version = message.u16(14) >> 12; // error E_SHIFT
  return pass;
}

// --- >> of a word
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const high = message.u32(26) >> 16; // error E_SHIFT
  return pass;
}

// --- >> of an octet
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const high = message.u8(14) >> 4; // error E_SHIFT
  return pass;
}

// --- >>> of a signed word
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const high = message.i32(26) >>> 16; // error E_SHIFT
  return pass;
}

// --- >>> of a long
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const high = message.time >>> 32n; // error E_SHIFT
  return pass;
}

// --- >>= of an unsigned one
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = message.length;
  n >>= 1; // error E_SHIFT
  return pass;
}

// --- >>>= of a signed one
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = -8;
  n >>>= 1; // error E_SHIFT
  return pass;
}

// --- << by 32
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.length << 32; // error E_SHIFT_RANGE
  return pass;
}

// --- >>> by 32
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.length >>> 32; // error E_SHIFT_RANGE
  return pass;
}

// --- >>> by much more
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.length >>> 100; // error E_SHIFT_RANGE
  return pass;
}

// --- << by less than none
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.length << -1; // error E_SHIFT_RANGE
  return pass;
}

// --- a long << by 64
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.time << 64n; // error E_SHIFT_RANGE
  return pass;
}

// --- a long >> by 100
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.time >> 100n; // error E_SHIFT_RANGE
  return pass;
}

// --- by a constant beyond
import { type Message, pass } from "exonet/ash";

const BITS = 40;

export default function handle(message: Message) {
  const n = message.length << BITS; // error E_SHIFT_RANGE
  return pass;
}

// --- by the sum of two constants
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.length << (16 + 16); // error E_SHIFT_RANGE
  return pass;
}

// --- <<= by 32
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = message.length;
  n <<= 32; // error E_SHIFT_RANGE
  return pass;
}

// --- a signed word >> by 32
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.i32(26) >> 32; // error E_SHIFT_RANGE
  return pass;
}

// --- / 0
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.length / 0; // error E_DIVISION
  return pass;
}

// --- % 0
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.length % 0; // error E_DIVISION
  return pass;
}

// --- a long / 0
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.time / 0n; // error E_DIVISION
  return pass;
}

// --- /= 0
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = message.length;
  n /= 0; // error E_DIVISION
  return pass;
}

// --- by a constant that is 0
import { type Message, pass } from "exonet/ash";

const NONE = 0;

export default function handle(message: Message) {
  const n = message.length % NONE; // error E_DIVISION
  return pass;
}

// --- by what comes to 0
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.length / (4 - 4); // error E_DIVISION
  return pass;
}

// --- two constants
import { type Message, pass } from "exonet/ash";

const N = 10 / 0; // error E_DIVISION

export default function handle(message: Message) {
  if (message.length > 60) return pass;
  return pass;
}

// --- the negative of the length
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = -message.length; // error E_NEGATIVE
  return pass;
}

// --- the negative of an octet
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = -message.u8(14); // error E_NEGATIVE
  return pass;
}

// --- the negative of a time
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = -message.time; // error E_NEGATIVE
  return pass;
}

// --- the negative of a sum
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = -(message.length + 1); // error E_NEGATIVE
  return pass;
}
