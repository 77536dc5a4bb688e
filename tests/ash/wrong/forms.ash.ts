// --- ==
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  if (message.u16(12) == 0x0800) return pass; // error E_EQUALITY
  return pass;
}

// --- !=
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  if (message.u16(12) != 0x0800) return pass; // error E_EQUALITY
  return pass;
}

// --- == in a loop's condition
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = message.length;
  while (n % 4 != 0) n += 1; // error E_EQUALITY
  return pass;
}

// --- == with undefined
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const flow = flows.find(message.u32(26));
  if (flow == undefined) return pass; // error E_EQUALITY
  return pass;
}

// --- a label
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = 0;
  outer: while (n < 4) { // error E_LABEL
    n += 1;
  }
  return pass;
}

// --- a label that is left
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  outer: for (let i = 0; i < 4; i++) { for (let j = 0; j < 4; j++) { if (i === j) break outer; } } // error E_LABEL
  return pass;
}

// --- for of
import { array, type Message, pass, u32, wake } from "exonet/ash";

const counts = array(u32, 16);

export default function handle(message: Message) {
  for (const count of counts) wake(count); // error E_FOR
  return pass;
}

// --- for in
import { array, type Message, pass, u32 } from "exonet/ash";

const counts = array(u32, 16);

export default function handle(message: Message) {
  let n = 0;
  for (const i in counts) n += 1; // error E_FOR
  return pass;
}

// --- for of over the message
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = 0;
  for (const octet of message) { // error E_FOR
    n += 1;
  }
  return pass;
}

// --- debugger
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  debugger; // error E_STATEMENT
  return pass;
}

// --- an empty statement
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  ; // error E_STATEMENT
  return pass;
}

// --- two semicolons
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.length;; // error E_STATEMENT
  return pass;
}

// --- a loop with nothing in it
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  for (let i = 0; i < 4; i++); // error E_STATEMENT
  return pass;
}

// --- an if with nothing in it
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  if (message.length > 60); // error E_STATEMENT
  return pass;
}

// --- with
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  with (message) { } // error E_STATEMENT
  return pass;
}
