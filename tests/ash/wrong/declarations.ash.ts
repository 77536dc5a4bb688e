// --- an interface
import { type Message, pass } from "exonet/ash";

interface Flow { packets: bigint } // error E_TYPE_DECLARATION

export default function handle(message: Message) {
  return pass;
}

// --- an alias of a type
import { type Message, pass } from "exonet/ash";

type Port = number; // error E_TYPE_DECLARATION

export default function handle(message: Message) {
  return pass;
}

// --- an enum
import { type Message, pass } from "exonet/ash";

enum Protocol { tcp = 6, udp = 17 } // error E_TYPE_DECLARATION

export default function handle(message: Message) {
  return pass;
}

// --- a const enum
import { type Message, pass } from "exonet/ash";

const enum Protocol { tcp = 6, udp = 17 } // error E_TYPE_DECLARATION

export default function handle(message: Message) {
  return pass;
}

// --- a namespace
import { type Message, pass } from "exonet/ash";

namespace Ports { } // error E_TYPE_DECLARATION

export default function handle(message: Message) {
  return pass;
}

// --- declare
import { type Message, pass } from "exonet/ash";

declare const LIMIT: number; // error E_TYPE_DECLARATION

export default function handle(message: Message) {
  return pass;
}

// --- declare of a function
import { type Message, pass } from "exonet/ash";

declare function now(): bigint; // error E_TYPE_DECLARATION

export default function handle(message: Message) {
  return pass;
}

// --- an alias of a type inside
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  type Port = number; // error E_TYPE_DECLARATION
  return pass;
}

// --- an interface inside
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  interface Flow { packets: bigint } // error E_TYPE_DECLARATION
  return pass;
}

// --- a function for all types
import { type Message, pass, u32 } from "exonet/ash";

function first<T>(n: u32): u32 { // error E_GENERIC
  return n;
}

export default function handle(message: Message) {
  const n = first(3);
  return pass;
}

// --- types told to a call
import { type Message, pass, u32 } from "exonet/ash";

function first(n: u32): u32 {
  return n;
}

export default function handle(message: Message) {
  const n = first<u32>(3); // error E_GENERIC
  return pass;
}

// --- types told to a table
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const value = shape({ packets: u64 });
const flows = table<u32, u64>(u32, value, 16); // error E_GENERIC

export default function handle(message: Message) {
  const n = flows.size;
  return pass;
}

// --- as
import { type Message, pass, u32, u8 } from "exonet/ash";

export default function handle(message: Message) {
  const n: u8 = message.u32(26) as u8; // error E_ASSERTION
  return pass;
}

// --- as any
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.length as any; // error E_ASSERTION
  return pass;
}

// --- as unknown as
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.length as unknown as bigint; // error E_ASSERTION
  return pass;
}

// --- as const
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = 5 as const; // error E_ASSERTION
  return pass;
}

// --- as const at the top
import { type Message, pass } from "exonet/ash";

const LIMIT = 60 as const; // error E_ASSERTION

export default function handle(message: Message) {
  return pass;
}

// --- satisfies
import { type Message, pass, u32 } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.length satisfies u32; // error E_ASSERTION
  return pass;
}

// --- a cast
import { type Message, pass, u32 } from "exonet/ash";

export default function handle(message: Message) {
  const n = <u32>message.length; // error E_ASSERTION
  return pass;
}

// --- ! after find
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const packets = flows.find(message.u32(26))!.packets; // error E_ASSERTION
  return pass;
}

// --- ! after a reference
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const flow = flows.find(message.u32(26));
  if (flow === undefined) return pass;
  flow!.packets += 1n; // error E_ASSERTION
  return pass;
}

// --- ! after a value
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.length! + 1; // error E_ASSERTION
  return pass;
}
