// Loops in loops, left and gone on with in all ways.
import { array, type Message, pass, record, u8, u32 } from "exonet/ash";

const grid = array(u8, 64);
const seen = record({ rounds: u32, inner: u32, found: u32, last: u32 });

export default function loops(message: Message) {
  for (let row = 0; row < 8; row++) {
    if (row === 3) continue;
    for (let column = 0; column < 8; column += 1) {
      const at = row * 8 + column;
      if (at >= message.length) break;
      if (message.u8(at) === 0) continue;
      grid[at] = message.u8(at);
      seen.inner += 1;
    }
    seen.rounds += 1;
  }
  let at = 0;
  do {
    at += 3;
    if (at > 40) break;
    if (at % 2 === 0) continue;
    seen.found += 1;
  } while (at < message.length);
  let left = 20;
  while (left > 0) {
    left -= 1;
    switch (left % 3) {
      case 0:
        continue;
      case 1:
        break;
      default:
        left -= 1;
    }
    seen.last = left;
  }
  for (;;) {
    left += 1;
    if (left >= 5) break;
  }
  while (true) {
    if (left === 0) return pass;
    left--;
  }
}
