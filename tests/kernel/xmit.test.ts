import { beforeEach, describe, expect, test } from "vitest";
import type { Filter } from "../../src/dpf/atom.js";
import { matches } from "../../src/dpf/brute.js";
import {
  type HostedStart,
  TRANSMIT_BOX_WORDS,
  TRANSMIT_ENTRY_WORDS,
  TransmitBox,
  TransmitEntry,
  type TransmitStart,
} from "../../src/kernel/abi.js";
import { SEND_CAUSES } from "../../src/kernel/books.js";
import type { Capability } from "../../src/kernel/capability.js";
import { framesOf } from "../../src/kernel/frames.js";
import { errorNumber, KERNEL_ERRORS, type KernelError } from "../../src/kernel/kerrno.js";
import { MAX_SENDS_A_TURN, MAX_SENT_OCTETS, TRANSMIT_ENTRIES } from "../../src/kernel/limits.js";
import { Refusal } from "../../src/kernel/refusal.js";
import { Transmit } from "../../src/libos/transmit.js";
import type { WireOptions } from "../../src/nic/lane.js";
import { Nic } from "../../src/nic/nic.js";
import type { FrameSink } from "../../src/nic/outlet.js";
import { Port } from "../../src/nic/port.js";
import { FIRST_PORT } from "../../src/nic/port-numbers.js";
import { randomFilter, randomFrame } from "../dpf/samples.js";
import { TestSource } from "../nic/frames.js";
import { Chance } from "../seeded.js";
import { KernelBench } from "./kernel-bench.js";

const PLAIN: WireOptions = { delayNs: 0, rate: 0, loss: 0, duplicate: 0, reorder: 0, corrupt: 0, seed: 1 };
type Start = HostedStart & { readonly transmit: TransmitStart };

let bench: KernelBench;
beforeEach(() => {
  bench = new KernelBench(1 << 23);
  bench.kernel.ports.addWire("w", PLAIN, false, 1);
});

/** A capability that sends frames of which these octets are the first. */
function sending(...first: readonly number[]): Capability {
  const atoms = first.map((value, offset) => ({ kind: "equal", offset, width: 8, mask: 255, value }) as const);
  return sendingWhat({ conjunctions: [atoms] });
}

let templates = 0;

function sendingWhat(filter: Filter): Capability {
  return bench.lesser(`sends-${templates++}`, ["transmit"], { frames: framesOf(filter)! });
}

function library({ memory, transmit }: Start): Transmit {
  return new Transmit(memory, transmit);
}

/** Sends octets that lie in the environment's own buffers, without the ring. */
function send(start: Start, octets: readonly number[], port = FIRST_PORT): KernelError | undefined {
  bench.memory.octets.set(octets, start.transmit.buffers);
  return sendAt(start, start.transmit.buffers, octets.length, port);
}

function sendAt(start: Start, address: number, length: number, port = FIRST_PORT, handle = start.transmit.capability) {
  const environment = bench.kernel.environments.get(start.environment)!;
  return bench.kernel.transmitter.send(environment, handle, address, length, port);
}

function refusals(id: number): Record<string, number> {
  const { sendRefused } = bench.kernel.environments.get(id)!;
  return Object.fromEntries(
    SEND_CAUSES.flatMap((cause, at) => (sendRefused[at] === 0 ? [] : [[cause, sendRefused[at]!]])),
  );
}

/** What arrives, in hex. */
function arrived(): string[] {
  const nic = new Nic([new Port("a", new TestSource(bench.memory, []), bench.segments)], 64, bench.kernel.arrivals);
  const frames: string[] = [];
  while (nic.poll(false) === "ready") {
    const { descriptors: rows, from, to } = nic.batch;
    for (let row = from; row < to; row++) {
      const address = rows.address[row]!;
      frames.push(Buffer.from(bench.memory.octets.slice(address, address + rows.captured[row]!)).toString("hex"));
    }
    nic.take(to - from);
  }
  nic.close();
  return frames;
}

