/** SYN cookies: who acknowledges one is let through, and nobody else. */
import { describe, expect, test } from "vitest";
import { type TcpOptions, tcp } from "../libos/packets.js";
import { Chance } from "../seeded.js";
import { messagesOf } from "./messages.js";
import { ends, framed, HAS_TSHARK, IP, isGood, isIntact, L4, ports, tshark, u16, u32 } from "./sent.js";
import { BEGIN, ShippedRun } from "./shipped-run.js";

const SYN = 2;
const PSH = 8;
const ACK = 0x10;
const HOSTS = { from: "192.0.2.9", to: "10.0.0.80", sourcePort: 40_000, destinationPort: 80 };
/** ms of a slot of the cookie's time, and from the begin to the next slot. */
const SLOT = 68_719;
const NEXT = Number(((((BEGIN >> 36n) + 1n) << 36n) - BEGIN) / 1_000_000n);

function segment({ flags, seq, ack = 0 }: TcpOptions, hosts: Partial<typeof HOSTS> = {}, data = ""): Uint8Array {
  return framed(tcp({ ...HOSTS, ...hosts, flags, seq, ack }, Buffer.from(data)));
}

/** The cookie that an opening segment is answered with; the answer is looked at from all sides. */
function cookieOf(run: ShippedRun, opening: Uint8Array, ms = 0): number {
  const { outcome, sent } = run.frame(opening, ms);
  expect([outcome, sent.length]).toEqual(["consume", 1]);
  const [answer = new Uint8Array()] = sent;
  const { to, from, source, destination } = ends(opening);
  expect(ends(answer)).toEqual({ to: from, from: to, source: destination, destination: source });
  expect(ports(answer)).toEqual(ports(opening).toReversed());
  expect([answer.length, u16(answer, IP + 2), answer[IP + 8], isIntact(answer)]).toEqual([54, 40, 64, true]);
  expect([u32(answer, L4 + 8), u16(answer, L4 + 12)]).toEqual([(u32(opening, L4 + 4) + 1) % 2 ** 32, 0x5012]);
  return u32(answer, L4 + 4);
}

const next = (number: number) => (number + 1) % 2 ** 32;

describe("SYN cookie", () => {
  test("opened, acknowledged, and from then on let through", () => {
    const run = new ShippedRun("syn-cookie");
    const cookie = cookieOf(run, segment({ flags: SYN, seq: 0xffff_ffff }));
    expect(run.frame(segment({ flags: ACK, seq: 0, ack: next(cookie) })).outcome).toBe("pass");
    expect(run.frame(segment({ flags: ACK | PSH, seq: 0, ack: next(cookie) }, {}, "GET / HTTP/1.1")).outcome).toBe(
      "pass",
    );
    expect(run.frame(segment({ flags: ACK, seq: 14, ack: next(cookie) + 5000 }), 3_000_000).outcome).toBe("pass");
    expect(run.record("counts")).toEqual({ answered: 1, accepted: 1, refused: 0 });
    expect(run.rows("accepted")).toHaveLength(1);
  });

  test("the acknowledgement may come with data, and may be lost before", () => {
    const run = new ShippedRun("syn-cookie");
    const cookie = cookieOf(run, segment({ flags: SYN, seq: 7 }));
    expect(run.frame(segment({ flags: ACK, seq: 20, ack: next(cookie) }, {}, "later")).outcome).toBe("consume");
    expect(run.frame(segment({ flags: ACK, seq: 8, ack: next(cookie) }, {}, "first")).outcome).toBe("pass");
  });

  test("another end, number, secret or time: refused, and no room is taken", () => {
    const run = new ShippedRun("syn-cookie");
    run.set("secret", 0x1234_5678, 0x9abc_def0);
    const cookie = cookieOf(run, segment({ flags: SYN, seq: 7 }));
    const said = { flags: ACK, seq: 8, ack: next(cookie) };
    const refused = [
      segment({ ...said, ack: cookie }),
      segment({ ...said, ack: next(cookie) + 1 }),
      segment({ ...said, seq: 9 }),
      segment(said, { sourcePort: 40_001 }),
      segment(said, { from: "192.0.2.10" }),
      segment(said, { to: "10.0.0.81" }),
    ];
    for (const frame of refused) expect(run.frame(frame).outcome).toBe("consume");
    const frame = segment(said);
    expect(run.frame(frame, NEXT + SLOT + 2).outcome).toBe("consume");
    run.set("secret", 0x1234_5678, 0x9abc_def1);
    expect(run.frame(frame).outcome).toBe("consume");
    run.set("secret", 0x8234_5678, 0x9abc_def0);
    expect(run.frame(frame).outcome).toBe("consume");
    expect(run.record("counts")).toEqual({ answered: 1, accepted: 0, refused: 9 });
    expect(run.rows("accepted")).toHaveLength(0);
    run.set("secret", 0x1234_5678, 0x9abc_def0);
    expect(run.frame(frame, NEXT + SLOT - 1).outcome).toBe("pass");
  });

  test("a thousand guesses, and a flood: nothing of it stays", () => {
    const run = new ShippedRun("syn-cookie");
    const chance = new Chance(11);
    const before = Buffer.from(run.handler.state());
    for (let guess = 0; guess < 1000; guess++) {
      expect(run.frame(segment({ flags: ACK, seq: 8, ack: chance.below(2 ** 32) })).outcome).toBe("consume");
    }
    const cookies = Array.from({ length: 1000 }, (_, at) =>
      cookieOf(run, segment({ flags: SYN, seq: at }, { sourcePort: 1024 + at })),
    );
    expect(new Set(cookies).size).toBeGreaterThan(998);
    const counted = run.record("counts");
    expect(counted).toEqual({ answered: 1000, accepted: 0, refused: 1000 });
    const { offset } = run.handler.layout.items.find(({ name }) => name === "counts")!;
    expect(run.handler.state().subarray(0, offset).equals(before.subarray(0, offset))).toBe(true);
  });

  test("a capture: each opening segment is answered; whose server answered is not believed", () => {
    const run = new ShippedRun("syn-cookie");
    const sent: Uint8Array[] = [];
    let opened = 0;
    for (const message of run.matched(messagesOf("demo.pcap"))) {
      const became = run.message(message);
      if ((message.octets[L4 + 13]! & (SYN | ACK)) === SYN) opened++;
      expect(became.outcome).toBe("consume");
      sent.push(...became.sent);
    }
    expect([sent.length, sent.length > 50]).toEqual([opened, true]);
    expect(run.record("counts")).toMatchObject({ answered: opened, accepted: 0 });
    expect(sent.every(isIntact)).toBe(true);
    if (HAS_TSHARK) expect(tshark(sent).every(isGood)).toBe(true);
  });
});
