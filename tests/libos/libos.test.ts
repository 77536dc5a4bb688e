import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import { afterEach, describe, expect, test } from "vitest";
import type { Loss } from "../../src/kernel/abi.js";
import {
  EnvironmentWord,
  Mailbox,
  REVOCATION_WORDS,
  Resource,
  type ResourceName,
  VECTOR_AT,
} from "../../src/kernel/abi.js";
import { RepossessionVector } from "../../src/kernel/repossession.js";
import { ArgumentError } from "../../src/libos/argument.js";
import { type FromEnvironment, runEnvironment, type ToEnvironment } from "../../src/libos/libos.js";
import type { Program } from "../../src/libos/program.js";
import type { StatusAnswer } from "../../src/libos/programs/exos.js";
import type { SummaryAnswer } from "../../src/libos/programs/monitor.js";
import type { RingView } from "../../src/libos/ring.js";
import { Bench } from "./bench.js";
import { ethernet, udp } from "./packets.js";

const ENDS = { from: "10.0.0.1", to: "10.0.0.2", sourcePort: 9, destinationPort: 53 };
const FRAME = ethernet(udp(ENDS), 7n);

const OVER = "the steps are over";

/** Runs the loop in this thread: each poll takes the next step, the one after the last breaks it off. */
function run(bench: Bench, program: Program, steps: readonly (() => ToEnvironment | undefined)[]): FromEnvironment[] {
  const posted: FromEnvironment[] = [];
  let step = 0;
  runEnvironment(bench.start, program, {
    poll: () => {
      if (step === steps.length) throw new Error(OVER);
      return steps[step++]?.();
    },
    post: (message) => posted.push(message),
  });
  return posted.filter((message) => message.kind !== "failed" || message.reason !== `Error: ${OVER}`);
}

class Recorder implements Program {
  readonly seen: string[] = [];
  frames(_ring: RingView, from: number, to: number): void {
    this.seen.push(`frames ${(to - from) >>> 0}`);
  }
  epoch(epoch: number): void {
    this.seen.push(`epoch ${epoch}`);
  }
  query(what: string): unknown {
    if (what === "break") throw new RangeError("broken");
    return what;
  }
}

