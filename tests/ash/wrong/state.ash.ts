// --- a record in the function
import { type Message, pass, record, u64 } from "exonet/ash";

export default function handle(message: Message) {
  const seen = record({ packets: u64 }); // error E_STATE_PLACE
  return pass;
}

// --- an array in the function
import { array, type Message, pass, u32 } from "exonet/ash";

export default function handle(message: Message) {
  const counts = array(u32, 16); // error E_STATE_PLACE
  return pass;
}

// --- a table in the function
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const value = shape({ packets: u64 });

export default function handle(message: Message) {
  const flows = table(u32, value, 16); // error E_STATE_PLACE
  return pass;
}

// --- a pipe in the function
import { checksum, type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const sum = checksum(); // error E_STATE_PLACE
  return pass;
}

// --- a pipeline in the function
import { checksum, type Message, pass, pipeline } from "exonet/ash";

const sum = checksum();

export default function handle(message: Message) {
  const once = pipeline(sum); // error E_STATE_PLACE
  return pass;
}

// --- a record by let
import { type Message, pass, record, u64 } from "exonet/ash";

let seen = record({ packets: u64 }); // error E_STATE_PLACE

export default function handle(message: Message) {
  seen.packets += 1n;
  return pass;
}

// --- a table by let
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

let flows = table(u32, shape({ packets: u64 }), 16); // error E_STATE_PLACE

export default function handle(message: Message) {
  flows.enter(message.u32(26)).packets += 1n;
  return pass;
}

// --- a shape in the function
import { type Message, pass, shape, u64 } from "exonet/ash";

export default function handle(message: Message) {
  const value = shape({ packets: u64 }); // error E_STATE_PLACE
  return pass;
}

// --- state as a local of a helper
import { array, type Message, pass, u32, wake } from "exonet/ash";

function count(n: u32): u32 {
  const counts = array(u32, 16); // error E_STATE_PLACE
  return n;
}

export default function handle(message: Message) {
  wake(count(3));
  return pass;
}

// --- a shape without fields
import { type Message, pass, shape } from "exonet/ash";

const nothing = shape({ }); // error E_SHAPE

export default function handle(message: Message) {
  return pass;
}

// --- a record without fields
import { type Message, pass, record } from "exonet/ash";

const nothing = record({ }); // error E_SHAPE

export default function handle(message: Message) {
  return pass;
}

// --- a field that is a number
import { type Message, pass, record } from "exonet/ash";

const seen = record({ packets: 0 }); // error E_SHAPE

export default function handle(message: Message) {
  return pass;
}

// --- a field that is a bigint
import { type Message, pass, record } from "exonet/ash";

const seen = record({ packets: 0n }); // error E_SHAPE

export default function handle(message: Message) {
  return pass;
}

// --- a field that is a boolean
import { type Message, pass, record } from "exonet/ash";

const seen = record({ known: false }); // error E_SHAPE

export default function handle(message: Message) {
  return pass;
}

// --- fields in a field
import { type Message, pass, record, u32 } from "exonet/ash";

const seen = record({ tcp: { packets: u32 } }); // error E_SHAPE

export default function handle(message: Message) {
  return pass;
}

// --- a shape in a field
import { type Message, pass, record, shape, u32 } from "exonet/ash";

const counter = shape({ packets: u32 });
const seen = record({ tcp: counter }); // error E_SHAPE

export default function handle(message: Message) {
  if (message.length > 60) return pass;
  return pass;
}

// --- a table in a field
import { type Message, pass, record, shape, table, u32 } from "exonet/ash";

const counter = shape({ packets: u32 });
const seen = record({ flows: table(u32, counter, 16) }); // error E_SHAPE

export default function handle(message: Message) {
  if (message.length > 60) return pass;
  return pass;
}

// --- an array of arrays
import { array, type Message, pass, u8 } from "exonet/ash";

const rows = array(array(u8, 16), 16); // error E_SHAPE

export default function handle(message: Message) {
  return pass;
}

// --- an array of arrays in a field
import { array, type Message, pass, record, u8 } from "exonet/ash";

