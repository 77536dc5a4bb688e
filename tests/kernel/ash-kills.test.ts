/** Handlers that do harm: what kills them is kept, sixteen in a row unbind them, their time runs out, and nobody else loses anything. */
import { describe, expect, test } from "vitest";
import { Mailbox } from "../../src/kernel/abi.js";
import { AHEAD_OWNER } from "../../src/kernel/ahead.js";
import { Shares } from "../../src/kernel/handler-share.js";
import { PacketKeeper } from "../../src/kernel/kept-packet.js";
import { MAX_KEPT_OCTETS, MAX_KILLED_IN_ROW } from "../../src/kernel/limits.js";
import { newOctets } from "../../src/machine/copy.js";
import { Descriptors } from "../../src/machine/descriptor.js";
import { faultNumber, STATE_BASE } from "../../src/vcode/handler.js";
import { TARGETS } from "../../src/vcode/target.js";
import {
  asks,
  CONSUMES,
  COUNTS,
  counts,
  ends,
  FAULTS,
  FRAME,
  first,
  Handled,
  handler,
  LOOPS,
  PASSES,
} from "./handled.js";

/** Faults on frames whose first octet has this bit. */
const faultsOn = (bit: number) =>
  handler(
    "  v_bltii r1, 1, L0",
    "  v_lduci r10, r0, 0",
    `  v_andii r10, r10, ${bit}`,
    "  v_beqii r10, 0, L0",
    asks("r11", "fault", 1, 5),
    "L0:",
    CONSUMES,
  );

describe.each(TARGETS)("on %s", (target) => {
  test("the packet that killed last is kept, a copy with its words, and why and where", () => {
    const handled = new Handled(target);
    const binding = handled.bind({}, faultsOn(4));
    const { handlers } = handled.kernel;
    expect(handlers.packet({ binding }, handled.bench.root)).toEqual({ packet: null });
    handled.bench.rows.hops[5] = 7;
    handled.bench.receive(0, 6);
    handled.bench.memory.octets.fill(0, handled.bench.rows.address[5]!, handled.bench.rows.address[5]! + FRAME);
    const { packet } = handlers.packet({ binding }, handled.bench.root);
    expect(packet).toEqual({
      octets: Uint8Array.from({ length: FRAME }, (_, octet) => 5 + octet),
      wire: FRAME + 6,
      time: `${(0x1700_0000n << 32n) + 0xf000_0000n + 5000n}`,
      port: 3,
      linkType: 1,
      packet: 6,
      hops: 7,
      reason: "message",
      place: 5,
      told: true,
      fuel: 11,
    });
    expect(ends(handled.counts(binding))).toEqual({ consumed: 4, message: 2 });
  });

  test("a trap is told with the place of its instruction", () => {
    const handled = new Handled(target);
    handled.kernel.trace.switch(["warning"]);
    const binding = handled.bind({}, FAULTS);
    handled.bench.receive(0, 1);
    // In the trace there are offsets of texts alone.
    expect(handled.kernel.trace.since(0)).toMatchObject([
      { name: "handlerKilled", fields: [binding, 0, faultNumber("address"), 0] },
    ]);
    const { packet } = handled.kernel.handlers.packet({ binding }, handled.bench.root);
    expect(packet).toMatchObject({ reason: "address", place: 2, told: false, fuel: 10 });
  });

  test.each([
    ["loops", LOOPS, { fuel: 16 }],
    ["faults", FAULTS, { address: 16 }],
  ])(
    "one that %s is unbound after sixteen in a row, the owner is told, and a good handler beside it sees everything",
    (_what, text, killed) => {
      const handled = new Handled(target);
      const { bench, kernel } = handled;
      kernel.trace.switch(["error", "warning"]);
      const owner = bench.environment("owner");
      const bad = handled.bind({ name: "bad", environment: owner, mode: "claim" }, text);
      const good = handled.bind({ name: "good" }, COUNTS);
      const box = kernel.environments.get(owner)!.ring!.mailbox >> 2;
      for (let batch = 0; batch < 4; batch++) {
        bench.receive(batch * 16, batch * 16 + 16);
        expect(bench.balance()).toEqual([0, 0, 0]);
        bench.drain(owner);
        kernel.settle(false);
      }
      expect(handled.view(bad)).toMatchObject({ bound: false, counts: { run: MAX_KILLED_IN_ROW } });
      expect(ends(handled.counts(bad))).toEqual(killed);
      expect(ends(handled.counts(good))).toEqual({ passed: 64 });
      expect(handled.words(good)).toEqual([64]);
      expect(kernel.environments.get(owner)!.delivered).toBe(64);
      expect(bench.memory.words[box + Mailbox.handlersUnbound]).toBe(1);
      // Each with its own packet's number, though a batch is told as one.
      const told = kernel.trace.since(0).map(({ name, packet }) => [name, packet]);
      const kills = Array.from({ length: MAX_KILLED_IN_ROW }, (_, at) => ["handlerKilled", at + 1]);
      expect(told).toEqual([...kills, ["handlerUnbound", MAX_KILLED_IN_ROW]]);
    },
  );
});

