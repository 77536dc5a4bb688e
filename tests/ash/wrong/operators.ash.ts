// --- a power
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = 2 ** message.u8(14); // error E_OPERATOR
  return pass;
}

// --- assigned by ||
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let known = message.length > 60;
  known ||= message.wire > 60; // error E_OPERATOR
  return pass;
}

// --- assigned by &&
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let known = message.length > 60;
  known &&= message.wire > 60; // error E_OPERATOR
  return pass;
}

// --- assigned by ??
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = message.length;
  n ??= 3; // error E_OPERATOR
  return pass;
}

// --- assigned by **
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = message.length;
  n **= 2; // error E_OPERATOR
  return pass;
}

// --- spread of the message in a call
import { type Message, pass, transfer } from "exonet/ash";

export default function handle(message: Message) {
  transfer(0, ...message); // error E_SPREAD
  return pass;
}

// --- a static class
import { type Message, pass, u32 } from "exonet/ash";

abstract class Counter { } // error E_CLASS

export default function handle(message: Message) {
  return pass;
}

// --- new of a class of one's own
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const one = new Counter(); // error E_NEW
  return pass;
}