describe("sending", () => {
  test("what matches the template leaves, and nothing else; both are counted, with the port", () => {
    const start = bench.sender("s", sending(1, 2));
    expect(send(start, [1, 2, 3])).toBe(undefined);
    expect(send(start, [1, 3, 3])).toBe("E_TEMPLATE");
    expect(send(start, [1])).toBe("E_TEMPLATE");
    expect(arrived()).toEqual(["010203"]);
    const { ledger, transmitter, environments } = bench.kernel;
    expect([ledger.sent, ledger.sentOctets, environments.get(start.environment)!.sent]).toEqual([1, 3, 1]);
    expect(refusals(start.environment)).toEqual({ template: 2 });
    expect(ledger.sendRefused[SEND_CAUSES.indexOf("template")]).toBe(2);
    expect(transmitter.refusedAt[0]![SEND_CAUSES.indexOf("template")]).toBe(2);
  });

  test("each refusal has its own error, in the order in which they are looked for", () => {
    const start = bench.sender("s", sending(1));
    const { buffers, octets } = start.transmit;
    const end = bench.memory.octets.length;
    for (const port of [0, 239, 242, 255, 256, -1, 2 ** 31 - 1]) expect(send(start, [1], port)).toBe("E_NO_PORT");
    for (const length of [0, -1, MAX_SENT_OCTETS + 1, 2 ** 31 - 1, -(2 ** 31), Number.NaN]) {
      expect(sendAt(start, buffers, length)).toBe("E_FRAME_LENGTH");
    }
    for (const address of [-1, 0, end - 1, end, 2 ** 31 - 1, buffers + octets - 3, bench.segments.base]) {
      expect(sendAt(start, address, 4)).toBe("E_NOT_OWNED");
    }
    expect(sendAt(start, buffers, 4, FIRST_PORT, 0)).toBe("E_HANDLE");
    expect(sendAt(start, buffers, 4, FIRST_PORT, 2)).toBe("E_HANDLE");
    expect(refusals(start.environment)).toEqual({ port: 7, length: 6, address: 7, right: 2 });
    expect(bench.kernel.ledger.sent).toBe(0);
  });

  test("another's pages are not sent, also where only the last octet lies in one", () => {
    const one = bench.sender("one");
    const other = bench.sender("other");
    const last = other.transmit.buffers + other.transmit.octets;
    expect(sendAt(one, other.transmit.buffers, 60)).toBe("E_NOT_OWNED");
    expect(sendAt(one, one.transmit.buffers + one.transmit.octets - 59, 60)).toBe("E_NOT_OWNED");
    expect(sendAt(other, last - 60, 60)).toBe(undefined);
  });

  test("the right is looked for when it is granted, and again when it is used", () => {
    const without = bench.lesser("no", ["bind"]);
    expect(() => bench.sender("s", without)).toThrow(Refusal);
    expect(bench.kernel.environments.table.filter((environment) => environment !== undefined).length).toBe(1);
    const soon = bench.lesser("soon", ["transmit"], { expires: Date.now() + 60_000 });
    const start = bench.sender("s", soon);
    expect(send(start, [1])).toBe(undefined);
    bench.kernel.destroyEnvironment(bench.kernel.beginDestroying(start.environment, bench.root));
    const again = bench.sender("t");
    expect(again.environment).toBe(start.environment);
    expect(send(again, [1])).toBe(undefined);
  });

  test("a full port refuses, and what was refused is not in flight", () => {
    const start = bench.sender("s");
    const environment = bench.kernel.environments.get(start.environment)!;
    const outcomes = new Map<string, number>();
    for (let turn = 0; turn < 6; turn++) {
      environment.sendsThisTurn = 0;
      for (let frame = 0; frame < 400; frame++) {
        const outcome = send(start, [1, 2, 3, 4]) ?? "sent";
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }
    }
    expect([...outcomes]).toEqual([
      ["sent", 2048],
      ["E_PORT_FULL", 352],
    ]);
    expect(bench.kernel.arrivals.inFlight).toBe(2048);
  });

  test("so many between two batches and no more", () => {
    const start = bench.sender("s");
    for (let frame = 0; frame < MAX_SENDS_A_TURN; frame++) expect(send(start, [1])).toBe(undefined);
    expect(send(start, [1])).toBe("E_SEND_RATE");
    bench.kernel.transmit(0, 0, true);
    expect(send(start, [1])).toBe(undefined);
    expect(refusals(start.environment)).toEqual({ rate: 1 });
  });

  test.each([1, 2, 3])("seed %d: templates of all kinds let through what the specification says", (seed) => {
    const chance = new Chance(seed);
    const frames = Array.from({ length: 20 }, () => randomFrame(chance, 80)).filter(({ length }) => length > 0);
    const outcomes = { sent: 0, refused: 0 };
    for (let round = 0; round < 40; round++) {
      const filter = randomFilter(chance, frames);
      // Some are larger than what a capability carries.
      if (framesOf(filter) === undefined) continue;
      const start = bench.sender(`s${round}`, sendingWhat(filter));
      for (const frame of frames) {
        const allowed = matches(filter, frame, 0, frame.length);
        expect(send(start, [...frame])).toBe(allowed ? undefined : "E_TEMPLATE");
        outcomes[allowed ? "sent" : "refused"]++;
      }
      bench.kernel.destroyEnvironment(bench.kernel.beginDestroying(start.environment, bench.root));
    }
    expect(outcomes.sent).toBeGreaterThan(50);
    expect(outcomes.refused).toBeGreaterThan(50);
  });
});

