// --- a missing expression
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = ; // error E_SYNTAX
  return pass;
}

// --- a missing parenthesis
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  if (message.length > 60 return pass; // error E_SYNTAX
  return pass;
}

// --- a number that is none
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = 12ab; // error E_SYNTAX
  return pass;
}

// --- an octal of old
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = 017; // error E_SYNTAX
  return pass;
}

// --- an operator too many
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = message.length * / 3; // error E_SYNTAX
  return pass;
}

// --- else without if
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  else return pass; // error E_SYNTAX
  return pass;
}

// --- an assignment to a constant expression
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  3 = message.length; // error E_SYNTAX
  return pass;
}

// --- a word that is reserved
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let while = 3; // error E_SYNTAX
  return pass;
}

// --- C's way of a declaration
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  u32 n = 3; // error E_SYNTAX
  return pass;
}

// --- Python's way of a condition
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  if message.length > 60: return pass; // error E_SYNTAX
  return pass;
}

// --- a text that does not end
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = 'abc; // error E_SYNTAX
  return pass;
}

// --- a hash
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  #count = 3; // error E_SYNTAX
  return pass;
}
