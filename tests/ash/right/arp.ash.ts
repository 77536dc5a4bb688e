// Answers who has one address, from frames of nothing.
import { consume, frame, type Message, pass, record, u32 } from "exonet/ash";

const ADDRESS = 0x0a000001;
const HIGH = 0x0200;
const LOW = 0x00000001;
const told = record({ answers: u32, others: u32 });

export default function answer(message: Message) {
  if (message.length < 42 || message.u16(12) !== 0x0806) return pass;
  if (message.u32(14) !== 0x00010800 || message.u32(18) !== 0x06040001) return pass;
  if (message.u32(38) !== ADDRESS) {
    told.others += 1;
    return pass;
  }
  const out = frame(60);
  out.copy(message, 6, 6, 0);
  out.setU16(6, HIGH);
  out.setU32(8, LOW);
  out.setU16(12, 0x0806);
  out.setU32(14, 0x00010800);
  out.setU32(18, 0x06040002);
  out.copy(message, 6, 6, 32);
  out.setU32(38, message.u32(28));
  out.setU16(22, HIGH);
  out.setU32(24, LOW);
  out.setU32(28, ADDRESS);
  told.answers += 1;
  return out.send() ? consume : pass;
}
