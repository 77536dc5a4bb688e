// --- let without a value
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n; // error E_INITIAL
  return pass;
}

// --- let with a type and without a value
import { type Message, pass, u32 } from "exonet/ash";

export default function handle(message: Message) {
  let n: u32; // error E_INITIAL
  return pass;
}

// --- let in a loop without a value
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  let n = 0;
  for (let i; n < 4; n++) wake(n); // error E_INITIAL
  return pass;
}

// --- one of two without a value
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let a = 0, b; // error E_INITIAL
  return pass;
}

// --- a sum that nobody uses
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  message.length + 1; // error E_EFFECT
  return pass;
}

// --- a name that nobody uses
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = 3;
  n; // error E_EFFECT
  return pass;
}

// --- a comparison for an assignment
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = 3;
  n === 4; // error E_EFFECT
  return pass;
}

// --- an outcome without return
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  if (message.length < 14) pass; // error E_EFFECT
  return pass;
}

// --- a property that nobody uses
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  message.length; // error E_EFFECT
  return pass;
}

// --- a literal that nobody uses
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  5; // error E_EFFECT
  return pass;
}

// --- a field that nobody uses
import { type Message, pass, record, u64 } from "exonet/ash";

const seen = record({ packets: u64 });

export default function handle(message: Message) {
  seen.packets; // error E_EFFECT
  return pass;
}

// --- the negation of a flag that nobody uses
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let known = true;
  !known; // error E_EFFECT
  return pass;
}

// --- a message where a number is needed
import { type Message, pass, u32 } from "exonet/ash";

export default function handle(message: Message) {
  let n: u32 = message; // error E_REFERENCE
  return pass;
}

// --- a record where a number is needed
import { type Message, pass, record, u32, u64 } from "exonet/ash";

const seen = record({ packets: u32 });

export default function handle(message: Message) {
  let n: u32 = seen; // error E_REFERENCE
  return pass;
}

// --- a record in a sum
import { type Message, pass, record, u32 } from "exonet/ash";

const seen = record({ packets: u32 });

export default function handle(message: Message) {
  const n = seen + 1; // error E_REFERENCE
  return pass;
}

// --- an array as an argument
import { array, type Message, pass, u32, wake } from "exonet/ash";

const counts = array(u32, 64);

export default function handle(message: Message) {
  wake(counts); // error E_REFERENCE
  return pass;
}

// --- a frame as an argument
import { type Message, pass, reply, wake } from "exonet/ash";

export default function handle(message: Message) {
  const out = reply(message);
  wake(out); // error E_REFERENCE
  return pass;
}

// --- an entry passed to a function
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);
function half(n: u32): u32 {
  return n / 2;
}

export default function handle(message: Message) {
  const flow = flows.enter(message.u32(26));
  const n = half(flow); // error E_REFERENCE
  return pass;
}

// --- an entry given back
import { type Message, pass, shape, table, u32, u64, wake } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);
function count(n: u32): u32 {
  return flows.enter(n); // error E_REFERENCE
}

export default function handle(message: Message) {
  wake(count(3));
  return pass;
}

// --- an entry stored in a field
import { type Message, pass, record, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);
const last = record({ flow: u32 });

export default function handle(message: Message) {
  last.flow = flows.enter(message.u32(26)); // error E_REFERENCE
  return pass;
}

// --- an entry in a let
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  let flow = flows.enter(message.u32(26)); // error E_REFERENCE
  return pass;
}

// --- two records compared
import { type Message, pass, record, u64 } from "exonet/ash";

const first = record({ packets: u64 });
const second = record({ packets: u64 });

export default function handle(message: Message) {
  if (first === second) return pass; // error E_REFERENCE
  return pass;
}

// --- the message converted
import { type Message, pass, u32 } from "exonet/ash";

export default function handle(message: Message) {
  const n = u32(message); // error E_REFERENCE
  return pass;
}

// --- a table as a length
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  if (flows > 3) return pass; // error E_REFERENCE
  return pass;
}

// --- a record given back as an outcome
import { type Message, pass, record, u64 } from "exonet/ash";

const seen = record({ packets: u64 });

export default function handle(message: Message) {
  return seen; // error E_REFERENCE
}
