// The middle one of the last nine lengths, sorted in state.
import { array, type Message, pass, record, u32 } from "exonet/ash";

const WINDOW = 9;
const window = array(u32, WINDOW);
const sorted = array(u32, WINDOW);
const seen = record({ middle: u32, swaps: u32 });

export default function median(message: Message) {
  window[message.number % WINDOW] = message.length;
  for (let i = 0; i < WINDOW; i++) {
    const item = window[i]!;
    let j = i;
    while (j > 0 && sorted[j - 1]! > item) {
      sorted[j] = sorted[j - 1]!;
      seen.swaps += 1;
      j--;
    }
    sorted[j] = item;
  }
  seen.middle = sorted[(WINDOW - 1) / 2]!;
  return pass;
}
