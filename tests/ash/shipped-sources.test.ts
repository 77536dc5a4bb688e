/** Shipped handlers that keep a row for each source: rate limiter, port-scan detector. */
import { describe, expect, test } from "vitest";
import { bucketsOf } from "../../src/ash/layout.js";
import { putU32 } from "../../src/wire/octets.js";
import { tcp, udp } from "../libos/packets.js";
import { Chance } from "../seeded.js";
import { keyHash } from "./evaluate-table.js";
import { messagesOf } from "./messages.js";
import { address, framed, IP, L4, u16, u32 } from "./sent.js";
import { BEGIN, ShippedRun } from "./shipped-run.js";

test("sources that somebody made for one bucket kill nothing, and the buckets of others stay", () => {
  const run = new ShippedRun("rate-limit");
  const table = run.handler.layout.items.find(({ name }) => name === "sources");
  if (table?.kind !== "table") throw new Error("no table");
  const octets = framed(udp({ from: "10.0.0.1", to: "10.0.0.9", sourcePort: 1, destinationPort: 2 }));
  const from = (source: number, ms: number) => {
    putU32(octets, IP + 12, source);
    return run.frame(octets, ms);
  };
  for (let packet = 0; packet < 300; packet++) from(0x0a00_0001, 0);
  expect(from(0x0a00_0001, 1).outcome).toBe("consume");
  const bucketOf = (source: number) => keyHash([source]) % bucketsOf(table);
  const fuel: number[] = [];
  for (let source = 1; fuel.length < 200; source++) {
    if (bucketOf(source) !== 3 || bucketOf(0x0a00_0001) === 3) continue;
    fuel.push(from(source, 1).fuel);
    expect(run.ended.get("fuel")).toBeUndefined();
  }
  expect(Math.max(...fuel)).toBeLessThan(300);
  expect(from(0x0a00_0001, 1).outcome).toBe("consume");
});

