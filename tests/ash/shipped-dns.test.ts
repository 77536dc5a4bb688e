/** DNS cache: what it answers is what the server answered, octet for octet but the question's number. */
import { describe, expect, test } from "vitest";
import { complement, sum } from "../../src/wire/checksum.js";
import { putU16 } from "../../src/wire/octets.js";
import { udp } from "../libos/packets.js";
import { dnsName, hex, word } from "../wire/frames.js";
import { messagesOf } from "./messages.js";
import { framed, HAS_TSHARK, IP, isGood, isIntact, L4, tshark, u16 } from "./sent.js";
import { ShippedRun } from "./shipped-run.js";

const DNS = 42;
const OPT = "00 0029 04d0 0000 0000 0000";
const COOKIE = "00 0029 04d0 0000 0000 000c 000a 0008 0102030405060708";
const SIGNED = "00 0029 04d0 0000 8000 0000";
const ADDRESS = "c00c 0001 0001 00000000 0004 0a090050";

interface Said {
  readonly id: number;
  readonly name?: string;
  readonly server?: string;
  readonly additional?: string;
  readonly flags?: number;
}

function datagram(from: string, to: string, ports: readonly [number, number], digits: string): Uint8Array {
  const ends = { from, to, sourcePort: ports[0], destinationPort: ports[1] };
  return framed(udp(ends, Buffer.from(digits, "hex")), false);
}

const question = (name: string) => hex(name, "0001 0001");
const WEB = dnsName("web", "lab", "example");
const counts = (answers: number, additional: string) =>
  hex("0001", word(answers), "0000", additional === "" ? "0000" : "0001");

function asks({ id, name = WEB, server = "10.9.0.53", additional = "", flags = 0x0100 }: Said): Uint8Array {
  const digits = hex(word(id), word(flags), counts(0, additional), question(name), additional);
  return datagram("10.9.0.7", server, [5000, 53], digits);
}

function answers({ id, name = WEB, server = "10.9.0.53", additional = "", flags = 0x8180 }: Said, records = [ADDRESS]) {
  const digits = hex(word(id), word(flags), counts(records.length, additional), question(name), ...records, additional);
  return datagram(server, "10.9.0.7", [53, 5000], digits);
}

/** The datagram that a server would send for this question, with these octets, and no checksum over them. */
function answerTo(asked: Uint8Array, answer: Uint8Array): Uint8Array {
  const octets = Uint8Array.from([...asked.subarray(0, DNS), ...answer.subarray(DNS, L4 + u16(answer, L4 + 4))]);
  octets.set(asked.subarray(6, 12), 0);
  octets.set(asked.subarray(0, 6), 6);
  octets.set(asked.subarray(IP + 16, IP + 20), IP + 12);
  octets.set(asked.subarray(IP + 12, IP + 16), IP + 16);
  putU16(octets, L4, u16(asked, L4 + 2));
  putU16(octets, L4 + 2, u16(asked, L4));
  putU16(octets, IP + 2, octets.length - IP);
  putU16(octets, L4 + 4, octets.length - L4);
  putU16(octets, L4 + 6, 0);
  putU16(octets, IP + 10, 0);
  putU16(octets, IP + 10, complement(sum(octets, IP, 20)));
  putU16(octets, DNS, u16(asked, DNS));
  return octets;
}

/** Name and type. */
function questionOf(octets: Uint8Array): string {
  return Buffer.from(octets.subarray(DNS + 12, octets.indexOf(0, DNS + 12) + 3)).toString("latin1");
}

