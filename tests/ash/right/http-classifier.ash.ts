// Requests go to different environments by their method.
import { consume, type Message, pass, passTo, record, u32 } from "exonet/ash";

const GET = 0x47455420;
const POST = 0x504f5354;
const HEAD = 0x48454144;
const methods = record({ get: u32, post: u32, head: u32, others: u32 });

export default function classify(message: Message) {
  if (message.length < 54 || message.u16(12) !== 0x0800 || message.u8(23) !== 6) return pass;
  const tcp = 14 + (message.u8(14) & 15) * 4;
  if (tcp + 20 > message.length) return pass;
  const data = tcp + (message.u8(tcp + 12) >>> 4) * 4;
  if (data + 4 > message.length) return pass;
  switch (message.u32(data)) {
    case GET:
      methods.get += 1;
      return passTo(0);
    case POST:
      methods.post += 1;
      return passTo(1);
    case HEAD:
      methods.head += 1;
      return methods.head % 2 === 0 ? consume : passTo(methods.head % 4);
    default:
      methods.others += 1;
      return pass;
  }
}
