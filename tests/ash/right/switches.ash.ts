// Switches over words, longs and what is signed.
import { consume, type i32, type Message, type Outcome, pass, passTo, record, type u8, u32, wake } from "exonet/ash";

const TCP = 6;
const seen = record({ tcp: u32, udp: u32, icmp: u32, others: u32, times: u32 });

function judged(protocol: u8): Outcome {
  switch (protocol) {
    case TCP:
      seen.tcp += 1;
      break;
    case 17:
      seen.udp += 1;
      return consume;
    case 1:
    case 58:
      seen.icmp += 1;
      return passTo(0);
    default: {
      seen.others += 1;
    }
  }
  return pass;
}

function sign(n: i32): u32 {
  switch (n) {
    case -1:
      return 1;
    case 0:
      return 2;
    case 0x7fffffff:
    case -2147483648:
      return 3;
    default:
      return 4;
  }
}

export default function choose(message: Message) {
  switch (message.time / 1_000_000_000n) {
    case 0n:
      seen.times += 1;
      break;
    case 1n:
      wake(1);
  }
  if (message.length < 34) return pass;
  seen.times += sign(message.i32(26));
  switch (message.u16(12)) {
    default:
      return pass;
    case 0x0800:
      return judged(message.u8(23));
    case 0x86dd:
      return judged(message.u8(20));
  }
}
