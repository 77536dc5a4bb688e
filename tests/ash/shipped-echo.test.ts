/** Shipped handlers that need no table: count, sampler, ping, UDP echo, remote increment, HTTP router. */
import { describe, expect, test } from "vitest";
import { complement, sum } from "../../src/wire/checksum.js";
import { putU16, putU32 } from "../../src/wire/octets.js";
import { ipv4, tcp, udp } from "../libos/packets.js";
import { Chance } from "../seeded.js";
import type { LinkedMessage } from "./linked-machine.js";
import { messagesOf } from "./messages.js";
import { echoRequest, ends, framed, HAS_TSHARK, IP, isGood, isIntact, L4, ports, tshark, u16, u32 } from "./sent.js";
import { ShippedRun } from "./shipped-run.js";

const DEMO = messagesOf("demo.pcap");
const judged = test.skipIf(!HAS_TSHARK);
const octetsOf = (length: number, seed: number) => {
  const chance = new Chance(seed);
  return Uint8Array.from({ length }, () => chance.below(256));
};

/** The same with something else at a place. */
function but(frame: Uint8Array, at: number, ...octets: readonly number[]): Uint8Array {
  const other = frame.slice();
  other.set(octets, at);
  return other;
}

/** And with the right checksum of the IPv4 header. */
function butHeader(frame: Uint8Array, at: number, ...octets: readonly number[]): Uint8Array {
  const other = but(frame, at, ...octets);
  putU16(other, IP + 10, 0);
  putU16(other, IP + 10, complement(sum(other, IP, 20)));
  return other;
}

/** What is not answered: by what it is. `frame` is one that is. */
function unusual(frame: Uint8Array): Readonly<Record<string, Uint8Array>> {
  const options = framed(ipv4("10.0.0.1", "10.0.0.2", frame[IP + 9] ?? 0, frame.slice(L4)));
  return {
    "a first fragment": butHeader(frame, IP + 6, 0x20, 0x00),
    "captured in part": frame.slice(0, IP + u16(frame, IP + 2) - 1),
    "to a group": but(frame, 0, 1),
    "to all": but(frame, 0, 255, 255, 255, 255, 255, 255),
    options: but(options, IP, 0x46),
    "a length that lies": butHeader(frame, IP + 2, 0x40, 0x00),
  };
}

test("count: packets, octets and a histogram", () => {
  const run = new ShippedRun("count");
  const lengths = Array.from({ length: 18 }, () => 0);
  for (const message of DEMO) {
    expect(run.message(message).outcome).toBe("pass");
    lengths[Math.min(17, message.wire.toString(2).length)]!++;
  }
  expect(run.record("seen")).toEqual({ packets: 5675, octets: DEMO.reduce((all, { wire }) => all + wire, 0) });
  expect(run.rows("lengths").map(({ value }) => value)).toEqual(lengths);
  run.message({ octets: new Uint8Array(14), wire: 0, time: 0n });
  run.message({ octets: new Uint8Array(14), wire: 0x7fff_ffff, time: 0n });
  expect([run.rows("lengths")[0], run.rows("lengths")[17]]).toEqual([{ value: 1 }, { value: 1 }]);
});

test("sampler: the first of sixteen goes on", () => {
  const run = new ShippedRun("sampler");
  const outcomes = DEMO.map((message) => run.message(message).outcome);
  expect(outcomes).toEqual(DEMO.map((_, at) => (at % 16 === 0 ? "pass" : "consume")));
  expect(run.record("sample")).toEqual({ seen: 5675, taken: Math.ceil(5675 / 16) });
});

