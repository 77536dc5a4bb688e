/** The watch over hosted environments, on a clock of the test's own. */
import { describe, expect, test } from "vitest";
import { EnvironmentWord, Mailbox } from "../../src/kernel/abi.js";
import { DELIVERY_CAUSES } from "../../src/kernel/books.js";
import type { HostedEnvironment } from "../../src/kernel/environment.js";
import { LEVELS } from "../../src/kernel/events.js";
import { Watch } from "../../src/kernel/heartbeat.js";
import { GRACE_MS, MAX_OFF_HEAP, SILENCE_MS } from "../../src/kernel/limits.js";
import { KernelBench } from "./kernel-bench.js";

const UNRESPONSIVE = DELIVERY_CAUSES.indexOf("unresponsive");
const LOOK_MS = 20;

/** A hosted environment with a tap on everything, whose words the test writes. */
class Watched {
  readonly bench = new KernelBench();
  readonly id: number;
  readonly binding: number;
  resident = 0;
  /** ms, far ahead of the kernel's own clock: what that looks at meanwhile adds nothing. */
  now = 1e12;
  readonly #watch: Watch;

  constructor() {
    const { bench } = this;
    this.id = bench.environment("watched");
    this.binding = bench.bind({ environment: this.id }).binding!;
    bench.kernel.trace.switch(LEVELS);
    this.#watch = new Watch(bench.kernel.trace.tell, () => this.resident, {
      changed: (_, reason) => bench.failures.push(`changed: ${reason}`),
      fail: (environment, reason) => bench.kernel.environmentFailed(environment, reason),
    });
    this.write(Mailbox.state, EnvironmentWord.ready);
  }

  get environment(): HostedEnvironment {
    return this.bench.kernel.environments.table[this.id] as HostedEnvironment;
  }

  write(word: number, value: number): void {
    Atomics.store(this.bench.memory.words, (this.environment.ring.mailbox >> 2) + word, value);
  }

  read(word: number): number {
    return Atomics.load(this.bench.memory.words, (this.environment.ring.mailbox >> 2) + word);
  }

  beat(): void {
    this.write(Mailbox.heartbeat, this.read(Mailbox.heartbeat) + 1);
  }

  /** Looks again and again until so much time has passed. */
  pass(milliseconds: number, each = LOOK_MS): void {
    for (const end = this.now + milliseconds; this.now < end; ) {
      this.now = Math.min(end, this.now + each);
      this.look();
    }
  }

  look(): void {
    this.#watch.look(this.environment, this.now * 1e6);
  }

  get events(): string[] {
    return this.bench.kernel.trace.since(0).map(({ name }) => name);
  }
}

/** With three packets in its ring; it has just beaten. */
function withWork(): Watched {
  const watched = new Watched();
  watched.bench.receive(0, 3);
  watched.beat();
  watched.look();
  return watched;
}

