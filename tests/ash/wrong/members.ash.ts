// --- a message's property that is none
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.size; // error E_MEMBER
  return pass;
}

// --- a message's method that is none
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.slice(14); // error E_MEMBER
  return pass;
}

// --- a message's load in the other order
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.readUInt16BE(12); // error E_MEMBER
  return pass;
}

// --- a message by index
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message[12]; // error E_MEMBER
  return pass;
}

// --- a field that is none
import { type Message, pass, record, u64 } from "exonet/ash";

const seen = record({ packets: u64 });

export default function handle(message: Message) {
  seen.octets += 1n; // error E_MEMBER
  return pass;
}

// --- a field with a letter wrong, of an entry
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  flows.enter(message.u32(26)).packet += 1n; // error E_MEMBER
  return pass;
}

// --- get of a table
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const flow = flows.get(message.u32(26)); // error E_MEMBER
  return pass;
}

// --- has of a table
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  if (flows.has(message.u32(26))) return pass; // error E_MEMBER
  return pass;
}

// --- set of a table
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  flows.set(message.u32(26), 1n); // error E_MEMBER
  return pass;
}

// --- clear of a table
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  flows.clear(); // error E_MEMBER
  return pass;
}

// --- push on an array
import { array, type Message, pass, u32 } from "exonet/ash";

const counts = array(u32, 16);

export default function handle(message: Message) {
  counts.push(3); // error E_MEMBER
  return pass;
}

// --- fill of an array
import { array, type Message, pass, u32 } from "exonet/ash";

const counts = array(u32, 16);

export default function handle(message: Message) {
  counts.fill(0); // error E_MEMBER
  return pass;
}

// --- u16 of an array of words
import { array, type Message, pass, u32 } from "exonet/ash";

const counts = array(u32, 16);

export default function handle(message: Message) {
  const n = counts.u16(0); // error E_MEMBER
  return pass;
}

// --- a member of a number
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.length.toString(); // error E_MEMBER
  return pass;
}

// --- a method of a frame that is none
import { type Message, pass, reply } from "exonet/ash";

export default function handle(message: Message) {
  const out = reply(message);
  out.write(0, 3); // error E_MEMBER
  return pass;
}

// --- a member of an outcome
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  return pass.length; // error E_MEMBER
}

// --- a signed load of a frame
import { type Message, pass, reply } from "exonet/ash";

export default function handle(message: Message) {
  const out = reply(message);
  const n = out.i32(26); // error E_MEMBER
  return pass;
}
