// Judges the IPv4 header's checksum by a pipe.
import { bool, checksum, consume, fold16, type Message, pass, pipeline, record, u32 } from "exonet/ash";

const sum = checksum();
const verify = pipeline(sum);
const told = record({ good: u32, bad: u32, last: bool });

export default function judge(message: Message) {
  if (message.length < 34 || message.u16(12) !== 0x0800) return pass;
  const octets = (message.u8(14) & 15) * 4;
  if (octets < 20 || 14 + octets > message.length) return pass;
  sum.value = 0;
  verify.read(message, 14, octets);
  const good = fold16(sum.value) === 0xffff;
  told.last = good;
  if (good) {
    told.good += 1;
    return pass;
  }
  told.bad += 1;
  return consume;
}
