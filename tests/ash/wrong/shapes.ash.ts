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
