/** Slices run: who, in which order, on how much fuel, and that every unit is accounted for. */
import { describe, expect, test } from "vitest";
import { Cause } from "../../src/kernel/abi.js";
import { MAX_CUT_OFF, MAX_OWED, MAX_PENDING } from "../../src/kernel/limits.js";
import { Refusal } from "../../src/kernel/refusal.js";
import { Chance } from "../seeded.js";
import { type Act, balance, Cpu, type Program } from "./cpu.js";

const LENGTH = 100;
const GRACE = 20;

/** Spends so much at the start of each slice. */
function spends(units: number): Program {
  return (act) => {
    if (act.cause === Cause.start) act.spend(units);
  };
}

/** Runs to the end of its slice, and so many units into the grace. */
function busy(beyond = 0): Program {
  return (act) => {
    if (act.cause === Cause.start) act.useUp(beyond);
  };
}

function loops(act: Act): never {
  for (;;) act.spend(7);
}

/** As many turns as begin this many slices. */
function slicesOf(cpu: Cpu, slices: number): void {
  for (let turn = 0; turn < slices; turn++) cpu.processor.turn(1);
}

describe("a slice", () => {
  test("begins with its start, on its length and the grace; what is left goes idle", () => {
    const cpu = new Cpu();
    cpu.create(3, spends(30), 2);
    expect(cpu.processor.turn(1)).toBe(30);
    expect(cpu.ran).toEqual([{ environment: 3, cause: Cause.start, fuel: LENGTH + GRACE, used: 30, message: [] }]);
    expect(cpu.processor.accounts).toMatchObject({ given: 100, used: 30, idle: 70, forfeited: 0, overrun: 0 });
    balance(cpu);
  });

  test("whose rest has run out is told its end, on what is left of the grace", () => {
    const cpu = new Cpu();
    cpu.create(3, busy(5), 0);
    cpu.processor.turn(1);
    expect(cpu.order).toEqual(["3:1", "3:2"]);
    expect(cpu.ran[1]).toMatchObject({ fuel: GRACE - 5 });
    balance(cpu);
  });

  test("a runner that asks tells its end at the v_fuel that finds it, and the activation goes on in the grace", () => {
    const cpu = new Cpu();
    cpu.tellsAtFuel = true;
    const seen: string[] = [];
    cpu.create(
      3,
      (act) => {
        if (act.cause === Cause.endOfSlice) {
          act.spend(4);
          seen.push("told");
          return;
        }
        for (let step = 0; step < 11; step++) act.spend(9);
        seen.push("99 units");
        act.spend(9);
        seen.push("108 units");
      },
      0,
    );
    cpu.processor.turn(1);
    expect(seen).toEqual(["99 units", "told", "108 units"]);
    expect(cpu.order).toEqual(["3:1", "3:2"]);
    expect(cpu.processor.accounts).toMatchObject({ used: 100, overrun: 12, idle: 0 });
    balance(cpu);
  });

  test("whatever waits is run in its order until the slice is over; the others wait for the next", () => {
    const cpu = new Cpu();
    cpu.create(3, (act) => act.cause === Cause.message && act.spend(33), 0);
    for (let each = 1; each <= 4; each++) cpu.processor.post(3, Cause.message, [each]);
    cpu.processor.turn(1);
    expect(cpu.ran.filter(({ cause }) => cause === Cause.message).map(({ message }) => message[0])).toEqual([1, 2, 3]);
    expect(cpu.processor.pending(3)).toBe(1);
    cpu.processor.turn(1);
    expect(cpu.ran.at(-1)?.message).toEqual([4, 0, 0, 0, 0, 0, 0]);
    balance(cpu);
  });

  test("as many may wait as the limit says; the next is refused", () => {
    const cpu = new Cpu();
    cpu.create(3, spends(1), 0);
    for (let each = 0; each < MAX_PENDING; each++) cpu.processor.post(3, Cause.message, [each]);
    expect(() => cpu.processor.post(3, Cause.message, [])).toThrow(new Refusal("E_QUEUE_FULL"));
    expect(() => cpu.processor.post(4, Cause.message, [])).toThrow(new Refusal("E_NO_ENVIRONMENT"));
  });
});

