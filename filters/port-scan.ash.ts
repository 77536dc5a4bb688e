// Finds sources that open connections to many ports, 20 different ones (as 1,024 bits tell them apart) within 10 s, and wakes its owner, once.
// Fuel: 131 a message, 420 at most, on captures/demo.pcap.
import { array, bool, type Message, type Outcome, pass, record, shape, table, u32, u64, wake } from "exonet/ash";

const PORTS = 20;
const WINDOW = 10_000_000_000n;

const Source = shape({ since: u64, attempts: u32, ports: u32, told: bool, bits: array(u32, 32) });
const sources = table(u32, Source, 1024);
const found = record({ attempts: u64, scanners: u32, last: u32 });

export default function portScan(message: Message): Outcome {
  if (message.length < 38) return pass;
  const tcp = 14 + (message.u8(14) & 0x0f) * 4;
  if (message.length < tcp + 4) return pass;
  const address = message.u32(26);
  const source = sources.enter(address);
  found.attempts += 1n;
  source.attempts += 1;
  if (message.time - source.since > WINDOW) {
    source.since = message.time;
    source.ports = 0;
    source.told = false;
    for (let word = 0; word < 32; word++) source.bits[word] = 0;
  }
  // The upper ten bits of a product in which all bits of the port have a part.
  const bit = (message.u16(tcp + 2) * 0x9e3779b1) >>> 22;
  const mask = 1 << (bit & 31);
  if ((source.bits[bit >>> 5] & mask) !== 0) return pass;
  source.bits[bit >>> 5] |= mask;
  source.ports += 1;
  if (source.ports < PORTS || source.told) return pass;
  source.told = true;
  found.scanners += 1;
  found.last = address;
  wake(address);
  return pass;
}
