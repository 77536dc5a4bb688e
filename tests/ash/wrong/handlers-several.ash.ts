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
