// --- >> of a half
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const version = message.u16(14) >> 12; // error E_SHIFT
  return pass;
}

// --- >> of a word
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const high = message.u32(26) >> 16; // error E_SHIFT
  return pass;
}

// --- >> of an octet
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const high = message.u8(14) >> 4; // error E_SHIFT
  return pass;
}

// --- >>> of a signed word
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const high = message.i32(26) >>> 16; // error E_SHIFT
  return pass;
}

// --- >>> of a long
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const high = message.time >>> 32n; // error E_SHIFT
  return pass;
}

// --- >>= of an unsigned one
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = message.length;
  n >>= 1; // error E_SHIFT
  return pass;
}

// --- >>>= of a signed one
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = -8;
  n >>>= 1; // error E_SHIFT
  return pass;
}

// --- << by 32
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.length << 32; // error E_SHIFT_RANGE
  return pass;
}

// --- >>> by 32
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.length >>> 32; // error E_SHIFT_RANGE
  return pass;
}

// --- >>> by much more
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.length >>> 100; // error E_SHIFT_RANGE
  return pass;
}

// --- << by less than none
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.length << -1; // error E_SHIFT_RANGE
  return pass;
}

// --- a long << by 64
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.time << 64n; // error E_SHIFT_RANGE
  return pass;
}

// --- a long >> by 100
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.time >> 100n; // error E_SHIFT_RANGE
  return pass;
}

// --- by a constant beyond
import { type Message, pass } from "exonet/ash";

const BITS = 40;

export default function handle(message: Message) {
  const n = message.length << BITS; // error E_SHIFT_RANGE
  return pass;
}

// --- by the sum of two constants
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.length << (16 + 16); // error E_SHIFT_RANGE
  return pass;
}

// --- <<= by 32
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = message.length;
  n <<= 32; // error E_SHIFT_RANGE
  return pass;
}

// --- a signed word >> by 32
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.i32(26) >> 32; // error E_SHIFT_RANGE
  return pass;
}

// --- / 0
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.length / 0; // error E_DIVISION
  return pass;
}

// --- % 0
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.length % 0; // error E_DIVISION
  return pass;
}

// --- a long / 0
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.time / 0n; // error E_DIVISION
  return pass;
}

// --- /= 0
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = message.length;
  n /= 0; // error E_DIVISION
  return pass;
}

// --- by a constant that is 0
import { type Message, pass } from "exonet/ash";

const NONE = 0;

export default function handle(message: Message) {
  const n = message.length % NONE; // error E_DIVISION
  return pass;
}

// --- by what comes to 0
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.length / (4 - 4); // error E_DIVISION
  return pass;
}

// --- two constants
import { type Message, pass } from "exonet/ash";

const N = 10 / 0; // error E_DIVISION

export default function handle(message: Message) {
  if (message.length > 60) return pass;
  return pass;
}

// --- the negative of the length
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = -message.length; // error E_NEGATIVE
  return pass;
}

// --- the negative of an octet
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = -message.u8(14); // error E_NEGATIVE
  return pass;
}

// --- the negative of a time
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = -message.time; // error E_NEGATIVE
  return pass;
}

// --- the negative of a sum
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = -(message.length + 1); // error E_NEGATIVE
  return pass;
}

// --- an assignment to a const
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.length;
  n = 3; // error E_CONSTANT
  return pass;
}

// --- ++ of a const
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.length;
  n++; // error E_CONSTANT
  return pass;
}

// --- += of a constant at the top
import { type Message, pass } from "exonet/ash";

const LIMIT = 60;

export default function handle(message: Message) {
  LIMIT += 1; // error E_CONSTANT
  return pass;
}

// --- a const loop
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  for (const i = 0; i < 4; i++) { // error E_CONSTANT
    wake(i);
  }
  return pass;
}

// --- the message's length is set
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  message.length = 60; // error E_CONSTANT
  return pass;
}

// --- an array's length is set
import { array, type Message, pass, u32 } from "exonet/ash";

const counts = array(u32, 64);

export default function handle(message: Message) {
  counts.length = 0; // error E_CONSTANT
  return pass;
}

// --- a table's size is set
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  flows.size = 0; // error E_CONSTANT
  return pass;
}

// --- a reference is set to another
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const flow = flows.enter(message.u32(26));
  flow = flows.enter(message.u32(30)); // error E_CONSTANT
  return pass;
}

// --- a property is called
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.length(); // error E_CALL
  return pass;
}

// --- a constant is called
import { type Message, pass } from "exonet/ash";

const LIMIT = 60;