describe("an environment that does not look at its ring", () => {
  test("is unresponsive after the limit: suspended, told, its packets counted by that cause", () => {
    const watched = withWork();
    const { bench } = watched;
    watched.pass(SILENCE_MS - 1);
    expect([watched.environment.state, watched.events]).toEqual(["alive", []]);
    watched.pass(1);
    expect([watched.environment.state, watched.events]).toEqual(["unresponsive", ["environmentUnresponsive"]]);
    expect(bench.kernel.trace.since(0)[0]?.fields).toEqual([watched.id, SILENCE_MS, 3]);
    const words =
      "it has not looked at its ring for 400 ms, with work waiting; it is ended where it does not within 1000 ms";
    expect(bench.failures).toEqual([`changed: ${words}`]);
    bench.receive(3, 10);
    const { ledger, bindings } = bench.kernel;
    expect([ledger.inFlight, ledger.undelivered[UNRESPONSIVE]]).toEqual([3, 7]);
    expect(bindings.packets[watched.binding]).toBe(10);
    expect(watched.environment.undelivered[UNRESPONSIVE]).toBe(7);
    expect(bench.balance()).toEqual([0, 0, 0]);
  });

  test("and does within the grace is resumed, with what it had in its ring", () => {
    const watched = withWork();
    const { bench } = watched;
    watched.pass(SILENCE_MS + GRACE_MS - 1);
    bench.receive(3, 5);
    watched.beat();
    watched.pass(1);
    expect([watched.environment.state, watched.events]).toEqual([
      "alive",
      ["environmentUnresponsive", "environmentResumed"],
    ]);
    bench.receive(5, 6);
    bench.drain(watched.id);
    bench.kernel.settle(false);
    expect(watched.environment.delivered).toBe(4);
    expect(bench.kernel.ledger.inFlight).toBe(0);
    expect(bench.balance()).toEqual([0, 0, 0]);
    expect(bench.failures.at(-1)).toBe("changed: null");
  });

  test("and does not within the grace is ended, with what it had", () => {
    const watched = withWork();
    const { bench } = watched;
    watched.pass(SILENCE_MS + GRACE_MS);
    expect([watched.environment.state, watched.events.at(-1)]).toEqual(["failed", "environmentFailed"]);
    expect(bench.failures.at(-1)).toBe("watched: it has not looked at its ring for 1400 ms, with work waiting");
    expect([bench.kernel.ledger.inFlight, bench.segments.held]).toEqual([0, 1]);
    bench.receive(3, 5);
    expect(bench.balance()).toEqual([0, 0, 0]);
    watched.pass(10_000);
    expect(watched.events).toHaveLength(2);
  });

  test("a claim of it goes to nobody else while it is suspended", () => {
    const watched = withWork();
    const { bench } = watched;
    const claim = bench.bind({ name: "claim", environment: watched.id, mode: "claim", priority: 1 }).binding!;
    const other = bench.bind({ name: "other", mode: "claim" }).binding!;
    watched.pass(SILENCE_MS);
    bench.receive(3, 8);
    expect([bench.kernel.bindings.packets[claim], bench.kernel.bindings.packets[other]]).toEqual([5, 0]);
    expect(bench.kernel.ledger.undelivered[UNRESPONSIVE]).toBe(10);
    expect(bench.balance()).toEqual([0, 0, 0]);
  });

  test("a turn without loss does not wait for it longer than that, nor again", () => {
    const watched = new Watched();
    const { bench, environment } = watched;
    bench.receive(0, 3, true);
    expect([environment.state, environment.late]).toEqual(["unresponsive", true]);
    expect(bench.kernel.deterministic).toBe(false);
    bench.kernel.beginEpoch();
    expect(bench.kernel.deterministic).toBe(false);
    expect(watched.events.filter((name) => name === "environmentUnresponsive")).toHaveLength(1);
  });
});

describe("nobody is accused", () => {
  const innocent: readonly [string, (watched: Watched) => void][] = [
    ["who sleeps", (watched) => watched.write(Mailbox.waiting, 1)],
    ["who has dealt with what was rung for", (watched) => watched.write(Mailbox.heard, watched.read(Mailbox.doorbell))],
    ["whose program is still loading", (watched) => watched.write(Mailbox.state, EnvironmentWord.starting)],
  ];
  test.each(innocent)("%s", (_, arrange) => {
    const watched = withWork();
    arrange(watched);
    watched.pass(5000);
    expect([watched.environment.state, watched.events]).toEqual(["alive", []]);
  });

  test("who sleeps through a drill, and what follows, with no other work; but who has work beside it is", () => {
    const watched = new Watched();
    const { bench } = watched;
    const { pages } = bench.kernel.environments;
    for (let page = 0; page < 20; page++) pages.allocate(watched.id, 1);
    watched.write(Mailbox.heard, watched.read(Mailbox.doorbell));
    watched.beat();
    for (let drill = 0; drill < 3; drill++) {
      const rung = watched.read(Mailbox.doorbell);
      bench.kernel.holdings.reclaim({ environment: watched.id, resource: "pages", count: 2, deadlineMs: 0 });
      expect(watched.read(Mailbox.doorbell)).toBe(rung + 1);
      bench.kernel.tend();
      // What was taken is told, and that the request is over.
      expect(watched.read(Mailbox.doorbell)).toBe(rung + 3);
      expect(watched.environment.heartbeat.pending).toBe(false);
      watched.pass(5000);
    }
    expect(watched.environment.state).toBe("alive");
    expect(watched.events).not.toContain("environmentUnresponsive");
    // It has heard of some of it only.
    watched.write(Mailbox.heard, watched.read(Mailbox.doorbell) - 2);
    expect(watched.environment.heartbeat.pending).toBe(false);
    bench.receive(0, 3);
    expect(watched.environment.heartbeat.pending).toBe(true);
    watched.pass(SILENCE_MS);
    expect(watched.environment.state).toBe("unresponsive");
  });

  test("for asking too often: rings that nobody hears are forgotten in the end, and count as work", () => {
    const { heartbeat } = new Watched().environment;
    let rings = 0;
    while (!heartbeat.pending && rings < 1000) {
      heartbeat.ringAside();
      rings++;
    }
    expect(rings).toBe(17);
  });

  test("who beats, however slowly", () => {
    const watched = withWork();
    for (let beats = 0; beats < 20; beats++) {
      watched.beat();
      watched.pass(SILENCE_MS);
    }
    expect([watched.environment.state, watched.events]).toEqual(["alive", []]);
  });

  test("when the whole process stood still", () => {
    const watched = withWork();
    watched.pass(60_000, 60_000);
    watched.pass(200);
    expect(watched.environment.state).toBe("alive");
  });
});

