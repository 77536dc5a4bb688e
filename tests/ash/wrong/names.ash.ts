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
