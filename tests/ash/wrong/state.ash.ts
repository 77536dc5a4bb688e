// --- a record in the function
import { type Message, pass, record, u64 } from "exonet/ash";

export default function handle(message: Message) {
  const seen = record({ packets: u64 }); // error E_STATE_PLACE
  return pass;
}

// --- an array in the function
import { array, type Message, pass, u32 } from "exonet/ash";

export default function handle(message: Message) {
  const counts = array(u32, 16); // error E_STATE_PLACE
  return pass;
}

// --- a table in the function
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const value = shape({ packets: u64 });

export default function handle(message: Message) {
  const flows = table(u32, value, 16); // error E_STATE_PLACE
  return pass;
}

// --- a pipe in the function
import { checksum, type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const sum = checksum(); // error E_STATE_PLACE
  return pass;
}

// --- a pipeline in the function
import { checksum, type Message, pass, pipeline } from "exonet/ash";

const sum = checksum();

export default function handle(message: Message) {
  const once = pipeline(sum); // error E_STATE_PLACE
  return pass;
}

// --- a record by let
import { type Message, pass, record, u64 } from "exonet/ash";

let seen = record({ packets: u64 }); // error E_STATE_PLACE

export default function handle(message: Message) {
  seen.packets += 1n;
  return pass;
}

// --- a table by let
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

let flows = table(u32, shape({ packets: u64 }), 16); // error E_STATE_PLACE

export default function handle(message: Message) {
  flows.enter(message.u32(26)).packets += 1n;
  return pass;
}

// --- a shape in the function
import { type Message, pass, shape, u64 } from "exonet/ash";

export default function handle(message: Message) {
  const value = shape({ packets: u64 }); // error E_STATE_PLACE
  return pass;
}

// --- state as a local of a helper
import { array, type Message, pass, u32, wake } from "exonet/ash";

function count(n: u32): u32 {
  const counts = array(u32, 16); // error E_STATE_PLACE
  return n;
}

export default function handle(message: Message) {
  wake(count(3));
  return pass;
}
