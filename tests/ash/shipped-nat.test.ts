/** Network address translation: there and back gives what was sent, but for nothing. */
import { describe, expect, test } from "vitest";
import { putU16, putU32 } from "../../src/wire/octets.js";
import { tcp, udp } from "../libos/packets.js";
import { Chance } from "../seeded.js";
import { messagesOf } from "./messages.js";
import { address, framed, HAS_TSHARK, IP, isGood, isIntact, L4, ports, tshark, u16, u32 } from "./sent.js";
import { ShippedRun } from "./shipped-run.js";

const PUBLIC = "198.51.100.1";
const INSIDE = "10.0.0.1";
const SERVER = "203.0.113.5";
const ends = { from: INSIDE, to: SERVER, sourcePort: 5000, destinationPort: 53 };

function isPrivate(ip: string): boolean {
  const [a = 0, b = 0] = ip.split(".").map(Number);
  return a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168);
}

/** What the server's host sends back: addresses and ports the other way round. Checksums stay. */
function turned(frame: Uint8Array): Uint8Array {
  const back = frame.slice();
  putU32(back, IP + 12, u32(frame, IP + 16));
  putU32(back, IP + 16, u32(frame, IP + 12));
  putU16(back, L4, u16(frame, L4 + 2));
  putU16(back, L4 + 2, u16(frame, L4));
  return back;
}

/** Of what was sent inside, this arrives there: nothing but the order of ends is another. */
function expectBack(run: ShippedRun, original: Uint8Array, out: Uint8Array): void {
  const { outcome, sent } = run.frame(turned(out));
  expect(outcome).toBe("consume");
  expect(sent).toEqual([turned(original)]);
}

