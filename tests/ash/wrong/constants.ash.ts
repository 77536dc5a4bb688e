// --- an assignment to a const
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.length;
  n = 3; // error E_CONSTANT
  return pass;
}

// --- ++ of a const
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.length;
  n++; // error E_CONSTANT
  return pass;
}

// --- += of a constant at the top
import { type Message, pass } from "exonet/ash";

const LIMIT = 60;

export default function handle(message: Message) {
  LIMIT += 1; // error E_CONSTANT
  return pass;
}

// --- a const loop
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  for (const i = 0; i < 4; i++) { // error E_CONSTANT
    wake(i);
  }
  return pass;
}

// --- the message's length is set
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  message.length = 60; // error E_CONSTANT
  return pass;
}

// --- an array's length is set
import { array, type Message, pass, u32 } from "exonet/ash";

const counts = array(u32, 64);

export default function handle(message: Message) {
  counts.length = 0; // error E_CONSTANT
  return pass;
}

// --- a table's size is set
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  flows.size = 0; // error E_CONSTANT
  return pass;
}

// --- a reference is set to another
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const flow = flows.enter(message.u32(26));
  flow = flows.enter(message.u32(30)); // error E_CONSTANT
  return pass;
}