describe("a round", () => {
  test("is each slice once, or ends behind the one after which a message is there, and the next goes on there", () => {
    const cpu = new Cpu();
    for (const [at, environment] of [3, 4, 5].entries()) cpu.create(environment, spends(10), at);
    const took = (over?: () => boolean) => {
      cpu.ran.length = 0;
      cpu.processor.round(over);
      return cpu.ran.map(({ environment }) => environment);
    };
    expect(took(() => true)).toEqual([3]);
    expect(took(() => cpu.ran.length === 2)).toEqual([4, 5]);
    cpu.processor.slices.rewind();
    expect(took(() => false)).toEqual([3, 4, 5]);
    expect(took()).toEqual([3, 4, 5]);
    balance(cpu);
  });
});

describe("time beyond a slice", () => {
  test("is owed, and the next slice is shorter by it", () => {
    const cpu = new Cpu({ count: 1 });
    cpu.create(3, busy(15), 0);
    cpu.processor.turn(1);
    const { accounts } = cpu.processor;
    // 15 in the grace, and a unit for the end that it was told.
    expect([accounts.overrun, accounts.owes[3]]).toEqual([16, 16]);
    cpu.programs.set(3, spends(1));
    cpu.processor.turn(1);
    expect(cpu.ran.at(-1)).toMatchObject({ cause: Cause.start, fuel: LENGTH - 16 + GRACE });
    expect([accounts.forfeited, accounts.owes[3]]).toEqual([16, 0]);
    balance(cpu);
  });

  test("a slice's length of it costs a whole slice, in which nothing runs", () => {
    const cpu = new Cpu({ count: 1, grace: 130 });
    cpu.create(3, busy(119), 0);
    cpu.processor.turn(1);
    const ran = cpu.ran.length;
    expect(cpu.processor.accounts.owes[3]).toBe(120);
    expect(cpu.processor.turn(1)).toBe(0);
    expect(cpu.ran.length).toBe(ran);
    expect(cpu.processor.busy).toBe(true);
    cpu.processor.turn(1);
    expect(cpu.ran[ran]).toMatchObject({ cause: Cause.start, fuel: 80 + 130 });
    balance(cpu);
  });

  test("who never comes to an end is cut off after slice and grace, and destroyed after so many slices in a row", () => {
    const cpu = new Cpu({ count: 2 });
    cpu.create(3, loops, 0);
    cpu.create(4, spends(10), 1);
    slicesOf(cpu, 2 * MAX_CUT_OFF - 2);
    expect(cpu.destroyed).toEqual([]);
    slicesOf(cpu, 2);
    expect(cpu.destroyed).toEqual([3]);
    expect(cpu.slices.owners()).toEqual([-1, 4]);
    expect(cpu.processor.accounts.cutOff[3]).toBeGreaterThanOrEqual(MAX_CUT_OFF);
    expect(cpu.told.filter(({ name }) => name === "greedyDestroyed")).toHaveLength(1);
    expect(cpu.processor.accounts.writtenOff).toBeGreaterThan(0);
    balance(cpu);
  });

  test("who comes to an end now and then is not", () => {
    const cpu = new Cpu({ count: 1 });
    let slice = 0;
    cpu.create(3, (act) => (act.cause === Cause.start && slice++ % 8 !== 0 ? loops(act) : 0), 0);
    slicesOf(cpu, 200);
    expect(cpu.destroyed).toEqual([]);
    balance(cpu);
  });

  test("interrupts run at once on the grace, and owe all of it; so much at once that it could never be paid destroys", () => {
    const cpu = new Cpu();
    cpu.create(3, (act) => act.cause === Cause.revocation && act.spend(GRACE));
    expect(cpu.processor.interrupt(3, Cause.revocation, [5])).toMatchObject({ used: GRACE, ended: "done" });
    expect(cpu.processor.accounts.owes[3]).toBe(GRACE);
    balance(cpu);
    const large = new Cpu({ grace: 2 * MAX_OWED });
    large.create(3, (act) => act.cause === Cause.revocation && act.spend(MAX_OWED + 1));
    large.processor.interrupt(3, Cause.revocation, [5]);
    expect(large.destroyed).toEqual([3]);
    balance(large);
  });

  test("however often it is interrupted, it has one grace; what that does not reach for it hears in its own time", () => {
    const cpu = new Cpu();
    cpu.create(3, (act) => act.cause === Cause.revocation && act.spend(8));
    const ends = Array.from({ length: 100 }, (_, each) => cpu.processor.interrupt(3, Cause.revocation, [each])?.ended);
    // 20 units: 8, 8, and 4 on which the third is cut off. The others wait, as many as may.
    expect(ends.slice(0, 4)).toEqual(["done", "done", "killed", "killed"]);
    expect(cpu.processor.accounts.owes[3]).toBeLessThanOrEqual(GRACE);
    expect(cpu.processor.pending(3)).toBe(MAX_PENDING);
    expect(cpu.destroyed).toEqual([]);
    balance(cpu);
    const before = cpu.ran.length;
    cpu.slices.allocate(3, 0);
    slicesOf(cpu, 12);
    const heard = cpu.ran.slice(before).filter(({ cause, used }) => cause === Cause.revocation && used === 8);
    expect(heard.map(({ message }) => message[0])).toEqual(Array.from({ length: MAX_PENDING }, (_, each) => each + 2));
    expect(cpu.processor.pending(3)).toBe(0);
    balance(cpu);
  });

  test("an interrupt in the middle of another's slice takes nothing from that", () => {
    const cpu = new Cpu();
    cpu.create(4, (act) => act.spend(11));
    cpu.create(
      3,
      (act) => {
        act.spend(10);
        cpu.processor.interrupt(4, Cause.revocation, []);
        act.spend(10);
      },
      0,
    );
    cpu.processor.turn(1);
    const { accounts } = cpu.processor;
    expect([accounts.ran[3], accounts.paid[3], accounts.owes[3]]).toEqual([20, 20, 0]);
    expect([accounts.ran[4], accounts.paid[4], accounts.owes[4]]).toEqual([11, 0, 11]);
    balance(cpu);
  });
});

