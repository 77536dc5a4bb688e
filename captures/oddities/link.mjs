/** Oddities on the link: ARP, LLC and SNAP, what switches say to each other, tags, labels, PPPoE, sizes. */
import {
  address,
  cat,
  checksum,
  ethernet,
  filler,
  hardware,
  icmp,
  ip,
  llc,
  padded,
  tagged,
  tcp,
  text,
  u8,
  u16,
  u32,
  udp,
  zeros,
} from "./frames.mjs";
import {
  client,
  client6,
  clientCard,
  frame,
  gate,
  gateCard,
  packet,
  query,
  server,
  server6,
  serverCard,
} from "./hosts.mjs";

const EVERYBODY = "ff:ff:ff:ff:ff:ff";
const BRIDGES = "01:80:c2:00:00:00";
const LLDP_BRIDGES = "01:80:c2:00:00:0e";
const SLOW = "01:80:c2:00:00:02";

const arp = (to, from, type, operation, sender, target, asked) =>
  padded(
    ethernet(
      to,
      from,
      type,
      "0001 0800 06 04",
      u16(operation),
      hardware(from),
      address(sender),
      asked,
      address(target),
    ),
  );

export function* addressResolution() {
  const [nobody, all] = [zeros(6), hardware(EVERYBODY)];
  yield arp(EVERYBODY, clientCard, 0x0806, 1, "0.0.0.0", client, nobody); // is it free?
  yield arp(EVERYBODY, clientCard, 0x0806, 1, client, client, nobody); // it is mine
  yield arp(EVERYBODY, serverCard, 0x0806, 2, server, server, all);
  yield arp(EVERYBODY, gateCard, 0x0806, 2, server, server, all); // it is mine too
  yield arp(EVERYBODY, clientCard, 0x0806, 1, client, gate, nobody);
  yield arp(clientCard, gateCard, 0x0806, 2, gate, client, hardware(clientCard));
  yield arp(EVERYBODY, clientCard, 0x8035, 3, "0.0.0.0", "0.0.0.0", hardware(clientCard)); // RARP
  yield arp(clientCard, serverCard, 0x8035, 4, server, client, hardware(clientCard));
}

const bridge = (priority, card) => cat(u16(priority), hardware(card));

/** IEEE 802.1D, a configuration message; rapid if there is a role. */
function spanning(version, type, flags, root, from) {
  const times = "0100 1400 0200 0f00"; // age, most, hello, forward delay: 1/256 s
  const message = cat("0000", u8(version), u8(type), u8(flags), root, u32(4), bridge(0x8000, from), "8002", times);
  return padded(llc(BRIDGES, from, "42 42 03", message, version === 2 ? "00" : ""));
}

const tlv = (type, ...value) => cat(u16((type << 9) | cat(...value).length), ...value);

export function* bridges() {
  const root = bridge(0x1000, gateCard);
  yield spanning(0, 0, 0x00, root, serverCard);
  yield spanning(0, 0, 0x01, root, serverCard); // topology has changed
  yield padded(llc(BRIDGES, serverCard, "42 42 03 0000 00 80"));
  for (const flags of [0x0e, 0x3c, 0x7c]) yield spanning(2, 2, flags, root, serverCard);
  const named = [tlv(1, "04", hardware(gateCard)), tlv(2, "05", text("port 2")), tlv(3, u16(120))];
  yield padded(ethernet(LLDP_BRIDGES, gateCard, 0x88cc, ...named, tlv(5, text("gate")), tlv(0)));
  yield padded(
    ethernet(LLDP_BRIDGES, serverCard, 0x88cc, tlv(1, "04", hardware(serverCard)), ...named.slice(1), tlv(0)),
  );
  const partner = cat("8000", hardware(gateCard), "0001 8000 0001 3d 000000");
  yield ethernet(
    SLOW,
    gateCard,
    0x8809,
    "01 01",
    "01 14",
    partner,
    "02 14",
    partner,
    "03 10 0032",
    zeros(12),
    zeros(52),
  ); // LACP
}

export function* logicalLinks() {
  const { octets } = ip(client, server, icmp(8, 0, "0001 0001", text("in SNAP")));
  yield llc(serverCard, clientCard, "aa aa 03 000000 0800", octets);
  yield llc(
    serverCard,
    clientCard,
    "aa aa 03 000000 86dd",
    ip(client6, server6, udp(5000, 5001, text("in SNAP"))).octets,
  );
  const cdp = cat("02 b4 0000", u16(1), u16(8), text("gate"), u16(3), u16(8), text("eth2"));
  cdp.writeUInt16BE(checksum(cdp), 2);
  yield padded(llc("01:00:0c:cc:cc:cc", gateCard, "aa aa 03 00000c 2000", cdp));
  const apple = cat("0001 809b 06 04 0001", hardware(clientCard), "00 ff00 02", zeros(6), "00 ff00 01");
  yield padded(
    llc("09:00:07:ff:ff:ff", clientCard, "aa aa 03 080007 809b", "000f 0000 ff00 ff00 ff 01 02 02 04 01 00"),
  ); // AppleTalk
  yield padded(llc("09:00:07:ff:ff:ff", clientCard, "aa aa 03 000000 80f3", apple)); // its ARP
  yield padded(llc(EVERYBODY, clientCard, "f0 f0 03", filler(32))); // NetBEUI
  const ipx = cat("ffff 0022 00 11 00000000 ffffffffffff 0452 00000000", hardware(clientCard), "0452 0003 0004");
  yield padded(llc(EVERYBODY, clientCard, "e0 e0 03", ipx));
  yield padded(llc(EVERYBODY, clientCard, ipx)); // without LLC, as Novell did
  yield padded(ethernet(EVERYBODY, clientCard, 0x8137, ipx));
  yield padded(
    llc(
      "01:80:c2:00:00:14",
      gateCard,
      "fe fe 03 83 1b 01 00 0f 01 00 00 01",
      hardware(gateCard),
      "001e 001b 40",
      hardware(gateCard),
      "01",
    ),
  ); // IS-IS, hello
  yield padded(llc("09:00:2b:00:00:05", gateCard, "fe fe 03 82 0e 01 00 02 001e 0000 01 03 490001")); // ES-IS
  yield padded(llc(serverCard, clientCard, "fe fe 03 81 11 01 1e 1c 0019 0000 03 490001 03 490002", filler(8))); // CLNP
  yield padded(llc(serverCard, clientCard, "04 04 7f")); // SABME: a connection of LLC
  yield padded(llc(clientCard, serverCard, "04 05 73"));
  yield padded(llc(serverCard, clientCard, "04 04 00 00", text("numbered")));
}

