/** Oddities of IP: sources and options, fragments, extension headers, tunnels, IPsec, ICMP, what routers say. */
import {
  address,
  authenticated,
  bound,
  cat,
  checked,
  cut4,
  cut6,
  destination,
  filler,
  hopByHop,
  icmp,
  icmp6,
  ip,
  raw,
  routing,
  tcp,
  text,
  u8,
  u16,
  u24,
  u32,
  udp,
  zeros,
} from "./frames.mjs";
import {
  away,
  client,
  client6,
  clientCard,
  farther,
  gate,
  gate6,
  near6,
  packet,
  query,
  server,
  server6,
  stranger,
  stranger6,
} from "./hosts.mjs";

const echo = icmp(8, 0, "0001 0001", filler(32));
const echo6 = icmp6(128, 0, "0001 0001", filler(32));
const [syn, question] = [tcp(40000, 80, "S"), query(40000)];

export function* land() {
  yield packet(server, server, tcp(80, 80, "S"));
  yield packet(server, server, tcp(139, 139, "S"));
  yield packet(server, server, udp(7, 19, text("land")));
  yield packet(server, server, echo);
  yield packet(server6, server6, tcp(80, 80, "S"));
}

/** One source of each net that nobody outside can have. */
export function* bogons() {
  const nets = ["0.1.2.3", "10.200.0.1", "100.64.0.1", "127.0.0.1", "169.254.7.7", "172.16.0.1", "192.0.0.8", farther];
  for (const from of [...nets, "192.168.7.7", "198.18.0.1", away, stranger, "224.0.0.5", "240.0.0.1"]) {
    yield packet(from, server, question);
  }
}

/** From private addresses to ones that stand for public ones, and back. */
export function* leaving() {
  for (const from of [client, "172.16.4.4", "192.168.1.20"]) {
    for (const to of [away, stranger, farther]) yield packet(from, to, tcp(40001, 443, "S"));
    yield packet(from, "172.31.0.9", tcp(40001, 443, "S"));
  }
  yield packet(away, client, tcp(443, 40001, "SA"));
  yield packet(client, "255.255.255.255", udp(40001, 9, text("everybody")));
  yield packet(client, "10.9.50.255", udp(40001, 9, text("this net")));
}

export function* options() {
  const route = { final: server }; // by the gate
  yield packet(client, gate, syn, { ...route, options: cat("83 07 04", address(server), "00") }); // loose source route
  yield packet(client, gate, syn, { ...route, options: cat("89 07 04", address(server), "00") }); // strict
  yield packet(client, server, echo, { options: cat("07 0b 04", zeros(8), "00") }); // record route
  yield packet(client, server, echo, { options: cat("44 0c 05 00", zeros(8)) }); // time stamps
  yield packet(client, server, question, { options: "01 01 01 00" });
  yield packet(client, server, tcp(40000, 80, "PA", {}, text("GET / HTTP/1.0\r\n\r\n")), {
    options: cat("82 0b", filler(9), "00"),
  });
  yield packet(client, server, syn, { options: "01".repeat(40) });
  yield packet(client, server, syn, { tos: 0xb8 }); // expedited
  yield packet(client, server, syn, { tos: 0x03 }); // congestion met
  yield packet(client6, server6, syn, { label: 0xb812345 });
}

export function* traces() {
  for (let ttl = 1; ttl <= 6; ttl++) {
    yield packet(client, away, udp(40000, 33433 + ttl, filler(32)), { ttl });
    yield packet(client6, stranger6, udp(40000, 33433 + ttl, filler(32)), { ttl });
  }
  yield packet(client, server, echo, { ttl: 0 });
}

