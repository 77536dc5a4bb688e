/** What handlers send: under a template, by which port, at which time, how many a second, and how many answers in a row. */
import { describe, expect, test } from "vitest";
import type { Filter } from "../../src/dpf/atom.js";
import type { HandlerTerms } from "../../src/kernel/calls-on-handlers.js";
import type { Capability } from "../../src/kernel/capability.js";
import { seal } from "../../src/kernel/capability.js";
import { framesOf } from "../../src/kernel/frames.js";
import { SendRates } from "../../src/kernel/handler-sends.js";
import { errorOf } from "../../src/kernel/kerrno.js";
import { MAX_HOPS } from "../../src/kernel/limits.js";
import type { Octets } from "../../src/machine/copy.js";
import type { WireOptions } from "../../src/nic/lane.js";
import { Nic } from "../../src/nic/nic.js";
import type { FrameSink } from "../../src/nic/outlet.js";
import { Port } from "../../src/nic/port.js";
import { FIRST_PORT } from "../../src/nic/port-numbers.js";
import { STATE_BASE } from "../../src/vcode/handler.js";
import { TARGETS, type TargetName } from "../../src/vcode/target.js";
import { TestSource } from "../nic/frames.js";
import { asks, CONSUMES, ends, FRAME, first, Handled, handler } from "./handled.js";

const PLAIN: WireOptions = { delayNs: 0, rate: 0, loss: 0, duplicate: 0, reorder: 0, corrupt: 0, seed: 1 };
const ANSWER_AT = STATE_BASE + 64;
const OCTETS = 64 + FRAME;

/** Sends the message back; what came of it is the state's first word, and how often it was sent the second. */
function answers(port: number, length = 60): string {
  return handler(
    asks("r10", "vector", 0, "r1", ANSWER_AT),
    asks("r12", "send", ANSWER_AT, length, port),
    `  v_seti r10, ${STATE_BASE}`,
    "  v_stvii r12, r10, 0",
    CONSUMES,
  );
}

/** A sink that keeps what it is given. */
class Kept implements FrameSink {
  readonly frames: { readonly octets: string; readonly high: number; readonly low: number }[] = [];
  readonly error = null;

  write({ octets }: Octets, length: number, high: number, low: number): boolean {
    this.frames.push({ octets: Buffer.from(octets.subarray(0, length)).toString("hex"), high, low });
    return true;
  }

  get written(): number {
    return this.frames.length;
  }

  flush(): void {}
  close(): void {}
}

class Sending extends Handled {
  readonly file = new Kept();
  #templates = 0;

  constructor(target?: TargetName) {
    super(target);
    this.kernel.ports.addFile("file", 1, this.file);
    this.kernel.ports.addWire("loop", PLAIN, true, 1);
  }

  may(filter: Filter): Capability {
    return this.bench.lesser(`sends-${this.#templates++}`, ["transmit"], { frames: framesOf(filter)! });
  }

  sender(text: string, capability: Capability = this.bench.root, terms: HandlerTerms = {}): number {
    const binding = this.bench.bind({}).binding!;
    this.handle(binding, text, { transmit: seal(capability, this.bench.key), ...terms }, OCTETS);
    return binding;
  }

  /** Lets frames that are in flight arrive, until none is; how many did. */
  arrive(): number {
    const nic = new Nic(
      [new Port("a", new TestSource(this.bench.memory, []), this.bench.segments)],
      64,
      this.kernel.arrivals,
    );
    let arrived = 0;
    while (nic.poll(false) === "ready") {
      const { descriptors: rows, from, to } = nic.batch;
      nic.take(to - from);
      this.kernel.receive(rows, from, to, false, () => undefined);
      arrived += to - from;
    }
    nic.close();
    return arrived;
  }
}

const FILE = FIRST_PORT;
const LOOP = FIRST_PORT + 1;

