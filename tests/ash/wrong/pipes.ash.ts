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
