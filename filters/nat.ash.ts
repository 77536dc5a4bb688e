// Network address translation (RFC 3022): what leaves a private network gets a public address and a port of its own, and what comes
// back finds its way. Checksums are brought up to date without a look at the data (RFC 1624). Link addresses and ICMP stay what they are.
// Fuel: 50 a message, 776 at most, on captures/oddities.pcap.
import {
  array,
  type bool,
  consume,
  type Message,
  type Outcome,
  pass,
  patch16,
  patch32,
  record,
  reply,
  shape,
  table,
  u16,
  u32,
  u64,
} from "exonet/ash";

const IP = 14;
const SOURCE = IP + 12;
const DESTINATION = IP + 16;
const PORTS = IP + 20;
const TCP = 6;
const UDP = 17;
/** 198.51.100.1 */
const PUBLIC = 0xc6336401;
const FIRST = 20000;
const MOST = 4096;

const Inside = shape({ address: u32, port: u16, protocol: u16 });
/** By who sends: a public port. By public port, from FIRST on: who that is. */
const given = table(Inside, shape({ port: u16 }), 4096);
const owners = array(Inside, 4096);
const nat = record({ next: u32, out: u64, in: u64, unknown: u64, unsent: u64 });

export default function translate(message: Message): Outcome {
  if (message.length < PORTS + 8 || message.length > 2048 || message.u8(IP) !== 0x45) return pass;
  // Fragments have no ports; of what was captured in part no whole can be sent.
  if ((message.u16(IP + 6) & 0x3fff) !== 0 || IP + message.u16(IP + 2) > message.length) return pass;
  const protocol = message.u8(IP + 9);
  if (protocol !== UDP && (protocol !== TCP || message.length < PORTS + 20)) return pass;
  if (message.u32(DESTINATION) === PUBLIC) return inwards(message, protocol);
  const leaves = isPrivate(message.u32(SOURCE)) && !isPrivate(message.u32(DESTINATION));
  return leaves ? outwards(message, protocol) : pass;
}

/** RFC 1918. Groups and broadcast, 224.0.0.0 and above, leave no network either. */
function isPrivate(address: u32): bool {
  const first = address >>> 24;
  return first === 10 || address >>> 20 === 0xac1 || address >>> 16 === 0xc0a8 || first >= 224;
}

function outwards(message: Message, protocol: u16): Outcome {
  const port = portOf(message.u32(SOURCE), message.u16(PORTS), protocol);
  if (!rewritten(message, protocol, SOURCE, PUBLIC, PORTS, port)) return pass;
  nat.out += 1n;
  return consume;
}

function inwards(message: Message, protocol: u16): Outcome {
  const slot = message.u16(PORTS + 2) - FIRST;
  if (slot >= MOST || owners[slot].protocol !== protocol) {
    nat.unknown += 1n;
    return pass;
  }
  const owner = owners[slot];
  if (!rewritten(message, protocol, DESTINATION, owner.address, PORTS + 2, owner.port)) return pass;
  nat.in += 1n;
  return consume;
}

/** The public port of who sends: the one that it has, or the one that was given away longest ago. */
function portOf(address: u32, port: u16, protocol: u16): u16 {
  const known = given.find({ address, port, protocol });
  if (known !== undefined) return known.port;
  const slot = nat.next;
  nat.next = (slot + 1) % MOST;
  const owner = owners[slot];
  given.delete({ address: owner.address, port: owner.port, protocol: owner.protocol });
  owner.address = address;
  owner.port = port;
  owner.protocol = protocol;
  const fresh = given.enter({ address, port, protocol });
  fresh.port = u16(FIRST + slot);
  return fresh.port;
}

/** Sends the message with another address and port at those places; whether it was sent. */
function rewritten(message: Message, protocol: u16, addressAt: u32, address: u32, portAt: u32, port: u16): bool {
  const before = message.u32(addressAt);
  const out = reply(message);
  out.setU32(addressAt, address);
  out.setU16(portAt, port);
  out.setU16(IP + 10, patch32(message.u16(IP + 10), before, address));
  const at = protocol === TCP ? PORTS + 16 : PORTS + 6;
  const sum = patch16(patch32(message.u16(at), before, address), message.u16(portAt), port);
  // A datagram's checksum of 0 is none, and stays so; one that becomes 0 is sent as all ones (RFC 768).
  if (protocol === TCP) out.setU16(at, sum);
  else if (message.u16(at) !== 0) out.setU16(at, sum === 0 ? 0xffff : sum);
  if (out.send()) return true;
  nat.unsent += 1n;
  return false;
}
