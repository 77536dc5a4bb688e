// --- a local twice
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = 1;
  const n = 2; // error E_NAME_TWICE
  return pass;
}

// --- let and const
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = 1;
  const n = 2; // error E_NAME_TWICE
  return pass;
}

// --- a parameter and a local
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const message = 3; // error E_NAME_TWICE
  return pass;
}

// --- a parameter twice
import { type Message, pass, u32 } from "exonet/ash";

function add(a: u32, a: u32): u32 { return a; } // error E_NAME_TWICE

export default function handle(message: Message) {
  return pass;
}

// --- a function twice
import { type Message, pass, u32 } from "exonet/ash";

function half(n: u32): u32 {
  return n / 2;
}
function half(n: u32): u32 { return n / 3; } // error E_NAME_TWICE

export default function handle(message: Message) {
  return pass;
}

// --- state twice
import { type Message, pass, record, u64 } from "exonet/ash";

const seen = record({ packets: u64 });
const seen = record({ octets: u64 }); // error E_NAME_TWICE

export default function handle(message: Message) {
  return pass;
}

// --- state and a function
import { type Message, pass, record, u32, u64 } from "exonet/ash";

const seen = record({ packets: u64 });
function seen(): u32 { return 3; } // error E_NAME_TWICE

export default function handle(message: Message) {
  return pass;
}

// --- a constant with an imported name
import { type Message, pass, u32 } from "exonet/ash";

const u32 = 3; // error E_NAME_TWICE

export default function handle(message: Message) {
  return pass;
}

// --- an import twice
import { type Message, pass } from "exonet/ash";

import { pass } from "exonet/ash"; // error E_NAME_TWICE

export default function handle(message: Message) {
  return pass;
}

// --- a field twice
import { type Message, pass, record, u32 } from "exonet/ash";

const seen = record({ packets: u32, packets: u32 }); // error E_NAME_TWICE

export default function handle(message: Message) {
  return pass;
}
