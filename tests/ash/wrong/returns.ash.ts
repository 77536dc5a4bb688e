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