const seen = record({ rows: array(array(u8, 16), 16) }); // error E_SHAPE

export default function handle(message: Message) {
  return pass;
}

// --- an array of shapes in a field
import { array, type Message, pass, record, shape, u8 } from "exonet/ash";

const cell = shape({ octet: u8 });
const seen = record({ cells: array(cell, 16) }); // error E_SHAPE

export default function handle(message: Message) {
  if (message.length > 60) return pass;
  return pass;
}

// --- an array of numbers that say nothing of their width
import { array, type Message, pass } from "exonet/ash";

const counts = array(32, 16); // error E_SHAPE

export default function handle(message: Message) {
  return pass;
}

// --- a table from scalars to scalars
import { type Message, pass, table, u32, u64 } from "exonet/ash";

const flows = table(u32, u64, 16); // error E_SHAPE

export default function handle(message: Message) {
  return pass;
}

// --- a record of a scalar
import { type Message, pass, record, u64 } from "exonet/ash";

const seen = record(u64); // error E_SHAPE

export default function handle(message: Message) {
  return pass;
}

// --- a shape of a scalar
import { type Message, pass, shape, u64 } from "exonet/ash";

const seen = shape(u64); // error E_SHAPE

export default function handle(message: Message) {
  return pass;
}

// --- a field that is an outcome
import { type Message, pass, record } from "exonet/ash";

const seen = record({ last: pass }); // error E_SHAPE

export default function handle(message: Message) {
  return pass;
}

// --- a table's value that is no shape yet
import { type Message, pass, table, u32, u64 } from "exonet/ash";

const flows = table(u32, { packets: u64 }, 16); // error E_SHAPE

export default function handle(message: Message) {
  return pass;
}

// --- an array of none
import { array, type Message, pass, u32 } from "exonet/ash";

const counts = array(u32, 0); // error E_CAPACITY

export default function handle(message: Message) {
  return pass;
}

// --- an array of less than none
import { array, type Message, pass, u32 } from "exonet/ash";

const counts = array(u32, -4); // error E_CAPACITY

export default function handle(message: Message) {
  return pass;
}

// --- an array as long as state says
import { array, type Message, pass, record, u32 } from "exonet/ash";

const limit = record({ items: u32 });
const counts = array(u32, limit.items); // error E_CAPACITY

export default function handle(message: Message) {
  return pass;
}

// --- an array as long as a function says
import { array, type Message, pass, u32 } from "exonet/ash";

function size(): u32 {
  return 16;
}
const counts = array(u32, size()); // error E_CAPACITY

export default function handle(message: Message) {
  return pass;
}

// --- an array of a constant that is 0
import { array, type Message, pass, u32 } from "exonet/ash";

const SIZE = 4 - 4;
const counts = array(u32, SIZE); // error E_CAPACITY

export default function handle(message: Message) {
  return pass;
}

// --- an array beyond all memory
import { array, type Message, pass, u8 } from "exonet/ash";

const counts = array(u8, 4294967296); // error E_CAPACITY

export default function handle(message: Message) {
  return pass;
}

// --- a field of none
import { array, type Message, pass, record, u32 } from "exonet/ash";

const seen = record({ counts: array(u32, 0) }); // error E_CAPACITY

export default function handle(message: Message) {
  return pass;
}

// --- a table of none
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 0); // error E_CAPACITY

export default function handle(message: Message) {
  return pass;
}

// --- a table beyond all memory
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 4294967296); // error E_CAPACITY

export default function handle(message: Message) {
  return pass;
}

// --- two arrays that are too much together
import { array, type Message, pass, u8 } from "exonet/ash";

const first = array(u8, 3000000);
const second = array(u8, 3000000); // error E_STATE_SIZE

export default function handle(message: Message) {
  if (message.length > 60) return pass;
  return pass;
}

// --- a table that is too much
import { array, type Message, pass, shape, table, u32, u8 } from "exonet/ash";

const flows = table(u32, shape({ octets: array(u8, 2048) }), 4096); // error E_STATE_SIZE

