// Network address translation (RFC 3022): what comes from a private address leaves with a public one and a port of its own, and what
// comes back finds its way. Checksums are brought up to date without looking at the data (RFC 1624). Link addresses stay what they are.
import { array, consume, type Message, type Outcome, pass, patch16, patch32, record, reply, shape, table, u16, u32, u64 } from "exonet/ash";

const IP = 14;
const L4 = 34;
const TCP = 6;
const UDP = 17;
/** 198.51.100.1 */
const PUBLIC = 0xc6336401;
const FIRST_PORT = 20000;
const PORTS = 4096;

const Inside = shape({ address: u32, port: u16, protocol: u16 });
const Outside = shape({ port: u16 });
/** By who sends; and by public port, from FIRST_PORT on, who that is. */
const given = table(Inside, Outside, 4096);
const owners = array(Inside, 4096);
const nat = record({ next: u32, out: u64, in: u64, unknown: u64, unsent: u64 });

export default function translate(message: Message): Outcome {
  if (message.length < 54 || message.length > 1514 || message.u8(IP) !== 0x45) return pass;
  const protocol = message.u8(IP + 9);
  // Fragments have no ports.
  if ((protocol !== TCP && protocol !== UDP) || (message.u16(IP + 6) & 0x3fff) !== 0) return pass;
  const source = message.u32(IP + 12);
  if (message.u32(IP + 16) === PUBLIC) return inwards(message, protocol);
  const isPrivate = source >>> 24 === 10 || source >>> 16 === 0xc0a8;
  return isPrivate ? outwards(message, protocol) : pass;
}

function outwards(message: Message, protocol: u16): Outcome {
  if (message.length < 54) return pass;
  const address = message.u32(IP + 12);
  const port = message.u16(L4);
  const entry = given.enter({ address, port, protocol });
  if (entry.port === 0) {
    const slot = nat.next;
    nat.next = slot + 1 === PORTS ? 0 : slot + 1;
    entry.port = u16(FIRST_PORT + slot);
    const owner = owners[slot & 4095];
    // Whoever had it, long ago, has it no more.
    if (owner.address !== 0) given.delete({ address: owner.address, port: owner.port, protocol: owner.protocol });
    owner.address = address;
    owner.port = port;
    owner.protocol = protocol;
  }
  if (!rewrite(message, protocol, IP + 12, PUBLIC, L4, port, given.enter({ address, port, protocol }).port)) return pass;
  nat.out += 1n;
  return consume;
}

function inwards(message: Message, protocol: u16): Outcome {
  if (message.length < 54) return pass;
  const port = message.u16(L4 + 2);
  const slot = u32(port) - FIRST_PORT;
  if (slot >= PORTS || owners[slot & 4095].address === 0 || owners[slot & 4095].protocol !== protocol) {
    nat.unknown += 1n;
    return pass;
  }
  const owner = owners[slot & 4095];
  if (!rewrite(message, protocol, IP + 16, owner.address, L4 + 2, port, owner.port)) return pass;
  nat.in += 1n;
  return consume;
}

/** The address and the port at those places are these from now on; whether it was sent. */
function rewrite(
  message: Message,
  protocol: u16,
  addressAt: u32,
  address: u32,
  portAt: u32,
  before: u16,
  port: u16,
): boolean {
  if (message.length < 54 || message.length > 1514) return false;
  const old = addressAt === IP + 12 ? message.u32(IP + 12) : message.u32(IP + 16);
  const out = reply(message);
  out.setU32(addressAt, address);
  out.setU16(portAt, port);
  out.setU16(IP + 10, patch32(message.u16(IP + 10), old, address));
  const at = protocol === TCP ? L4 + 16 : L4 + 6;
  const checksum = protocol === TCP ? message.u16(L4 + 16) : message.u16(L4 + 6);
  // A datagram without a checksum stays without one (RFC 768).
  if (protocol === TCP || checksum !== 0) out.setU16(at, patch16(patch32(checksum, old, address), before, port));
  if (out.send()) return true;
  nat.unsent += 1n;
  return false;
}
