// Packets and octets by five-tuple, the least recently used forgotten.
import { type Message, pass, record, shape, table, u8, u16, u32, u64 } from "exonet/ash";

const key = shape({ source: u32, target: u32, sourcePort: u16, targetPort: u16, protocol: u8 });
const flows = table(key, shape({ packets: u64, octets: u64, first: u64, last: u64 }), 64);
const most = record({ entries: u32, octets: u64 });

export default function flow(message: Message) {
  if (message.length < 38 || message.u16(12) !== 0x0800) return pass;
  const protocol = message.u8(23);
  if (protocol !== 6 && protocol !== 17) return pass;
  const at = 14 + (message.u8(14) & 15) * 4;
  if (at + 4 > message.length) return pass;
  const source = message.u32(26);
  const target = message.u32(30);
  const entry = flows.enter({
    source,
    target,
    sourcePort: message.u16(at),
    targetPort: message.u16(at + 2),
    protocol,
  });
  if (entry.packets === 0n) entry.first = message.time;
  entry.packets += 1n;
  entry.octets += u64(message.wire);
  entry.last = message.time;
  if (entry.octets > most.octets) most.octets = entry.octets;
  if (flows.size > most.entries) most.entries = flows.size;
  return pass;
}
