// An index is computed before what is stored there, from left to right.
import { array, type Message, pass, record, u32 } from "exonet/ash";

const list = array(u32, 8);
const next = record({ at: u32 });

function index(): u32 {
  next.at = (next.at + 1) % 8;
  return next.at;
}

export default function order(message: Message) {
  list[index()] = index() * 10 + message.number;
  list[index()]! += list[index()]! - index();
  list[next.at] = next.at;
  next.at += index();
  next.at %= 8;
  list[next.at]! ^= index() << index();
  list[index()]!++;
  list[index()]!--;
  return pass;
}
