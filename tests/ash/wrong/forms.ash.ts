// --- ==
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  if (message.u16(12) == 0x0800) return pass; // error E_EQUALITY
  return pass;
}

// --- !=
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  if (message.u16(12) != 0x0800) return pass; // error E_EQUALITY
  return pass;
}

// --- == in a loop's condition
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = message.length;
  while (n % 4 != 0) n += 1; // error E_EQUALITY
  return pass;
}

// --- == with undefined
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const flow = flows.find(message.u32(26));
  if (flow == undefined) return pass; // error E_EQUALITY
  return pass;
}

// --- a label
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = 0;
  outer: while (n < 4) { // error E_LABEL
    n += 1;
  }
  return pass;
}

// --- a label that is left
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  outer: for (let i = 0; i < 4; i++) { for (let j = 0; j < 4; j++) { if (i === j) break outer; } } // error E_LABEL
  return pass;
}

// --- for of
import { array, type Message, pass, u32, wake } from "exonet/ash";

const counts = array(u32, 16);

export default function handle(message: Message) {
  for (const count of counts) wake(count); // error E_FOR
  return pass;
}

// --- for in
import { array, type Message, pass, u32 } from "exonet/ash";

const counts = array(u32, 16);

export default function handle(message: Message) {
  let n = 0;
  for (const i in counts) n += 1; // error E_FOR
  return pass;
}

// --- for of over the message
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = 0;
  for (const octet of message) { // error E_FOR
    n += 1;
  }
  return pass;
}

// --- debugger
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  debugger; // error E_STATEMENT
  return pass;
}

// --- an empty statement
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  ; // error E_STATEMENT
  return pass;
}

// --- two semicolons
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.length;; // error E_STATEMENT
  return pass;
}

// --- a loop with nothing in it
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  for (let i = 0; i < 4; i++); // error E_STATEMENT
  return pass;
}

// --- an if with nothing in it
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  if (message.length > 60); // error E_STATEMENT
  return pass;
}

// --- with
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  with (message) { } // error E_STATEMENT
  return pass;
}

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

// --- a module of Node's
import { readFileSync } from "node:fs"; // error E_IMPORT
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  return pass;
}

// --- another handler's names
import { half } from "./helpers.ash.ts"; // error E_IMPORT
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  return pass;
}

// --- all of the module
import * as ash from "exonet/ash"; // error E_IMPORT
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  return pass;
}

// --- a default of the module
import ash from "exonet/ash"; // error E_IMPORT
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  return pass;
}

// --- an import for its effect
import "exonet/setup"; // error E_IMPORT
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  return pass;
}

// --- a name that the module has not
import { type Message, pass, drop } from "exonet/ash"; // error E_IMPORT

export default function handle(message: Message) {
  return pass;
}

// --- a type that the module has not
import { type Message, pass, type Packet } from "exonet/ash"; // error E_IMPORT

export default function handle(message: Message) {
  return pass;
}

// --- an import in the function
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const ash = import("exonet/ash"); // error E_IMPORT
  return pass;
}

// --- an exported constant
import { type Message, pass } from "exonet/ash";

export const LIMIT = 60; // error E_EXPORT

export default function handle(message: Message) {
  if (message.length > 60) return pass;
  return pass;
}

// --- an exported function
import { type Message, pass, u32 } from "exonet/ash";

export function half(n: u32): u32 { // error E_EXPORT
  return n / 2;
}

export default function handle(message: Message) {
  const n = half(message.length);
  return pass;
}

// --- exported state
import { type Message, pass, record, u64 } from "exonet/ash";

export const seen = record({ packets: u64 }); // error E_EXPORT

export default function handle(message: Message) {
  seen.packets += 1n;
  return pass;
}

// --- a list of exports
import { type Message, pass, u32 } from "exonet/ash";

function half(n: u32): u32 {
  return n / 2;
}
export { half }; // error E_EXPORT

export default function handle(message: Message) {
  return pass;
}

// --- all of another module's
import { type Message, pass } from "exonet/ash";

export * from "exonet/ash"; // error E_EXPORT

export default function handle(message: Message) {
  return pass;
}

// --- a second default
import { consume, type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  return pass;
}
export default function other(message: Message) { return consume; } // error E_EXPORT

// --- no default, only a function
import { type Message, type Outcome, pass } from "exonet/ash"; function handle(message: Message): Outcome { return pass; } // error E_ENTRY

// --- no function at all
import { pass } from "exonet/ash"; // error E_ENTRY

// --- the default is an arrow
import { type Message, pass } from "exonet/ash";

export default (message: Message) => pass; // error E_ENTRY

// --- the default is a name
import { type Message, type Outcome, pass } from "exonet/ash";

function handle(message: Message): Outcome {
  return pass;
}
export default handle; // error E_ENTRY

// --- the default is a number
import { type Message, type Outcome, pass } from "exonet/ash";

export default 5; // error E_ENTRY

// --- the default has no name
import { type Message, pass } from "exonet/ash";

export default function (message: Message) { // error E_ENTRY
  return pass;
}

// --- the default takes nothing
import { pass } from "exonet/ash";

export default function handle() { // error E_ENTRY
  return pass;
}

// --- the default takes something else
import { pass, type u32 } from "exonet/ash";

export default function handle(length: u32) { // error E_ENTRY
  return pass;
}

// --- the default takes more
import { type Message, pass, type u32 } from "exonet/ash";

export default function handle(message: Message, port: u32) { // error E_ENTRY
  return pass;
}

// --- the default does not say what it takes
import { pass } from "exonet/ash";

export default function handle(message) { // error E_ENTRY
  return pass;
}

// --- the default says that it gives back a number
import { type Message, type u32 } from "exonet/ash";

export default function handle(message: Message): u32 { return message.length; } // error E_ENTRY

// --- the default says that it gives back nothing
import { type Message, wake } from "exonet/ash";

export default function handle(message: Message): void { wake(1); } // error E_ENTRY

// --- an optional parameter
import { type Message, pass, u32 } from "exonet/ash";

function half(n?: u32): u32 { return 1; } // error E_PARAMETER

export default function handle(message: Message) {
  return pass;
}

// --- a default of a parameter
import { type Message, pass, u32 } from "exonet/ash";

function half(n: u32 = 4): u32 { // error E_PARAMETER
  return n / 2;
}

export default function handle(message: Message) {
  const n = half(4);
  return pass;
}

// --- a rest parameter
import { type Message, pass, u32 } from "exonet/ash";

function half(...n: u32): u32 { return 1; } // error E_PARAMETER

export default function handle(message: Message) {
  return pass;
}

// --- an optional message
import { type Message, pass, u32 } from "exonet/ash";

function half(message?: Message): u32 { return 1; } // error E_PARAMETER

export default function handle(message: Message) {
  return pass;
}