describe.each(TARGETS)("on %s", (target) => {
  test("a frame leaves at its packet's time, before the owner is scheduled, and is counted", () => {
    const sending = new Sending(target);
    const binding = sending.sender(answers(FILE));
    sending.bench.receive(2, 4);
    const { rows } = sending.bench;
    const frame = (row: number) => Buffer.from(Array.from({ length: 60 }, (_, octet) => row + octet)).toString("hex");
    const times = [2, 3].map((row) => ({ octets: frame(row), high: rows.timeHigh[row], low: rows.timeLow[row] }));
    expect(sending.file.frames).toEqual(times);
    expect(sending.counts(binding)).toMatchObject({ sent: 2, sentOctets: 120, sendErrors: 0 });
    expect(sending.kernel.ledger.sent).toBe(2);
    expect(sending.words(binding)).toEqual([0]);
  });

  test.each<[string, string, string, (sending: Sending) => number]>([
    ["E_TEMPLATE", "template", "a frame beside the template", (all) => all.sender(answers(FILE), all.may(first(200)))],
    ["E_NO_PORT", "port", "a port that takes no frames", (all) => all.sender(answers(7))],
    ["E_NO_PORT", "port", "the message's port, where that takes none", (all) => all.sender(answers(-1))],
    ["E_FRAME_LENGTH", "length", "no octets", (all) => all.sender(answers(FILE, 0))],
    [
      "E_HANDLE",
      "right",
      "no capability",
      (all) => {
        const binding = all.bench.bind({}).binding!;
        all.handle(binding, answers(FILE), {}, OCTETS);
        return binding;
      },
    ],
    [
      "E_SEND_RATE",
      "rate",
      "none a second",
      (all) => all.sender(answers(FILE), all.bench.root, { budget: { sends: 0 } }),
    ],
  ])("%s (%s): %s is told to the handler, and counted", (error, cause, _what, sender) => {
    const sending = new Sending(target);
    const binding = sender(sending);
    sending.bench.receive(0, 3);
    expect(errorOf(sending.words(binding)[0]!)).toBe(error);
    expect(sending.counts(binding)).toMatchObject({
      run: 3,
      consumed: 3,
      sent: 0,
      sendErrors: 3,
      sendRefused: { [cause]: 3 },
    });
    expect(Object.values(sending.counts(binding).sendRefused).reduce((sum, count) => sum + count)).toBe(3);
    expect(sending.kernel.ledger.sendRefused.reduce((sum, count) => sum + count, 0)).toBe(3);
    expect(sending.file.frames).toEqual([]);
  });

  test("what goes back where it came from goes round eight times and is cut", () => {
    const sending = new Sending(target);
    const binding = sending.sender(answers(-1), sending.bench.root, { port: LOOP });
    sending.bench.receive(0, 1);
    expect(sending.arrive()).toBe(MAX_HOPS);
    expect(sending.counts(binding)).toMatchObject({
      run: 9,
      sent: MAX_HOPS,
      sendErrors: 1,
      sendRefused: { hops: 1 },
      hopsCut: 1,
    });
    expect(errorOf(sending.words(binding)[0]!)).toBe("E_HOPS");
    expect(sending.bench.balance()).toEqual([0, 0, 0]);
  });
});

test("a capability to send that is revoked sends no more, and one that may not is none to bind with", () => {
  const sending = new Sending();
  const may = sending.may(first(0, 1));
  const binding = sending.sender(answers(FILE), may);
  sending.bench.receive(0, 1);
  sending.kernel.changeCapabilities(sending.kernel.capabilities.revoke(sending.bench.root, may.serial));
  sending.bench.receive(2, 3);
  expect(errorOf(sending.words(binding)[0]!)).toBe("E_CAPABILITY_REVOKED");
  expect(sending.counts(binding)).toMatchObject({ sent: 1, sendErrors: 1 });
  const other = sending.bench.bind({ name: "other" }).binding!;
  const mayNot = seal(sending.bench.lesser("may-not", ["observe"]), sending.bench.key);
  expect(() => sending.handle(other, answers(FILE), { transmit: mayNot })).toThrow("transmit");
  expect(sending.kernel.handlers.views({ bindings: [other] }).handlers).toEqual([]);
});

test("frames a second are counted by the packets' time, with a second's saved up", () => {
  const sending = new Sending();
  const binding = sending.sender(answers(FILE), sending.bench.root, { budget: { sends: 10 } });
  const { rows } = sending.bench;
  // A frame each 10 ms: 100 a second.
  for (let row = 0; row < 64; row++) {
    rows.timeHigh[row] = 0x1700_0000;
    rows.timeLow[row] = row * 10_000_000;
  }
  sending.bench.receive(0, 64);
  // 10 that were saved up, and 10 a second for 0.63 s.
  expect(sending.counts(binding)).toMatchObject({ sent: 16, throttled: { sends: 48, share: 0 } });
  // Times before the last give nothing; a new epoch begins with all.
  sending.bench.receive(0, 64);
  expect(sending.counts(binding).sent).toBe(16);
  sending.kernel.beginEpoch();
  sending.bench.receive(0, 1);
  expect(sending.counts(binding).sent).toBe(17);
  expect(ends(sending.counts(binding))).toEqual({ consumed: 129 });
});

