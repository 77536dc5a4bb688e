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

// --- console.log
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  console.log(message.length); // error E_NAME
  return pass;
}

// --- console.log of a text
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  console.log("packet", message.number); // error E_NAME
  return pass;
}

// --- Math.min
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = Math.min(message.length, 64); // error E_NAME
  return pass;
}

// --- Math.floor of a quotient
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const words = Math.floor(message.length / 4); // error E_NAME
  return pass;
}

// --- Date.now
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const now = Date.now(); // error E_NAME
  return pass;
}

// --- performance.now
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const now = performance.now(); // error E_NAME
  return pass;
}

// --- JSON
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const text = JSON.stringify(message.length); // error E_NAME
  return pass;
}

// --- Number of a bigint
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = Number(message.time); // error E_NAME
  return pass;
}

// --- BigInt of a number
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = BigInt(message.length); // error E_NAME
  return pass;
}

// --- Boolean
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const known = Boolean(message.length); // error E_NAME
  return pass;
}

// --- String
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const text = String(message.length); // error E_NAME
  return pass;
}

// --- parseInt
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = parseInt(message.length); // error E_NAME
  return pass;
}

// --- isNaN
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  if (isNaN(message.length)) return pass; // error E_NAME
  return pass;
}

// --- Infinity
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let least = Infinity; // error E_NAME
  return pass;
}

// --- NaN
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  if (message.length === NaN) return pass; // error E_NAME
  return pass;
}

// --- process
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = process.pid; // error E_NAME
  return pass;
}

// --- globalThis
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = globalThis.length; // error E_NAME
  return pass;
}

// --- arguments
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = arguments.length; // error E_NAME
  return pass;
}

// --- require
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const fs = require(1); // error E_NAME
  return pass;
}

// --- eval
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = eval(1); // error E_NAME
  return pass;
}

// --- Array.from
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const list = Array.from(message); // error E_NAME
  return pass;
}

// --- Object.keys
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const keys = Object.keys(message); // error E_NAME
  return pass;
}

// --- setTimeout
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  setTimeout(1, 1000); // error E_NAME
  return pass;
}

// --- fetch
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  fetch(message.port); // error E_NAME
  return pass;
}

// --- a name with a letter wrong
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const length = message.length;
  if (lenght > 60) return pass; // error E_NAME
  return pass;
}

// --- a name from a block that is over
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  if (message.length > 60) {
    const type = message.u16(12);
  }
  if (type === 0x0800) return pass; // error E_NAME
  return pass;
}

// --- a loop's name behind the loop
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  for (let i = 0; i < 4; i++) {
    wake(i);
  }
  wake(i); // error E_NAME
  return pass;
}

// --- a name before it is declared
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const a = b + 1; // error E_NAME
  const b = message.length;
  return pass;
}

// --- a local of another function
import { type Message, pass, wake } from "exonet/ash";

function first(message: Message) {
  const type = message.u16(12);
}

export default function handle(message: Message) {
  first(message);
  wake(type); // error E_NAME
  return pass;
}

// --- the message where it is no parameter
import { type Message, pass, u32, wake } from "exonet/ash";

function type(): u32 {
  return message.u16(12); // error E_NAME
}

export default function handle(message: Message) {
  wake(type());
  return pass;
}

// --- what was not imported
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = u8(message.length); // error E_NAME
  return pass;
}

// --- what was not imported, called
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  wake(3); // error E_NAME
  return pass;
}

// --- an outcome that was not imported
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  return consume; // error E_NAME
}

// --- an assignment to nothing
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  missing = 3; // error E_NAME
  return pass;
}

// --- a function that is not there
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = checksumOf(14, 20); // error E_NAME
  return pass;
}

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

// --- number as a type
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n: number = 0; // error E_TYPE_NAME
  return pass;
}

// --- bigint as a type
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n: bigint = 0n; // error E_TYPE_NAME
  return pass;
}

// --- any as a type
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n: any = 0; // error E_TYPE_NAME
  return pass;
}

// --- string as a parameter's type
import { type Message, pass, u32 } from "exonet/ash";