describe("what leaves, and comes back", () => {
  test("TCP and UDP of chance: right checksums, a port for each, and back the original octet for octet", () => {
    const run = new ShippedRun("nat");
    const chance = new Chance(9);
    const given = new Map<string, number>();
    const all: Uint8Array[] = [];
    for (let packet = 0; packet < 600; packet++) {
      const from = chance.pick([`10.1.${chance.below(3)}.7`, "192.168.3.4", "172.16.0.9", "172.31.255.255"]);
      const end = { ...ends, from, sourcePort: 1000 + chance.below(4), destinationPort: 1 + chance.below(60_000) };
      const data = Uint8Array.from({ length: chance.below(300) }, () => chance.below(256));
      const isTcp = chance.percent(50);
      const packed = isTcp ? tcp({ ...end, flags: 0x18, seq: chance.below(2 ** 32) }, data) : udp(end, data);
      const original = framed(packed, chance.percent(50));
      const { outcome, sent } = run.frame(original);
      expect([outcome, sent.length]).toEqual(["consume", 1]);
      const [out = new Uint8Array()] = sent;
      expect([address(out, IP + 12), address(out, IP + 16), isIntact(out)]).toEqual([PUBLIC, SERVER, true]);
      const [port, to] = ports(out);
      expect(to).toBe(end.destinationPort);
      const who = `${isTcp} ${from} ${end.sourcePort}`;
      expect(port).toBe(given.get(who) ?? 20_000 + given.size);
      given.set(who, port);
      expectBack(run, original, out);
      all.push(out);
    }
    expect(given.size).toBeGreaterThan(40);
    expect(run.record("nat")).toEqual({ next: given.size, out: 600, in: 600, unknown: 0, unsent: 0 });
    if (HAS_TSHARK) expect(tshark(all).every(isGood)).toBe(true);
  });

  test("a datagram without a checksum stays without; one that becomes 0 is sent as all ones", () => {
    const run = new ShippedRun("nat");
    const without = framed(udp(ends));
    putU16(without, L4 + 6, 0);
    const [out = new Uint8Array()] = run.frame(without).sent;
    expect(u16(out, L4 + 6)).toBe(0);
    expectBack(run, without, out);
    // The data with which the datagram that leaves has the checksum 0xffff.
    const translated = { ...ends, from: PUBLIC, sourcePort: 20_000 };
    const dataOf = (word: number) => Uint8Array.of(word >> 8, word & 255);
    const word = Array.from({ length: 65_536 }, (_, at) => at).find(
      (at) => u16(udp(translated, dataOf(at)), 26) === 0xffff,
    );
    expect(word).toBeDefined();
    const [ones = new Uint8Array()] = run.frame(framed(udp(ends, dataOf(word!)))).sent;
    expect([u16(ones, L4 + 6), isIntact(ones), ports(ones)]).toEqual([0xffff, true, [20_000, 53]]);
  });

  test("the port that was given longest ago is given again; who had it gets another", () => {
    const run = new ShippedRun("nat");
    const from = (host: number) => framed(udp({ ...ends, from: `10.2.${host >> 8}.${host & 255}` }));
    const portOf = (host: number) => ports(run.frame(from(host)).sent[0] ?? new Uint8Array(60))[0];
    const first = run.frame(from(0)).sent[0]!;
    for (let host = 1; host < 4096; host++) expect(portOf(host)).toBe(20_000 + host);
    // All are known still, in whatever order they come.
    for (let host = 4095; host >= 0; host -= 5) expect(portOf(host)).toBe(20_000 + host);
    expect(portOf(5000)).toBe(20_000);
    const [back] = run.frame(turned(first)).sent;
    expect(address(back!, IP + 16)).toBe("10.2.19.136");
    expect([portOf(0), portOf(1), portOf(2), portOf(3)]).toEqual([20_001, 20_002, 20_003, 20_004]);
    expect([portOf(5000), portOf(0), portOf(4095)]).toEqual([20_000, 20_001, 24_095]);
    expect(run.rows("given")).toHaveLength(4096);
  });

  const datagram = framed(udp(ends, new Uint8Array(30)));
  const other = (at: number, ...octets: readonly number[]) => {
    const frame = datagram.slice();
    frame.set(octets, at);
    return frame;
  };
  test.each([
    ["within the network", framed(udp({ ...ends, to: "10.0.0.9" }))],
    ["to a group", framed(udp({ ...ends, to: "224.0.0.251" }))],
    ["to all", framed(udp({ ...ends, to: "255.255.255.255" }))],
    ["from elsewhere", framed(udp({ ...ends, from: "192.0.2.1" }))],
    ["a fragment", other(IP + 6, 0x20, 0)],
    ["options", other(IP, 0x46)],
    ["captured in part", datagram.slice(0, -1)],
    ["another protocol", other(IP + 9, 47)],
    ["to no port that was given", framed(udp({ ...ends, from: SERVER, to: PUBLIC, destinationPort: 20_007 }))],
    ["to a port below", framed(udp({ ...ends, from: SERVER, to: PUBLIC, destinationPort: 19_999 }))],
    ["to a port above", framed(udp({ ...ends, from: SERVER, to: PUBLIC, destinationPort: 24_096 }))],
    [
      "by TCP to UDP's port",
      framed(tcp({ ...ends, from: SERVER, to: PUBLIC, destinationPort: 20_000, flags: 2, seq: 1 })),
    ],
  ])("%s goes on", (_, frame) => {
    const run = new ShippedRun("nat");
    expect(run.frame(datagram).outcome).toBe("consume");
    expect(run.frame(frame, 0, true)).toMatchObject({ outcome: "pass", sent: [] });
  });

  test("what leaves private networks in a capture of oddities", () => {
    const run = new ShippedRun("nat");
    const sent: Uint8Array[] = [];
    let leaving = 0;
    for (const message of run.matched(messagesOf("oddities.pcap"))) {
      const { octets } = message;
      const [source, destination] = [address(octets, IP + 12), address(octets, IP + 16)];
      const leaves = isPrivate(source) && !isPrivate(destination) && u32(octets, IP + 16) < 0xe000_0000;
      const became = run.message(message);
      if (!leaves) expect(became).toMatchObject({ outcome: "pass", sent: [] });
      else if (octets[IP] === 0x45) leaving++;
      for (const frame of became.sent) {
        expect([address(frame, IP + 12), address(frame, IP + 16)]).toEqual([PUBLIC, destination]);
        // What was wrong stays so.
        expect(isIntact(frame)).toBe(isIntact(octets));
        sent.push(frame);
      }
    }
    expect(sent.length).toBeGreaterThan(40);
    expect(leaving).toBeGreaterThanOrEqual(sent.length);
    expect(run.record("nat")).toMatchObject({ out: sent.length, in: 0, unsent: 0 });
  });
});