describe("memory outside the heap", () => {
  test("beyond its limit ends the environment, with the figure", () => {
    const watched = withWork();
    watched.write(Mailbox.offHeap, MAX_OFF_HEAP / 1024);
    watched.look();
    expect(watched.environment.state).toBe("alive");
    watched.write(Mailbox.offHeap, MAX_OFF_HEAP / 1024 + 1024);
    watched.look();
    expect(watched.events).toEqual(["environmentGrew", "environmentFailed"]);
    expect(watched.bench.failures).toEqual(["watched: it holds 257 MiB outside its heap, 256 MiB are allowed"]);
  });

  test("that cannot be is a lie that costs its teller everything", () => {
    const watched = withWork();
    watched.write(Mailbox.offHeap, -1);
    watched.look();
    expect(watched.environment.state).toBe("failed");
    expect(watched.bench.balance()).toEqual([0, 0, 0]);
  });

  test("that the process grows by is charged to who is silent", () => {
    const watched = withWork();
    watched.resident = 2 ** 30;
    watched.pass(SILENCE_MS);
    watched.resident += MAX_OFF_HEAP;
    watched.look();
    expect(watched.environment.state).toBe("unresponsive");
    watched.resident += 2 ** 20;
    watched.look();
    expect(watched.bench.failures.at(-1)).toBe(
      "watched: the process grew by 257 MiB while it did not look at its ring",
    );
  });
});

test("over 1,000 deaths of each kind, all that they held comes back: pages, segments, slots, heap", () => {
  const bench = new KernelBench();
  const { kernel, memory, segments } = bench;
  const before = [memory.freePages, segments.held, kernel.bindings.room, kernel.bindings.atoms];
  const endings: readonly ((environment: HostedEnvironment) => void)[] = [
    (environment) => kernel.environmentFailed(environment, "it threw"),
    ({ ring }) => Atomics.store(memory.words, (ring.mailbox >> 2) + Mailbox.tail, 1_000_000),
    ({ ring }) => Atomics.store(memory.words, (ring.mailbox >> 2) + Mailbox.offHeap, -1),
    () => undefined,
  ];
  const round = (number: number) => {
    const id = bench.environment("mortal");
    bench.bind({ name: "claim", mode: "claim", environment: id });
    bench.bind({ name: "tap", environment: id });
    const environment = kernel.environments.table[id] as HostedEnvironment;
    bench.receive(0, 5);
    endings[number % endings.length]?.(environment);
    kernel.settle(false);
    kernel.destroyEnvironment(kernel.beginDestroying(id, bench.root));
    bench.compile();
    bench.failures.length = 0;
  };
  for (let number = 0; number < 4000; number++) round(number);
  expect([memory.freePages, segments.held, kernel.bindings.room, kernel.bindings.atoms]).toEqual(before);
  expect(kernel.environments.hosted).toEqual([]);
  expect(kernel.ledger.inFlight).toBe(0);
  expect(bench.balance()).toEqual([0, 0, 0]);
});
