// IPv6's extension headers, and tags of VLANs before them.
import { array, type Message, pass, record, u8, u16, u32 } from "exonet/ash";

const kinds = array(u32, 256);
const seen = record({ tags: u32, vlan: u16, deep: u8 });

function extension(kind: u8): boolean {
  return kind === 0 || kind === 43 || kind === 60;
}

export default function walk(message: Message) {
  let at = 12;
  while (at + 4 <= message.length && (message.u16(at) === 0x8100 || message.u16(at) === 0x88a8)) {
    seen.tags += 1;
    seen.vlan = u16(message.u16(at + 2) & 0xfff);
    at += 4;
  }
  if (at + 42 > message.length || message.u16(at) !== 0x86dd) return pass;
  let kind = message.u8(at + 8);
  at += 42;
  let depth: u8 = 0;
  while (extension(kind) && depth < 8 && at + 8 <= message.length) {
    kinds[kind]! += 1;
    kind = message.u8(at);
    at += (message.u8(at + 1) + 1) * 8;
    depth++;
  }
  kinds[kind]! += 1;
  if (depth > seen.deep) seen.deep = depth;
  return pass;
}
