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

// --- a way without a return
import { type Message, pass, u32 } from "exonet/ash";

function half(n: u32): u32 { if (n > 1) { return n / 2; } } // error E_RETURN

export default function handle(message: Message) {
  const n = half(4);
  return pass;
}

// --- no return at all
import { type Message, pass, u32 } from "exonet/ash";

function half(n: u32): u32 { const m = n / 2; } // error E_RETURN

export default function handle(message: Message) {
  const n = half(4);
  return pass;
}

// --- a loop that may not run
import { type Message, pass, u32 } from "exonet/ash";

function half(n: u32): u32 { for (let i = 0; i < n; i++) { return i; } } // error E_RETURN

export default function handle(message: Message) {
  const n = half(4);
  return pass;
}

// --- a switch without a default
import { type Message, pass, u32 } from "exonet/ash";

function half(n: u32): u32 { switch (n) { case 1: return 0; case 2: return 1; } } // error E_RETURN

export default function handle(message: Message) {
  const n = half(4);
  return pass;
}

// --- a switch that is left
import { type Message, pass, u32 } from "exonet/ash";

function half(n: u32): u32 { switch (n) { case 1: break; default: return 1; } } // error E_RETURN

export default function handle(message: Message) {
  const n = half(4);
  return pass;
}

// --- a loop that is left
import { type Message, pass, u32 } from "exonet/ash";

function half(n: u32): u32 { for (;;) { if (n > 3) break; return n; } } // error E_RETURN

export default function handle(message: Message) {
  const n = half(4);
  return pass;
}

// --- else if without else
import { type Message, pass, u32 } from "exonet/ash";

function half(n: u32): u32 { if (n > 4) { return 2; } else if (n > 2) { return 1; } } // error E_RETURN

export default function handle(message: Message) {
  const n = half(4);
  return pass;
}

// --- an entry without a return
import { type Message, wake } from "exonet/ash";

export default function handle(message: Message) { wake(message.length); } // error E_RETURN

// --- an entry, a way of which does not return
import { consume, type Message } from "exonet/ash";

export default function handle(message: Message) { if (message.length > 60) { return consume; } } // error E_RETURN

// --- an entry without a return, over several lines
import { consume, type Message, wake } from "exonet/ash";

export default function handle(message: Message) { // error E_RETURN
  if (message.length > 60) {
    return consume;
  } else {
    wake(1);
  }
}

// --- behind a return
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  if (message.length > 60) {
    return pass;
    wake(1); // error E_UNREACHABLE
  }
  return pass;
}

// --- behind break
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  for (let i = 0; i < 4; i++) {
    break;
    wake(i); // error E_UNREACHABLE
  }
  return pass;
}

// --- behind continue
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  for (let i = 0; i < 4; i++) {
    continue;
    wake(i); // error E_UNREACHABLE
  }
  return pass;
}

// --- behind both ways of an if
import { consume, type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  if (message.length > 60) {
    return consume;
  } else {
    return pass;
  }
  wake(1); // error E_UNREACHABLE
}

// --- behind the last return
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  return pass;
  wake(1); // error E_UNREACHABLE
}

// --- behind return, in a case
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  switch (message.u16(12)) {
    case 0x0800:
      return pass;
      wake(1); // error E_UNREACHABLE
    default:
      wake(2);
  }
  return pass;
}

// --- behind a switch all of whose ways return
import { consume, type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  switch (message.u16(12)) {
    case 0x0800:
      return pass;
    default:
      return consume;
  }
  wake(1); // error E_UNREACHABLE
}

// --- behind a block that returns
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  {
    return pass;
  }
  wake(1); // error E_UNREACHABLE
}

// --- break outside of a loop
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  if (message.length > 60) break; // error E_BREAK
  return pass;
}

// --- continue outside of a loop
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  if (message.length > 60) continue; // error E_BREAK
  return pass;
}

// --- continue in a switch
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  switch (message.u16(12)) {
    case 0x0800:
      continue; // error E_BREAK
  }
  return pass;
}

// --- break behind a loop
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  for (let i = 0; i < 4; i++) wake(i);
  break; // error E_BREAK
  return pass;
}

// --- a case that goes on
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  switch (message.u8(23)) {
    case 6: wake(6); // error E_FALLTHROUGH
    case 17: wake(17); break;
  }
  return pass;
}

// --- a case that goes on, to the default
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  switch (message.u8(23)) {
    case 6: wake(6); // error E_FALLTHROUGH
    default: wake(0);
  }
  return pass;
}

// --- a case that goes on, one way
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  switch (message.u8(23)) {
    case 6: if (message.length > 60) { break; } // error E_FALLTHROUGH
    case 17: wake(17); break;
  }
  return pass;
}

// --- a default that goes on
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  switch (message.u8(23)) {
    default: wake(0); // error E_FALLTHROUGH
    case 17: wake(17); break;
  }
  return pass;
}

// --- a case that is a local
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  const udp = message.u8(15);
  switch (message.u8(23)) {
    case udp: // error E_CASE
      wake(1);
  }
  return pass;
}

// --- a case that is a field of state
import { type Message, pass, record, u8, wake } from "exonet/ash";

const known = record({ type: u8 });

export default function handle(message: Message) {
  switch (message.u8(23)) {
    case known.type: // error E_CASE
      wake(1);
  }
  return pass;
}

// --- a case that is a bigint
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  switch (message.u8(23)) {
    case 6n: // error E_CASE
      wake(1);
  }
  return pass;
}

// --- a case that is a number, of a bigint
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  switch (message.time) {
    case 6: // error E_CASE
      wake(1);
  }
  return pass;
}

// --- a case that is a boolean
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  switch (message.u8(23)) {
    case true: // error E_CASE
      wake(1);
  }
  return pass;
}

// --- a case that is a load
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  switch (message.u8(23)) {
    case message.u8(24): // error E_CASE
      wake(1);
  }
  return pass;
}

// --- a case that is a condition
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  switch (message.length) {
    case message.length > 60: // error E_CASE
      wake(1);
  }
  return pass;
}

// --- a case twice
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  switch (message.u8(23)) {
    case 6: wake(6); break;
    case 6: wake(7); break; // error E_CASE_TWICE
  }
  return pass;
}

// --- a case twice, in another way
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  switch (message.u16(36)) {
    case 80: wake(6); break;
    case 0x50: wake(7); break; // error E_CASE_TWICE
  }
  return pass;
}

// --- a case twice, by a constant
import { type Message, pass, wake } from "exonet/ash";

const HTTP = 80;

export default function handle(message: Message) {
  switch (message.u16(36)) {
    case 80: wake(6); break;
    case HTTP: wake(7); break; // error E_CASE_TWICE
  }
  return pass;
}

// --- a case twice, in one arm
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  switch (message.u16(36)) {
    case 80:
    case 443:
    case 80: // error E_CASE_TWICE
      wake(7);
  }
  return pass;
}

// --- a default twice
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  switch (message.u8(23)) {
    default: wake(6); break;
    default: wake(7); break; // error E_CASE_TWICE
  }
  return pass;
}

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
