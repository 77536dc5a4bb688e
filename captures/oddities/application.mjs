/** What services say that the other captures have not: addresses, names, time, management, mail, databases, QUIC, TLS. */
import { address, cat, filler, hardware, text, u8, u16, u32, udp, zeros } from "./frames.mjs";
import {
  asked,
  away,
  client,
  client6,
  clientCard,
  connection,
  dns,
  gate,
  gate6,
  labels,
  near6,
  packet,
  server,
  server6,
  stranger,
  stranger6,
} from "./hosts.mjs";

const EVERYBODY = "255.255.255.255";

export function* addresses() {
  const message = (kind, type, given, ...options) =>
    cat(
      u8(kind),
      "01 06 00",
      u32(0x0dd),
      u32(0),
      zeros(4),
      address(given),
      address(gate),
      zeros(4),
      hardware(clientCard),
      zeros(10),
      zeros(192),
      "63825363 35 01",
      u8(type),
      ...options,
      "ff",
    );
  const lease = cat("36 04", address(gate), "33 04", u32(3600), "01 04 ffffff00 03 04", address(gate));
  yield packet("0.0.0.0", EVERYBODY, udp(68, 67, message(1, 1, "0.0.0.0", "37 03 010306")));
  yield packet(gate, EVERYBODY, udp(67, 68, message(2, 2, client, lease)));
  yield packet(
    "0.0.0.0",
    EVERYBODY,
    udp(68, 67, message(1, 3, "0.0.0.0", "32 04", address(client), "36 04", address(gate))),
  );
  yield packet(gate, EVERYBODY, udp(67, 68, message(2, 5, client, lease)));
  yield packet(gate, EVERYBODY, udp(67, 68, message(2, 6, "0.0.0.0", "36 04", address(gate)))); // no
  const [who, association] = [
    cat("0001 000a 0003 0001", hardware(clientCard)),
    cat("0003 000c", u32(1), u32(0), u32(0)),
  ];
  for (const type of [1, 3])
    yield packet(near6, "ff02::1:2", udp(546, 547, u8(type), "0000dd", who, "0008 0002 0000", association), { ttl: 1 });
  for (const type of [2, 7]) yield packet(gate6, near6, udp(547, 546, u8(type), "0000dd", who, association));
}

