// --- too few of one's own
import { type Message, pass, u32 } from "exonet/ash";

function add(a: u32, b: u32): u32 {
  return a + b;
}

export default function handle(message: Message) {
  const n = add(3); // error E_ARGUMENTS
  return pass;
}

// --- too many of one's own
import { type Message, pass, u32 } from "exonet/ash";

function add(a: u32, b: u32): u32 {
  return a + b;
}

export default function handle(message: Message) {
  const n = add(1, 2, 3); // error E_ARGUMENTS
  return pass;
}

// --- the message is forgotten
import { type Message, pass, u32 } from "exonet/ash";

function type(packet: Message): u32 {
  return packet.u16(12);
}

export default function handle(message: Message) {
  const n = type(); // error E_ARGUMENTS
  return pass;
}

// --- a load without an offset
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.u8(); // error E_ARGUMENTS
  return pass;
}

// --- a load with a width
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.u32(26, 4); // error E_ARGUMENTS
  return pass;
}

// --- a conversion of nothing
import { type Message, pass, u32 } from "exonet/ash";

export default function handle(message: Message) {
  const n = u32(); // error E_ARGUMENTS
  return pass;
}

// --- a conversion with a radix
import { type Message, pass, u32 } from "exonet/ash";

export default function handle(message: Message) {
  const n = u32(message.length, 10); // error E_ARGUMENTS
  return pass;
}

// --- vector without its place
import { array, type Message, pass, u8 } from "exonet/ash";

const buffer = array(u8, 64);

export default function handle(message: Message) {
  message.vector(0, 16, buffer); // error E_ARGUMENTS
  return pass;
}

// --- patch16 of two
import { type Message, pass, patch16 } from "exonet/ash";

export default function handle(message: Message) {
  const n = patch16(message.u16(24), 3); // error E_ARGUMENTS
  return pass;
}

// --- fold16 of two
import { fold16, type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = fold16(1, 2); // error E_ARGUMENTS
  return pass;
}

// --- wake without a tag
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  wake(); // error E_ARGUMENTS
  return pass;
}

// --- transfer of two words
import { type Message, pass, transfer } from "exonet/ash";

export default function handle(message: Message) {
  transfer(0, 1, 2); // error E_ARGUMENTS
  return pass;
}

// --- passTo nobody
import { type Message, pass, passTo } from "exonet/ash";

export default function handle(message: Message) {
  return passTo(); // error E_ARGUMENTS
}

// --- find without a key
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const flow = flows.find(); // error E_ARGUMENTS
  return pass;
}

// --- enter with a value
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  flows.enter(message.u32(26), 1n); // error E_ARGUMENTS
  return pass;
}

// --- a reply to nothing
import { type Message, pass, reply } from "exonet/ash";

export default function handle(message: Message) {
  const out = reply(); // error E_ARGUMENTS
  return pass;
}

// --- a frame without octets
import { frame, type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const out = frame(); // error E_ARGUMENTS
  return pass;
}

// --- a swap without a length
import { type Message, pass, reply } from "exonet/ash";

export default function handle(message: Message) {
  const out = reply(message);
  out.swap(0, 6); // error E_ARGUMENTS
  return pass;
}

// --- sent by two ports
import { type Message, pass, reply } from "exonet/ash";

export default function handle(message: Message) {
  const out = reply(message);
  out.send(1, 2); // error E_ARGUMENTS
  return pass;
}
