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
