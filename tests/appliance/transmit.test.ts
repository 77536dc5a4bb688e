import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { EnvironmentTerm, MachineTerm } from "../../src/kernel/books.js";
import type { PortView } from "../../src/kernel/calls.js";
import { framesOf } from "../../src/kernel/frames.js";
import type { WireOptions } from "../../src/nic/lane.js";
import { MAX_OWN_PORTS } from "../../src/nic/port-numbers.js";
import { Machine } from "./machine.js";
import { packetsOf, writeCapture } from "./records.js";

const WIRE: WireOptions = { delayNs: 1_000_000, rate: 0, loss: 0, duplicate: 0, reorder: 0, corrupt: 0, seed: 7 };
const PING = "12:16 == 0x800 && 14:8 == 0x45 && 23:8 == 1 && 34:8 ==";

let folder: string;
let capture: string;
let requests: Uint8Array[];
let machine: Machine;

/** The echo requests of a capture, without the answers that it has. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "exonet-test-"));
  capture = join(folder, "requests.pcap");
  requests = [...packetsOf("captures/ping-arp.pcap"), ...packetsOf("captures/demo.pcap")].filter(isRequest);
  writeCapture(
    capture,
    requests.map((octets, at) => ({ time: 1_700_000_000_000_000 + at * 100, octets })),
  );
});

afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(async () => {
  machine = await Machine.start();
});

afterEach(() => machine.close());

function isRequest(octets: Uint8Array): boolean {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  const isPing = octets.length >= 42 && view.getUint16(12) === 0x0800 && octets[14] === 0x45 && octets[23] === 1;
  return isPing && (view.getUint16(20) & 0x3fff) === 0 && octets[34] === 8 && (octets[0]! & 1) === 0;
}

async function echo(name: string, transmit = machine.appliance.rootCapability): Promise<number> {
  const { environment } = await machine.call("createEnvironment", {
    name,
    program: "echo",
    options: { port: 240 },
    transmit,
  });
  return environment;
}

async function wire(options: Partial<WireOptions> = {}): Promise<readonly number[]> {
  const asked = { kind: "wire", name: "w", options: { ...WIRE, ...options }, hairpin: false, linkType: 1 } as const;
  return (await machine.call("createPort", asked)).ports;
}

async function portView(): Promise<PortView> {
  return (await machine.call("ports", {})).ports[0]!;
}

/** A reader that taps answers, after all requests were answered by the echo. */
async function answering(): Promise<{ readonly echo: number; readonly reader: number; readonly tap: number }> {
  const one = await echo("echo");
  const reader = await machine.environment("reader", "reader");
  await machine.bind("requests", `${PING} 8`, one, "claim");
  const { binding } = await machine.bind("answers", `${PING} 0`, reader, "tap");
  return { echo: one, reader, tap: binding };
}

