/** Oddities of TCP and its kin: scans, windows, urgent data, doors that are tried, SCTP. */
import { cat, filler, ip, sctp, tcp, text, u16, u32, u8 } from "./frames.mjs";
import { client, client6, connection, frame, packet, server, server6, stranger, stranger6 } from "./hosts.mjs";

const DOORS = [21, 22, 80, 443, 3389, 8080];

/** What nmap sends with -sN, -sF, -sX, -sA, and what no stack sends. Closed doors answer, open ones (22, 80) do not. */
export function* scans() {
  for (const flags of ["", "F", "FPU", "SF", "A", "FSRPAU"]) {
    for (const door of DOORS) {
      yield packet(stranger, server, tcp(54321, door, flags, { window: 1024 }));
      const closed = door !== 22 && door !== 80 && !flags.includes("R");
      if (closed) yield packet(server, stranger, tcp(door, 54321, "RA", { window: 0, acknowledged: 1000 }));
    }
    yield packet(stranger6, server6, tcp(54321, 80, flags, { window: 1024 }));
  }
  yield packet(
    stranger,
    server,
    tcp(54321, 80, "SUP", { window: 3072, options: "03 03 0a 01 02 04 0109 08 0a ffffffff 00000000 0402" }),
  );
  yield packet(stranger, server, tcp(54321, 80, "SEC", { window: 3072 }));
  yield packet(stranger, server, tcp(0, 0, "S"));
}

export function* windows() {
  const [there, here] = [tcp(80, 40100, "A", { window: 0 }), tcp(40100, 80, "A", { sequence: 1460, window: 0 })];
  yield packet(server, client, there); // full
  yield packet(client, server, tcp(40100, 80, "A", { sequence: 999 }, text("?"))); // still?
  yield packet(server, client, there);
  yield packet(server, client, tcp(80, 40100, "A", { window: 8192 }));
  yield packet(client, server, here);
  yield packet(server, client, tcp(80, 40100, "FA", { window: 0 })); // needs none any more
  yield packet(client, server, tcp(40100, 80, "R", { window: 0 }));
  yield packet(client6, server6, tcp(40100, 80, "A", { window: 0 }));
}

export function* urgent() {
  yield packet(client, server, tcp(40101, 23, "PAU", { urgent: 2 }, cat("fff2"))); // Telnet: data mark
  yield packet(client, server, tcp(40101, 21, "AU", { urgent: 8 }, text("ABOR\r\n")));
  yield packet(client, server, tcp(40101, 139, "U", { urgent: 65535 }, text("bye"))); // points behind the data
  yield packet(client, server, tcp(40101, 80, "A", { urgent: 7 }, text("pointer without flag")));
  yield packet(client6, server6, tcp(40101, 23, "PAU", { urgent: 2 }, cat("fff2")));
}

export function* logins() {
  for (const door of [22, 23, 445, 3389, 5900]) {
    yield packet(stranger, server, tcp(40200, door, "S"));
    yield packet(stranger6, server6, tcp(40200, door, "S"));
  }
  const [mine, yours] = [text("SSH-2.0-client\r\n"), text("SSH-2.0-server\r\n")];
  yield* connection(stranger, server, [40201, 22], ["<", yours], [">", mine]);
  yield* connection(stranger, server, [40202, 2222], ["<", yours], [">", mine]);
  yield* connection(stranger6, server6, [40203, 22], ["<", yours], [">", mine]);
  yield* connection(stranger, server, [40204, 23], ["<", cat("fffd18 fffd20 fffd23")], [">", cat("fffb18")]);
}

/** Options that change where the data begin, and do not always say what they should. */
export function* options() {
  const [request, banner] = [text("GET /odd HTTP/1.1\r\nHost: web.lab.example\r\n\r\n"), text("SSH-2.0-odd\r\n")];
  for (const options of ["", "01010101", "0101080a 00000001 00000002", "01".repeat(40)]) {
    yield packet(client, server, tcp(40300, 80, "PA", { options }, request));
    yield packet(server, client, tcp(2022, 40300, "PA", { options }, banner));
    yield frame(ip(client, server, tcp(40300, 80, "PA", { options }, request), { options: "01010100" }));
  }
  yield packet(client, server, tcp(40301, 80, "S", { options: "0204 05b4 0402 080a 00000001 00000000 01 0303 07" }));
  yield packet(client, server, tcp(40301, 80, "A", { options: "0101 050a 00001000 00002000" })); // selective
  yield packet(client, server, tcp(40301, 80, "A", { options: `1312${"00".repeat(16)} 0000` })); // MD5 signature
  yield packet(client, server, tcp(40302, 80, "S", { options: "220a 0102030405060708 0101" }, request)); // fast open
}

export function* associations() {
  const init = cat("01 00", u16(20), u32(7), u32(65536), u16(10), u16(10), u32(1));
  const data = text("several streams!");
  yield packet(client, server, sctp(40400, 9, 0, init));
  yield packet(
    server,
    client,
    sctp(9, 40400, 7, cat("02 00", u16(24), u32(9), u32(65536), u16(10), u16(10), u32(1), "0007 0004")),
  );
  yield packet(
    client,
    server,
    sctp(40400, 9, 9, cat(u8(0), "03", u16(16 + data.length), u32(1), u16(1), u16(0), u32(0), data)),
  );
  yield packet(client6, server6, sctp(40400, 80, 0, init));
}
