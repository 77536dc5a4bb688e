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