test("of the packet that killed MAX_KEPT_OCTETS are kept, and no more", () => {
  const memory = newOctets(MAX_KEPT_OCTETS + 2);
  memory.octets.fill(1).fill(2, MAX_KEPT_OCTETS);
  const rows = new Descriptors(1);
  const keeper = new PacketKeeper();
  const kept = (captured: number) => {
    rows.captured[0] = captured;
    rows.wire[0] = captured;
    keeper.keep(memory, rows, 0, 1, 1, 0, false, 10);
    return keeper.packet;
  };
  for (const captured of [MAX_KEPT_OCTETS - 1, MAX_KEPT_OCTETS, MAX_KEPT_OCTETS + 1]) {
    const packet = kept(captured);
    const octets = memory.octets.subarray(0, Math.min(captured, MAX_KEPT_OCTETS));
    expect(packet?.wire).toBe(captured);
    expect(Buffer.compare(packet!.octets, octets)).toBe(0);
  }
});

test("fifteen in a row do not unbind, whatever comes after", () => {
  const handled = new Handled();
  const binding = handled.bind({}, faultsOn(16));
  // Rows 16 to 31 and 48 to 63 kill.
  for (let round = 0; round < 3; round++) {
    handled.bench.receive(16, 31);
    handled.bench.receive(0, 1);
  }
  expect(handled.view(binding)).toMatchObject({ bound: true, counts: { consumed: 3 } });
  handled.bench.receive(48, 64);
  expect(handled.view(binding).bound).toBe(false);
  expect(ends(handled.counts(binding))).toEqual({ consumed: 3, message: 61 });
});

test("one that fills its state from end to end stays in it", () => {
  const handled = new Handled("wasm");
  const { bench } = handled;
  const fills = handler(
    `  v_seti r10, ${STATE_BASE}`,
    "  v_seti r11, -1",
    "L0:",
    "  v_fuel 4",
    "  v_stvii r11, r10, 0",
    "  v_addii r10, r10, 4",
    "  v_bgeii r1, 0, L0",
    PASSES,
  );
  const bad = handled.bind({ name: "bad" }, fills, { budget: { fuel: 1_000_000 } });
  const good = handled.bind({ name: "good", filter: first(0, 1) }, COUNTS);
  const before = bench.memory.octets.slice();
  bench.receive(0, 1);
  const { firstPage, pages } = handled.view(bad);
  // What the kernel tells handlers of their messages lies in pages of its own.
  const isTold = (at: number) => bench.memory.ownerOf(at >> 12) === AHEAD_OWNER;
  const changed = bench.memory.octets.reduce((sum, octet, at) => sum + (octet === before[at] || isTold(at) ? 0 : 1), 0);
  const own = bench.memory.octets.subarray(firstPage * 4096, (firstPage + pages) * 4096);
  expect(own.every((octet) => octet === 255)).toBe(true);
  // Its page, the good one's word, and an entry of the software TLB for each of them.
  expect(changed).toBeLessThanOrEqual(4096 + 4 + 2 * 8);
  expect([ends(handled.counts(bad)), handled.words(good)]).toEqual([{ address: 1 }, [1]]);
});

