// --- used where it was found
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const packets = flows.find(message.u32(26)).packets; // error E_UNDEFINED
  return pass;
}

// --- used without a comparison
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const flow = flows.find(message.u32(26));
  flow.packets += 1n; // error E_UNDEFINED
  return pass;
}

// --- used where it is not
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const flow = flows.find(message.u32(26));
  if (flow === undefined) flow.packets = 1n; // error E_UNDEFINED
  return pass;
}

// --- used behind a comparison that does not leave
import { type Message, pass, shape, table, u32, u64, wake } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const flow = flows.find(message.u32(26));
  if (flow === undefined) {
    wake(1);
  }
  flow.packets += 1n; // error E_UNDEFINED
  return pass;
}

// --- used behind the block that compared
import { type Message, pass, shape, table, u32, u64, wake } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const flow = flows.find(message.u32(26));
  if (flow !== undefined) {
    flow.packets += 1n;
  }
  flow.packets += 1n; // error E_UNDEFINED
  return pass;
}

// --- used in else
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const flow = flows.find(message.u32(26));
  if (flow !== undefined) {
    flow.packets += 1n;
  } else {
    flow.packets = 1n; // error E_UNDEFINED
  }
  return pass;
}

// --- compared with ||
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const flow = flows.find(message.u32(26));
  if (flow !== undefined || message.length > 60) {
    flow.packets += 1n; // error E_UNDEFINED
  }
  return pass;
}

// --- used before it is compared, in &&
import { type Message, pass, shape, table, u32, u64, wake } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const flow = flows.find(message.u32(26));
  if (flow.packets > 3n && flow !== undefined) wake(1); // error E_UNDEFINED
  return pass;
}

// --- used on the wrong side of ?
import { type Message, pass, shape, table, u32, u64, wake } from "exonet/ash";

const flows = table(u32, shape({ packets: u32 }), 16);

export default function handle(message: Message) {
  const flow = flows.find(message.u32(26));
  wake(flow === undefined ? flow.packets : 0); // error E_UNDEFINED
  return pass;
}

// --- the other one is compared
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const there = flows.find(message.u32(26));
  const back = flows.find(message.u32(30));
  if (there === undefined) return pass;
  back.packets += 1n; // error E_UNDEFINED
  return pass;
}

// --- compared on one of two ways
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const flow = flows.find(message.u32(26));
  if (message.length > 60) {
    if (flow === undefined) return pass;
  }
  flow.packets += 1n; // error E_UNDEFINED
  return pass;
}

// --- compared in a loop that may not run
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const flow = flows.find(message.u32(26));
  for (let i = 0; i < message.length; i++) {
    if (flow === undefined) return pass;
  }
  flow.packets += 1n; // error E_UNDEFINED
  return pass;
}

// --- break leaves the loop only
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const flow = flows.find(message.u32(26));
  for (let i = 0; i < 4; i++) {
    if (flow === undefined) break;
  }
  flow.packets += 1n; // error E_UNDEFINED
  return pass;
}

// --- compared by not
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const flow = flows.find(message.u32(26));
  if (!(flow !== undefined)) flow.packets = 1n; // error E_UNDEFINED
  return pass;
}

// --- its array is used
import { array, type Message, pass, shape, table, u32, u8 } from "exonet/ash";

const flows = table(u32, shape({ first: array(u8, 16) }), 16);

export default function handle(message: Message) {
  const flow = flows.find(message.u32(26));
  flow.first[0] = 1; // error E_UNDEFINED
  return pass;
}

// --- as a vector's place
import { array, type Message, pass, shape, table, u32, u8 } from "exonet/ash";

const flows = table(u32, shape({ first: array(u8, 16) }), 16);

export default function handle(message: Message) {
  const flow = flows.find(message.u32(26));
  message.vector(0, 16, flow.first, 0); // error E_UNDEFINED
  return pass;
}

// --- the length is compared with undefined
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  if (message.length === undefined) return pass; // error E_REDUNDANT
  return pass;
}

// --- an entered one is compared
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const flow = flows.enter(message.u32(26));
  if (flow === undefined) return pass; // error E_REDUNDANT
  return pass;
}

// --- an array's item is compared
import { array, type Message, pass, shape, u32 } from "exonet/ash";

const slots = array(shape({ packets: u32 }), 16);

export default function handle(message: Message) {
  const slot = slots[3];
  if (slot === undefined) return pass; // error E_REDUNDANT
  return pass;
}

// --- a number in an array is compared
import { array, type Message, pass, u32 } from "exonet/ash";

const counts = array(u32, 16);

export default function handle(message: Message) {
  if (counts[3] !== undefined) return pass; // error E_REDUNDANT
  return pass;
}

// --- a field is compared
import { type Message, pass, record, u32 } from "exonet/ash";

const seen = record({ packets: u32 });

export default function handle(message: Message) {
  if (seen.packets === undefined) return pass; // error E_REDUNDANT
  return pass;
}

// --- a parameter is compared
import { type Message, pass, u32 } from "exonet/ash";

function half(n: u32): u32 {
  return n === undefined ? 0 : n / 2; // error E_REDUNDANT
}

export default function handle(message: Message) {
  const n = half(4);
  return pass;
}

// --- it is compared again where it is known
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const flow = flows.find(message.u32(26));
  if (flow === undefined) return pass;
  if (flow !== undefined) flow.packets += 1n; // error E_REDUNDANT
  return pass;
}
