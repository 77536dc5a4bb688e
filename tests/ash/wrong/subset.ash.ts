// --- var in the function
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  var n = message.length; // error E_VAR
  if (n > 60) wake(n);
  return pass;
}

// --- var of a loop
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  for (var i = 0; i < 4; i++) wake(i); // error E_VAR
  return pass;
}

// --- var at the top
import { type Message, pass } from "exonet/ash";

var LIMIT = 60; // error E_VAR

export default function handle(message: Message) {
  if (message.length > LIMIT) return pass;
  return pass;
}

// --- var of state
import { type Message, pass, record, u64 } from "exonet/ash";

var seen = record({ packets: u64 }); // error E_VAR

export default function handle(message: Message) {
  seen.packets += 1n;
  return pass;
}

// --- a class for what is counted
import { type Message, pass } from "exonet/ash";

class Counter { count = 0; } // error E_CLASS

export default function handle(message: Message) {
  if (message.length > 60) return pass;
  return pass;
}

// --- a class inside the function
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  class Header {} // error E_CLASS
  return pass;
}

// --- a class as a value
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const Header = class {}; // error E_CLASS
  return pass;
}

// --- a helper as an arrow at the top
import { type Message, pass } from "exonet/ash";

const double = (n: number) => n * 2; // error E_CLOSURE

export default function handle(message: Message) {
  return pass;
}

// --- a helper as an arrow inside
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const double = (n: number) => n * 2; // error E_CLOSURE
  return pass;
}

// --- a helper as a function expression
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const double = function (n: number) { return n * 2; }; // error E_CLOSURE
  return pass;
}

// --- a function inside the function
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  function inner() { return 1; } // error E_CLOSURE
  return pass;
}

// --- a callback for one's own function
import { type Message, pass, u32 } from "exonet/ash";

function apply(n: u32): u32 {
  return n + 1;
}

export default function handle(message: Message) {
  const next = apply(() => 3); // error E_CLOSURE
  return pass;
}

// --- a function called where it stands
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  (() => 3)(); // error E_CLOSURE
  return pass;
}

// --- an async helper
import { type Message, pass, u32 } from "exonet/ash";

async function later(n: u32) { } // error E_ASYNC

export default function handle(message: Message) {
  if (message.length > 60) return pass;
  return pass;
}

// --- a generator
import { type Message, pass, u32 } from "exonet/ash";

function* all(n: u32) { } // error E_ASYNC

export default function handle(message: Message) {
  if (message.length > 60) return pass;
  return pass;
}

// --- await without async
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = await message.length; // error E_ASYNC
  return pass;
}

// --- yield without a generator
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  yield message.length; // error E_ASYNC
  return pass;
}

// --- the entry is async
import { type Message, pass } from "exonet/ash";

export default async function handle(message: Message) { // error E_ASYNC
  return pass;
}

// --- the entry is a generator
import { type Message, pass } from "exonet/ash";

export default function* handle(message: Message) { // error E_ASYNC
  return pass;
}

// --- try around a load
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  try { const type = message.u16(12); } catch { return pass; } // error E_EXCEPTION
  return pass;
}

// --- try and finally
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  try { const type = message.u16(12); } finally { } // error E_EXCEPTION
  return pass;
}

// --- throw where it is too short
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  if (message.length < 14) throw new Error("too short"); // error E_EXCEPTION
  return pass;
}

// --- throw of a number
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  if (message.length < 14) throw 1; // error E_EXCEPTION
  return pass;
}

// --- a Map of JavaScript's
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const flows = new Map<number, number>(); // error E_NEW
  return pass;
}

// --- a Uint8Array
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const octets = new Uint8Array(64); // error E_NEW
  return pass;
}

// --- the time by Date
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const now = new Date(); // error E_NEW
  return pass;
}

// --- this
import { type Message, pass, u32 } from "exonet/ash";

export default function handle(message: Message) {
  const n: u32 = this.length; // error E_NEW
  return pass;
}
