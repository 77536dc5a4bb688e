// Reads the first octets of each HTTP request, and gives that segment to one of three environments: 0 what changes something (POST, PUT, DELETE,
// PATCH), 1 the interface (GET below /api), 2 all other GET and HEAD. What begins no such request goes its normal way.
// Fuel: 43 a message, 58 at most, on captures/demo.pcap.
import { type bool, type Message, type Outcome, pass, passTo, record, type u32, u64 } from "exonet/ash";

const CHANGES = 0;
const INTERFACE = 1;
const PAGES = 2;

const asked = record({ changes: u64, api: u64, pages: u64, others: u64 });

export default function route(message: Message): Outcome {
  if (message.length < 54) return pass;
  const isSix = message.u8(14) >>> 4 === 6;
  const tcp = isSix ? 54 : 14 + (message.u8(14) & 0x0f) * 4;
  const end = isSix ? 54 + message.u16(18) : 14 + message.u16(16);
  if (message.length < tcp + 20) return pass;
  const data = tcp + (message.u8(tcp + 12) >>> 4) * 4;
  // Behind its end a frame may be padded.
  if (end > message.length || end < data + 9) return pass;
  switch (message.u32(data)) {
    // "POST", "PUT ", "DELE", "PATC"
    case 0x504f5354:
    case 0x50555420:
    case 0x44454c45:
    case 0x50415443:
      asked.changes += 1n;
      return passTo(CHANGES);
    // "GET "
    case 0x47455420:
      if (!isInterface(message, data + 4)) break;
      asked.api += 1n;
      return passTo(INTERFACE);
    // "HEAD"
    case 0x48454144:
      break;
    default:
      asked.others += 1n;
      return pass;
  }
  asked.pages += 1n;
  return passTo(PAGES);
}

/** Whether the path that begins there is "/api", or is below it, or asks it something. */
function isInterface(message: Message, path: u32): bool {
  if (message.u32(path) !== 0x2f617069) return false;
  const next = message.u8(path + 4);
  // " ", "/", "?"
  return next === 0x20 || next === 0x2f || next === 0x3f;
}