describe("the rest of a slice", () => {
  test("is given up by yield: what waits stays", () => {
    const cpu = new Cpu();
    cpu.create(3, (act) => act.cause === Cause.start && cpu.processor.yield(), 0);
    cpu.processor.post(3, Cause.message, []);
    cpu.processor.turn(1);
    expect(cpu.order).toEqual(["3:1"]);
    expect(cpu.processor.accounts).toMatchObject({ used: 1, idle: 99 });
    balance(cpu);
  });

  test("goes to who is named, who is told its start, and whom its owner pays for", () => {
    const cpu = new Cpu();
    cpu.create(
      3,
      (act) => {
        act.spend(10);
        cpu.processor.yieldTo(4);
      },
      0,
    );
    cpu.create(4, spends(50));
    cpu.processor.turn(1);
    expect(cpu.ran.map(({ environment, cause, fuel }) => [environment, cause, fuel])).toEqual([
      [3, Cause.start, 120],
      [4, Cause.start, 110],
    ]);
    const { accounts } = cpu.processor;
    expect([accounts.paid[3], accounts.paid[4], accounts.ran[3], accounts.ran[4]]).toEqual([60, 0, 10, 50]);
    expect(accounts.idle).toBe(40);
    balance(cpu);
  });

  test("can be given once, inside a slice only, to who is there; a sleeper lets it go idle", () => {
    const cpu = new Cpu();
    const codes: string[] = [];
    const tries = (run: () => void) => {
      try {
        run();
      } catch (error) {
        if (error instanceof Refusal) codes.push(error.code);
      }
    };
    tries(() => cpu.processor.yield());
    cpu.create(
      3,
      () => {
        tries(() => cpu.processor.yieldTo(9));
        cpu.processor.yieldTo(4);
        tries(() => cpu.processor.yield());
      },
      0,
    );
    cpu.create(4, spends(1));
    cpu.processor.sleep(4);
    cpu.processor.turn(1);
    expect(codes).toEqual(["E_SLICE_OVER", "E_NO_ENVIRONMENT", "E_SLICE_OVER"]);
    expect(cpu.processor.accounts.idle).toBe(99);
    balance(cpu);
  });

  test("handed to and fro ends when it has run out", () => {
    const cpu = new Cpu();
    const to = (heir: number): Program => {
      return (act) => {
        act.spend(9);
        if (act.cause === Cause.start) cpu.processor.yieldTo(heir);
      };
    };
    cpu.create(3, to(4), 0);
    cpu.create(4, to(3));
    cpu.processor.turn(1);
    expect(cpu.order).toEqual(Array.from({ length: 12 }, (_, at) => (at % 2 === 0 ? "3:1" : "4:1")));
    expect(cpu.processor.accounts).toMatchObject({ used: 100, overrun: 8, idle: 0 });
    balance(cpu);
  });
});