export default function handle(message: Message) {
  const n = LIMIT(); // error E_CALL
  return pass;
}

// --- state is called
import { type Message, pass, record, u64 } from "exonet/ash";

const seen = record({ packets: u64 });

export default function handle(message: Message) {
  const n = seen(); // error E_CALL
  return pass;
}

// --- an outcome is called
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  return pass(); // error E_CALL
}

// --- a number is called
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.length;
  const m = n(3); // error E_CALL
  return pass;
}

// --- a function that is not called
import { type Message, pass, u32 } from "exonet/ash";

function type(): u32 {
  return 3;
}

export default function handle(message: Message) {
  const n = type; // error E_CALL
  return pass;
}

// --- a method that is not called
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.u8; // error E_CALL
  return pass;
}

// --- a method of a table that is not called
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const n = flows.find; // error E_CALL
  return pass;
}

// --- an outcome's function that is not called
import { type Message, pass, passTo } from "exonet/ash";

export default function handle(message: Message) {
  return passTo; // error E_CALL
}

// --- a conversion that is not called
import { type Message, pass, u8 } from "exonet/ash";

export default function handle(message: Message) {
  const n = u8; // error E_CALL
  return pass;
}

// --- a function as a condition that is not called
import { bool, type Message, pass } from "exonet/ash";

function ready(): bool {
  return true;
}

export default function handle(message: Message) {
  if (ready) return pass; // error E_CALL
  return pass;
}

// --- too few of one's own
import { type Message, pass, u32 } from "exonet/ash";

function add(a: u32, b: u32): u32 {
  return a + b;
}

export default function handle(message: Message) {
  const n = add(3); // error E_ARGUMENTS
  return pass;
}

// --- too many of one's own
import { type Message, pass, u32 } from "exonet/ash";

function add(a: u32, b: u32): u32 {
  return a + b;
}

export default function handle(message: Message) {
  const n = add(1, 2, 3); // error E_ARGUMENTS
  return pass;
}

// --- the message is forgotten
import { type Message, pass, u32 } from "exonet/ash";

function type(packet: Message): u32 {
  return packet.u16(12);
}

export default function handle(message: Message) {
  const n = type(); // error E_ARGUMENTS
  return pass;
}

// --- a load without an offset
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.u8(); // error E_ARGUMENTS
  return pass;
}

// --- a load with a width
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.u32(26, 4); // error E_ARGUMENTS
  return pass;
}

// --- a conversion of nothing
import { type Message, pass, u32 } from "exonet/ash";

export default function handle(message: Message) {
  const n = u32(); // error E_ARGUMENTS
  return pass;
}

// --- a conversion with a radix
import { type Message, pass, u32 } from "exonet/ash";

export default function handle(message: Message) {
  const n = u32(message.length, 10); // error E_ARGUMENTS
  return pass;
}

// --- vector without its place
import { array, type Message, pass, u8 } from "exonet/ash";

const buffer = array(u8, 64);

export default function handle(message: Message) {
  message.vector(0, 16, buffer); // error E_ARGUMENTS
  return pass;
}

// --- patch16 of two
import { type Message, pass, patch16 } from "exonet/ash";

export default function handle(message: Message) {
  const n = patch16(message.u16(24), 3); // error E_ARGUMENTS
  return pass;
}

// --- fold16 of two
import { fold16, type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = fold16(1, 2); // error E_ARGUMENTS
  return pass;
}

// --- wake without a tag
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  wake(); // error E_ARGUMENTS
  return pass;
}

// --- transfer of two words
import { type Message, pass, transfer } from "exonet/ash";

export default function handle(message: Message) {
  transfer(0, 1, 2); // error E_ARGUMENTS
  return pass;
}

// --- passTo nobody
import { type Message, pass, passTo } from "exonet/ash";

export default function handle(message: Message) {
  return passTo(); // error E_ARGUMENTS
}

// --- find without a key
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const flow = flows.find(); // error E_ARGUMENTS
  return pass;
}

// --- enter with a value
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  flows.enter(message.u32(26), 1n); // error E_ARGUMENTS
  return pass;
}

// --- a reply to nothing
import { type Message, pass, reply } from "exonet/ash";

export default function handle(message: Message) {
  const out = reply(); // error E_ARGUMENTS
  return pass;
}

// --- a frame without octets
import { frame, type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const out = frame(); // error E_ARGUMENTS
  return pass;
}

// --- a swap without a length
import { type Message, pass, reply } from "exonet/ash";

