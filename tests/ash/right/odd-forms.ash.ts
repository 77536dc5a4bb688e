// biome-ignore-all format: how it looks is what it tests
// Odd to look at, and right.
import { array, bool, i32, type Message, pass, record, u32 } from "exonet/ash";

const r = record({ a: u32, b: i32, c: bool });
const a = array(u32, 4);

export default function odd(m: Message) {
  let x = 0,
    y = -1;
  const big = ((((m.length)))) > ((60));
  if (big) if (m.number % 2 === 0) x = 1; else x = 2;
  if (!!big === true) { y = -y } else { y -= -1 }
  { { { x += 3 } } }
  for (let i = 0; i < 4; i++) { a[i] = (i ^ x) + (~i >>> 1) - (i * 3 === 3 ? 1 : 0) }
  r.a = a[0b11]! + a[0x2]! * (a[1]! / (a[0]! % 3)) // no semicolon here
  r.b = -(-y) * (y < 0 ? -1 : u32(big) === 1 ? 2 : 3)
  r.c = !(r.c !== big) || r.a >= 3 && r.b <= -3;
  if (r.c) { return pass } else if (big) { return pass }
  return (pass);
}
