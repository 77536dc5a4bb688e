// All ways in which what was found becomes known to be there.
import { type Message, pass, record, shape, table, u32, u64 } from "exonet/ash";

const flows = table(u32, shape({ packets: u64, peer: u32 }), 16);
const seen = record({ both: u32, one: u32, none: u32, many: u32, sum: u64 });

function packetsOf(address: u32): u64 {
  const flow = flows.find(address);
  return flow === undefined ? 0n : flow.packets;
}

export default function narrow(message: Message) {
  if (message.length < 34) return pass;
  const there = flows.find(message.u32(26));
  const back = flows.find(message.u32(30));
  if (there !== undefined && back !== undefined) {
    there.packets += 1n;
    back.packets += 1n;
    seen.both += 1;
  } else if (there !== undefined) {
    there.packets += 1n;
    seen.one += 1;
  } else {
    seen.none += 1;
  }
  if (there !== undefined && there.packets > 3n) seen.many += 1;
  if (!(back === undefined)) back.peer = message.u32(26);
  seen.sum += there !== undefined ? there.packets : packetsOf(message.u32(30));
  for (let at = 26; at < 34; at += 4) {
    const flow = flows.find(message.u32(at));
    if (flow === undefined) continue;
    flow.peer ^= message.number;
  }
  if (there === undefined || there.packets < 2n) {
    flows.enter(message.u32(26)).packets += 1n;
    return pass;
  }
  seen.sum ^= there.packets;
  return pass;
}