describe("an environment that answers over a wire", () => {
  test("the other end sees exactly the answers, and the books balance", async () => {
    expect(await wire()).toEqual([240, 241]);
    const { echo, reader, tap } = await answering();
    await machine.open(capture);
    const [epoch] = await machine.playToEnd();
    const count = requests.length;
    expect(count).toBeGreaterThan(50);
    expect(epoch).toMatchObject({ packets: 2 * count, deterministic: true });
    expect(machine.counters(tap)).toMatchObject({ packets: count, delivered: count });
    expect(await machine.appliance.query(reader, "read", {})).toMatchObject({
      frames: count,
      octets: requests.reduce((sum, { length }) => sum + length, 0),
    });
    expect(machine.books()).toMatchObject({ offered: 2 * count, claimed: count, tappedOnly: count, balanced: true });
    expect(await machine.appliance.query(echo, "echo", {})).toMatchObject({
      frames: count,
      icmp: count,
      ignored: 0,
      sent: count,
      refused: 0,
    });
    const { books } = machine.appliance;
    expect(books.machine(MachineTerm.sent)).toBe(count);
    expect(books.environment(echo, EnvironmentTerm.sent)).toBe(count);
    const { ends } = await portView();
    expect(ends[0]).toMatchObject({ port: 240, sent: count, inFlight: 0, wire: { arrived: count, lost: 0 } });
    expect(ends[1]).toMatchObject({ port: 241, sent: 0, wire: { arrived: 0 } });
  });

  test("a wire that loses, doubles, reorders and corrupts: the same digest each time, by its seed", async () => {
    const rough = { loss: 0.1, duplicate: 0.1, reorder: 0.2, corrupt: 0.1 };
    await wire(rough);
    await answering();
    await machine.open(capture, { loop: 3 });
    const epochs = await machine.playToEnd();
    expect(new Set(epochs.map(({ digest }) => digest)).size).toBe(1);
    const { ends } = await portView();
    const { sent, wire: counts } = ends[0]!;
    expect(sent).toBe(3 * requests.length);
    expect(sent + counts!.duplicated).toBe(counts!.arrived + counts!.lost);
    expect(Math.min(counts!.lost, counts!.duplicated, counts!.reordered, counts!.corrupted)).toBeGreaterThan(0);
    const other = async (seed: number) => {
      await machine.close();
      machine = await Machine.start();
      await wire({ ...rough, seed });
      await answering();
      await machine.open(capture);
      return (await machine.playToEnd())[0]?.digest;
    };
    expect(await other(WIRE.seed)).toBe(epochs[0]?.digest);
    expect(await other(WIRE.seed + 1)).not.toBe(epochs[0]?.digest);
  });

  test("a digest tells whether something was sent; paced, it is not called deterministic", async () => {
    const { echo } = await answering();
    await machine.open(capture);
    const [without] = await machine.playToEnd();
    expect(await machine.appliance.query(echo, "echo", {})).toMatchObject({
      sent: 0,
      refused: requests.length,
      error: "E_NO_PORT",
    });
    await wire({ loss: 1 });
    await machine.open(capture);
    const [lost] = await machine.playToEnd();
    expect(lost?.packets).toBe(without?.packets);
    expect(lost?.digest).not.toBe(without?.digest);
    await machine.open(capture, { speed: 10 });
    const [paced] = await machine.playToEnd();
    expect(paced).toMatchObject({ deterministic: false, packets: requests.length });
  });

  test("paced and without turns, answers come when they are due, between the requests", async () => {
    await wire();
    const { tap } = await answering();
    await machine.open(capture, { speed: 1, lossless: false });
    const [epoch] = await machine.playToEnd();
    expect(epoch?.packets).toBe(2 * requests.length);
    expect(machine.counters(tap).packets).toBe(requests.length);
    expect(machine.books()).toMatchObject({ balanced: true, inFlight: 0 });
  });

  test("only frames of the template leave", async () => {
    await wire();
    const source = requests[0]!.subarray(30, 34);
    const address = new DataView(source.buffer, source.byteOffset, 4).getUint32(0);
    const frames = framesOf(await machine.filter(`12:16 == 0x800 && 26:32 == ${address}`))!;
    const mine = requests.filter((octets) => Buffer.from(octets.subarray(30, 34)).equals(Buffer.from(source))).length;
    const one = await echo("echo", await machine.derived("sends", ["transmit"], frames));
    await machine.bind("requests", `${PING} 8`, one, "claim");
    await machine.open(capture);
    await machine.playToEnd();
    expect(mine).toBeLessThan(requests.length);
    const { ends } = await portView();
    expect(ends[0]).toMatchObject({ sent: mine, refused: { template: requests.length - mine } });
  });
});

