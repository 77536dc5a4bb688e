// --- a half into an octet
import { type Message, pass, u8 } from "exonet/ash";

export default function handle(message: Message) {
  let n: u8 = message.u16(12); // error E_NARROW
  return pass;
}

// --- a word into a half
import { type Message, pass, u16 } from "exonet/ash";

export default function handle(message: Message) {
  let n: u16 = message.u32(26); // error E_NARROW
  return pass;
}

// --- a sum into an octet
import { type Message, pass, u8 } from "exonet/ash";

export default function handle(message: Message) {
  let n: u8 = message.u8(14) + message.u8(15); // error E_NARROW
  return pass;
}

// --- one more into an octet
import { type Message, pass, u8 } from "exonet/ash";

export default function handle(message: Message) {
  let n: u8 = message.u8(14);
  n = n + 1; // error E_NARROW
  return pass;
}

// --- a masked word into an octet
import { type Message, pass, u8 } from "exonet/ash";

export default function handle(message: Message) {
  let n: u8 = message.u32(26) & 0xff; // error E_NARROW
  return pass;
}

// --- the length into a half's field
import { type Message, pass, record, u16 } from "exonet/ash";

const seen = record({ longest: u16 });

export default function handle(message: Message) {
  seen.longest = message.length; // error E_NARROW
  return pass;
}

// --- a word into an array of octets
import { array, type Message, pass, u8 } from "exonet/ash";

const last = array(u8, 4);

export default function handle(message: Message) {
  last[0] = message.u32(26); // error E_NARROW
  return pass;
}

// --- a word as an octet's argument
import { type Message, pass, u8 } from "exonet/ash";

function high(n: u8): u8 {
  return n;
}

export default function handle(message: Message) {
  const n = high(message.u16(12)); // error E_NARROW
  return pass;
}

// --- a word given back as an octet
import { type Message, pass, u8 } from "exonet/ash";

function high(n: u8): u8 {
  return n >>> 4; // error E_NARROW
}

export default function handle(message: Message) {
  const n = high(message.u8(14));
  return pass;
}

// --- a word for setU16
import { type Message, pass, reply } from "exonet/ash";

export default function handle(message: Message) {
  const out = reply(message);
  out.setU16(12, message.length); // error E_NARROW
  return pass;
}

// --- a word for a frame's octet
import { type Message, pass, reply } from "exonet/ash";

export default function handle(message: Message) {
  const out = reply(message);
  out[14] = message.length; // error E_NARROW
  return pass;
}

// --- a word for patch16
import { type Message, pass, patch16 } from "exonet/ash";

export default function handle(message: Message) {
  const sum = patch16(message.u16(24), message.u16(22), message.length); // error E_NARROW
  return pass;
}

// --- a signed word into a signed half
import { i16, type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n: i16 = message.i32(26); // error E_NARROW
  return pass;
}

// --- a word for swap16
import { type Message, pass, swap16 } from "exonet/ash";

export default function handle(message: Message) {
  const n = swap16(message.u32(26)); // error E_NARROW
  return pass;
}

// --- one of two, one of which is wider
import { type Message, pass, u8 } from "exonet/ash";

export default function handle(message: Message) {
  let n: u8 = message.length > 60 ? message.u16(12) : 3; // error E_NARROW
  return pass;
}
