// Works as long as a message says: too long for some budgets.
import { type Message, pass, record, u32 } from "exonet/ash";

const work = record({ rounds: u32, runs: u32, ended: u32 });

function rounds(n: u32): u32 {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i; j > 0; j >>>= 1) sum += j & 1;
  }
  return sum;
}

export default function busy(message: Message) {
  work.runs += 1;
  work.rounds += rounds(message.length);
  work.ended += 1;
  return pass;
}