describe("making ports", () => {
  test("wrong arguments have their errors, and a wire that goes gives its numbers back", async () => {
    await wire();
    const good = { kind: "wire", name: "x", options: WIRE, hairpin: true, linkType: 1 } as const;
    expect(await machine.refusal("createPort", { ...good, name: "w" })).toBe("E_NAME_TAKEN");
    expect(await machine.refusal("createPort", { ...good, name: "X/.." })).toBe("E_NAME");
    expect(await machine.refusal("createPort", { ...good, linkType: 70_000 })).toBe("E_ARGUMENT");
    const wrong: Partial<WireOptions>[] = [
      { delayNs: -1 },
      { delayNs: 0.5 },
      { delayNs: 1e12 },
      { rate: -1 },
      { loss: 1.1 },
      { corrupt: Number.NaN },
      { seed: 2 ** 32 },
    ];
    for (const options of wrong) {
      expect(await machine.refusal("createPort", { ...good, options: { ...WIRE, ...options } })).toBe("E_ARGUMENT");
    }
    expect(await machine.refusal("destroyPort", { name: "x" })).toBe("E_NO_PORT");
    await machine.call("destroyPort", { name: "w" });
    expect((await machine.call("createPort", good)).ports).toEqual([240]);
    const weak = await machine.derived("weak", ["observe"]);
    expect(await machine.refusal("createPort", good, weak)).toBe("E_CAPABILITY_RIGHT");
    expect(await machine.refusal("destroyPort", { name: "x" }, weak)).toBe("E_CAPABILITY_RIGHT");
  });

  test("a port is its maker's, and one below the root has at most half of them", async () => {
    await wire();
    const lab = await machine.derived("lab", ["create"]);
    const good = { kind: "wire", name: "x", options: WIRE, hairpin: true, linkType: 1 } as const;
    expect(await machine.refusal("destroyPort", { name: "w" }, lab)).toBe("E_CAPABILITY_OWNER");
    expect(await machine.refusal("createPort", { ...good, owner: ["root"] }, lab)).toBe("E_CAPABILITY_OWNER");
    const make = (name: string) => machine.appliance.call(lab, "createPort", { ...good, name });
    for (let more = 0; more < MAX_OWN_PORTS; more++) expect((await make(`mine${more}`)).ok).toBe(true);
    expect(await machine.refusal("createPort", good, lab)).toBe("E_TOO_MANY");
    expect((await machine.appliance.call(lab, "destroyPort", { name: "mine0" })).ok).toBe(true);
    expect(await machine.refusal("createPort", { ...good, hairpin: false }, lab)).toBe("E_TOO_MANY");
    await machine.call("destroyPort", { name: "mine1" });
    await machine.call("createPort", { ...good, owner: ["root", "lab"] });
    expect((await machine.appliance.call(lab, "destroyPort", { name: "x" })).ok).toBe(true);
  });

  test("an echo that may not send fails before its first frame; a capability without the right is refused", async () => {
    const failed = new Promise((resolve) => {
      machine.appliance.listen((event) => {
        if (event.kind === "environment-failed") resolve(event.reason);
      });
    });
    await machine.environment("mute", "echo");
    expect(await failed).toContain("the environment may not send");
    const weak = await machine.derived("weak", ["create"]);
    const args = { name: "e", program: "echo", options: {}, transmit: weak };
    expect(await machine.refusal("createEnvironment", args)).toBe("E_CAPABILITY_RIGHT");
  });

  test("two that answer each other's answers come to an end, and a wire can go while frames are under way", async () => {
    await wire({ delayNs: 0 });
    const one = await echo("one");
    await machine.bind("udp", "12:16 == 0x800 && 23:8 == 17", one, "claim");
    const ping = Buffer.from(requests[0]!.subarray(0, 42));
    ping.writeUInt16BE(28, 16);
    ping[23] = 17;
    ping.writeUInt16BE(8, 38);
    ping.writeUInt16BE(0, 40);
    ping.writeUInt16BE(0, 24);
    let sum = 0;
    for (let at = 14; at < 34; at += 2) sum += ping.readUInt16BE(at);
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
    ping.writeUInt16BE(~sum & 0xffff, 24);
    const loop = join(folder, "loop.pcap");
    writeCapture(loop, [{ time: 1e15, octets: ping }]);
    await machine.open(loop);
    const [epoch] = await machine.playToEnd();
    expect(epoch?.packets).toBe(100_001);
    expect(machine.books()).toMatchObject({ balanced: true, inFlight: 0 });
    const { ends } = await portView();
    expect(ends[0]!.wire!.dropped.ended).toBe(1);
    await machine.open(loop);
    const ended = machine.until("ended");
    await machine.call("play", {});
    await machine.call("destroyPort", { name: "w" });
    await ended;
  });
});