describe("ping", () => {
  /** The answer that a host would give, made from the request anew. */
  function answerTo(request: Uint8Array): Uint8Array {
    const answer = request.slice();
    answer.set(request.subarray(6, 12), 0);
    answer.set(request.subarray(0, 6), 6);
    answer.set(request.subarray(IP + 16, IP + 20), IP + 12);
    answer.set(request.subarray(IP + 12, IP + 16), IP + 16);
    answer[IP + 8] = 64;
    answer[L4] = 0;
    const length = u16(request, IP + 2);
    for (const [at, from, octets] of [
      [IP + 10, IP, 20],
      [L4 + 2, L4, length - 20],
    ] as const) {
      putU16(answer, at, 0);
      putU16(answer, at, complement(sum(answer, from, octets)));
    }
    return answer;
  }

  function isPlainRequest({ octets }: LinkedMessage): boolean {
    const isEcho = u16(octets, 12) === 0x0800 && octets[IP] === 0x45 && octets[IP + 9] === 1 && octets[L4] === 8;
    return isEcho && (u16(octets, IP + 6) & 0x3fff) === 0 && (octets[0]! & 1) === 0;
  }

  test.each(["nanoseconds.pcap", "ping-arp.pcap", "oddities.pcap", "headers.pcap.gz"])(
    "the requests of %s",
    (capture) => {
      const run = new ShippedRun("ping");
      const messages = run.matched(messagesOf(capture));
      const sent: Uint8Array[] = [];
      let answerable = 0;
      for (const message of messages) {
        const became = run.message(message);
        const whole = u16(message.octets, IP + 2) + IP <= message.octets.length;
        const is = isPlainRequest(message) && whole;
        if (is) answerable++;
        expect(became).toMatchObject({ outcome: is ? "consume" : "pass", woken: [] });
        expect(became.sent).toEqual(is ? [answerTo(message.octets)] : []);
        sent.push(...became.sent);
      }
      expect(run.record("counts")).toEqual({ answered: answerable, passed: messages.length - answerable });
      if (capture === "nanoseconds.pcap") expect(answerable).toBe(150);
      for (const frame of sent) expect(isIntact(frame)).toBe(true);
    },
  );

  judged("tshark finds a request to each answer (skipped where it is not installed)", () => {
    const run = new ShippedRun("ping");
    const messages = run.matched(messagesOf("nanoseconds.pcap"));
    const both = messages.flatMap((message) => {
      const { sent } = run.message(message);
      return sent.length > 0 ? [message.octets, ...sent] : [];
    });
    const answered = tshark(both, ["icmp.resp_to"]);
    expect(answered.filter(([to], at) => at % 2 === 1 && Number(to) === at)).toHaveLength(both.length / 2);
    expect(tshark(both).every(isGood)).toBe(true);
  });

  const request = framed(echoRequest("10.0.0.1", "10.0.0.2", octetsOf(57, 1), 77));
  test.each(Object.entries(unusual(request)))("%s goes on", (_, frame) => {
    const run = new ShippedRun("ping");
    expect(run.frame(request)).toMatchObject({ outcome: "consume", sent: [answerTo(request)] });
    expect(run.frame(frame, 0, true)).toMatchObject({ outcome: "pass", sent: [] });
  });

  test("from far away, and wrong: the answer lives long enough, and is wrong as well", () => {
    const run = new ShippedRun("ping");
    expect(run.frame(butHeader(request, IP + 8, 1)).sent).toEqual([answerTo(request)]);
    const [wrong] = run.frame(but(request, L4 + 20, request[L4 + 20]! ^ 1)).sent;
    expect(isIntact(wrong!)).toBe(false);
  });
});

describe("UDP echo", () => {
  const asked = { from: "10.0.0.1", to: "10.0.0.2", sourcePort: 5000, destinationPort: 7 };
  const datagram = framed(udp(asked, octetsOf(100, 2)));

  test.each([0, 1, 17, 18, 100, 1472, 2006])("%i octets come back", (length) => {
    const run = new ShippedRun("udp-echo");
    const frame = framed(udp(asked, octetsOf(length, length)));
    const { outcome, sent } = run.frame(frame);
    expect(outcome).toBe("consume");
    const [answer = new Uint8Array()] = sent;
    const { to, from, source, destination } = ends(frame);
    expect(ends(answer)).toEqual({ to: from, from: to, source: destination, destination: source });
    expect(ports(answer)).toEqual([7, 5000]);
    expect(answer.subarray(L4 + 4)).toEqual(frame.subarray(L4 + 4));
    expect([isIntact(frame), isIntact(answer)]).toEqual([true, true]);
    expect(run.record("counts")).toEqual({ answered: 1, refused: 0 });
  });

  test.each([...Object.entries(unusual(datagram)), ["from an echo service", but(datagram, L4, 0, 7)] as const])(
    "%s goes on",
    (_, frame) => {
      const run = new ShippedRun("udp-echo");
      expect(run.frame(datagram).outcome).toBe("consume");
      expect(run.frame(frame, 0, true)).toMatchObject({ outcome: "pass", sent: [] });
    },
  );

  test("all datagrams of a capture, as if they were to it", () => {
    const run = new ShippedRun("udp-echo");
    const plain = DEMO.filter(
      ({ octets }) => u16(octets, 12) === 0x0800 && octets[IP] === 0x45 && octets[IP + 9] === 17,
    );
    const sent = plain.flatMap((message) => run.message(message).sent);
    expect(sent.length).toBeGreaterThan(300);
    expect(sent.every(isIntact)).toBe(true);
    if (HAS_TSHARK) expect(tshark(sent).every(isGood)).toBe(true);
  });
});

