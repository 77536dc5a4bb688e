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
