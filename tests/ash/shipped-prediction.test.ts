/** TCP header prediction: what it takes is what a reader of the capture puts together, and is what lies in its inbox. */
import { describe, expect, test } from "vitest";
import { tcp } from "../libos/packets.js";
import { messagesOf } from "./messages.js";
import { framed, IP, isIntact, L4, u16, u32 } from "./sent.js";
import { ShippedRun } from "./shipped-run.js";

const SYN = 2;
const ACK = 0x10;
const PSH = 8;

/** What the owner does when it is woken, or asked: takes what there is, and empties it. */
function taken(run: ShippedRun): { readonly sequence: number; readonly flow: string; readonly data: Buffer }[] {
  const { segments = 0 } = run.record("state");
  const { offset } = run.handler.layout.items.find(({ name }) => name === "inbox")!;
  const state = run.handler.state();
  const rows = run.rows("taken").slice(0, Number(segments));
  run.set("state", 0, 0);
  return rows.map(({ sequence, source, destination, ports, at, length }) => {
    const from = offset + Number(at);
    return {
      sequence: Number(sequence),
      flow: `${source} ${destination} ${ports}`,
      data: Buffer.from(state.subarray(from, from + Number(length))),
    };
  });
}

interface Segment {
  readonly flow: string;
  readonly sequence: number;
  readonly flags: number;
  readonly data: Buffer;
  readonly isPlain: boolean;
}

function segmentOf(octets: Uint8Array): Segment {
  const end = IP + u16(octets, IP + 2);
  const isPlain = octets[IP] === 0x45 && (u16(octets, IP + 6) & 0x3fff) === 0 && end <= octets.length;
  const data = Buffer.from(octets.subarray(L4 + (octets[L4 + 12]! >> 4) * 4, end));
  const flow = `${u32(octets, IP + 12)} ${u32(octets, IP + 16)} ${u32(octets, L4)}`;
  return { flow, sequence: u32(octets, L4 + 4), flags: octets[L4 + 13]!, data, isPlain };
}

describe("header prediction", () => {
  test.each([
    ["demo.pcap", 500],
    ["web.pcap", 100],
    ["lossy-tcp.pcap", 3],
  ])("%s: each expected segment, and no other", (capture, least) => {
    const run = new ShippedRun("tcp-prediction");
    const expected = new Map<string, number>();
    const got: ReturnType<typeof taken> = [];
    const wanted: typeof got = [];
    let damaged = 0;
    for (const message of run.matched(messagesOf(capture))) {
      const { flow, sequence, flags, data, isPlain } = segmentOf(message.octets);
      const fits = isPlain && [ACK, ACK | PSH].includes(flags) && data.length > 0 && expected.get(flow) === sequence;
      const right = fits && isIntact(message.octets);
      if (fits && !right) damaged++;
      const { outcome, woken } = run.message(message);
      expect(outcome).toBe(right ? "consume" : "pass");
      expect(woken).toHaveLength(right && (flags & PSH) !== 0 ? 1 : 0);
      if (isPlain && (flags & SYN) !== 0) expected.set(flow, (sequence + 1) % 2 ** 32);
      if (!right) continue;
      expected.set(flow, (sequence + data.length) % 2 ** 32);
      wanted.push({ sequence, flow, data });
      // Now and then the owner comes.
      if (woken.length > 0 || wanted.length % 30 === 0) got.push(...taken(run));
    }
    got.push(...taken(run));
    expect(got).toEqual(wanted);
    expect(wanted.length).toBeGreaterThanOrEqual(least);
    expect(run.record("state")).toMatchObject({ predicted: wanted.length, damaged, full: 0 });
    // Flows that long were not used have left.
    for (const { source, destination, ports, octets } of run.rows("flows")) {
      const its = wanted.filter(({ flow }) => flow === `${source} ${destination} ${ports}`);
      expect(octets).toBe(its.reduce((all, { data }) => all + data.length, 0));
    }
  });

  const ends = { from: "10.0.0.1", to: "10.0.0.2", sourcePort: 5000, destinationPort: 80 };
  const segment = (seq: number, flags: number, data = "") => framed(tcp({ ...ends, flags, seq }, Buffer.from(data)));

  test("a damaged one goes on, its octets are nobody's, and it is expected again; the largest number is followed by 0", () => {
    const run = new ShippedRun("tcp-prediction");
    expect(run.frame(segment(0xffff_fffd, SYN)).outcome).toBe("pass");
    const right = segment(0xffff_fffe, ACK | PSH, "hello");
    const wrong = right.slice();
    wrong[L4 + 20]! ^= 1;
    expect(run.frame(wrong).outcome).toBe("pass");
    expect(run.record("state")).toMatchObject({ used: 0, segments: 0, damaged: 1 });
    expect(run.frame(right)).toMatchObject({ outcome: "consume", woken: [1] });
    expect(run.frame(right).outcome).toBe("pass");
    expect(run.frame(segment(3, ACK, "more")).outcome).toBe("consume");
    expect(taken(run).map(({ sequence, data }) => [sequence, `${data}`])).toEqual([
      [0xffff_fffe, "hello"],
      [3, "more"],
    ]);
  });

  test("where the inbox is full, the owner is woken and gets it the normal way", () => {
    const run = new ShippedRun("tcp-prediction");
    run.frame(segment(0, SYN));
    let seq = 1;
    const data = "x".repeat(1001);
    for (; seq <= 65 * 1001; seq += 1001) expect(run.frame(segment(seq, ACK, data)).outcome).toBe("consume");
    expect(run.frame(segment(seq, ACK, data))).toMatchObject({ outcome: "pass", woken: [65] });
    expect(run.record("state")).toMatchObject({ used: 65 * 1008, segments: 65, full: 1 });
    expect(taken(run)).toHaveLength(65);
    expect(run.frame(segment(seq, ACK, data)).outcome).toBe("consume");
  });

  test("what it is bound with is enough for the longest segment of an Ethernet", () => {
    const run = new ShippedRun("tcp-prediction");
    run.frame(segment(0, SYN));
    const { outcome, fuel } = run.frame(segment(1, ACK | PSH, "x".repeat(1460)));
    expect(outcome).toBe("consume");
    expect(fuel).toBeGreaterThan(1500);
    expect(fuel).toBeLessThan(run.shipped.fuel.budget);
  });
});
