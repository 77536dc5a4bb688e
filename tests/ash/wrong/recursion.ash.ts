// --- a function that calls itself
import { type Message, pass, u32 } from "exonet/ash";

function product(n: u32): u32 {
  if (n === 0) return 1;
  return n * product(n - 1); // error E_RECURSION
}

export default function handle(message: Message) {
  const n = product(4);
  return pass;
}

// --- a function that calls itself as a statement
import { type Message, pass, u32, wake } from "exonet/ash";

function told(n: u32): void {
  wake(n);
  if (n > 0) told(n - 1); // error E_RECURSION
}

export default function handle(message: Message) {
  told(3);
  return pass;
}

// --- two that call each other
import { bool, type Message, pass, u32 } from "exonet/ash";

function even(n: u32): bool {
  return n === 0 || odd(n - 1);
}
function odd(n: u32): bool {
  return n !== 0 && even(n - 1); // error E_RECURSION
}

export default function handle(message: Message) {
  if (even(message.length)) return pass;
  return pass;
}

// --- three in a circle
import { type Message, pass, u32 } from "exonet/ash";

function first(n: u32): u32 {
  return second(n);
}
function second(n: u32): u32 {
  return third(n);
}
function third(n: u32): u32 {
  return n > 3 ? first(n / 2) : n; // error E_RECURSION
}

export default function handle(message: Message) {
  const n = first(message.length);
  return pass;
}

// --- a function that calls itself, which nobody calls
import { type Message, pass, u32 } from "exonet/ash";

function lonely(n: u32): u32 { return lonely(n); } // error E_RECURSION

export default function handle(message: Message) {
  return pass;
}

// --- the entry calls itself
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  if (message.length < 60) return pass;
  return handle(message); // error E_RECURSION
}
