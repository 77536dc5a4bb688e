// --- a key without one of its fields
import { type Message, pass, shape, table, u16, u32, u64 } from "exonet/ash";

const flows = table(shape({ source: u32, port: u16 }), shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const flow = flows.find({ source: message.u32(26) }); // error E_KEY
  return pass;
}

// --- a key with a field too many
import { type Message, pass, shape, table, u16, u32, u64 } from "exonet/ash";

const flows = table(shape({ source: u32, port: u16 }), shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  flows.enter({ source: message.u32(26), port: message.u16(34), link: 1 }); // error E_KEY
  return pass;
}

// --- a key with another name
import { type Message, pass, shape, table, u16, u32, u64 } from "exonet/ash";

const flows = table(shape({ source: u32, port: u16 }), shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  flows.delete({ source: message.u32(26), ports: message.u16(34) }); // error E_KEY
  return pass;
}

// --- a number for a key of fields
import { type Message, pass, shape, table, u16, u32, u64 } from "exonet/ash";

const flows = table(shape({ source: u32, port: u16 }), shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const flow = flows.find(message.u32(26)); // error E_KEY
  return pass;
}

// --- fields for a key that is a number
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const flow = flows.find({ key: message.u32(26) }); // error E_KEY
  return pass;
}

// --- a key's field that is wider
import { type Message, pass, shape, table, u16, u32, u64 } from "exonet/ash";

const flows = table(shape({ source: u32, port: u16 }), shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  flows.enter({ source: message.u32(26), port: message.u32(34) }); // error E_NARROW
  return pass;
}

// --- a key's field that is a bigint
import { type Message, pass, shape, table, u16, u32, u64 } from "exonet/ash";

const flows = table(shape({ source: u32, port: u16 }), shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  flows.enter({ source: message.time, port: message.u16(34) }); // error E_TYPE
  return pass;
}

// --- a key that is wider
import { type Message, pass, shape, table, u16, u64 } from "exonet/ash";

const ports = table(u16, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  ports.enter(message.u32(34)).packets += 1n; // error E_NARROW
  return pass;
}

// --- a key that is a bigint
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  flows.enter(message.time).packets += 1n; // error E_TYPE
  return pass;
}

// --- a signed key
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  flows.enter(message.i32(26)).packets += 1n; // error E_MIXED
  return pass;
}

// --- a table by an array
import { array, type Message, pass, shape, table, u64, u8 } from "exonet/ash";

const address = shape({ octets: array(u8, 16) });
const flows = table(address, shape({ packets: u64 }), 16); // error E_KEY

export default function handle(message: Message) {
  if (message.length > 60) return pass;
  return pass;
}

// --- a table by a number
import { type Message, pass, shape, table, u64 } from "exonet/ash";

const flows = table(32, shape({ packets: u64 }), 16); // error E_KEY

export default function handle(message: Message) {
  return pass;
}

// --- a table by another table's entries
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const first = table(u32, shape({ packets: u64 }), 16);
const second = table(first, shape({ packets: u64 }), 16); // error E_KEY

export default function handle(message: Message) {
  if (message.length > 60) return pass;
  return pass;
}
