// One name in several scopes, each its own.
import { type Message, pass, record, u32, wake } from "exonet/ash";

const seen = record({ sum: u32, outer: u32 });

function sum(n: u32): u32 {
  let total = n;
  {
    const n = 5;
    total += n;
  }
  for (let i = 0; i < 3; i++) {
    const n = i * 2;
    total += n;
  }
  for (let i = 3; i > 0; i--) total += i + n;
  return total;
}

export default function scopes(message: Message) {
  const length = message.length;
  if (length > 60) {
    const length = 60;
    seen.sum += sum(length);
  } else {
    let length = 3;
    length += 1;
    seen.sum ^= sum(length);
  }
  switch (length % 3) {
    case 0: {
      const tag = 1;
      wake(tag);
      break;
    }
    case 1: {
      const tag = 2;
      seen.outer += tag;
    }
  }
  seen.outer += length;
  return pass;
}
