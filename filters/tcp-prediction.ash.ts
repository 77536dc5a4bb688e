// Header prediction (SIGCOMM'96): of a connection that is known, the segment that was expected, with data and nothing unusual, is checked and
// copied in one go into the owner's memory. All else goes the normal way; behind a gap the owner sets `expected` when it has caught up.
// Fuel: 129 a message, 1,741 at most, on captures/demo.pcap.
import {
  array,
  checksum,
  consume,
  copy,
  type Message,
  type Outcome,
  pass,
  pipeline,
  record,
  shape,
  table,
  u8,
  u32,
  u64,
  wake,
} from "exonet/ash";

const IP = 14;
const ADDRESSES = IP + 12;
const TCP = IP + 20;
const SYN = 0x02;
const PSH = 0x08;
const ACK = 0x10;

const Key = shape({ source: u32, destination: u32, ports: u32 });
const Flow = shape({ expected: u32, segments: u32, octets: u64 });
const flows = table(Key, Flow, 256);

/** What was taken: whose it is, and where in `inbox` its data lies, from a multiple of 8 on. The owner empties it: `used` and `segments` are 0 then. */
const Taken = shape({ source: u32, destination: u32, ports: u32, sequence: u32, at: u32, length: u32 });
const taken = array(Taken, 512);
const inbox = array(u8, 65536);
const state = record({ used: u32, segments: u32, predicted: u64, damaged: u64, full: u64 });

const sum = checksum();
const check = pipeline(sum);
const take = pipeline(sum, copy());

export default function predict(message: Message): Outcome {
  if (message.length < TCP + 20 || message.u8(IP) !== 0x45 || (message.u16(IP + 6) & 0x3fff) !== 0) return pass;
  const source = message.u32(IP + 12);
  const destination = message.u32(IP + 16);
  const ports = message.u32(TCP);
  const sequence = message.u32(TCP + 4);
  const flags = message.u8(TCP + 13);
  if ((flags & SYN) !== 0) {
    flows.enter({ source, destination, ports }).expected = sequence + 1;
    return pass;
  }
  if ((flags | PSH) !== (ACK | PSH)) return pass;
  // Options of TCP are time stamps mostly: any that have their place are let be.
  const header = (message.u8(TCP + 12) >>> 4) * 4;
  const end = IP + message.u16(IP + 2);
  const data = TCP + header;
  if (header < 20 || end <= data || end > message.length) return pass;
  const flow = flows.find({ source, destination, ports });
  if (flow === undefined || flow.expected !== sequence) return pass;
  const length = end - data;
  if (state.used + length > inbox.length || state.segments === taken.length) {
    state.full += 1n;
    wake(state.segments);
    return pass;
  }
  // The pseudo header's protocol and length (RFC 9293 §3.1); its addresses and TCP's header, which follow each other; then the data on its way.
  sum.value = 6 + end - TCP;
  check.read(message, ADDRESSES, 8 + header);
  // It is a multiple of 8 already; said here, so that longs are stored at once.
  const at = state.used & 0xfffffff8;
  take.run(message, data, length, inbox, at);
  if (sum.value !== 0xffff) {
    state.damaged += 1n;
    return pass;
  }
  const place = taken[state.segments];
  place.source = source;
  place.destination = destination;
  place.ports = ports;
  place.sequence = sequence;
  place.at = at;
  place.length = length;
  state.used = (at + length + 7) & 0xfffffff8;
  state.segments += 1;
  flow.expected = sequence + length;
  flow.segments += 1;
  flow.octets += u64(length);
  state.predicted += 1n;
  // Here the sender had no more to say for now.
  if ((flags & PSH) !== 0) wake(state.segments);
  return consume;
}
