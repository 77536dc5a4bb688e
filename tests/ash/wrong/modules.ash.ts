// --- a module of Node's
import { readFileSync } from "node:fs"; // error E_IMPORT
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  return pass;
}

// --- another handler's names
import { half } from "./helpers.ash.ts"; // error E_IMPORT
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  return pass;
}

// --- all of the module
import * as ash from "exonet/ash"; // error E_IMPORT
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  return pass;
}

// --- a default of the module
import ash from "exonet/ash"; // error E_IMPORT
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  return pass;
}

// --- an import for its effect
import "exonet/setup"; // error E_IMPORT
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  return pass;
}

// --- a name that the module has not
import { type Message, pass, drop } from "exonet/ash"; // error E_IMPORT

export default function handle(message: Message) {
  return pass;
}

// --- a type that the module has not
import { type Message, pass, type Packet } from "exonet/ash"; // error E_IMPORT

export default function handle(message: Message) {
  return pass;
}

// --- an import in the function
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const ash = import("exonet/ash"); // error E_IMPORT
  return pass;
}

// --- an exported constant
import { type Message, pass } from "exonet/ash";

export const LIMIT = 60; // error E_EXPORT

export default function handle(message: Message) {
  if (message.length > 60) return pass;
  return pass;
}

// --- an exported function
import { type Message, pass, u32 } from "exonet/ash";

export function half(n: u32): u32 { // error E_EXPORT
  return n / 2;
}

export default function handle(message: Message) {
  const n = half(message.length);
  return pass;
}

// --- exported state
import { type Message, pass, record, u64 } from "exonet/ash";

export const seen = record({ packets: u64 }); // error E_EXPORT

export default function handle(message: Message) {
  seen.packets += 1n;
  return pass;
}

// --- a list of exports
import { type Message, pass, u32 } from "exonet/ash";

function half(n: u32): u32 {
  return n / 2;
}
export { half }; // error E_EXPORT

export default function handle(message: Message) {
  return pass;
}

// --- all of another module's
import { type Message, pass } from "exonet/ash";

export * from "exonet/ash"; // error E_EXPORT

export default function handle(message: Message) {
  return pass;
}

// --- a second default
import { consume, type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  return pass;
}
export default function other(message: Message) { return consume; } // error E_EXPORT
