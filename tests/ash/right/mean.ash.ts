// Mean and variance of the gaps between messages, by 64-bit numbers.
import { i64, type Message, pass, record, u64 } from "exonet/ash";

const gaps = record({ last: u64, count: i64, mean: i64, squares: i64, least: i64, most: i64 });

function least(a: i64, b: i64): i64 {
  return a < b ? a : b;
}

export default function mean(message: Message) {
  const before = gaps.last;
  gaps.last = message.time;
  if (before === 0n) return pass;
  const gap = i64(message.time) - i64(before);
  gaps.count += 1n;
  const distance = gap - gaps.mean;
  gaps.mean += distance / gaps.count;
  gaps.squares += (distance >> 10n) * ((gap - gaps.mean) >> 10n);
  gaps.least = gaps.count === 1n ? gap : least(gap, gaps.least);
  gaps.most = -least(-gap, -gaps.most);
  return pass;
}
