// --- no default, only a function
import { type Message, type Outcome, pass } from "exonet/ash"; function handle(message: Message): Outcome { return pass; } // error E_ENTRY

// --- no function at all
import { pass } from "exonet/ash"; // error E_ENTRY

// --- the default is an arrow
import { type Message, pass } from "exonet/ash";

export default (message: Message) => pass; // error E_ENTRY

// --- the default is a name
import { type Message, type Outcome, pass } from "exonet/ash";

function handle(message: Message): Outcome {
  return pass;
}
export default handle; // error E_ENTRY

// --- the default is a number
import { type Message, type Outcome, pass } from "exonet/ash";

export default 5; // error E_ENTRY

// --- the default has no name
import { type Message, pass } from "exonet/ash";

export default function (message: Message) { // error E_ENTRY
  return pass;
}

// --- the default takes nothing
import { pass } from "exonet/ash";

export default function handle() { // error E_ENTRY
  return pass;
}

// --- the default takes something else
import { pass, type u32 } from "exonet/ash";

export default function handle(length: u32) { // error E_ENTRY
  return pass;
}

// --- the default takes more
import { type Message, pass, type u32 } from "exonet/ash";

export default function handle(message: Message, port: u32) { // error E_ENTRY
  return pass;
}

// --- the default does not say what it takes
import { pass } from "exonet/ash";

export default function handle(message) { // error E_ENTRY
  return pass;
}

// --- the default says that it gives back a number
import { type Message, type u32 } from "exonet/ash";

export default function handle(message: Message): u32 { return message.length; } // error E_ENTRY

// --- the default says that it gives back nothing
import { type Message, wake } from "exonet/ash";

export default function handle(message: Message): void { wake(1); } // error E_ENTRY

// --- an optional parameter
import { type Message, pass, u32 } from "exonet/ash";

function half(n?: u32): u32 { return 1; } // error E_PARAMETER

export default function handle(message: Message) {
  return pass;
}

// --- a default of a parameter
import { type Message, pass, u32 } from "exonet/ash";

function half(n: u32 = 4): u32 { // error E_PARAMETER
  return n / 2;
}

export default function handle(message: Message) {
  const n = half(4);
  return pass;
}

// --- a rest parameter
import { type Message, pass, u32 } from "exonet/ash";

function half(...n: u32): u32 { return 1; } // error E_PARAMETER

export default function handle(message: Message) {
  return pass;
}

// --- an optional message
import { type Message, pass, u32 } from "exonet/ash";

function half(message?: Message): u32 { return 1; } // error E_PARAMETER

export default function handle(message: Message) {
  return pass;
}
