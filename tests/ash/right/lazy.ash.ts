// What is not needed is not done: each side that is done leaves a trace.
import { type bool, type Message, pass, record, u32 } from "exonet/ash";

const trace = record({ steps: u32, last: u32, yes: u32, no: u32 });

function step(n: u32, answer: bool): bool {
  trace.steps = trace.steps * 3 + n;
  return answer;
}

function value(n: u32): u32 {
  trace.last = (trace.last << 3) ^ n;
  return n;
}

export default function lazy(message: Message) {
  const long = message.length > 100;
  const odd = message.number % 2 === 1;
  if (step(1, long) && step(2, odd)) trace.yes += 1;
  if (step(1, long) || step(2, odd)) trace.yes += 2;
  if (!(step(0, long) || (step(1, odd) && !step(2, long)))) trace.no += 1;
  const n = long ? value(1) : odd ? value(2) : value(3);
  trace.last += long && odd ? value(n) : value(n + 1) * value(n + 2);
  trace.last -= value(5) - value(6);
  while (step(1, odd) && trace.steps % 5 !== 0) trace.no += 1;
  if (long === odd && (long || !odd) !== (odd && true)) trace.yes += 4;
  const same = message.length < 60 === odd;
  if (same) trace.no ^= 1;
  return message.length > 13 && message.u8(12) === 8 ? pass : pass;
}