function length(text: string): u32 { return 3; } // error E_TYPE_NAME

export default function handle(message: Message) {
  return pass;
}

// --- number as a result's type
import { type Message, pass } from "exonet/ash";

function three(): number { return 3; } // error E_TYPE_NAME

export default function handle(message: Message) {
  return pass;
}

// --- an array as a parameter's type
import { type Message, pass, u32 } from "exonet/ash";

function first(list: u32[]): u32 { return 3; } // error E_TYPE_NAME

export default function handle(message: Message) {
  return pass;
}

// --- one of two types
import { type Message, pass, u32 } from "exonet/ash";

function first(n: u32 | boolean): u32 { return 3; } // error E_TYPE_NAME

export default function handle(message: Message) {
  return pass;
}

// --- a function as a parameter's type
import { type Message, pass, u32 } from "exonet/ash";

function apply(change: (n: u32) => u32): u32 { return 3; } // error E_TYPE_NAME

export default function handle(message: Message) {
  return pass;
}

// --- an object's type as a parameter's
import { type Message, pass, u32 } from "exonet/ash";

function first(pair: { a: u32 }): u32 { return 3; } // error E_TYPE_NAME

export default function handle(message: Message) {
  return pass;
}

// --- a tuple as a type
import { type Message, pass, u32 } from "exonet/ash";

function first(pair: [u32, u32]): u32 { return 3; } // error E_TYPE_NAME

export default function handle(message: Message) {
  return pass;
}

// --- unknown as a type
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n: unknown = 3; // error E_TYPE_NAME
  return pass;
}

// --- a literal as a type
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n: 3 = 3; // error E_TYPE_NAME
  return pass;
}

// --- Uint8Array as a parameter's type
import { type Message, pass, u32 } from "exonet/ash";

function first(octets: Uint8Array): u32 { return 3; } // error E_TYPE_NAME

export default function handle(message: Message) {
  return pass;
}

// --- a type that nobody has
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n: u128 = 3; // error E_TYPE_NAME
  return pass;
}

// --- object as a type
import { type Message, pass, u32 } from "exonet/ash";

function first(flow: object): u32 { return 3; } // error E_TYPE_NAME

export default function handle(message: Message) {
  return pass;
}

// --- a type of TypeScript's own for what is given back
import { type Message, pass } from "exonet/ash";

function first(): never { return 3; } // error E_TYPE_NAME

export default function handle(message: Message) {
  return pass;
}

// --- a parameter without a type
import { type Message, pass, u32 } from "exonet/ash";

function half(n): u32 { return 3; } // error E_TYPE_NAME

export default function handle(message: Message) {
  return pass;
}

// --- undefined as a type
import { type Message, pass, u32 } from "exonet/ash";

function first(n: u32): u32 | undefined { return n; } // error E_TYPE_NAME

export default function handle(message: Message) {
  return pass;
}

// --- a missing expression
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = ; // error E_SYNTAX
  return pass;
}

// --- a missing parenthesis
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  if (message.length > 60 return pass; // error E_SYNTAX
  return pass;
}

// --- a number that is none
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = 12ab; // error E_SYNTAX
  return pass;
}

// --- an octal of old
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = 017; // error E_SYNTAX
  return pass;
}

// --- an operator too many
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = message.length * / 3; // error E_SYNTAX
  return pass;
}

// --- else without if
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  else return pass; // error E_SYNTAX
  return pass;
}

// --- an assignment to a constant expression
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  3 = message.length; // error E_SYNTAX
  return pass;
}

// --- a word that is reserved
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let while = 3; // error E_SYNTAX
  return pass;
}

// --- C's way of a declaration
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  u32 n = 3; // error E_SYNTAX
  return pass;
}

// --- Python's way of a condition
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  if message.length > 60: return pass; // error E_SYNTAX
  return pass;
}

// --- a text that does not end
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = 'abc; // error E_SYNTAX
  return pass;
}

// --- a hash
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  #count = 3; // error E_SYNTAX
  return pass;
}