export function* rareTypes() {
  yield padded(ethernet(serverCard, clientCard, 0x9000, "0000 0100 0100", filler(40))); // loopback: an answer
  const types = { decnet: 0x6003, lat: 0x6004, mopDump: 0x6001, mopConsole: 0x6002 };
  for (const type of Object.values(types)) yield padded(ethernet(serverCard, clientCard, type, filler(40)));
  yield ethernet(EVERYBODY, clientCard, 0x0842, hardware(EVERYBODY), ...Array(16).fill(hardware(serverCard))); // wake up
  yield padded(ethernet("01:80:c2:00:00:03", clientCard, 0x888e, "02 01 0000")); // EAPOL, start
  yield padded(ethernet("01:1b:19:00:00:00", gateCard, 0x88f7, "00 02 002c", filler(40))); // PTP, sync
  yield padded(ethernet(serverCard, clientCard, 0x88b5, text("an experiment of ours")));
}

const syn = (port) => tcp(40000, port, "S");

export function* tags() {
  const [web, web6] = [packet(client, server, syn(80)), packet(client6, server6, syn(80))];
  const [name, who] = [
    packet(client, server, query(40000)),
    arp(EVERYBODY, clientCard, 0x0806, 1, client, gate, zeros(6)),
  ];
  for (const inside of [web, web6, name, who]) {
    yield tagged("8100 000a", inside);
    yield tagged("88a8 0064 8100 001e", inside);
    yield tagged("8100 0064 8100 001e", inside);
  }
  yield tagged("8100 e000", web); // priority, no VLAN
  yield tagged("8100 0fff", web);
  yield tagged("9100 0064", web);
  yield tagged("8100 0001 8100 0002 8100 0003", web);
  yield tagged("8100 000a", llc(BRIDGES, serverCard, "42 42 03 0000 00 80"));
}

const label = (value, last) => u32((value << 12) | (last << 8) | 64);

export function* labels() {
  const [four, six] = [ip(client, server, syn(80)), ip(client6, server6, syn(80))];
  for (const { octets } of [four, six]) {
    yield ethernet(serverCard, gateCard, 0x8847, label(100, 1), octets);
    yield ethernet(serverCard, gateCard, 0x8847, label(100, 0), label(200, 1), octets);
    yield ethernet(serverCard, gateCard, 0x8848, label(300, 1), octets);
  }
  yield ethernet(serverCard, gateCard, 0x8847, label(100, 0), label(200, 0), label(0, 1), four.octets);
  // Ethernet inside, behind a control word.
  yield ethernet(serverCard, gateCard, 0x8847, label(16, 1), "00000000", packet(client, server, query(5000)));
  yield tagged("8100 000a", ethernet(serverCard, gateCard, 0x8847, label(100, 1), four.octets));
}

const pppoe = (to, from, type, code, session, ...payload) =>
  padded(ethernet(to, from, type, "11", u8(code), u16(session), u16(cat(...payload).length), ...payload));

export function* householdLines() {
  const [service, cookie] = ["0101 0000", cat("0104 0008", filler(8))];
  const name = cat("0102 0004", text("gate"));
  yield pppoe(EVERYBODY, clientCard, 0x8863, 0x09, 0, service);
  yield pppoe(clientCard, gateCard, 0x8863, 0x07, 0, service, name, cookie);
  yield pppoe(gateCard, clientCard, 0x8863, 0x19, 0, service, cookie);
  yield pppoe(clientCard, gateCard, 0x8863, 0x65, 0x17, service);
  const session = (...ppp) => pppoe(gateCard, clientCard, 0x8864, 0, 0x17, ...ppp);
  yield session("c021 01 01 000e 0104 05d4 0506 0a0b0c0d"); // LCP
  yield session("8021 01 01 000a 0306", address(client));
  yield session("0021", ip(client, server, syn(80)).octets);
  yield session("0021", ip(client, server, query(40000)).octets);
  yield session("0057", ip(client6, server6, syn(443)).octets);
  yield pppoe(gateCard, clientCard, 0x8864, 0, 0x18, "0021", ip(client, server, syn(80)).octets); // of another line
  yield tagged("8100 0007", session("0021", ip(client, server, syn(22)).octets));
  yield pppoe(gateCard, clientCard, 0x8863, 0xa7, 0x17);
}

/** Around the least and the most that Ethernet carries, and beyond. */
export function* sizes() {
  const sized = (octets) => frame(ip(client, server, udp(40000, 9, filler(octets - 42))));
  for (const octets of [42, 59, 60, 63, 64, 65, 1513, 1514, 1515, 1518, 1519, 1520, 4000]) yield sized(octets);
}