describe("sleepers", () => {
  test("cost nothing until something is posted, or their predicate holds", () => {
    const cpu = new Cpu();
    let tag = 0;
    let asked = 0;
    cpu.wakes = () => {
      asked++;
      return tag;
    };
    cpu.create(3, (act) => act.cause !== Cause.wake && cpu.processor.sleep(3), 0);
    cpu.processor.turn(1);
    expect(cpu.processor.turn(1000)).toBe(0);
    expect([asked, cpu.order.length, cpu.processor.accounts.given]).toEqual([1, 1, 100]);
    expect(cpu.processor.busy).toBe(false);
    cpu.processor.post(3, Cause.message, []);
    cpu.processor.turn(1);
    expect(cpu.order.slice(1)).toEqual(["3:1", "3:3"]);
    tag = 7;
    cpu.processor.turn(1);
    expect(cpu.order.slice(3)).toEqual(["3:1", "3:9"]);
    expect(cpu.ran.at(-1)?.message).toEqual([7]);
    expect(cpu.told.filter(({ name }) => name === "wokenUp").map(({ fields }) => fields)).toEqual([[3, 7]]);
    balance(cpu);
  });
});

describe("positions", () => {
  /** Positions whose slices began, in order. */
  const began = (cpu: Cpu) => cpu.told.filter(({ name }) => name === "sliceBegan").map(({ fields }) => fields[2]);

  test("say the order", () => {
    const cpu = new Cpu();
    cpu.create(5, spends(10), 6, 1);
    cpu.create(2, spends(10), 4);
    cpu.create(9, spends(10), 0, 7);
    cpu.processor.turn(100);
    expect(cpu.order.map((each) => each.split(":")[0])).toEqual(["9", "5", "2", "5", "9", "9", "5", "2", "5", "9"]);
    expect(began(cpu)).toEqual([0, 1, 4, 6, 7, 0, 1, 4, 6, 7]);
  });

  /** The longest time that the environment waited for its next slice, in fuel, over some rounds. */
  function latency(positions: readonly number[]): number {
    const cpu = new Cpu({ count: 16, length: LENGTH });
    let now = 0;
    let last = 0;
    let longest = 0;
    const program: Program = (act) => {
      if (act.cause !== Cause.start) return 0;
      longest = Math.max(longest, now - last);
      now += LENGTH;
      last = now;
      act.useUp();
    };
    cpu.create(1, program, ...positions);
    cpu.create(2, (act) => {
      if (act.cause === Cause.start) {
        act.useUp();
        now += LENGTH;
      }
    });
    for (let at = 0; at < 16; at++) if (!positions.includes(at)) cpu.slices.allocate(2, at);
    slicesOf(cpu, 160);
    return longest;
  }

  test("in a row are for throughput, at equal distances for latency", () => {
    expect(latency([0, 1, 2, 3])).toBe(12 * LENGTH);
    expect(latency([0, 4, 8, 12])).toBe(3 * LENGTH);
  });
});

/** Programs that do anything that they may, by chance. */
function anything(cpu: Cpu, chance: Chance, environments: number): Program {
  const other = () => chance.below(environments);
  return (act) => {
    for (let step = chance.below(6); step > 0; step--) {
      act.spend(chance.below(60));
      try {
        const kind = chance.below(14);
        if (kind === 0) cpu.processor.yield();
        else if (kind === 1) cpu.processor.yieldTo(other());
        else if (kind === 2) cpu.processor.sleep(cpu.processor.current);
        else if (kind < 5) act.call(other(), step);
        else if (kind === 5) cpu.transfers.send(other(), [step]);
        else if (kind === 6) cpu.transfers.keep();
        else if (kind === 7) cpu.transfers.giveBack(other(), [step]);
        else if (kind === 8) cpu.processor.post(other(), Cause.message, [step]);
        else if (kind === 9) cpu.processor.interrupt(other(), Cause.revocation, []);
        else if (kind === 10 && chance.percent(3)) cpu.destroy(other());
        else if (kind === 11 && chance.percent(3)) loops(act);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
      }
    }
  };
}

