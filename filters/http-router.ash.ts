// Reads the first octets of each HTTP request, and gives it to one of three environments: 0 what changes something (POST, PUT, DELETE,
// PATCH), 1 the interface below /api, 2 all other requests. What is no request goes its normal way.
import { type Message, type Outcome, pass, passTo, record, type u32, u64 } from "exonet/ash";

const CHANGES = 0;
const INTERFACE = 1;
const PAGES = 2;

const asked = record({ changes: u64, api: u64, pages: u64, others: u64 });

export default function route(message: Message): Outcome {
  if (message.length < 54 || message.u8(14) >>> 4 !== 4) return pass;
  const tcp = 14 + (message.u8(14) & 0x0f) * 4;
  if (message.length < tcp + 20) return pass;
  const data = tcp + (message.u8(tcp + 12) >>> 4) * 4;
  if (message.length < data + 8) return pass;
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
      return page(message.u32(data + 4));
    // "HEAD"
    case 0x48454144:
      asked.pages += 1n;
      return passTo(PAGES);
    default:
      asked.others += 1n;
      return pass;
  }
}

/** By the first four octets of the path: "/api". */
function page(path: u32): Outcome {
  if (path === 0x2f617069) {
    asked.api += 1n;
    return passTo(INTERFACE);
  }
  asked.pages += 1n;
  return passTo(PAGES);
}
