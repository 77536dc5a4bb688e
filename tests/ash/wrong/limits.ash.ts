// --- seventeen parameters
import { type Message, pass, u8 } from "exonet/ash";

function many(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8, i: u8, j: u8, k: u8, l: u8, m: u8, n: u8, o: u8, p: u8, q: u8): u8 { return q; } // error E_TOO_MANY

export default function handle(message: Message) {
  return pass;
}

// --- conversions of conversions
import { type Message, pass, u32 } from "exonet/ash";

export default function handle(message: Message) {
  const n = u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(u32(message.length)))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))); // error E_NESTING
  return pass;
}

// --- sums in sums
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + (1 + message.length)))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))); // error E_NESTING
  return pass;
}

// --- blocks in blocks
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { wake(1); }}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}} // error E_NESTING
  return pass;
}

// --- not not not
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  if (!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!(message.length > 60)) return pass; // error E_NESTING
  return pass;
}