export function* fragments() {
  const [ends, ends6] = [
    { from: stranger, to: server },
    { from: stranger6, to: server6 },
  ];
  const data = tcp(40000, 80, "PA", {}, filler(60));
  const parts = [
    ...cut4(ends, syn, 1, 0, 8), // the flags in the second
    ...cut4(ends, syn, 2, 0, 16),
    ...cut4(ends, data, 3, 0, 24, 48),
    ...cut4(ends, data, 4, 0, 24, 48).slice(2), // a last one alone
    [{ id: 5, fragment: 0x2000 }, raw(6, data.build(ends).subarray(0, 32))],
    [{ id: 5, fragment: 0x0001 }, raw(6, filler(72))], // says the ports' neighbours anew
    [{ id: 6, fragment: 0x1fff }, raw(1, filler(64))], // ends beyond 65,535
    ...cut4(ends, echo, 7, 0, 24),
    ...cut4(ends, question, 8, 0, 8, 24),
    [{ id: 9, fragment: 0x6000 }, raw(17, filler(16))], // more follow, and may not
    [{ id: 10, fragment: 0x8000 }, question], // the evil bit
  ];
  for (const [fields, layer] of parts) yield packet(stranger, server, layer, fields);
  const parts6 = [...cut6(ends6, syn, 1, 0, 8), ...cut6(ends6, data, 2, 0, 24, 48), ...cut6(ends6, question, 3, 0)];
  for (const layer of parts6) yield packet(stranger6, server6, layer);
  yield packet(stranger6, server6, hopByHop("0104 00000000", cut6(ends6, question, 4, 0, 16)[0]));
}

export function* extensions() {
  const pad = "0104 00000000";
  const chains = (layer) => [
    hopByHop(pad, layer),
    destination(pad, layer),
    routing(gate6, layer),
    hopByHop(pad, routing(gate6, destination(pad, layer))),
    hopByHop(`010c ${"00".repeat(12)}`, destination(pad, layer)),
    authenticated(layer),
    destination(pad, authenticated(layer)),
    hopByHop(pad, hopByHop(pad, layer)), // only the first may be
  ];
  for (const layer of [syn, question, echo6]) for (const chain of chains(layer)) yield packet(client6, server6, chain);
  yield packet(client6, server6, hopByHop("c204 00010000", question)); // says it is a jumbogram, and is none
  yield packet(client6, server6, hopByHop(pad, raw(59)));
  yield packet(client6, server6, raw(59));
  yield packet(client6, server6, raw(135, "3b 01 00 00 0000 0000", zeros(8))); // mobility
  for (const layer of [syn, question, echo]) yield packet(client, server, authenticated(layer));
}

const gre = (flags, type, ...rest) => raw(47, u16(flags), u16(type), ...rest);

export function* tunnels() {
  const [four, six] = [ip(client, away, syn), ip(client6, stranger6, question)];
  const inside = packet(client, server, tcp(40000, 80, "PA", {}, text("GET / HTTP/1.0\r\n\r\n")));
  const layers = [
    gre(0, 0x0800, four.octets),
    gre(0, 0x86dd, six.octets),
    gre(0x2000, 0x0800, u32(7), four.octets), // with a key
    gre(0x3000, 0x0800, u32(7), u32(1), four.octets), // and a number
    gre(0, 0x6558, inside),
    gre(0x3001, 0x880b, u16(4 + four.octets.length), u16(1), u32(1), "ff03 0021", four.octets), // PPTP
    raw(4, four.octets),
    raw(4, ip(gate, away, raw(4, four.octets)).octets), // twice
    raw(41, six.octets),
    udp(49152, 4789, "08 000000", u24(42), "00", inside), // VXLAN
    udp(49153, 4789, "08 000000", u24(43), "00", packet(client6, server6, question)),
    udp(49154, 6081, "02 00 6558", u24(42), "00", "0102 80 01 00000001", inside), // Geneve
    udp(49155, 6081, "00 00 0800", u24(42), "00", four.octets),
    udp(1701, 1701, "c802 000c 0000 0000 0000 0000"), // L2TP
    udp(2152, 2152, "30 ff", u16(four.octets.length), u32(99), four.octets), // GTP
  ];
  for (const layer of layers) yield packet(gate, farther, layer);
  yield packet(client6, stranger6, raw(4, four.octets));
  yield packet(client6, stranger6, raw(41, six.octets));
  yield packet(client6, stranger6, gre(0, 0x0800, four.octets));
}