describe("DNS cache", () => {
  test.each([
    ["demo.pcap", 44],
    ["dns.pcap", 0],
  ])("%s: the first of each question goes to its server, later ones do not", (capture, hits) => {
    const run = new ShippedRun("dns-cache");
    const kept = new Map<string, Uint8Array>();
    const asked = new Map<string, number>();
    const sent: Uint8Array[] = [];
    for (const message of run.matched(messagesOf(capture))) {
      const { octets } = message;
      const became = run.message(message);
      const isAnswer = u16(octets, L4) === 53;
      const key = questionOf(octets);
      const answer = kept.get(key);
      if (octets[IP] !== 0x45) expect(became.outcome).toBe("pass");
      else if (isAnswer) {
        if (asked.get(key) === u16(octets, DNS) && (octets[DNS + 3]! & 15) === 0) kept.set(key, octets);
      } else if (answer === undefined) asked.set(key, u16(octets, DNS));
      if (became.sent.length === 0) {
        expect(became.outcome).toBe("pass");
        continue;
      }
      expect(became.sent).toEqual([answerTo(octets, answer!)]);
      sent.push(...became.sent);
    }
    expect(sent.length).toBe(hits);
    expect(run.record("cache")).toMatchObject({ hits: sent.length });
    expect(sent.every(isIntact)).toBe(true);
    if (!HAS_TSHARK || hits === 0) return;
    expect(tshark(sent).every(isGood)).toBe(true);
    expect(tshark(sent, ["dns.flags.response", "dns.count.queries"])).toEqual(sent.map(() => ["1", "1"]));
  });

  test("asked, answered, and asked again within 30 s and after", () => {
    const run = new ShippedRun("dns-cache");
    const server = answers({ id: 1 });
    expect(run.frame(asks({ id: 1 }))).toMatchObject({ outcome: "pass", sent: [] });
    expect(run.frame(server, 5)).toMatchObject({ outcome: "pass", sent: [] });
    const again = asks({ id: 2 });
    expect(run.frame(again, 10)).toMatchObject({ outcome: "consume", sent: [answerTo(again, server)] });
    expect(run.frame(again, 30_005).outcome).toBe("consume");
    expect(run.frame(again, 30_006).outcome).toBe("pass");
    expect(run.frame(asks({ id: 3 }), 30_007).outcome).toBe("pass");
    expect(run.frame(answers({ id: 3 }), 30_008).outcome).toBe("pass");
    expect(run.frame(again, 60_000).outcome).toBe("consume");
    expect(run.record("cache")).toEqual({ kept: 2, hits: 3, misses: 3 });
  });

  const once = { id: 1 };
  test.each<[string, Said, Uint8Array, Said, boolean]>([
    ["the same", once, answers(once), once, true],
    ["nobody asked by this number", once, answers({ id: 2 }), once, false],
    ["another server answered", once, answers({ id: 1, server: "10.9.0.54" }), once, false],
    ["another server is asked", once, answers(once), { id: 2, server: "10.9.0.54" }, false],
    ["another name", once, answers(once), { id: 2, name: dnsName("web", "lab", "examplf") }, false],
    ["a name in other letters", once, answers(once), { id: 2, name: dnsName("WEB", "lab", "example") }, false],
    ["no recursion", once, answers(once), { id: 2, flags: 0 }, false],
    ["an error", once, answers({ id: 1, flags: 0x8183 }), once, false],
    ["cut short", once, answers({ id: 1, flags: 0x8380 }), once, false],
    ["EDNS", { id: 1, additional: OPT }, answers({ id: 1, additional: OPT }), { id: 2, additional: COOKIE }, true],
    ["EDNS, then without", { id: 1, additional: OPT }, answers({ id: 1, additional: OPT }), { id: 2 }, false],
    [
      "an answer with an option",
      { id: 1, additional: OPT },
      answers({ id: 1, additional: COOKIE }),
      { id: 2, additional: OPT },
      false,
    ],
    [
      "signatures",
      { id: 1, additional: SIGNED },
      answers({ id: 1, additional: OPT }),
      { id: 2, additional: SIGNED },
      false,
    ],
    [
      "a long name",
      { id: 1, name: dnsName("a".repeat(26)) },
      answers({ id: 1, name: dnsName("a".repeat(26)) }),
      { id: 2, name: dnsName("a".repeat(26)) },
      true,
    ],
    [
      "one too long",
      { id: 1, name: dnsName("a".repeat(27)) },
      answers({ id: 1, name: dnsName("a".repeat(27)) }),
      { id: 2, name: dnsName("a".repeat(27)) },
      false,
    ],
    [
      "28 records",
      once,
      answers(
        once,
        Array.from({ length: 28 }, () => ADDRESS),
      ),
      { id: 2 },
      true,
    ],
    [
      "more than 512 octets",
      once,
      answers(
        once,
        Array.from({ length: 30 }, () => ADDRESS),
      ),
      { id: 2 },
      false,
    ],
  ])("%s", (_, first, answer, second, hit) => {
    const run = new ShippedRun("dns-cache");
    run.frame(asks(first));
    run.frame(answer, 1);
    const again = asks(second);
    const { outcome, sent, fuel } = run.frame(again, 2);
    expect(outcome).toBe(hit ? "consume" : "pass");
    expect(sent).toEqual(hit ? [answerTo(again, answer)] : []);
    expect(fuel).toBeLessThan(run.shipped.fuel.budget);
  });

  test("what nobody asked for takes no room; of more than it has room for the last are known", () => {
    const run = new ShippedRun("dns-cache");
    const named = (at: number) => ({ id: at, name: dnsName(`h${at}`, "example") });
    for (let at = 0; at < 100; at++) run.frame(answers(named(at)));
    expect(run.rows("answers")).toHaveLength(0);
    for (let at = 0; at < 600; at++) {
      run.frame(asks(named(at)), at);
      run.frame(answers(named(at)), at);
    }
    expect(run.rows("answers")).toHaveLength(512);
    expect(run.frame(asks(named(88)), 700).outcome).toBe("consume");
    expect(run.frame(asks(named(87)), 700).outcome).toBe("pass");
  });
});
