// A connection's state by its flags, booleans kept in state.
import { bool, consume, type Message, pass, record, shape, table, u8, u32, wake } from "exonet/ash";

const CLOSED = 0;
const OPENING = 1;
const OPEN = 2;
const key = shape({ low: u32, high: u32 });
const connections = table(key, shape({ state: u8, reset: bool, both: bool }), 32);
const seen = record({ opened: u32, closed: u32, odd: u32 });

export default function follow(message: Message) {
  if (message.length < 54 || message.u16(12) !== 0x0800 || message.u8(23) !== 6) return pass;
  const source = message.u32(26);
  const target = message.u32(30);
  const there = source < target;
  const connection = connections.enter({ low: there ? source : target, high: there ? target : source });
  const flags = message.u8(47);
  const syn = bool(flags & 2);
  const ack = bool(flags & 16);
  const fin = bool(flags & 1) || bool(flags & 4);
  connection.both = connection.both || (connection.state === OPENING && syn && ack);
  if (fin) {
    if (connection.state !== CLOSED) seen.closed += 1;
    connection.state = CLOSED;
    connection.reset = bool(flags & 4);
  } else if (syn && !ack) connection.state = OPENING;
  else if (connection.state === OPENING && ack && connection.both) {
    connection.state = OPEN;
    seen.opened += 1;
    wake(seen.opened);
  } else if (connection.state > OPEN) {
    seen.odd += 1;
    return consume;
  }
  return pass;
}