/** What the flags and the lengths of the messages tell; the rest is secret or random. */
export function* privateNetworks() {
  const ike = (spi, exchange, flags, secret) =>
    cat(
      filler(8),
      spi,
      "28 20",
      u8(exchange),
      u8(flags),
      u32(0),
      u32(32 + secret.length),
      "0000",
      u16(4 + secret.length),
      secret,
    );
  for (const [from, to] of [
    [gate, away],
    [client6, stranger6],
  ]) {
    for (const number of [1, 2]) yield packet(from, to, raw(50, u32(0xa01), u32(number), filler(72)));
    yield packet(from, to, udp(500, 500, ike(zeros(8), 34, 0x08, filler(32))));
    yield packet(to, from, udp(500, 500, ike(filler(8), 34, 0x20, filler(32))));
    yield packet(from, to, udp(4500, 4500, u32(0), ike(filler(8), 35, 0x08, filler(64))));
    yield packet(from, to, udp(4500, 4500, u32(0xa02), u32(1), filler(72)));
    yield packet(from, to, udp(4500, 4500, "ff")); // still there
    yield packet(from, to, udp(51820, 51820, "01000000", filler(144))); // WireGuard
    yield packet(to, from, udp(51820, 51820, "02000000", filler(88)));
    yield packet(from, to, udp(51820, 51820, "04000000", u32(0), zeros(8), filler(48)));
    yield packet(from, to, udp(51820, 51820, "04000000", u32(0), "0100000000000000", filler(16)));
  }
}

/** The header and eight octets of what it is about. */
const about = (from, to, layer) => ip(from, to, layer).octets.subarray(0, from.includes(":") ? undefined : 28);

export function* errors() {
  const sent = about(client, away, question);
  for (const code of [0, 1, 2, 3, 5, 9, 10, 13]) yield packet(gate, client, icmp(3, code, u32(0), sent));
  yield packet(gate, client, icmp(3, 4, u16(0), u16(1280), sent));
  yield packet(gate, client, icmp(4, 0, u32(0), sent)); // slow down
  for (const code of [0, 1]) yield packet(gate, client, icmp(5, code, address(server), sent)); // redirect
  yield packet(gate, "224.0.0.1", icmp(9, 0, "01 02 0708", address(gate), u32(0)), { ttl: 1 });
  yield packet(client, "224.0.0.2", icmp(10, 0, u32(0)), { ttl: 1 });
  for (const code of [0, 1]) yield packet(gate, client, icmp(11, code, u32(0), sent));
  yield packet(gate, client, icmp(12, 0, "14 000000", sent));
  yield packet(client, server, icmp(13, 0, "0001 0001", u32(1000), zeros(8)));
  yield packet(server, client, icmp(14, 0, "0001 0001", u32(1000), u32(1001), u32(1001)));
  yield packet(client, gate, icmp(17, 0, "0001 0001", u32(0)));
  yield packet(gate, client, icmp(18, 0, "0001 0001", "ffffff00"));
  const sent6 = about(client6, stranger6, question);
  for (const code of [0, 1, 3, 4, 5]) yield packet(gate6, client6, icmp6(1, code, u32(0), sent6));
  yield packet(gate6, client6, icmp6(2, 0, u32(1280), sent6));
  for (const code of [0, 1]) yield packet(gate6, client6, icmp6(3, code, u32(0), sent6));
  yield packet(gate6, client6, icmp6(4, 1, u32(6), sent6));
}

export function* neighbours() {
  const card = cat(clientCard.replaceAll(":", ""));
  const link = { ttl: 255 };
  const prefix = cat("03 04 40 c0", u32(86400), u32(14400), u32(0), address("2001:db8:50::"));
  yield packet("::", "ff02::1:ff00:11", icmp6(135, 0, u32(0), address(client6)), link);
  yield packet(near6, "ff02::2", icmp6(133, 0, u32(0), "0101", card), link);
  yield packet(gate6, "ff02::1", icmp6(134, 0, "40 00 0708", zeros(8), prefix, "0501 0000", u32(1500)), link);
  yield packet("fe80::66", "ff02::1", icmp6(134, 0, "40 08 ffff", zeros(8), prefix), link); // somebody else says so
  yield packet(near6, "ff02::1:ff00:80", icmp6(135, 0, u32(0), address(server6), "0101", card), link);
  yield packet(server6, near6, icmp6(136, 0, "60000000", address(server6), "0201", card), link);
  yield packet(gate6, client6, icmp6(137, 0, u32(0), address("fe80::80"), address(stranger6)), link); // redirect
  yield packet(gate6, near6, icmp6(134, 0, "00 00 0000", zeros(8)), { ttl: 64 }); // from beyond a router, so false
}