describe("shares of the time", () => {
  const metered = (number: number, share: number, id = 0) => ({ number, environment: { id }, budget: { share } });

  test("fill with their part of what passes, hold a second's, and are charged by fuel as it was timed", () => {
    let now = 0;
    const shares = new Shares(() => now);
    shares.begin(metered(1, 0.1));
    // 3,000 units that took 100 ns each: a little of that is believed at once, all of it in the end.
    let fuel = 0;
    for (let each = 0; each < 200; each++) {
      const began = shares.now;
      now += 300_000;
      fuel += 3000;
      shares.timed(1, 3000, began);
    }
    expect(shares.settle(1, 0, 0)).toBe(false);
    expect(shares.settle(1, fuel, 0)).toBe(false);
    // 60 ms of the 100 that it had.
    expect(shares.settle(1, fuel + 400_500, 0)).toBe(true);
    expect(Math.round(shares.owes(1) / 1000)).toBe(50);
    expect(shares.settle(1, fuel + 400_500, 400_000)).toBe(true);
    expect(shares.settle(1, fuel + 400_500, 600_000)).toBe(false);
    // However long nothing happens, a second's share is all.
    shares.settle(1, fuel + 400_500, 1e12);
    expect(shares.settle(1, fuel + 400_500 + 1_001_000, 1e12)).toBe(true);
  });

  test("one measurement that says too much counts for little", () => {
    let now = 0;
    const shares = new Shares(() => now);
    shares.begin(metered(1, 0.1));
    const began = shares.now;
    now += 1e9;
    shares.timed(1, 10, began);
    expect(shares.settle(1, 1_000_000, 0)).toBe(false);
  });

  test("are not had anew by a handler whose code is replaced", () => {
    const handled = new Handled("interpreter");
    const { bench, kernel } = handled;
    const binding = handled.bind({}, COUNTS, { budget: { share: 1e-9 } });
    const program = handled.program(COUNTS);
    let rounds = 0;
    const swap = (keepState: boolean) => kernel.handlers.swap({ bindings: [binding], keepState }, program, bench.root);
    for (; handled.counts(binding).throttled.share === 0 && rounds < 1000; rounds++) {
      swap(rounds % 2 === 0);
      bench.receive(0, 64);
    }
    expect(rounds).toBeLessThan(1000);
    const { run, throttled } = handled.counts(binding);
    for (const keepState of [true, false]) {
      swap(keepState);
      bench.receive(0, 64);
    }
    expect(handled.counts(binding)).toMatchObject({ run, throttled: { share: throttled.share + 128 } });
  });

  test("that were used up are not had anew by who unbinds the handler and binds others", () => {
    let now = 0;
    const shares = new Shares(() => now);
    /** ns that it has: units of 2 ns, until something is known of them. */
    const left = (handler: number) => {
      let fuel = 0;
      while (!shares.settle(handler, fuel, now)) fuel += 500_000;
      return 2 * fuel;
    };
    shares.begin(metered(1, 0.1, 5));
    // 60 of 100 ms, of which 10 are had again.
    shares.end(metered(1, 0.1, 5), 30_000_000);
    now += 1e8;
    for (const one of [metered(2, 0.1, 5), metered(3, 0.1, 5), metered(4, 0.02, 5), metered(5, 0.1, 6)])
      shares.begin(one);
    expect([2, 3, 4, 5].map(left)).toEqual([50e6, 50e6, 10e6, 100e6]);
    // What is owed stays owed, and the emptiest counts.
    shares.end(metered(2, 0.1, 5), 50e6);
    shares.end(metered(3, 0.1, 5), 30e6);
    shares.begin(metered(6, 0.1, 5));
    expect(shares.settle(6, 0, now + 5e8 - 1)).toBe(true);
    expect(shares.settle(6, 0, now + 5e8 + 1)).toBe(false);
    // An environment that begins owes nothing of the one before it.
    shares.forget(5);
    shares.begin(metered(7, 0.1, 5));
    expect(left(7)).toBe(100e6);
  });

  describe("of an environment whose handler ended owing 900 ms", () => {
    function owing() {
      const clock = { now: 0 };
      const shares = new Shares(() => clock.now);
      shares.begin(metered(1, 0.1));
      shares.end(metered(1, 0.1), 5e8);
      return { clock, shares };
    }

    test("are filled once by the time in which it had none", () => {
      const { clock, shares } = owing();
      clock.now = 5e9;
      shares.begin(metered(1, 0.1));
      expect([shares.settle(1, 0, clock.now), shares.owes(1)]).toEqual([true, 4e8]);
      clock.now = 9e9;
      expect([shares.settle(1, 0, clock.now), shares.owes(1)]).toEqual([true, 0]);
      expect(shares.settle(1, 0, clock.now + 1)).toBe(false);
    });

    test("fill while it has one with all of the time, which costs nothing, however often that is bound", () => {
      const { clock, shares } = owing();
      for (let round = 0; round < 5; round++) {
        shares.begin(metered(1, 1));
        clock.now += 1e9;
        expect(shares.settle(1, 1e9, clock.now)).toBe(false);
        shares.end(metered(1, 1), 2e9);
      }
      shares.begin(metered(1, 0.1));
      expect([shares.settle(1, 0, clock.now), shares.owes(1)]).toEqual([true, 4e8]);
      shares.end(metered(1, 0.1), 0);
      shares.begin(metered(1, 1));
      clock.now += 3600e9;
      shares.end(metered(1, 1), 0);
      shares.begin(metered(1, 0.1));
      expect([shares.settle(1, 0, clock.now), shares.owes(1)]).toEqual([false, 0]);
    });
  });

  test("unbinding and binding again renews nothing", () => {
    const handled = new Handled("interpreter");
    const { bench, kernel } = handled;
    const { binding = 0 } = bench.bind({});
    const share = { budget: { share: 1e-9 } };
    let runs = 0;
    for (let round = 0; round < 50; round++) {
      handled.handle(binding, COUNTS, share);
      for (let batch = 0; batch < 3; batch++) bench.receive(0, 64);
      runs += handled.counts(binding).run;
      kernel.handlers.unbind({ bindings: [binding] }, bench.root);
    }
    // One batch before its bucket is looked at, where a fresh one would have had one in each round.
    expect(runs).toBe(64);
  });

  test("where the time is up messages go the normal way, are counted, and a lossless run says so", () => {
    const handled = new Handled("interpreter");
    const { bench, kernel } = handled;
    const owner = bench.environment("owner");
    const slow = handler(
      "  v_seti r10, 0",
      "L0:",
      "  v_fuel 4",
      "  v_addii r10, r10, 1",
      "  v_bltii r10, 4000, L0",
      counts(),
      CONSUMES,
    );
    const share = { fuel: 20_000, share: 0.000_001 };
    const all = handled.bind({ name: "all", environment: owner, filter: first(1, 1) }, COUNTS, {
      budget: { share: 1 },
    });
    expect(kernel.deterministic).toBe(true);
    const binding = handled.bind({ name: "slow", filter: first(0, 1) }, slow, { budget: share });
    for (let round = 0; round < 8; round++) {
      bench.receive(0, 32);
      expect(bench.balance()).toEqual([0, 0, 0]);
      bench.drain(owner);
      kernel.settle(false);
    }
    const { run, consumed, throttled } = handled.counts(binding);
    expect([run + throttled.share, consumed, kernel.bindings.delivered[binding]]).toEqual([128, run, throttled.share]);
    expect([run, throttled.share].every((count) => count > 0)).toBe(true);
    expect(handled.words(binding)).toEqual([run]);
    expect(handled.counts(all)).toMatchObject({ run: 128, throttled: { share: 0, sends: 0 } });
    expect(kernel.deterministic).toBe(false);
  });
});