export default function handle(message: Message) {
  return pass;
}

// --- a record that is too much
import { array, type Message, pass, record, u64 } from "exonet/ash";

const samples = record({ times: array(u64, 600000) }); // error E_STATE_SIZE

export default function handle(message: Message) {
  return pass;
}

// --- a key without one of its fields
import { type Message, pass, shape, table, u16, u32, u64 } from "exonet/ash";

const flows = table(shape({ source: u32, port: u16 }), shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const flow = flows.find({ source: message.u32(26) }); // error E_KEY
  return pass;
}

// --- a key with a field too many
import { type Message, pass, shape, table, u16, u32, u64 } from "exonet/ash";

const flows = table(shape({ source: u32, port: u16 }), shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  flows.enter({ source: message.u32(26), port: message.u16(34), link: 1 }); // error E_KEY
  return pass;
}

// --- a key with another name
import { type Message, pass, shape, table, u16, u32, u64 } from "exonet/ash";

const flows = table(shape({ source: u32, port: u16 }), shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  flows.delete({ source: message.u32(26), ports: message.u16(34) }); // error E_KEY
  return pass;
}

// --- a number for a key of fields
import { type Message, pass, shape, table, u16, u32, u64 } from "exonet/ash";

const flows = table(shape({ source: u32, port: u16 }), shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const flow = flows.find(message.u32(26)); // error E_KEY
  return pass;
}

// --- fields for a key that is a number
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const flow = flows.find({ key: message.u32(26) }); // error E_KEY
  return pass;
}

// --- a key's field that is wider
import { type Message, pass, shape, table, u16, u32, u64 } from "exonet/ash";

const flows = table(shape({ source: u32, port: u16 }), shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  flows.enter({ source: message.u32(26), port: message.u32(34) }); // error E_NARROW
  return pass;
}

// --- a key's field that is a bigint
import { type Message, pass, shape, table, u16, u32, u64 } from "exonet/ash";

const flows = table(shape({ source: u32, port: u16 }), shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  flows.enter({ source: message.time, port: message.u16(34) }); // error E_TYPE
  return pass;
}

// --- a key that is wider
import { type Message, pass, shape, table, u16, u64 } from "exonet/ash";

const ports = table(u16, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  ports.enter(message.u32(34)).packets += 1n; // error E_NARROW
  return pass;
}

// --- a key that is a bigint
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  flows.enter(message.time).packets += 1n; // error E_TYPE
  return pass;
}

// --- a signed key
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  flows.enter(message.i32(26)).packets += 1n; // error E_MIXED
  return pass;
}

// --- a table by an array
import { array, type Message, pass, shape, table, u64, u8 } from "exonet/ash";

const address = shape({ octets: array(u8, 16) });
const flows = table(address, shape({ packets: u64 }), 16); // error E_KEY

export default function handle(message: Message) {
  if (message.length > 60) return pass;
  return pass;
}

// --- a table by a number
import { type Message, pass, shape, table, u64 } from "exonet/ash";

const flows = table(32, shape({ packets: u64 }), 16); // error E_KEY

export default function handle(message: Message) {
  return pass;
}

// --- a table by another table's entries
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const first = table(u32, shape({ packets: u64 }), 16);
const second = table(first, shape({ packets: u64 }), 16); // error E_KEY

export default function handle(message: Message) {
  if (message.length > 60) return pass;
  return pass;
}

// --- behind the last
import { array, type Message, pass, u32 } from "exonet/ash";

const counts = array(u32, 256);

export default function handle(message: Message) {
  counts[256] += 1; // error E_INDEX
  return pass;
}

// --- far behind the last
import { array, type Message, pass, u32 } from "exonet/ash";

const counts = array(u32, 256);

export default function handle(message: Message) {
  const n = counts[1000]; // error E_INDEX
  return pass;
}

// --- behind the last by a constant
import { array, type Message, pass, u32 } from "exonet/ash";

const SIZE = 256;
const counts = array(u32, SIZE);

export default function handle(message: Message) {
  const n = counts[SIZE]; // error E_INDEX
  return pass;
}

