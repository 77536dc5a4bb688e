// --- a number as a condition
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  if (message.length) wake(1); // error E_CONDITION
  return pass;
}

// --- a masked number as a condition
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  if (message.u8(47) & 2) wake(1); // error E_CONDITION
  return pass;
}

// --- a number as a loop's condition
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = message.length;
  while (n) n -= 1; // error E_CONDITION
  return pass;
}

// --- a number as a condition behind the loop
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = message.length;
  do n -= 1; while (n); // error E_CONDITION
  return pass;
}

// --- a number as a for's condition
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  for (let i = 4; i; i--) wake(i); // error E_CONDITION
  return pass;
}

// --- a number before ?
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.length ? 1 : 2; // error E_CONDITION
  return pass;
}

// --- not of a number
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  if (!message.length) wake(1); // error E_CONDITION
  return pass;
}

// --- a number before &&
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  if (message.length && message.wire > 60) wake(1); // error E_CONDITION
  return pass;
}

// --- a number behind ||
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  if (message.wire > 60 || message.u8(14)) wake(1); // error E_CONDITION
  return pass;
}

// --- a bigint as a condition
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  if (message.time) wake(1); // error E_CONDITION
  return pass;
}

// --- an entry as a condition
import { type Message, pass, shape, table, u32, u64, wake } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const flow = flows.find(message.u32(26));
  if (flow) wake(1); // error E_CONDITION
  return pass;
}

// --- no entry as a condition
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const flow = flows.find(message.u32(26));
  if (!flow) return pass; // error E_CONDITION
  return pass;
}

// --- an outcome as a condition
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  if (pass) return pass; // error E_CONDITION
  return pass;
}