describe("the loop", () => {
  test("drains over the wrap of the cursors, and gives everything back", () => {
    const bench = new Bench();
    const program = new Recorder();
    const put = (count: number) => (): undefined => {
      for (let i = 0; i < count; i++) bench.put(FRAME);
      bench.publish();
    };
    let state = 0;
    const look = (): undefined => {
      state = bench.word(Mailbox.state);
    };
    run(bench, program, [put(90), put(30), put(256), look]);
    expect(program.seen).toEqual(["frames 90", "frames 30", "frames 256"]);
    expect(bench.word(Mailbox.tail)).toBe(bench.head);
    expect(bench.head).toBe(276);
    expect(state).toBe(EnvironmentWord.ready);
    expect(bench.word(Mailbox.heartbeat)).toBeGreaterThan(3);
  });

  test("frames of an epoch come after its beginning, also when both are seen at once", () => {
    const bench = new Bench();
    const program = new Recorder();
    const both = (epoch: number) => (): undefined => {
      bench.beginEpoch(epoch);
      bench.put(FRAME);
      bench.publish();
    };
    run(bench, program, [both(1), both(2)]);
    expect(program.seen).toEqual(["epoch 1", "frames 1", "epoch 2", "frames 1"]);
    expect(bench.word(Mailbox.epochSeen)).toBe(2);
  });

  test("an environment that starts in an epoch is told which", () => {
    const bench = new Bench();
    bench.mailbox[Mailbox.epoch] = bench.mailbox[Mailbox.epochSeen] = 5;
    const program = new Recorder();
    run(bench, program, []);
    expect(program.seen).toEqual(["epoch 5"]);
  });

  test("gives back what the program holds no longer, in order, and all that is before it", () => {
    const bench = new Bench();
    const begin = bench.head;
    let kept: number | undefined;
    const tails: number[] = [];
    const program: Program = {
      frames: (_ring, from) => {
        kept ??= from;
      },
      keptFrom: () => kept,
      epoch: () => undefined,
      query: () => {
        kept = undefined;
      },
    };
    const put = (): undefined => {
      tails.push((bench.word(Mailbox.tail) - begin) | 0);
      for (let i = 0; i < 10; i++) bench.put(FRAME);
      bench.publish();
    };
    const ask = (): ToEnvironment => ({ kind: "query", seq: 1, what: "release", args: {} });
    const asked: (() => ToEnvironment | undefined)[] = [put, put, put, ask, () => undefined, put, put];
    run(bench, program, asked);
    expect(tails).toEqual([0, 0, 0, 30, 30]);
  });

  test.each([-1, 11, 1000])("a program that gives back what it never had (%i) has failed", (beyond) => {
    const bench = new Bench();
    const begin = bench.head;
    const program = new Recorder();
    const keeping: Program = Object.assign(program, {
      keptFrom: () => (program.seen.length > 0 ? begin + beyond : undefined),
    });
    const put = (): undefined => {
      for (let i = 0; i < 10; i++) bench.put(FRAME);
      bench.publish();
    };
    const posted = run(bench, keeping, [put]);
    expect(posted).toEqual([
      { kind: "failed", reason: `Error: program: it gives ${beyond >>> 0} frames back and has 10` },
    ]);
    expect(bench.word(Mailbox.tail)).toBe(begin);
  });

  test("says what it has dealt with, and that it sleeps", () => {
    const bench = new Bench();
    const words: number[][] = [];
    const look = (): undefined => {
      words.push([bench.word(Mailbox.heard), bench.word(Mailbox.doorbell), bench.word(Mailbox.waiting)]);
      bench.put(FRAME);
      bench.publish();
    };
    const program = new Recorder();
    program.frames = () => {
      words.push([bench.word(Mailbox.heard), bench.word(Mailbox.doorbell), bench.word(Mailbox.waiting)]);
    };
    run(bench, program, [look, look, () => undefined, () => undefined]);
    // What was rung for is heard when it is dealt with, and not before.
    expect(words).toEqual([
      [0, 0, 0],
      [0, 1, 0],
      [0, 1, 0],
      [0, 2, 0],
    ]);
    expect([bench.word(Mailbox.heard), bench.word(Mailbox.waiting)]).toEqual([2, 0]);
    expect(bench.word(Mailbox.offHeap)).toBeGreaterThan(0);
  });

  test("a query that breaks the program is answered, then the environment fails", () => {
    const bench = new Bench();
    const posted = run(bench, new Recorder(), [
      () => ({ kind: "query", seq: 1, what: "name", args: {} }),
      () => ({ kind: "query", seq: 2, what: "break", args: {} }),
      () => ({ kind: "query", seq: 3, what: "never", args: {} }),
    ]);
    expect(posted).toEqual([
      { kind: "answer", seq: 1, ok: true, result: "name" },
      { kind: "answer", seq: 2, ok: false, error: "RangeError: broken" },
      { kind: "failed", reason: "RangeError: broken" },
    ]);
    expect(bench.word(Mailbox.state)).toBe(EnvironmentWord.failed);
  });

  test("words of a program that are too long are cut", () => {
    const program = new Recorder();
    program.query = () => {
      throw new ArgumentError("k".repeat(100_000), "is not known");
    };
    const posted = run(new Bench(), program, [() => ({ kind: "query", seq: 1, what: "name", args: {} })]);
    expect(posted).toEqual([{ kind: "answer", seq: 1, ok: false, error: `ArgumentError: ${"k".repeat(284)}…` }]);
  });

  test("a head that lies is refused", () => {
    const bench = new Bench();
    const posted = run(bench, new Recorder(), [
      () => {
        Atomics.store(bench.mailbox, Mailbox.head, (bench.head + 257) | 0);
        return undefined;
      },
    ]);
    expect(posted).toEqual([{ kind: "failed", reason: "Error: mailbox: 257 frames in a ring of 256" }]);
  });

  test("an entry outside memory is refused before it is read", () => {
    const bench = new Bench();
    bench.put({ ...FRAME, octets: new Uint8Array(1) });
    const words = new Int32Array(bench.start.memory.buffer);
    words[(bench.start.ring >> 2) + ((bench.head - 1) & 255) * 8 + 1] = bench.start.machine.memory;
    expect(() => bench.ring.address((bench.head - 1) | 0)).toThrow("ring: entry");
  });
});

/** An environment in its worker, as the appliance starts it. */
class Hosted {
  readonly bench: Bench;
  readonly messages: FromEnvironment[] = [];
  readonly exited: Promise<number>;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  #wake: () => void = () => {};