test("unbinding and binding again gives no frames beyond those of the time that has passed", () => {
  const sending = new Sending();
  const { rows } = sending.bench;
  const budget = { budget: { sends: 10 } };
  const binding = sending.sender(answers(FILE), sending.bench.root, budget);
  const transmit = seal(sending.bench.root, sending.bench.key);
  let sent = 0;
  for (let row = 0; row < 64; row++) {
    rows.timeHigh[row] = 0x1700_0000;
    rows.timeLow[row] = row * 10_000_000;
    sending.bench.receive(row, row + 1);
    sent += sending.counts(binding).sent;
    sending.kernel.handlers.unbind({ bindings: [binding] }, sending.bench.root);
    sending.handle(binding, answers(FILE), { ...budget, transmit }, OCTETS);
  }
  expect(sent).toBe(16);
  sending.kernel.beginEpoch();
  sending.bench.receive(0, 64);
  expect(sending.counts(binding).sent).toBe(16);
});

describe("a time that jumps", () => {
  const RATE = 10;
  const SECOND = 10n ** 9n;
  const NOW = 0x1700_0000n << 32n;

  class Sends {
    readonly #rates = new SendRates();

    constructor() {
      this.#rates.begin({ number: 1, environment: { id: 0 }, budget: { sends: RATE } });
    }

    at(time: bigint, tries = 1): number {
      let sent = 0;
      for (let each = 0; each < tries; each++) {
        if (this.#rates.take(1, Number(time >> 32n), Number(time & 0xffff_ffffn))) sent++;
      }
      return sent;
    }
  }

  test.each([2n, 60n, 4200n, 10n ** 9n])("%i seconds ahead once keeps nobody from sending afterwards", (ahead) => {
    const sends = new Sends();
    expect(sends.at(NOW, 20)).toBe(RATE);
    expect(sends.at(NOW + ahead * SECOND, 20)).toBe(RATE);
    // What was spent stays spent, and time goes on from here.
    expect(sends.at(NOW, 20)).toBe(0);
    const sent = Array.from({ length: 100 }, (_, n) => sends.at(NOW + (BigInt(n + 1) * SECOND) / 10n, 3));
    expect(sent).toEqual(sent.map(() => 1));
  });

  test("back by less than a second gives nothing, nor does going there again", () => {
    const sends = new Sends();
    expect(sends.at(NOW, 20)).toBe(RATE);
    for (let round = 0; round < 20; round++) {
      expect(sends.at(NOW - SECOND, 2)).toBe(0);
      expect(sends.at(NOW, 2)).toBe(0);
    }
    expect(sends.at(NOW + SECOND / 2n, 20)).toBe(RATE / 2);
  });
});

test("a handler that floods fills its own rate, and a good owner beside it loses nothing", () => {
  const sending = new Sending("wasm");
  const { bench, kernel } = sending;
  const floods = handler(
    "  v_seti r13, 0",
    "L0:",
    "  v_fuel 4",
    asks("r12", "send", STATE_BASE, 60, FILE),
    "  v_addii r13, r13, 1",
    "  v_bltii r13, 100, L0",
    CONSUMES,
  );
  const flood = sending.sender(floods, bench.root, { budget: { fuel: 50_000, sends: 50 } });
  const good = bench.environment("good");
  const plain = bench.bind({ name: "plain", environment: good, mode: "claim" }).binding!;
  for (let batch = 0; batch < 4; batch++) {
    bench.receive(batch * 16, batch * 16 + 16);
    bench.drain(good);
    kernel.settle(false);
  }
  expect(kernel.environments.get(good)!.delivered).toBe(64);
  expect(kernel.bindings.delivered[plain]).toBe(64);
  const { sent, sendErrors, throttled, run } = sending.counts(flood);
  expect([run, sent, sent + sendErrors, throttled.sends]).toEqual([64, 50, 6400, 6350]);
  expect(bench.balance()).toEqual([0, 0, 0]);
});