test("refusals and a file that can be written no more are told, the latter once, and its port is closed", () => {
  const { kernel } = bench;
  kernel.trace.switch(["error", "debug"]);
  const start = bench.sender("s");
  let error: string | null = null;
  const sink: FrameSink = {
    write: () => error === null,
    flush: () => undefined,
    close: () => undefined,
    written: 0,
    get error() {
      return error;
    },
  };
  const [port] = kernel.ports.addFile("f", 1, sink)!.ports;
  expect(send(start, [1], port)).toBe(undefined);
  kernel.transmit(0, 0, true);
  error = "ENOSPC";
  kernel.transmit(0, 0, true);
  kernel.transmit(0, 0, true);
  expect(send(start, [1], port)).toBe("E_NO_PORT");
  expect(kernel.trace.since(0).map(({ name, fields }) => [name, ...fields])).toEqual([
    ["portFailed", port],
    ["frameRefused", start.environment, port, SEND_CAUSES.indexOf("port")],
  ]);
});

describe("the transmit ring", () => {
  test("what a program sends leaves at the boundary, by environment number, then as it was sent", () => {
    const one = bench.sender("one");
    const two = bench.sender("two");
    const [first, second] = [library(one), library(two)];
    second.send(FIRST_PORT, Uint8Array.of(2, 0));
    first.send(FIRST_PORT, Uint8Array.of(1, 0));
    second.send(FIRST_PORT, Uint8Array.of(2, 1));
    first.send(FIRST_PORT, Uint8Array.of(1, 1));
    expect(bench.kernel.arrivals.inFlight).toBe(0);
    bench.kernel.transmit(0, 5, true);
    expect(arrived()).toEqual(["0100", "0101", "0200", "0201"]);
    expect(first.counts).toEqual({ sent: 2, refused: 0, error: undefined });
    expect(bench.kernel.deterministic).toBe(true);
    first.send(FIRST_PORT, Uint8Array.of(9));
    bench.kernel.transmit(0, 5, false);
    expect(bench.kernel.deterministic).toBe(false);
  });

  test("a program is told what was refused, and why the last was", () => {
    const start = bench.sender("s", sending(7));
    const transmit = library(start);
    for (const octet of [7, 8, 7, 9]) transmit.send(FIRST_PORT, Uint8Array.of(octet));
    transmit.send(99, Uint8Array.of(7));
    bench.kernel.transmit(0, 0, true);
    expect(transmit.counts).toEqual({ sent: 2, refused: 3, error: "E_NO_PORT" });
    const word = (index: number) => bench.memory.words[(start.transmit.box >> 2) + index];
    expect([word(TransmitBox.error), word(TransmitBox.sequence)]).toEqual([errorNumber("E_NO_PORT"), 4]);
  });

  test("a full ring says so, in entries and in octets, and goes on after the boundary, round and round", () => {
    const start = bench.sender("s");
    const transmit = library(start);
    const large = new Uint8Array(9000);
    for (let round = 0; round < 5; round++) {
      let sent = 0;
      while (transmit.send(FIRST_PORT, large.fill(sent))) sent++;
      expect(sent).toBeGreaterThanOrEqual(115);
      bench.kernel.transmit(0, round, true);
      const frames = arrived();
      expect(frames.length).toBe(sent);
      for (const [at, frame] of frames.entries()) {
        expect([frame.slice(0, 2), frame.length]).toEqual([Buffer.of(at).toString("hex"), 18_000]);
      }
      for (let small = 0; small < TRANSMIT_ENTRIES; small++) expect(transmit.send(FIRST_PORT, large, 5)).toBe(true);
      expect(transmit.send(FIRST_PORT, large, 5)).toBe(false);
      bench.kernel.transmit(0, round, true);
      expect(arrived().length).toBe(TRANSMIT_ENTRIES);
    }
    expect(() => transmit.send(FIRST_PORT, new Uint8Array(MAX_SENT_OCTETS + 1))).toThrow(RangeError);
  });

  test.each([-1, TRANSMIT_ENTRIES + 1, 2 ** 31 - 1, -(2 ** 31)])(
    "a head that cannot be (%d) is a lie and ends the environment",
    (head) => {
      const start = bench.sender("s");
      Atomics.store(bench.memory.words, (start.transmit.box >> 2) + TransmitBox.head, head);
      bench.kernel.transmit(0, 0, true);
      expect(bench.failures).toEqual(["s: it shows more frames than its transmit ring has room for"]);
      expect(bench.kernel.ledger.sent).toBe(0);
    },
  );

  test("what is written to the box by whoever can is not read back", () => {
    const start = bench.sender("s");
    const transmit = library(start);
    const box = start.transmit.box >> 2;
    for (let round = 1; round <= 3; round++) {
      transmit.send(FIRST_PORT, Uint8Array.of(round));
      for (const word of [TransmitBox.sent, TransmitBox.refused, TransmitBox.error, TransmitBox.sequence])
        bench.memory.words[box + word] = -5;
      Atomics.store(bench.memory.words, box + TransmitBox.tail, round - 1);
      bench.kernel.transmit(0, 0, true);
      expect(arrived()).toEqual([Buffer.of(round).toString("hex")]);
      expect(bench.memory.words[box + TransmitBox.tail]).toBe(round);
      expect(bench.memory.words[box + TransmitBox.sent]).toBe(round);
    }
  });

  test.each([1, 2, 3])("seed %d: rings of chance send only what they may, and the books balance", (seed) => {
    const chance = new Chance(seed);
    const start = bench.sender("s", sending(1));
    const victim = bench.sender("victim");
    const { words, octets } = bench.memory;
    octets.fill(7, victim.transmit.buffers, victim.transmit.buffers + 9216);
    octets[victim.transmit.buffers] = 1;
    const { box, buffers, capability: handle } = start.transmit;
    let shown = 0;
    for (let round = 0; round < 200; round++) {
      for (let at = 0; at < 20_000; at += 1 + chance.below(40)) octets[buffers + at] = chance.below(3);
      octets[buffers] = chance.below(2);
      octets[buffers + 4] = chance.below(2);
      const more = chance.below(20);
      for (let entry = 0; entry < more; entry++) {
        const first = (box >> 2) + TRANSMIT_BOX_WORDS + ((shown + entry) % TRANSMIT_ENTRIES) * TRANSMIT_ENTRY_WORDS;
        words[first + TransmitEntry.address] = chance.pick([
          buffers,
          buffers + 4,
          victim.transmit.buffers,
          box,
          -1,
          2 ** 31 - 1,
          0,
        ]);
        words[first + TransmitEntry.length] = chance.pick([1, 60, 60, 1514, 1514, 9216, 9217, 0, -1]);
        words[first + TransmitEntry.port] = chance.pick([240, 241, 240, 242, 0, -1]);
        words[first + TransmitEntry.capability] = chance.pick([handle, handle, handle, 0, handle + 1, -1]);
      }
      shown += more;
      Atomics.store(words, (box >> 2) + TransmitBox.head, shown);
      bench.kernel.transmit(0, round, true);
      const frames = arrived();
      for (const frame of frames) expect([frame.startsWith("01"), frame.includes("07")]).toEqual([true, false]);
    }
    const environment = bench.kernel.environments.get(start.environment)!;
    const refused = environment.sendRefused.reduce((sum, count) => sum + count, 0);
    expect(environment.sent + refused).toBe(shown);
    expect(environment.sent).toBeGreaterThan(10);
    expect(bench.failures).toEqual([]);
    expect(refusals(start.environment).address).toBeGreaterThan(10);
  });
});