describe("rate limiter", () => {
  /** The bucket in exact arithmetic: tokens in ns, of which a packet takes ten million. */
  class Bucket {
    static readonly #token = 10_000_000n;
    static readonly #full = 200n * Bucket.#token;
    #filled: bigint;
    #left = Bucket.#full;

    constructor(now: bigint) {
      this.#filled = now;
    }

    take(now: bigint): boolean {
      if (this.#filled > now + 1_000_000_000n) {
        this.#filled = now;
        this.#left = Bucket.#full;
      }
      if (now > this.#filled) {
        const left = this.#left + now - this.#filled;
        // Of a full one only what is less than a token is kept of the time.
        const whole = left - (left % Bucket.#token);
        this.#left = whole > Bucket.#full ? Bucket.#full + (left % Bucket.#token) : left;
        this.#filled = now;
      }
      if (this.#left < Bucket.#token) return false;
      this.#left -= Bucket.#token;
      return true;
    }
  }

  test.each([
    ["demo.pcap", 0],
    ["lossy-tcp.pcap", 100],
    ["mixed.pcapng", 0],
  ])("all of %s, twice, as a model has it", (capture, least) => {
    const run = new ShippedRun("rate-limit");
    const buckets = new Map<string, Bucket>();
    const messages = run.matched(messagesOf(capture));
    for (const message of [...messages, ...messages]) {
      const source = address(message.octets, IP + 12);
      const bucket = buckets.get(source) ?? new Bucket(message.time);
      buckets.set(source, bucket);
      expect(run.message(message).outcome).toBe(bucket.take(message.time) ? "pass" : "consume");
    }
    const { pass: passed = 0, consume: ended = 0 } = Object.fromEntries(run.ended);
    expect(ended).toBeGreaterThanOrEqual(least);
    expect(passed).toBeGreaterThan(messages.length);
    expect(run.record("limit")).toEqual({ passed, ended });
    expect(run.rows("sources")).toHaveLength(buckets.size);
  });

  test("three sources of chance, in bursts, with times that go backwards", () => {
    const run = new ShippedRun("rate-limit");
    const chance = new Chance(7);
    const buckets = new Map<string, Bucket>();
    let now = 0;
    for (let packet = 0; packet < 20_000; packet++) {
      const pause = packet % 2000 === 0 ? 3000 : chance.below(4);
      now = Math.max(0, chance.percent(3) ? now - chance.below(5) : now + pause);
      const source = `10.0.0.${1 + chance.below(3)}`;
      const time = BEGIN + BigInt(now) * 1_000_000n;
      const bucket = buckets.get(source) ?? new Bucket(time);
      buckets.set(source, bucket);
      const octets = framed(udp({ from: source, to: "10.0.0.9", sourcePort: 1, destinationPort: 2 }));
      const { outcome } = run.message({ octets, wire: 60, time });
      if (outcome !== (bucket.take(time) ? "pass" : "consume")) expect.fail(`packet ${packet}: ${outcome}`);
    }
    expect(run.ended.get("consume")).toBeGreaterThan(2000);
    expect(run.ended.get("pass")).toBeGreaterThan(2000);
  });
});

describe("port scan", () => {
  const syn = (from: string, port: number) =>
    framed(tcp({ from, to: "10.0.0.9", sourcePort: 40_000, destinationPort: port, flags: 2, seq: 1 }));
  /** As the handler tells ports apart: the upper ten bits of a product. */
  const bitOf = (port: number) => Math.imul(port, 0x9e3779b1) >>> 22;

  /** So many ports that are told apart. */
  function apart(count: number, from = 1): number[] {
    const bits = new Set<number>();
    const ports: number[] = [];
    for (let port = from; ports.length < count; port++) {
      if (bits.has(bitOf(port))) continue;
      bits.add(bitOf(port));
      ports.push(port);
    }
    return ports;
  }

  test("of 20 ports within 10 s the owner is told, once; of 19, of one again and again, or of slow ones, never", () => {
    const run = new ShippedRun("port-scan");
    const told = (from: string, ports: readonly number[], pause: number) =>
      ports.flatMap((port, at) => run.frame(syn(from, port), at * pause).woken);
    expect(told("10.0.0.1", apart(19), 1)).toEqual([]);
    expect(told("10.0.0.2", apart(20), 500)).toEqual([0x0a00_0002]);
    expect(told("10.0.0.3", apart(300), 10)).toEqual([0x0a00_0003]);
    expect(
      told(
        "10.0.0.4",
        Array.from({ length: 300 }, () => 80),
        10,
      ),
    ).toEqual([]);
    expect(told("10.0.0.5", apart(100), 600)).toEqual([]);
    // In the next 10 s it is told again.
    expect(told("10.0.0.6", apart(60), 300)).toEqual([0x0a00_0006, 0x0a00_0006]);
    expect(run.record("found")).toEqual({ attempts: 19 + 20 + 300 + 300 + 100 + 60, scanners: 4, last: 0x0a00_0006 });
    expect([...run.ended]).toEqual([["pass", 799]]);
    expect(run.rows("sources").map(({ key, attempts }) => [key, attempts])[0]).toEqual([0x0a00_0006, 60]);
  });

  test.each(["demo.pcap", "oddities.pcap", "web.pcap"])("who scans in %s", (capture) => {
    const run = new ShippedRun("port-scan");
    const windows = new Map<number, { since: bigint; ports: Set<number> }>();
    const scanners: number[] = [];
    const woken: number[] = [];
    for (const message of run.matched(messagesOf(capture))) {
      const { octets, time } = message;
      woken.push(...run.message(message).woken);
      const source = u32(octets, IP + 12);
      const had = windows.get(source);
      const { since, ports } =
        had && time - had.since <= 10_000_000_000n ? had : { since: time, ports: new Set<number>() };
      windows.set(source, { since, ports });
      const before = ports.size;
      ports.add(bitOf(u16(octets, L4 + (octets[IP]! & 15) * 4 - 18)));
      if (before === 19 && ports.size === 20) scanners.push(source);
    }
    expect(woken).toEqual(scanners);
    expect(scanners.length).toBeGreaterThanOrEqual(capture === "demo.pcap" ? 1 : 0);
    expect(run.rows("sources")).toHaveLength(windows.size);
  });

  test("a thousand sources more than it has room for: who scans is still found", () => {
    const run = new ShippedRun("port-scan");
    const frame = syn("10.0.0.1", 80);
    for (let source = 0; source < 2000; source++) {
      putU32(frame, IP + 12, 0xc000_0200 + source);
      expect(run.frame(frame, source).woken).toEqual([]);
    }
    expect(run.rows("sources")).toHaveLength(1024);
    expect(apart(20).flatMap((port) => run.frame(syn("10.0.0.2", port), 3000).woken)).toEqual([0x0a00_0002]);
  });
});
