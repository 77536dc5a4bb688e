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

// --- a string
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const name = "udp"; // error E_STRING
  return pass;
}

// --- a string at the top
import { type Message, pass } from "exonet/ash";

const NAME = "udp"; // error E_STRING

export default function handle(message: Message) {
  return pass;
}

// --- a template
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const name = `packet ${message.number}`; // error E_STRING
  return pass;
}

// --- a regular expression
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const pattern = /GET/; // error E_STRING
  return pass;
}

// --- a string is compared
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  if (message.u8(54) === "G") return pass; // error E_STRING
  return pass;
}

// --- a switch by names
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  switch (message.u8(23)) {
    case "tcp": // error E_STRING
      return pass;
  }
  return pass;
}

// --- a string as an argument
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  wake("seen"); // error E_STRING
  return pass;
}

// --- null
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const flow = null; // error E_NULL
  return pass;
}

// --- compared with null
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const flow = flows.find(message.u32(26));
  if (flow === null) return pass; // error E_NULL
  return pass;
}

// --- undefined as a value
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const flow = undefined; // error E_NULL
  return pass;
}

// --- undefined given back
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  if (message.length < 14) return undefined; // error E_NULL
  return pass;
}

// --- undefined as an argument
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  wake(undefined); // error E_NULL
  return pass;
}

// --- an object
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const point = { x: 1, y: 2 }; // error E_OBJECT
  return pass;
}

// --- an object is given back by a function
import { type Message, pass, u32 } from "exonet/ash";

function pair(n: u32): u32 { return { first: n, second: n }; } // error E_OBJECT

export default function handle(message: Message) {
  const n = pair(3);
  return pass;
}

// --- an object as an argument
import { type Message, pass, u32 } from "exonet/ash";

function first(n: u32): u32 {
  return n;
}

export default function handle(message: Message) {
  const n = first({ n: 3 }); // error E_OBJECT
  return pass;
}

// --- an object at the top
import { type Message, pass } from "exonet/ash";

const OPTIONS = { limit: 60 }; // error E_OBJECT

export default function handle(message: Message) {
  return pass;
}

// --- an array literal
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const ports = [53, 80, 443]; // error E_ARRAY_LITERAL
  return pass;
}

// --- an array literal at the top
import { type Message, pass } from "exonet/ash";

const PORTS = [53, 80, 443]; // error E_ARRAY_LITERAL

export default function handle(message: Message) {
  return pass;
}

// --- an empty array
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const seen = []; // error E_ARRAY_LITERAL
  return pass;
}

// --- an array literal as an argument
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  wake([1, 2]); // error E_ARRAY_LITERAL
  return pass;
}

// --- spread in a call
import { array, type Message, pass, u32 } from "exonet/ash";

const pair = array(u32, 2);
function add(a: u32, b: u32): u32 {
  return a + b;
}

export default function handle(message: Message) {
  const sum = add(...pair); // error E_SPREAD
  return pass;
}

// --- spread in a shape
import { type Message, pass, record, shape, u32 } from "exonet/ash";

const base = shape({ packets: u32 });
const seen = record({ ...base, octets: u32 }); // error E_SPREAD

export default function handle(message: Message) {
  if (message.length > 60) return pass;
  return pass;
}

// --- fields of the message by destructuring
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const { length, port } = message; // error E_DESTRUCTURING
  return pass;
}

// --- an array by destructuring
import { array, type Message, pass, u32 } from "exonet/ash";

const pair = array(u32, 2);

export default function handle(message: Message) {
  const [first, second] = pair; // error E_DESTRUCTURING
  return pass;
}

// --- two values exchanged
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let a = 1;
  let b = 2;
  [a, b] = [b, a]; // error E_DESTRUCTURING
  return pass;
}

// --- the message by destructuring
import { type Message, pass } from "exonet/ash";

export default function handle({ length }: Message) { // error E_DESTRUCTURING
  return pass;
}

// --- an entry that may not be there, by ?.
import { type Message, pass, shape, table, u32, u64, wake } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const flow = flows.find(message.u32(26));
  if (flow?.packets === 1n) wake(1); // error E_OPTIONAL
  return pass;
}

// --- ?. of the message
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message?.length; // error E_OPTIONAL
  return pass;
}

// --- a call by ?.
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.u8?.(23); // error E_OPTIONAL
  return pass;
}

// --- ??
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.length ?? 0; // error E_OPTIONAL
  return pass;
}

// --- typeof
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  if (typeof message.length === typeof message.time) return pass; // error E_OPERATOR
  return pass;
}

// --- in
import { type Message, pass, record, u64 } from "exonet/ash";

const seen = record({ packets: u64 });

export default function handle(message: Message) {
  if (message.length in seen) return pass; // error E_OPERATOR
  return pass;
}

// --- instanceof
import { type Message, pass, record, u64 } from "exonet/ash";

const seen = record({ packets: u64 });

export default function handle(message: Message) {
  if (message instanceof seen) return pass; // error E_OPERATOR
  return pass;
}

// --- delete of an entry's field
import { array, type Message, pass, u32 } from "exonet/ash";

const counts = array(u32, 16);

export default function handle(message: Message) {
  delete counts[3]; // error E_OPERATOR
  return pass;
}

// --- void
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const nothing = void 0; // error E_OPERATOR
  return pass;
}

// --- the comma
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let a = 0;
  let b = 0;
  for (let i = 0; i < 4; a += 1, b += 1) { // error E_OPERATOR
    i += 1;
  }
  return pass;
}

// --- the comma in an expression
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = (1, 2); // error E_OPERATOR
  return pass;
}

// --- a power
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = 2 ** message.u8(14); // error E_OPERATOR
  return pass;
}

// --- assigned by ||
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let known = message.length > 60;
  known ||= message.wire > 60; // error E_OPERATOR
  return pass;
}

// --- assigned by &&
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let known = message.length > 60;
  known &&= message.wire > 60; // error E_OPERATOR
  return pass;
}

// --- assigned by ??
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = message.length;
  n ??= 3; // error E_OPERATOR
  return pass;
}

// --- assigned by **
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = message.length;
  n **= 2; // error E_OPERATOR
  return pass;
}

// --- spread of the message in a call
import { type Message, pass, transfer } from "exonet/ash";

export default function handle(message: Message) {
  transfer(0, ...message); // error E_SPREAD
  return pass;
}

// --- a static class
import { type Message, pass, u32 } from "exonet/ash";

abstract class Counter { } // error E_CLASS

export default function handle(message: Message) {
  return pass;
}

// --- new of a class of one's own
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const one = new Counter(); // error E_NEW
  return pass;
}