describe("octets that change after they were shown", () => {
  test("what was judged is what leaves: later changes reach neither the wire nor the frame on it", () => {
    const start = bench.sender("s", sending(1));
    expect(send(start, [1, 2, 3])).toBe(undefined);
    bench.memory.octets.fill(9, start.transmit.buffers, start.transmit.buffers + 10);
    expect(arrived()).toEqual(["010203"]);
    // Changed before the boundary: it is the changed frame that is judged.
    const transmit = library(start);
    transmit.send(FIRST_PORT, Uint8Array.of(1, 5));
    bench.memory.octets.fill(9, start.transmit.buffers, start.transmit.buffers + 10);
    bench.kernel.transmit(0, 0, true);
    expect(transmit.counts).toMatchObject({ sent: 0, refused: 1, error: "E_TEMPLATE" });
    expect(Object.keys(KERNEL_ERRORS)).toContain("E_TEMPLATE");
  });

  test("while another thread changes them all the time, only what matches arrives", async () => {
    const { Worker } = await import("node:worker_threads");
    const start = bench.sender("s", sending(1, 1, 1, 1));
    const code = `const { workerData: { memory, at, stop } } = require("node:worker_threads");
      const octets = new Uint8Array(memory.buffer); const flag = new Int32Array(stop);
      Atomics.store(flag, 1, 1); Atomics.notify(flag, 1);
      for (let n = 0; Atomics.load(flag, 0) === 0; n++) octets.fill(n & 1, at, at + 4);`;
    const stop = new SharedArrayBuffer(8);
    const flag = new Int32Array(stop);
    const worker = new Worker(code, {
      eval: true,
      workerData: { memory: start.memory, at: start.transmit.buffers, stop },
    });
    Atomics.wait(flag, 1, 0, 10_000);
    const environment = bench.kernel.environments.get(start.environment)!;
    let judged = 0;
    for (let round = 0; round < 200; round++) {
      environment.sendsThisTurn = 0;
      for (let each = 0; each < 200; each++, judged++) sendAt(start, start.transmit.buffers, 4);
      for (const frame of arrived()) expect(frame).toBe("01010101");
    }
    Atomics.store(flag, 0, 1);
    await worker.terminate();
    expect(environment.sent + (refusals(start.environment).template ?? 0)).toBe(judged);
  });
});