describe("remote increment", () => {
  const asked = { from: "10.0.0.1", to: "10.0.0.2", sourcePort: 5000, destinationPort: 7001 };
  const counter = (value: number, length = 4) => {
    const data = new Uint8Array(length).fill(0x5a);
    putU32(data, 0, value);
    return framed(udp(asked, data));
  };

  test("counters of chance come back one more, and the largest as 0", () => {
    const run = new ShippedRun("remote-increment");
    const chance = new Chance(3);
    const values = [
      0,
      1,
      0xffff,
      0x7fff_ffff,
      0xffff_ffff,
      ...Array.from({ length: 500 }, () => chance.below(2 ** 32)),
    ];
    const sent = values.map((value) => {
      const { outcome, sent } = run.frame(counter(value, 4 + chance.below(20)));
      expect(outcome).toBe("consume");
      const [answer = new Uint8Array()] = sent;
      expect(u32(answer, L4 + 8)).toBe((value + 1) % 2 ** 32);
      expect([isIntact(answer), u16(answer, L4 + 6) !== 0, ports(answer)]).toEqual([true, true, [7001, 5000]]);
      return answer;
    });
    expect(run.record("seen")).toEqual({ messages: values.length, last: (values.at(-1)! + 1) % 2 ** 32 });
    if (HAS_TSHARK) expect(tshark(sent).every(isGood)).toBe(true);
  });

  test("a checksum that becomes 0 is sent as all ones; one that is not there stays so", () => {
    const run = new ShippedRun("remote-increment");
    // The counter before the one whose datagram has the checksum 0xffff.
    const value = Array.from({ length: 65_536 }, (_, low) => low).find(
      (low) => u16(counter(low + 1), L4 + 6) === 0xffff && u16(counter(low), L4 + 6) !== 0xffff,
    );
    expect(value).toBeDefined();
    expect(run.frame(counter(value!)).sent).toEqual([swapped(counter(value! + 1))]);
    const [without] = run.frame(but(counter(5), L4 + 6, 0, 0)).sent;
    expect([u16(without!, L4 + 6), u32(without!, L4 + 8)]).toEqual([0, 6]);
  });

  /** Back to who sent it. */
  function swapped(frame: Uint8Array): Uint8Array {
    const other = frame.slice();
    for (const [at, to, octets] of [
      [0, 6, 6],
      [IP + 12, IP + 16, 4],
      [L4, L4 + 2, 2],
    ] as const) {
      other.set(frame.subarray(at, at + octets), to);
      other.set(frame.subarray(to, to + octets), at);
    }
    return other;
  }

  test.each([...Object.entries(unusual(counter(1))), ["no counter", framed(udp(asked, octetsOf(3, 4)))] as const])(
    "%s goes on",
    (_, frame) => {
      const run = new ShippedRun("remote-increment");
      expect(run.frame(counter(1)).outcome).toBe("consume");
      expect(run.frame(frame, 0, true)).toMatchObject({ outcome: "pass", sent: [] });
    },
  );
});

describe("HTTP router", () => {
  /** What a first line asks for, as a reader would say. */
  function wanted(text: string): string {
    const [, method = "", path = ""] = /^([A-Z]+) (\S+)/.exec(text) ?? [];
    if (["POST", "PUT", "DELETE", "PATCH"].includes(method)) return "pass-to 0";
    if (method === "GET") return /^\/api($|[/?])/.test(path) ? "pass-to 1" : "pass-to 2";
    return method === "HEAD" ? "pass-to 2" : "pass";
  }

  function dataOf({ octets }: LinkedMessage): string {
    const six = u16(octets, 12) === 0x86dd;
    const tcpAt = six ? 54 : IP + (octets[IP]! & 15) * 4;
    const end = six ? 54 + u16(octets, 18) : IP + u16(octets, IP + 2);
    return Buffer.from(octets.subarray(tcpAt + (octets[tcpAt + 12]! >> 4) * 4, end)).toString("latin1");
  }

  test.each(["web.pcap", "demo.pcap"])("the requests of %s", (capture) => {
    const run = new ShippedRun("http-router");
    const messages = run.matched(messagesOf(capture));
    for (const message of messages) expect(run.message(message).outcome).toBe(wanted(dataOf(message)));
    const asked = run.record("asked");
    expect(run.ended.get("pass-to 2")).toBeGreaterThan(10);
    expect(asked).toMatchObject({ pages: run.ended.get("pass-to 2"), changes: run.ended.get("pass-to 0") ?? 0 });
  });

  const line = (text: string) =>
    framed(
      tcp(
        { from: "10.0.0.1", to: "10.0.0.2", sourcePort: 5000, destinationPort: 80, flags: 0x18, seq: 1 },
        Buffer.from(text),
      ),
    );

  test.each([
    "GET / HTTP/1.1",
    "GET /api HTTP/1.1",
    "GET /api/v1/x HTTP/1.0",
    "GET /api?x=1 HTTP/1.1",
    "GET /apiary HTTP/1.1",
    "GET /ap/i HTTP/1.1",
    "HEAD /api HTTP/1.1",
    "POST /api HTTP/1.1",
    "PUT /x HTTP/1.1",
    "DELETE /x HTTP/1.1",
    "PATCH /x HTTP/1.1",
    "OPTIONS * HTTP/1.1",
    "more of a body",
    "GET",
    "",
  ])("%s", (text) => {
    const run = new ShippedRun("http-router");
    expect(run.frame(line(text)).outcome).toBe(wanted(text));
  });
});