// --- behind a field's last
import { array, type Message, pass, record, u8 } from "exonet/ash";

const seen = record({ first: array(u8, 4) });

export default function handle(message: Message) {
  seen.first[4] = 1; // error E_INDEX
  return pass;
}

// --- behind the last of shapes
import { array, type Message, pass, shape, u32 } from "exonet/ash";

const slots = array(shape({ packets: u32 }), 8);

export default function handle(message: Message) {
  slots[8].packets += 1; // error E_INDEX
  return pass;
}

// --- a reference behind the last
import { array, type Message, pass, shape, u32 } from "exonet/ash";

const slots = array(shape({ packets: u32 }), 8);

export default function handle(message: Message) {
  const slot = slots[9]; // error E_INDEX
  return pass;
}

// --- a half behind the end
import { array, type Message, pass, u8 } from "exonet/ash";

const buffer = array(u8, 64);

export default function handle(message: Message) {
  const n = buffer.u16(63); // error E_INDEX
  return pass;
}

// --- a word behind the end
import { array, type Message, pass, u8 } from "exonet/ash";

const buffer = array(u8, 64);

export default function handle(message: Message) {
  const n = buffer.u32(61); // error E_INDEX
  return pass;
}

// --- a long set behind the end
import { array, type Message, pass, u8 } from "exonet/ash";

const buffer = array(u8, 64);

export default function handle(message: Message) {
  buffer.setU64(57, 1n); // error E_INDEX
  return pass;
}

// --- a half set behind the end of an entry's array
import { array, type Message, pass, shape, table, u32, u8 } from "exonet/ash";

const flows = table(u32, shape({ first: array(u8, 16) }), 16);

export default function handle(message: Message) {
  const flow = flows.enter(message.u32(26));
  flow.first.setU16(15, 1); // error E_INDEX
  return pass;
}

// --- a pipe twice
import { checksum, type Message, pass, pipeline } from "exonet/ash";

const sum = checksum();
const twice = pipeline(sum, sum); // error E_PIPE

export default function handle(message: Message) {
  if (message.length > 60) return pass;
  return pass;
}

// --- a number as a pipe
import { type Message, pass, pipeline } from "exonet/ash";

const once = pipeline(5); // error E_PIPE

export default function handle(message: Message) {
  return pass;
}

// --- a record as a pipe
import { type Message, pass, pipeline, record, u32 } from "exonet/ash";

const seen = record({ packets: u32 });
const once = pipeline(seen); // error E_PIPE

export default function handle(message: Message) {
  if (message.length > 60) return pass;
  return pass;
}

// --- a pipeline as a pipe
import { checksum, type Message, pass, pipeline } from "exonet/ash";

const sum = checksum();
const once = pipeline(sum);
const again = pipeline(once); // error E_PIPE

export default function handle(message: Message) {
  if (message.length > 60) return pass;
  return pass;
}

// --- a pipe twice, others between
import { byteswap16, checksum, copy, type Message, pass, pipeline } from "exonet/ash";

const sum = checksum();
const swap = byteswap16();
const plain = copy();
const thrice = pipeline(swap, sum, plain, swap); // error E_PIPE

export default function handle(message: Message) {
  if (message.length > 60) return pass;
  return pass;
}

// --- a pipe's value that is none
import { copy, type Message, pass, pipeline } from "exonet/ash";

const plain = copy();
const once = pipeline(plain);

export default function handle(message: Message) {
  once.read(message, 0, 20);
  const n = plain.value; // error E_MEMBER
  return pass;
}

// --- a checksum's member that is none
import { checksum, type Message, pass, pipeline } from "exonet/ash";

const sum = checksum();
const once = pipeline(sum);

export default function handle(message: Message) {
  once.read(message, 0, 20);
  const n = sum.sum; // error E_MEMBER
  return pass;
}

// --- a pipeline's method that is none
import { checksum, type Message, pass, pipeline } from "exonet/ash";

const sum = checksum();
const once = pipeline(sum);

