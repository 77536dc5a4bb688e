// --- a variable at the top
import { type Message, pass } from "exonet/ash";

let total = 0; // error E_TOP_LEVEL

export default function handle(message: Message) {
  total += 1;
  return pass;
}

// --- a variable at the top, with its type
import { type Message, pass, u64 } from "exonet/ash";

let total: u64 = 0n; // error E_TOP_LEVEL

export default function handle(message: Message) {
  total += 1n;
  return pass;
}

// --- a call at the top
import { type Message, pass, wake } from "exonet/ash";

wake(1); // error E_TOP_LEVEL

export default function handle(message: Message) {
  return pass;
}

// --- an if at the top
import { type Message, pass, wake } from "exonet/ash";

if (true) wake(1); // error E_TOP_LEVEL

export default function handle(message: Message) {
  return pass;
}

// --- a loop at the top
import { array, type Message, pass, u32 } from "exonet/ash";

const counts = array(u32, 16);
for (let i = 0; i < 16; i++) counts[i] = i; // error E_TOP_LEVEL

export default function handle(message: Message) {
  return pass;
}

// --- state set at the top
import { type Message, pass, record, u32 } from "exonet/ash";

const bucket = record({ tokens: u32 });
bucket.tokens = 100; // error E_TOP_LEVEL

export default function handle(message: Message) {
  return pass;
}

// --- a block at the top
import { type Message, pass } from "exonet/ash";

{ } // error E_TOP_LEVEL

export default function handle(message: Message) {
  return pass;
}

// --- ++ as a value
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = 0;
  const before = n++; // error E_EXPRESSION
  return pass;
}

// --- ++ as an index
import { array, type Message, pass, u8 } from "exonet/ash";

const buffer = array(u8, 64);

export default function handle(message: Message) {
  let at = 0;
  buffer[at++] = 1; // error E_EXPRESSION
  return pass;
}

// --- -- in a condition
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = message.length;
  while (n-- > 0) n -= 1; // error E_EXPRESSION
  return pass;
}

// --- an assignment in a condition
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = 0;
  while ((n += 1) < 10) n += 1; // error E_EXPRESSION
  return pass;
}

// --- = for === in a condition
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let type = message.u16(12);
  if (type = 0x0800) return pass; // error E_EXPRESSION
  return pass;
}

// --- two assignments at once
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let a = 0;
  let b = 0;
  a = b = 3; // error E_EXPRESSION
  return pass;
}

// --- an assignment as an argument
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  let n = 0;
  wake(n = 3); // error E_EXPRESSION
  return pass;
}

// --- an assignment given back
import { type Message, pass, u32, wake } from "exonet/ash";

function next(n: u32): u32 {
  let m = n;
  return m += 1; // error E_EXPRESSION
}

export default function handle(message: Message) {
  wake(next(1));
  return pass;
}

// --- an assignment behind &&
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = 0;
  const known = message.length > 60 && (n = 3) === 3; // error E_EXPRESSION
  return pass;
}
