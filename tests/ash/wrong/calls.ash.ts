// --- a property is called
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.length(); // error E_CALL
  return pass;
}

// --- a constant is called
import { type Message, pass } from "exonet/ash";

const LIMIT = 60;

export default function handle(message: Message) {
  const n = LIMIT(); // error E_CALL
  return pass;
}

// --- state is called
import { type Message, pass, record, u64 } from "exonet/ash";

const seen = record({ packets: u64 });

export default function handle(message: Message) {
  const n = seen(); // error E_CALL
  return pass;
}

// --- an outcome is called
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  return pass(); // error E_CALL
}

// --- a number is called
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.length;
  const m = n(3); // error E_CALL
  return pass;
}

// --- a function that is not called
import { type Message, pass, u32 } from "exonet/ash";

function type(): u32 {
  return 3;
}

export default function handle(message: Message) {
  const n = type; // error E_CALL
  return pass;
}

// --- a method that is not called
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.u8; // error E_CALL
  return pass;
}

// --- a method of a table that is not called
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const n = flows.find; // error E_CALL
  return pass;
}

// --- an outcome's function that is not called
import { type Message, pass, passTo } from "exonet/ash";

export default function handle(message: Message) {
  return passTo; // error E_CALL
}

// --- a conversion that is not called
import { type Message, pass, u8 } from "exonet/ash";

export default function handle(message: Message) {
  const n = u8; // error E_CALL
  return pass;
}

// --- a function as a condition that is not called
import { bool, type Message, pass } from "exonet/ash";

function ready(): bool {
  return true;
}

export default function handle(message: Message) {
  if (ready) return pass; // error E_CALL
  return pass;
}
