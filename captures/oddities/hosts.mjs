/** Who takes part in oddities.pcap, and which Ethernet addresses their packets have. */
import { cat, ethernet, ip, tcp, text, u16, u8, udp } from "./frames.mjs";

export const [client, server, gate] = ["10.9.50.11", "10.9.50.80", "10.9.50.1"];
export const [client6, server6] = ["2001:db8:50::11", "2001:db8:50::80"];
export const [near6, gate6] = ["fe80::11", "fe80::1"]; // of the client and of the gate, on the link
export const [stranger, stranger6] = ["203.0.113.66", "2001:db8:66::66"];
export const [away, farther] = ["198.51.100.7", "192.0.2.9"];

const OUI = "02:00:00:00:32"; // network 50, as network.sh makes them
export const [clientCard, serverCard, gateCard] = ["0b", "50", "01"].map((number) => `${OUI}:${number}`);
const CARDS = new Map([
  ...[client, client6, near6, "0.0.0.0", "::"].map((address) => [address, clientCard]),
  ...[server, server6].map((address) => [address, serverCard]),
]);

const colons = (digits) => digits.match(/../g).join(":");
const hex = (value, digits) => value.toString(16).padStart(digits, "0");

/** What a group's packets are sent to: RFC 1112 and RFC 2464. */
function groupCard(address) {
  if (address.includes(":")) return `33:33:${colons(hex(Number.parseInt(address.split(":").at(-1), 16), 8))}`;
  const [, b, c, d] = address.split(".").map(Number);
  return colons(`01005e${hex(((b & 0x7f) << 16) | (c << 8) | d, 6)}`);
}

/** Everything foreign is behind the gate. */
const cardOf = (address) => CARDS.get(address) ?? gateCard;

function cardFor(address) {
  if (address === "255.255.255.255" || address === "10.9.50.255") return "ff:ff:ff:ff:ff:ff";
  return /^(22[4-9]|23\d)\.|^ff/.test(address) ? groupCard(address) : cardOf(address);
}

/** The packet in the frame that carries it on the link. */
export const frame = ({ from, to, type, octets }) => ethernet(cardFor(to), cardOf(from), type, octets);

export const packet = (from, to, layer, fields) => frame(ip(from, to, layer, fields));

export const labels = (name) => cat(...name.split(".").map((label) => cat(u8(label.length), text(label))), "00");
export const asked = (name, type) => cat(labels(name), u16(type), "0001");
export const dns = (id, flags, counts, ...sections) => cat(u16(id), u16(flags), ...counts.map(u16), ...sections);
export const query = (fromPort) => udp(fromPort, 53, dns(1, 0x0100, [1, 0, 0, 0], asked("odd.lab.example", 1)));

/** A connection's segments: the handshake, then what each says in turn, [">" or "<", octets]. */
export function* connection(from, to, ports, ...said) {
  const [here, there] = ports;
  const at = { ">": 1001, "<": 5001 };
  const segment = (way, flags, data) => {
    const fields = { sequence: at[way] - (flags.includes("S") ? 1 : 0), acknowledged: way === ">" ? at["<"] : at[">"] };
    if (way === ">")
      return packet(from, to, tcp(here, there, flags, flags === "S" ? { ...fields, acknowledged: 0 } : fields, data));
    return packet(to, from, tcp(there, here, flags, fields, data));
  };
  yield segment(">", "S");
  yield segment("<", "SA");
  yield segment(">", "A");
  for (const [way, data] of said) {
    yield segment(way, "PA", data);
    at[way] += data.length;
  }
  yield segment(">", "FA");
}