export default function handle(message: Message) {
  once.write(message, 0, 20); // error E_MEMBER
  return pass;
}

// --- a cipher's key that is a bigint
import { array, type Message, pass, pipeline, u8, xor } from "exonet/ash";

const cipher = xor(0x5a5a5a5a);
const once = pipeline(cipher);
const buffer = array(u8, 64);

export default function handle(message: Message) {
  cipher.key = 1n; // error E_TYPE
  once.run(message, 0, 20, buffer, 0);
  return pass;
}

// --- a sum that is set to a time
import { checksum, type Message, pass, pipeline } from "exonet/ash";

const sum = checksum();
const once = pipeline(sum);

export default function handle(message: Message) {
  sum.value = message.time; // error E_TYPE
  once.read(message, 0, 20);
  return pass;
}

// --- run into words
import { array, copy, type Message, pass, pipeline, u32 } from "exonet/ash";

const plain = copy();
const once = pipeline(plain);
const words = array(u32, 64);

export default function handle(message: Message) {
  once.run(message, 0, 20, words, 0); // error E_TYPE
  return pass;
}

// --- run without a place
import { array, copy, type Message, pass, pipeline, u8 } from "exonet/ash";

const plain = copy();
const once = pipeline(plain);
const buffer = array(u8, 64);

export default function handle(message: Message) {
  once.run(message, 0, 20, buffer); // error E_ARGUMENTS
  return pass;
}

// --- read without the message
import { checksum, type Message, pass, pipeline } from "exonet/ash";

const sum = checksum();
const once = pipeline(sum);

export default function handle(message: Message) {
  once.read(0, 20); // error E_ARGUMENTS
  return pass;
}

// --- read from a frame
import { checksum, type Message, pass, pipeline, reply } from "exonet/ash";

const sum = checksum();
const once = pipeline(sum);

export default function handle(message: Message) {
  const out = reply(message);
  once.read(out, 0, 20); // error E_TYPE
  return pass;
}

// --- vectored into words
import { array, type Message, pass, u32 } from "exonet/ash";

const words = array(u32, 64);

export default function handle(message: Message) {
  message.vector(0, 64, words, 0); // error E_TYPE
  return pass;
}

// --- vectored into a record
import { type Message, pass, record, u32 } from "exonet/ash";

const seen = record({ packets: u32 });

export default function handle(message: Message) {
  message.vector(0, 4, seen, 0); // error E_TYPE
  return pass;
}

// --- a pipe that gives a boolean
import { map, type Message, pass, pipeline, u8 } from "exonet/ash";

const flags = map(u8, (octet) => octet > 3); // error E_TYPE
const once = pipeline(flags);

export default function handle(message: Message) {
  once.read(message, 0, 20);
  return pass;
}

// --- a pipe that gives a bigint
import { map, type Message, pass, pipeline, u8 } from "exonet/ash";

const flags = map(u8, (octet) => 1n); // error E_TYPE
const once = pipeline(flags);

export default function handle(message: Message) {
  once.read(message, 0, 20);
  return pass;
}

// --- a pipe that shifts with a sign
import { map, type Message, pass, pipeline, u16 } from "exonet/ash";

const high = map(u16, (half) => half >> 8); // error E_SHIFT
const once = pipeline(high);

export default function handle(message: Message) {
  once.read(message, 0, 20);
  return pass;
}

// --- a pipe that shifts too far
import { map, type Message, pass, pipeline, u32 } from "exonet/ash";

const high = map(u32, (word) => word << 32); // error E_SHIFT_RANGE
const once = pipeline(high);

export default function handle(message: Message) {
  once.read(message, 0, 20);
  return pass;
}

// --- a pipe with a name that stands for nothing
import { map, type Message, pass, pipeline, u8 } from "exonet/ash";

const secret = map(u8, (octet) => octet ^ secretKey); // error E_NAME
const once = pipeline(secret);

export default function handle(message: Message) {
  once.read(message, 0, 20);
  return pass;
}

// --- a pipe that assigns
import { map, type Message, pass, pipeline, u8 } from "exonet/ash";