function chaos(seed: number, rounds: number): { cpu: Cpu; log: string } {
  const chance = new Chance(seed);
  const [count, environments] = [16, 8];
  const cpu = new Cpu({ count, length: LENGTH, grace: GRACE });
  cpu.tellsAtFuel = seed % 2 === 0;
  cpu.wakes = () => (chance.percent(30) ? 1 : 0);
  let ranBefore = 0;
  for (let round = 0; round < rounds; round++) {
    const environment = chance.below(environments);
    if (!cpu.processor.alive(environment)) {
      ranBefore += cpu.processor.accounts.ran[environment]!;
      cpu.create(environment, anything(cpu, chance, environments));
    } else if (chance.percent(2)) cpu.destroy(environment);
    const position = chance.below(count);
    const owner = cpu.slices.ownerOf(position);
    if (owner >= 0 && chance.percent(20)) cpu.slices.release(owner, position);
    else if (owner < 0 && cpu.processor.alive(environment)) cpu.slices.allocate(environment, position);
    const used = cpu.processor.turn(chance.below(300));
    if (used > 300 + LENGTH + environments * GRACE * 2) throw new Error(`a turn of ${used}`);
    balance(cpu, ranBefore);
    for (let each = 0; each < environments; each++) {
      const owes = cpu.processor.alive(each) ? cpu.processor.accounts.owes[each]! : 0;
      if (owes > GRACE) throw new Error(`round ${round}: environment ${each} is ahead by ${owes}`);
    }
  }
  return { cpu, log: JSON.stringify([cpu.ran, cpu.destroyed, cpu.told.length]) };
}

describe("whatever programs do", () => {
  test.each([1, 2, 3, 4])("the accounts balance after every turn (seed %i)", (seed) => {
    const { cpu } = chaos(seed, 2500);
    expect(cpu.ran.length).toBeGreaterThan(2000);
    const { accounts } = cpu.processor;
    const names = new Set(cpu.told.map(({ name }) => name));
    for (const name of [
      "callKept",
      "callGivenBack",
      "restGiven",
      "sliceForfeited",
      "activationCutOff",
      "wokenUp",
    ] as const)
      expect(names).toContain(name);
    expect(Math.min(accounts.used, accounts.forfeited, accounts.idle, accounts.overrun)).toBeGreaterThan(0);
    for (let environment = 0; environment < 8; environment++)
      if (cpu.processor.alive(environment)) cpu.destroy(environment);
    expect(accounts.owed).toBe(0);
    expect(cpu.slices.free).toBe(cpu.slices.count);
  });

  test("the same chance gives the same order, unit by unit", () => {
    expect(chaos(5, 800).log).toBe(chaos(5, 800).log);
  });

  test("10,000 environments that come, run and go leave the vector as it was (seed 9)", () => {
    const chance = new Chance(9);
    const cpu = new Cpu({ count: 16 });
    cpu.recording = false;
    for (let round = 0; round < 10_000; round++) {
      const environment = chance.below(64);
      cpu.create(environment, busy(chance.below(GRACE)), chance.below(16));
      cpu.processor.turn(1);
      cpu.destroy(environment);
    }
    expect(cpu.slices.owners()).toEqual(new Cpu({ count: 16 }).slices.owners());
    expect(cpu.processor.accounts.owed).toBe(0);
    expect(cpu.processor.turn(1000)).toBe(0);
  });

  test("no environment is ahead of what it was given by more than the grace (seed 21)", () => {
    const chance = new Chance(21);
    const cpu = new Cpu({ count: 8 });
    cpu.recording = false;
    for (let environment = 0; environment < 8; environment++)
      cpu.create(environment, (act) => act.spend(chance.below(LENGTH + 2 * GRACE)), environment);
    for (let turn = 0; turn < 5000; turn++) {
      cpu.processor.turn(1);
      const { ran, slices, owes } = cpu.processor.accounts;
      for (let environment = 0; environment < 8; environment++) {
        const ahead = ran[environment]! - slices[environment]! * LENGTH;
        if (ahead > GRACE || owes[environment]! > GRACE)
          throw new Error(`turn ${turn}: ${environment} is ${ahead} ahead`);
      }
    }
    balance(cpu);
  });
});