export function* groups() {
  const [alert, once] = [{ ttl: 1, options: "94 04 0000" }, { ttl: 1 }];
  const [all, group] = ["224.0.0.1", "239.1.2.3"];
  yield packet(gate, all, checked(2, 2, "11 64 0000", u32(0)), alert);
  yield packet(client, group, checked(2, 2, "16 00 0000", address(group)), alert);
  yield packet(client, group, checked(2, 2, "12 00 0000", address(group)), once);
  yield packet(client, "224.0.0.22", checked(2, 2, "22 00 0000 0000 0001 04 00 0000", address(group)), alert);
  yield packet(client, "224.0.0.2", checked(2, 2, "17 00 0000", address(group)), alert);
  const report = icmp6(143, 0, "0000 0001 04 00 0000", address("ff05::123"));
  yield packet(near6, "ff02::16", hopByHop("0502 0000 0100", report), { ttl: 1 });
  yield packet(
    gate6,
    "ff02::1",
    hopByHop("0502 0000 0100", icmp6(130, 0, u16(10000), u16(0), zeros(16), "0000 0000")),
    { ttl: 1 },
  );
  yield packet(client, group, udp(5004, 5004, "80 21 0001", u32(160), u32(7), filler(160)), { ttl: 16 }); // RTP
}

export function* routers() {
  const hello = cat(u32(0xffffff00), u16(10), "02 01", u32(40), address(gate), zeros(4));
  const ospf = cat("02 01", u16(44), address(gate), u32(0), "0000 0000", zeros(8), hello);
  yield packet(gate, "224.0.0.5", checked(89, 12, ospf), { ttl: 1, tos: 0xc0 });
  const hello6 = cat(u32(1), "01 000013", u16(10), u16(40), address(gate), zeros(4));
  yield packet(gate6, "ff02::5", bound(89, 12, "03 01", u16(36), address(gate), u32(0), "0000 00 00", hello6), {
    ttl: 1,
  });
  const pim = cat("20 00 0000", "0001 0002 0069", "0013 0004", u32(1));
  yield packet(gate, "224.0.0.13", checked(103, 2, pim), { ttl: 1 });
  yield packet(gate6, "ff02::d", bound(103, 2, pim), { ttl: 1 });
  yield packet(gate, "224.0.0.18", checked(112, 6, "21 07 64 01 00 01 0000", address(server), zeros(8)), { ttl: 255 });
  yield packet(gate, "224.0.0.18", bound(112, 6, "31 07 64 01 0064 0000", address(server)), { ttl: 255 });
  yield packet(gate6, "ff02::12", bound(112, 6, "31 07 64 01 0064 0000", address("fe80::80")), { ttl: 255 });
  yield packet(gate, "224.0.0.10", checked(88, 2, "02 05 0000", zeros(12), u32(1), "0001 000c 01000100 0000 000f"), {
    ttl: 2,
  }); // EIGRP
  const rip = cat("02 02 0000", "0002 0000", address("10.9.9.0"), "ffffff00", zeros(4), u32(1));
  yield packet(gate, "224.0.0.9", udp(520, 520, rip), { ttl: 1 });
  yield packet(gate, "224.0.0.2", udp(1985, 1985, "00 00 10 03 0a 64 01 00", text("secret\0\0"), address(server)), {
    ttl: 1,
  }); // HSRP
  yield packet(gate, farther, udp(49200, 3784, "20 c0 03 18", u32(1), u32(0), u32(1e6), u32(1e6), u32(0)), {
    ttl: 255,
  }); // BFD
}

export function* rareProtocols() {
  for (const protocol of [61, 63, 99, 114, 253, 255]) yield packet(client, server, raw(protocol, filler(24)));
}