  constructor(program: string, options: Record<string, unknown> = {}) {
    this.bench = new Bench(program, options);
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.on("message", (message: FromEnvironment) => {
      this.messages.push(message);
      this.#wake();
    });
    this.#worker = new Worker(new URL("../../dist/libos/hosted.js", import.meta.url), {
      workerData: { ...this.bench.start, port: port2 },
      transferList: [port2],
    });
    this.exited = new Promise((resolve) => this.#worker.on("exit", resolve));
  }

  say(message: ToEnvironment): void {
    this.#port.postMessage(message);
    Atomics.add(this.bench.mailbox, Mailbox.posted, 1);
    this.bench.ringDoorbell();
  }

  async message(): Promise<FromEnvironment> {
    while (this.messages.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    const message = this.messages.shift();
    if (message === undefined) throw new Error("no message");
    return message;
  }

  ask(what: string, args: Record<string, unknown> = {}): Promise<FromEnvironment> {
    this.say({ kind: "query", seq: 1, what, args });
    return this.message();
  }

  async until(word: number, value: number): Promise<void> {
    for (;;) {
      const now = this.bench.word(word);
      if (now === value) return;
      await Atomics.waitAsync(this.bench.mailbox, word, now).value;
    }
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
    this.#port.close();
  }
}

describe("a hosted environment", () => {
  const started: Hosted[] = [];
  const host = (program: string, options: Record<string, unknown> = {}) => {
    const hosted = new Hosted(program, options);
    started.push(hosted);
    return hosted;
  };
  afterEach(async () => {
    for (const hosted of started.splice(0)) await hosted.end();
  });

  test("drains what is published, acknowledges epochs, answers queries", async () => {
    const hosted = host("monitor");
    const { bench } = hosted;
    await hosted.until(Mailbox.state, EnvironmentWord.ready);
    for (const epoch of [1, 2]) {
      bench.beginEpoch(epoch);
      await hosted.until(Mailbox.epochSeen, epoch);
      for (let round = 0; round < 20; round++) {
        for (let i = 0; i < 200; i++) bench.put(FRAME);
        bench.publish();
        await hosted.until(Mailbox.tail, bench.head);
      }
    }
    const answer = await hosted.ask("summary");
    if (answer.kind !== "answer" || !answer.ok) throw new Error(JSON.stringify(answer));
    const { current, finished } = answer.result as SummaryAnswer;
    expect([current.epoch, current.flows, current.packets]).toEqual([2, 1, 4000]);
    expect(finished.map(({ epoch, packets }) => [epoch, packets])).toEqual([[1, 4000]]);
    expect(finished[0]?.digest).toBe(current.digest);
    expect(await hosted.ask("weather")).toEqual({
      kind: "answer",
      seq: 1,
      ok: false,
      error: 'QueryError: no query is called "weather"',
    });
  });

  test("answers while it sleeps on an empty ring", async () => {
    const hosted = host("exos");
    await hosted.until(Mailbox.state, EnvironmentWord.ready);
    for (let i = 0; i < 5; i++) {
      const answer = await hosted.ask("status");
      if (answer.kind !== "answer" || !answer.ok) throw new Error(JSON.stringify(answer));
      expect((answer.result as StatusAnswer).frames).toBe(0);
    }
  });

  test("the reader sums header octets", async () => {
    const hosted = host("reader");
    const frames = [64, 65, 63, 1, 0, 200].map((length) => ({
      ...FRAME,
      octets: Uint8Array.from({ length }, (_, i) => (i * 37 + length) & 255),
    }));
    for (const frame of frames) hosted.bench.put(frame);
    hosted.bench.publish();
    await hosted.until(Mailbox.tail, hosted.bench.head);
    let sum = 0;
    for (const { octets } of frames) {
      const header = octets.subarray(0, 64);
      const words = header.length & ~3;
      for (const [i, octet] of header.entries()) sum = (sum + (i < words ? octet << (8 * (i & 3)) : octet)) | 0;
    }
    expect(await hosted.ask("read")).toMatchObject({ result: { frames: 6, octets: 393, sum: sum >>> 0 } });
  });

  test("a program that throws: state, reason, waiters woken, worker gone", async () => {
    const hosted = host("thrower", { after: 3 });
    await hosted.until(Mailbox.state, EnvironmentWord.ready);
    for (let i = 0; i < 2; i++) hosted.bench.put(FRAME);
    hosted.bench.publish();
    await hosted.until(Mailbox.tail, hosted.bench.head);
    const tail = hosted.bench.word(Mailbox.tail);
    const woken = Atomics.waitAsync(hosted.bench.mailbox, Mailbox.tail, tail).value;
    hosted.bench.put(FRAME);
    hosted.bench.publish();
    expect(await woken).toBe("ok");
    expect(hosted.bench.word(Mailbox.state)).toBe(EnvironmentWord.failed);
    expect(hosted.bench.word(Mailbox.tail)).toBe(tail);
    expect(await hosted.message()).toEqual({ kind: "failed", reason: "Error: thrown at frame 3, as asked" });
    expect(await hosted.exited).toBe(0);
  });

  test.each([
    [
      "nobody",
      {},
      'Error: no program is called "nobody"; there are: citizen, echo, exos, forger, greedy, hog, looper, monitor, reader, recorder, thrower',
    ],
    ["__proto__", {}, "no program is called"],
    ["reader", { speed: 3 }, "ArgumentError: speed: is not known; known are: header"],
    ["exos", { checksums: "maybe" }, "ArgumentError: checksums: must be one of: count, require"],
  ])("%s with %j fails before its first frame", async (program, options, reason) => {
    const hosted = host(program, options);
    expect(await hosted.message()).toEqual({ kind: "failed", reason: expect.stringContaining(reason) });
    await hosted.until(Mailbox.state, EnvironmentWord.failed);
    expect(await hosted.exited).toBe(0);
  });
});

