// Rewrites one net's addresses, and mends the checksums by what changed.
import { consume, type Message, pass, patch16, patch32, reply, shape, table, u16, u32 } from "exonet/ash";

const NET = 0x0a000000;
const MASK = 0xff000000;
const OUTSIDE = 0xc0000201;
const FIRST = 20000;
const inside = table(shape({ address: u32, port: u16 }), shape({ port: u16 }), 64);
const outside = table(u16, shape({ address: u32, port: u16 }), 64);

export default function nat(message: Message) {
  if (message.length < 42 || message.length > 2048) return pass;
  if (message.u16(12) !== 0x0800 || message.u8(14) !== 0x45 || message.u8(23) !== 17) return pass;
  const source = message.u32(26);
  if ((source & MASK) === NET) {
    const port = message.u16(34);
    const mapped = inside.enter({ address: source, port });
    if (mapped.port === 0) mapped.port = u16(FIRST + inside.size);
    const back = outside.enter(mapped.port);
    back.address = source;
    back.port = port;
    const out = reply(message);
    out.setU32(26, OUTSIDE);
    out.setU16(34, mapped.port);
    out.setU16(24, patch32(message.u16(24), source, OUTSIDE));
    const sum = patch32(message.u16(40), source, OUTSIDE);
    out.setU16(40, patch16(sum, port, mapped.port));
    out.send(1);
    return consume;
  }
  if (message.u32(30) !== OUTSIDE) return pass;
  const known = outside.find(message.u16(36));
  if (known === undefined) return pass;
  const answer = reply(message);
  answer.setU32(30, known.address);
  answer.setU16(36, known.port);
  answer.setU16(24, patch32(message.u16(24), OUTSIDE, known.address));
  return answer.send(0) ? consume : pass;
}
