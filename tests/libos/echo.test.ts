import { describe, expect, test } from "vitest";
import type { HostedStart, TransmitStart } from "../../src/kernel/abi.js";
import type { Program } from "../../src/libos/program.js";
import { createEcho } from "../../src/libos/programs/echo.js";
import { RingView } from "../../src/libos/ring.js";
import { Transmit } from "../../src/libos/transmit.js";
import { Descriptors } from "../../src/machine/descriptor.js";
import { packetsOf } from "../appliance/records.js";
import { KernelBench } from "../kernel/kernel-bench.js";
import { Chance } from "../seeded.js";

const WIRE = { delayNs: 0, rate: 0, loss: 0, duplicate: 0, reorder: 0, corrupt: 0, seed: 1 };

/** An echo whose frames are put into its ring by hand, and whose answers are read off the wire. */
class EchoBench {
  readonly bench = new KernelBench(1 << 23);
  readonly #program: Program;
  readonly #view: RingView;
  readonly #start: HostedStart & { readonly transmit: TransmitStart };
  readonly #rows = new Descriptors(1);
  #tail = 0;

  constructor(options: Record<string, unknown> = {}) {
    this.bench.kernel.ports.addWire("w", WIRE, false, 1);
    const start = this.bench.sender("echo");
    this.#start = start;
    this.#program = createEcho(options, start.machine, new Transmit(start.memory, start.transmit));
    this.#view = new RingView(start.memory, start.ring, start.machine.ringEntries);
  }

  /** The answer, or undefined. */
  ask(octets: Uint8Array, facts: { wire?: number; linkType?: number; port?: number } = {}): Uint8Array | undefined {
    const { segments, memory, kernel } = this.bench;
    const rows = this.#rows;
    rows.address[0] = segments.addressOf(0);
    memory.octets.set(octets, rows.address[0]);
    rows.captured[0] = octets.length;
    rows.wire[0] = facts.wire ?? octets.length;
    rows.linkType[0] = facts.linkType ?? 1;
    rows.port[0] = facts.port ?? 0;
    const { ring } = kernel.environments.get(this.#start.environment)!;
    ring!.put(1, rows, 0, 1);
    ring!.abandon();
    this.#program.frames(this.#view, this.#tail, ++this.#tail);
    kernel.transmit(0, 0, true);
    if (!kernel.arrivals.peek()) return undefined;
    kernel.arrivals.read(false);
    const { address, captured } = kernel.arrivals.descriptors;
    const answer = memory.octets.slice(address[0]!, address[0]! + captured[0]!);
    kernel.arrivals.take();
    kernel.arrivals.rewind();
    return answer;
  }

  counts(): unknown {
    return this.#program.query("echo", {});
  }
}

function isPing(octets: Uint8Array, type: number): boolean {
  const at = 14 + (octets[14]! & 15) * 4;
  return (
    octets[12] === 8 &&
    octets[13] === 0 &&
    octets[23] === 1 &&
    octets[at] === type &&
    ((octets[20]! & 0x3f) | octets[21]!) === 0
  );
}

/** From the ICMP header to the end of the packet. */
function icmpOf(octets: Uint8Array): Uint8Array {
  return octets.subarray(14 + (octets[14]! & 15) * 4, 14 + octets[16]! * 256 + octets[17]!);
}

function hex(octets: Uint8Array): string {
  return Buffer.from(octets).toString("hex");
}

describe("echo", () => {
  test.each(["ping-arp", "nanoseconds", "demo"])("answers as the hosts of %s did", (name) => {
    const frames = packetsOf(`captures/${name}.pcap`);
    const echo = new EchoBench({ port: 240 });
    const replies = frames.filter((octets) => isPing(octets, 0)).map((octets) => hex(icmpOf(octets)));
    let compared = 0;
    for (const octets of frames.filter((each) => isPing(each, 8) && each[14] === 0x45 && (each[0]! & 1) === 0)) {
      const answer = echo.ask(octets)!;
      // Who was asked answers who asked, and what it says is what a real host said, checksum and all.
      expect(hex(answer.subarray(0, 12))).toBe(hex(octets.subarray(6, 12)) + hex(octets.subarray(0, 6)));
      expect(hex(answer.subarray(26, 34))).toBe(hex(octets.subarray(30, 34)) + hex(octets.subarray(26, 30)));
      let sum = 0;
      for (let at = 14; at < 34; at += 2) sum += answer[at]! * 256 + answer[at + 1]!;
      expect(sum % 0xffff).toBe(0);
      // Some requests were never answered: nobody was there.
      if (replies.includes(hex(icmpOf(answer)))) compared++;
    }
    expect(compared).toBeGreaterThan(10);
    expect(compared).toBeGreaterThanOrEqual(Math.min(replies.length, 10));
  });

  test("UDP goes back as it came, with its checksum, also to the port by which it came", () => {
    const echo = new EchoBench();
    const frame = packetsOf("captures/dns.pcap").find(
      (octets) => octets[12] === 8 && octets[13] === 0 && octets[23] === 17,
    )!;
    expect(echo.ask(frame, { port: 0 })).toBe(undefined);
    const answer = echo.ask(frame, { port: 241 })!;
    const at = 14 + (frame[14]! & 15) * 4;
    expect(hex(answer.subarray(at, at + 4))).toBe(
      hex(frame.subarray(at + 2, at + 4)) + hex(frame.subarray(at, at + 2)),
    );
    expect(hex(answer.subarray(at + 4))).toBe(hex(frame.subarray(at + 4)));
    expect(echo.counts()).toMatchObject({ udp: 2, icmp: 0, sent: 1, refused: 1, error: "E_NO_PORT" });
  });

  test("what it should not answer it does not: cut, fragments, groups, other links, answers, wrong checksums", () => {
    const echo = new EchoBench({ port: 240 });
    const good = packetsOf("captures/nanoseconds.pcap").find((octets) => isPing(octets, 8))!;
    const changed = (at: number, value: number) => {
      const octets = Uint8Array.from(good);
      octets[at] = value;
      return octets;
    };
    expect(echo.ask(good)).toBeDefined();
    expect(echo.ask(good, { wire: good.length + 1 })).toBe(undefined);
    expect(echo.ask(good, { linkType: 101 })).toBe(undefined);
    for (const octets of [
      changed(0, 1),
      changed(12, 9),
      changed(14, 0x65),
      changed(20, 0x20),
      changed(34, 0),
      changed(24, good[24]! ^ 1),
    ]) {
      expect(echo.ask(octets)).toBe(undefined);
    }
    for (let length = 0; length < 42; length++) expect(echo.ask(good.subarray(0, length))).toBe(undefined);
    expect(echo.counts()).toMatchObject({ icmp: 1, sent: 1 });
  });

  test.each([1, 2])("seed %d: no frame, however damaged, makes it throw", (seed) => {
    const chance = new Chance(seed);
    const echo = new EchoBench({ port: 240 });
    const frames = [...packetsOf("captures/oddities.pcap"), ...packetsOf("captures/ping-arp.pcap")].filter(
      ({ length }) => length < 4000,
    );
    for (let round = 0; round < 2000; round++) {
      const octets = Uint8Array.from(chance.pick(frames)).subarray(0, 1 + chance.below(200));
      for (let flips = chance.below(4); flips > 0; flips--) octets[chance.below(octets.length)] = chance.below(256);
      echo.ask(octets);
    }
    expect(() => createEcho({ port: 256 }, {} as never, undefined)).toThrow();
    expect(() => createEcho({ ports: 1 }, {} as never, undefined)).toThrow();
  });
});
