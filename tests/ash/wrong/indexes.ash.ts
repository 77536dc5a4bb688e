// --- behind the last
import { array, type Message, pass, u32 } from "exonet/ash";

const counts = array(u32, 256);

export default function handle(message: Message) {
  counts[256] += 1; // error E_INDEX
  return pass;
}

// --- far behind the last
import { array, type Message, pass, u32 } from "exonet/ash";

const counts = array(u32, 256);

export default function handle(message: Message) {
  const n = counts[1000]; // error E_INDEX
  return pass;
}

// --- behind the last by a constant
import { array, type Message, pass, u32 } from "exonet/ash";

const SIZE = 256;
const counts = array(u32, SIZE);

export default function handle(message: Message) {
  const n = counts[SIZE]; // error E_INDEX
  return pass;
}

// --- behind a field's last
import { array, type Message, pass, record, u8 } from "exonet/ash";

const seen = record({ first: array(u8, 4) });

export default function handle(message: Message) {
  seen.first[4] = 1; // error E_INDEX
  return pass;
}

// --- behind the last of shapes
import { array, type Message, pass, shape, u32 } from "exonet/ash";

const slots = array(shape({ packets: u32 }), 8);

export default function handle(message: Message) {
  slots[8].packets += 1; // error E_INDEX
  return pass;
}

// --- a reference behind the last
import { array, type Message, pass, shape, u32 } from "exonet/ash";

const slots = array(shape({ packets: u32 }), 8);

export default function handle(message: Message) {
  const slot = slots[9]; // error E_INDEX
  return pass;
}

// --- a half behind the end
import { array, type Message, pass, u8 } from "exonet/ash";

const buffer = array(u8, 64);

export default function handle(message: Message) {
  const n = buffer.u16(63); // error E_INDEX
  return pass;
}

// --- a word behind the end
import { array, type Message, pass, u8 } from "exonet/ash";

const buffer = array(u8, 64);

export default function handle(message: Message) {
  const n = buffer.u32(61); // error E_INDEX
  return pass;
}

// --- a long set behind the end
import { array, type Message, pass, u8 } from "exonet/ash";

const buffer = array(u8, 64);

export default function handle(message: Message) {
  buffer.setU64(57, 1n); // error E_INDEX
  return pass;
}

// --- a half set behind the end of an entry's array
import { array, type Message, pass, shape, table, u32, u8 } from "exonet/ash";

const flows = table(u32, shape({ first: array(u8, 16) }), 16);

export default function handle(message: Message) {
  const flow = flows.enter(message.u32(26));
  flow.first.setU16(15, 1); // error E_INDEX
  return pass;
}