describe("what the kernel takes or asks back", () => {
  test("frames that were taken by force are not handed over, and the tail follows the floor", () => {
    const bench = new Bench();
    const program = new Recorder();
    const put = (count: number) => {
      for (let i = 0; i < count; i++) bench.put(FRAME);
      bench.publish();
    };
    run(bench, program, [
      (): undefined => put(50),
      (): undefined => {
        put(60);
        bench.mailbox[Mailbox.floor] = bench.head - 10;
      },
      // All of it, and more than the loop has seen.
      (): undefined => {
        put(7);
        bench.mailbox[Mailbox.floor] = bench.head;
      },
      (): undefined => put(3),
    ]);
    expect(program.seen).toEqual(["frames 50", "frames 10", "frames 3"]);
    expect(bench.word(Mailbox.tail)).toBe(bench.head);
  });

  test("a frame that is overtaken while it is read is stale afterwards", () => {
    const bench = new Bench();
    const seen: boolean[] = [];
    const program = new Recorder();
    program.frames = (ring: RingView, from) => {
      seen.push(ring.isStale(from));
      bench.mailbox[Mailbox.floor] = (from + 1) | 0;
      seen.push(ring.isStale(from), ring.isStale((from + 1) | 0));
      const generation = ring.generation(from);
      bench.generations[0] = generation;
      seen.push(ring.isCurrent(ring.address(from), generation));
      bench.generations[0] = generation + 1;
      seen.push(ring.isCurrent(ring.address(from), generation), ring.isCurrent(-5, generation));
    };
    const put = (): undefined => {
      bench.put(FRAME);
      bench.put(FRAME);
      bench.publish();
    };
    run(bench, program, [put]);
    expect(seen).toEqual([false, true, false, true, false, false]);
  });

  test("requests are told once each, losses in order, and how many were overwritten before they were read", () => {
    const bench = new Bench();
    const told: unknown[] = [];
    const program: Program = new Recorder();
    program.revoked = (asked) => told.push(asked);
    program.repossessed = (losses) => told.push(losses);
    const vector = new RepossessionVector(new Int32Array(bench.start.memory.buffer), bench.start.calls + VECTOR_AT);
    const loss = (name: number): Loss => ({ resource: "pages", name, count: 2, saved: name === 1 ? 9 : null });
    const ask = (resource: ResourceName, sequence: number, count: number) => {
      const at = Mailbox.revocations + Resource[resource] * REVOCATION_WORDS;
      bench.mailbox.set([sequence, count, 500, 77], at);
    };
    run(bench, program, [
      (): undefined => ask("packets", 1, 3),
      (): undefined => {
        ask("pages", 2, 0);
        vector.write(loss(1));
        vector.write(loss(5));
      },
      (): undefined => {
        for (let name = 0; name < 66; name++) vector.write(loss(name + 100));
      },
    ]);
    expect(told).toEqual([
      { resource: "packets", count: 3, deadlineMs: 500, cursor: 77 },
      { losses: [loss(1), loss(5)], missed: 0 },
      { losses: Array.from({ length: 64 }, (_, at) => loss(at + 102)), missed: 2 },
    ]);
  });
});