const next = map(u8, (octet) => octet++); // error E_EXPRESSION
const once = pipeline(next);

export default function handle(message: Message) {
  once.read(message, 0, 20);
  return pass;
}

// --- a pipe that divides by 0
import { map, type Message, pass, pipeline, u8 } from "exonet/ash";

const none = map(u8, (octet) => octet / 0); // error E_DIVISION
const once = pipeline(none);

export default function handle(message: Message) {
  once.read(message, 0, 20);
  return pass;
}

// --- gathered words in bigints
import { fold, type Message, pass, pipeline, u32, u64 } from "exonet/ash";

const total = fold(u32, u64, (sum, word) => sum + word); // error E_MIXED
const once = pipeline(total);

export default function handle(message: Message) {
  once.read(message, 0, 20);
  return pass;
}

// --- gathered words with a sign
import { fold, i32, type Message, pass, pipeline, u32 } from "exonet/ash";

const total = fold(u32, i32, (sum, word) => sum + word); // error E_MIXED
const once = pipeline(total);

export default function handle(message: Message) {
  once.read(message, 0, 20);
  return pass;
}

// --- gathered into a boolean
import { fold, type Message, pass, pipeline, u32, u8 } from "exonet/ash";

const any = fold(u8, u32, (sum, octet) => octet > sum); // error E_TYPE
const once = pipeline(any);

export default function handle(message: Message) {
  once.read(message, 0, 20);
  return pass;
}

// --- a message's property that is none
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.size; // error E_MEMBER
  return pass;
}

// --- a message's method that is none
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.slice(14); // error E_MEMBER
  return pass;
}

// --- a message's load in the other order
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.readUInt16BE(12); // error E_MEMBER
  return pass;
}

// --- a message by index
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message[12]; // error E_MEMBER
  return pass;
}

// --- a field that is none
import { type Message, pass, record, u64 } from "exonet/ash";

const seen = record({ packets: u64 });

export default function handle(message: Message) {
  seen.octets += 1n; // error E_MEMBER
  return pass;
}

// --- a field with a letter wrong, of an entry
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  flows.enter(message.u32(26)).packet += 1n; // error E_MEMBER
  return pass;
}

// --- get of a table
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  const flow = flows.get(message.u32(26)); // error E_MEMBER
  return pass;
}

// --- has of a table
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  if (flows.has(message.u32(26))) return pass; // error E_MEMBER
  return pass;
}

// --- set of a table
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  flows.set(message.u32(26), 1n); // error E_MEMBER
  return pass;
}

// --- clear of a table
import { type Message, pass, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64 }), 16);

export default function handle(message: Message) {
  flows.clear(); // error E_MEMBER
  return pass;
}

// --- push on an array
import { array, type Message, pass, u32 } from "exonet/ash";

const counts = array(u32, 16);

export default function handle(message: Message) {
  counts.push(3); // error E_MEMBER
  return pass;
}

// --- fill of an array
import { array, type Message, pass, u32 } from "exonet/ash";

const counts = array(u32, 16);

export default function handle(message: Message) {
  counts.fill(0); // error E_MEMBER
  return pass;
}

// --- u16 of an array of words
import { array, type Message, pass, u32 } from "exonet/ash";

const counts = array(u32, 16);

export default function handle(message: Message) {
  const n = counts.u16(0); // error E_MEMBER
  return pass;
}

// --- a member of a number
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  const n = message.length.toString(); // error E_MEMBER
  return pass;
}

// --- a method of a frame that is none
import { type Message, pass, reply } from "exonet/ash";

export default function handle(message: Message) {
  const out = reply(message);
  out.write(0, 3); // error E_MEMBER
  return pass;
}

// --- a member of an outcome
import { type Message, pass } from "exonet/ash";

export default function handle(message: Message) {
  return pass.length; // error E_MEMBER
}

// --- a signed load of a frame
import { type Message, pass, reply } from "exonet/ash";

export default function handle(message: Message) {
  const out = reply(message);
  const n = out.i32(26); // error E_MEMBER
  return pass;
}

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
