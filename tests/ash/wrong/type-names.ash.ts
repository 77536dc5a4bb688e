// --- number as a type
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n: number = 0; // error E_TYPE_NAME
  return pass;
}

// --- bigint as a type
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n: bigint = 0n; // error E_TYPE_NAME
  return pass;
}

// --- any as a type
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n: any = 0; // error E_TYPE_NAME
  return pass;
}

// --- string as a parameter's type
import { type Message, pass, u32 } from "exonet/ash";

function length(text: string): u32 { return 3; } // error E_TYPE_NAME

export default function handle(message: Message) {
  return pass;
}

// --- number as a result's type
import { type Message, pass } from "exonet/ash";

function three(): number { return 3; } // error E_TYPE_NAME

export default function handle(message: Message) {
  return pass;
}

// --- an array as a parameter's type
import { type Message, pass, u32 } from "exonet/ash";

function first(list: u32[]): u32 { return 3; } // error E_TYPE_NAME

export default function handle(message: Message) {
  return pass;
}

// --- one of two types
import { type Message, pass, u32 } from "exonet/ash";

function first(n: u32 | boolean): u32 { return 3; } // error E_TYPE_NAME

export default function handle(message: Message) {
  return pass;
}

// --- a function as a parameter's type
import { type Message, pass, u32 } from "exonet/ash";

function apply(change: (n: u32) => u32): u32 { return 3; } // error E_TYPE_NAME

export default function handle(message: Message) {
  return pass;
}

// --- an object's type as a parameter's
import { type Message, pass, u32 } from "exonet/ash";

function first(pair: { a: u32 }): u32 { return 3; } // error E_TYPE_NAME

export default function handle(message: Message) {
  return pass;
}

// --- a tuple as a type
import { type Message, pass, u32 } from "exonet/ash";

function first(pair: [u32, u32]): u32 { return 3; } // error E_TYPE_NAME

export default function handle(message: Message) {
  return pass;
}

// --- unknown as a type
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n: unknown = 3; // error E_TYPE_NAME
  return pass;
}

// --- a literal as a type
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n: 3 = 3; // error E_TYPE_NAME
  return pass;
}

// --- Uint8Array as a parameter's type
import { type Message, pass, u32 } from "exonet/ash";

function first(octets: Uint8Array): u32 { return 3; } // error E_TYPE_NAME

export default function handle(message: Message) {
  return pass;
}

// --- a type that nobody has
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n: u128 = 3; // error E_TYPE_NAME
  return pass;
}

// --- object as a type
import { type Message, pass, u32 } from "exonet/ash";

function first(flow: object): u32 { return 3; } // error E_TYPE_NAME

export default function handle(message: Message) {
  return pass;
}

// --- a type of TypeScript's own for what is given back
import { type Message, pass } from "exonet/ash";

function first(): never { return 3; } // error E_TYPE_NAME

export default function handle(message: Message) {
  return pass;
}

// --- a parameter without a type
import { type Message, pass, u32 } from "exonet/ash";

function half(n): u32 { return 3; } // error E_TYPE_NAME

export default function handle(message: Message) {
  return pass;
}

// --- undefined as a type
import { type Message, pass, u32 } from "exonet/ash";

function first(n: u32): u32 | undefined { return n; } // error E_TYPE_NAME

export default function handle(message: Message) {
  return pass;
}
