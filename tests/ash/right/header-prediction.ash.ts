// The next segment of one stream goes where its octets belong; all else goes the normal way.
import { array, bool, checksum, consume, copy, type Message, pass, pipeline, record, u8, u16, u32 } from "exonet/ash";

const stream = array(u8, 65536);
const expected = record({ known: bool, source: u32, port: u16, sequence: u32, at: u32, hits: u32, misses: u32 });
const plain = copy();
const sum = checksum();
const take = pipeline(plain, sum);

export default function predict(message: Message) {
  if (message.length < 54 || message.u16(12) !== 0x0800 || message.u8(14) !== 0x45) return pass;
  if (message.u8(23) !== 6 || message.u8(46) !== 0x50) return pass;
  const octets = message.u16(16) - 40;
  if (octets > message.length || 54 + octets > message.length) return pass;
  const sequence = message.u32(38);
  if (!expected.known || sequence !== expected.sequence || message.u32(26) !== expected.source) {
    expected.known = true;
    expected.source = message.u32(26);
    expected.port = message.u16(34);
    expected.sequence = sequence + octets;
    expected.misses += 1;
    return pass;
  }
  if (expected.at + octets + 4 > stream.length) expected.at = 0;
  sum.value = 0;
  take.run(message, 54, octets, stream, expected.at);
  expected.at += (octets + 3) & 0xfffffffc;
  expected.sequence += octets;
  expected.hits += 1;
  return consume;
}