export function* names() {
  const found = cat("c00c 0001 8001", u32(120), u16(4), address(client));
  const said = [
    dns(0, 0, [1, 0, 0, 0], asked("printer.local", 1)),
    dns(0, 0x8400, [0, 1, 0, 0], labels("printer.local"), found.subarray(2)),
  ];
  for (const message of said) {
    yield packet(client, "224.0.0.251", udp(5353, 5353, message), { ttl: 255 });
    yield packet(near6, "ff02::fb", udp(5353, 5353, message), { ttl: 255 });
  }
  const printer = asked("printer", 1);
  yield packet(client, "224.0.0.252", udp(40500, 5355, dns(7, 0, [1, 0, 0, 0], printer)), { ttl: 1 });
  yield packet(near6, "ff02::1:3", udp(40500, 5355, dns(7, 0, [1, 0, 0, 0], printer)), { ttl: 1 });
  yield packet(server, client, udp(5355, 40500, dns(7, 0x8000, [1, 1, 0, 0], printer, found)));
  yield packet(
    client,
    "10.9.50.255",
    udp(137, 137, dns(8, 0x0110, [1, 0, 0, 0], "20", text("CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), "00 0021 0001")),
  );
  // Answers to whoever is said to have asked: amplified, cut, none.
  const any = asked("big.lab.example", 255);
  yield packet(
    server,
    away,
    udp(
      53,
      40501,
      dns(
        9,
        0x8400,
        [1, 1, 0, 0],
        any,
        "c00c 0010 0001",
        u32(60),
        u16(600),
        "ff",
        filler(255),
        "ff",
        filler(255),
        "57",
        filler(87),
      ),
    ),
  );
  yield packet(server, away, udp(53, 40501, dns(9, 0x8600, [1, 0, 0, 0], any)));
  yield packet(server, client, udp(53, 40502, dns(10, 0x8403, [1, 0, 0, 0], asked("nobody.lab.example", 1))));
  yield packet(server6, client6, udp(53, 40502, dns(10, 0x8603, [1, 0, 0, 0], asked("nobody.lab.example", 28))));
  yield* connection(
    client,
    server,
    [40503, 53],
    [">", cat(u16(33), dns(11, 0, [1, 0, 0, 0], asked("lab.example", 252), zeros(4)))],
  ); // all of it
}

export function* time() {
  const clock = (first, stratum) => cat(u8(first), u8(stratum), "06 ec", u32(256), u32(512), address(gate), filler(32));
  for (const [from, to] of [
    [client, gate],
    [near6, gate6],
  ]) {
    yield packet(from, to, udp(40600, 123, clock(0x23, 0)));
    yield packet(to, from, udp(123, 40600, clock(0x24, 2)));
  }
  yield packet(gate, "224.0.1.1", udp(123, 123, clock(0x25, 2)));
  yield packet(stranger, gate, udp(123, 123, "17 00 03 2a", zeros(4))); // wants the list of all who asked
}

const ber = (tag, ...value) => cat(u8(tag), u8(cat(...value).length), ...value);

export function* management() {
  const name = cat("0608 2b06010201010500");
  const message = (kind, value) =>
    ber(
      0x30,
      "020101",
      ber(0x04, text("public")),
      ber(kind, "020101 020100 020100", ber(0x30, ber(0x30, name, value))),
    );
  yield packet(client, gate, udp(40700, 161, message(0xa0, "0500")));
  yield packet(gate, client, udp(161, 40700, message(0xa2, ber(0x04, text("gate")))));
  yield packet(client, gate, udp(40700, 161, message(0xa3, ber(0x04, text("mine"))))); // sets it
  yield packet(gate, client, udp(40701, 162, message(0xa7, ber(0x04, text("gate")))));
  yield packet(gate6, near6, udp(40701, 162, message(0xa7, ber(0x04, text("gate")))));
  yield packet(gate, client, udp(514, 514, text("<28>gate: link eth1 is down")));
  yield packet(gate6, near6, udp(514, 514, text("<28>gate: link eth1 is down")));
}

/** Databases and mail: who knocks, and how the first of them greet. */
export function* doors() {
  for (const door of [3306, 5432, 6379, 9200, 27017]) yield* connection(stranger, server, [40800, door]);
  yield* connection(client, server, [40801, 6379], [">", text("*1\r\n$4\r\nPING\r\n")], ["<", text("+PONG\r\n")]);
  yield* connection(client6, server6, [40801, 5432], [">", cat(u32(8), u32(80877103))], ["<", text("S")]);
  for (const door of [465, 587, 143, 993, 110, 995]) yield* connection(client, server, [40802, door]);
  const mail = [
    ["<", text("220 mail.lab.example ESMTP\r\n")],
    [">", text("EHLO client.lab.example\r\n")],
  ];
  yield* connection(client, server, [40803, 25], ...mail);
  yield* connection(client6, server6, [40803, 25], ...mail);
  const marker = "ff".repeat(16);
  const open = cat(marker, u16(29), "01 04", u16(65001), u16(90), address(gate), "00");
  yield* connection(gate, server, [40804, 179], [">", open], ["<", cat(marker, u16(19), "04")]);
}

export function* quic() {
  const initial = cat("c3 00000001 08", filler(8), "00 00", u16(0x4000 | 1178), filler(1178));
  for (const [from, to] of [
    [client, away],
    [client6, stranger6],
  ]) {
    yield packet(from, to, udp(40900, 443, initial));
    yield packet(to, from, udp(443, 40900, "e3 00000001 00 08", filler(8), u16(0x4000 | 32), filler(32)));
    yield packet(from, to, udp(40900, 443, "43", filler(40)));
  }
  yield packet(away, client, udp(443, 40901, "80 00000000 00 08", filler(8), u32(1), u32(0x6b3343cf))); // other versions
}

const hello = (name) => {
  const server = cat(u16(name.length + 3), "00", u16(name.length), text(name));
  const extensions = cat("0000", u16(server.length), server);
  const body = cat("0303", filler(32), "00 0002 1301 0100", u16(extensions.length), extensions);
  return cat("16 0301", u16(body.length + 4), u8(1), "00", u16(body.length), body);
};

export function* secrets() {
  yield* connection(client, server, [41000, 443], [">", hello("web.lab.example")], ["<", cat("15 0303 0002 0228")]);
  yield* connection(client, server, [41001, 8443], [">", hello("odd.lab.example")], ["<", cat("15 0303 0002 0230")]);
  yield* connection(client6, server6, [41002, 443], [">", hello("web.lab.example")], ["<", cat("15 0303 0002 0228")]);
}

export function* web() {
  const asked = [
    "GET / HTTP/1.1",
    "HEAD / HTTP/1.1",
    "POST /form HTTP/1.1",
    "PUT /file HTTP/1.1",
    "DELETE / HTTP/1.1",
    "GETAWAY",
  ];
  const said = [200, 204, 404, 404, 501, 400].map((status) => `HTTP/1.1 ${status} So`);
  const both = asked.flatMap((line, i) => [
    [">", text(`${line}\r\n\r\n`)],
    ["<", text(`${said[i]}\r\n\r\n`)],
  ]);
  yield* connection(client, server, [41100, 80], ...both);
  yield* connection(client6, server6, [41100, 80], ...both.slice(4, 6));
}

export function* others() {
  const ports = {
    tftp: 69,
    radius: 1812,
    discovery: 1900,
    memcached: 11211,
    stun: 3478,
    sip: 5060,
    relay: 9,
    netflow: 2055,
  };
  for (const port of Object.values(ports)) yield packet(client, server, udp(41200, port, filler(28)));
  yield packet(client, "239.255.255.250", udp(41201, 1900, text("M-SEARCH * HTTP/1.1\r\n\r\n")), { ttl: 2 });
  yield packet(server, away, udp(11211, 41202, filler(1400))); // amplified
}