export default function handle(message: Message) {
  const out = reply(message);
  out.swap(0, 6); // error E_ARGUMENTS
  return pass;
}

// --- sent by two ports
import { type Message, pass, reply } from "exonet/ash";

export default function handle(message: Message) {
  const out = reply(message);
  out.send(1, 2); // error E_ARGUMENTS
  return pass;
}

// --- let without a value
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n; // error E_INITIAL
  return pass;
}

// --- let with a type and without a value
import { type Message, pass, u32 } from "exonet/ash";

export default function handle(message: Message) {
  let n: u32; // error E_INITIAL
  return pass;
}

// --- let in a loop without a value
import { type Message, pass, wake } from "exonet/ash";

export default function handle(message: Message) {
  let n = 0;
  for (let i; n < 4; n++) wake(n); // error E_INITIAL
  return pass;
}

// --- one of two without a value
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let a = 0, b; // error E_INITIAL
  return pass;
}

// --- a sum that nobody uses
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  message.length + 1; // error E_EFFECT
  return pass;
}

// --- a name that nobody uses
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = 3;
  n; // error E_EFFECT
  return pass;
}

// --- a comparison for an assignment
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let n = 3;
  n === 4; // error E_EFFECT
  return pass;
}

// --- an outcome without return
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  if (message.length < 14) pass; // error E_EFFECT
  return pass;
}

// --- a property that nobody uses
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  message.length; // error E_EFFECT
  return pass;
}

// --- a literal that nobody uses
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  5; // error E_EFFECT
  return pass;
}

// --- a field that nobody uses
import { type Message, pass, record, u64 } from "exonet/ash";

const seen = record({ packets: u64 });

export default function handle(message: Message) {
  seen.packets; // error E_EFFECT
  return pass;
}

// --- the negation of a flag that nobody uses
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  let known = true;
  !known; // error E_EFFECT
  return pass;
}

// --- a message where a number is needed
import { type Message, pass, u32 } from "exonet/ash";

export default function handle(message: Message) {
  let n: u32 = message; // error E_REFERENCE
  return pass;
}

// --- a record where a number is needed
import { type Message, pass, record, u32, u64 } from "exonet/ash";

const seen = record({ packets: u32 });

export default function handle(message: Message) {
  let n: u32 = seen; // error E_REFERENCE
  return pass;
}

// --- a record in a sum
import { type Message, pass, record, u32 } from "exonet/ash";

const seen = record({ packets: u32 });

export default function handle(message: Message) {
  const n = seen + 1; // error E_REFERENCE
  return pass;
}

// --- an array as an argument
import { array, type Message, pass, u32, wake } from "exonet/ash";

const counts = array(u32, 64);

export default function handle(message: Message) {
  wake(counts); // error E_REFERENCE
  return pass;
}

// --- a frame as an argument
import { type Message, pass, reply, wake } from "exonet/ash";

export default function handle(message: Message) {
  const out = reply(message);
  wake(out); // error E_REFERENCE
  return pass;
}

// --- an entry passed to a function
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);
function half(n: u32): u32 {
  return n / 2;
}

export default function handle(message: Message) {
  const flow = flows.enter(message.u32(26));
  const n = half(flow); // error E_REFERENCE
  return pass;
}

// --- an entry given back
import { type Message, pass, shape, table, u32, u64, wake } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);
function count(n: u32): u32 {
  return flows.enter(n); // error E_REFERENCE
}

export default function handle(message: Message) {
  wake(count(3));
  return pass;
}

// --- an entry stored in a field
import { type Message, pass, record, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);
const last = record({ flow: u32 });

export default function handle(message: Message) {
  last.flow = flows.enter(message.u32(26)); // error E_REFERENCE
  return pass;
}

// --- an entry in a let
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  let flow = flows.enter(message.u32(26)); // error E_REFERENCE
  return pass;
}

// --- two records compared
import { type Message, pass, record, u64 } from "exonet/ash";

const first = record({ packets: u64 });
const second = record({ packets: u64 });

export default function handle(message: Message) {
  if (first === second) return pass; // error E_REFERENCE
  return pass;
}

// --- the message converted
import { type Message, pass, u32 } from "exonet/ash";

export default function handle(message: Message) {
  const n = u32(message); // error E_REFERENCE
  return pass;
}

// --- a table as a length
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  if (flows > 3) return pass; // error E_REFERENCE
  return pass;
}

// --- a record given back as an outcome
import { type Message, pass, record, u64 } from "exonet/ash";

const seen = record({ packets: u64 });

export default function handle(message: Message) {
  return seen; // error E_REFERENCE
}
