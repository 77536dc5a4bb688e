/** What a call of downloaded code answers stands at it in the interface: tried with words of all kinds, in a whole kernel. */
import { expect, test } from "vitest";
import { DownloadedCall } from "../../src/kernel/abi.js";
import { KERNEL_ERRORS } from "../../src/kernel/kerrno.js";
import { FIRST_PORT } from "../../src/nic/port-numbers.js";
import { CALL_NAMES, listed } from "../kernel/listed-errors.js";
import { Chance } from "../seeded.js";
import { ForgerBench, OWN, VICTIMS } from "./forger-kernel.js";

const TRIES = 400;
const HUGE = 0x7fffffff;

test("each error that is listed is one, once, and no call is without its words", () => {
  for (const name of CALL_NAMES) {
    const errors = listed(name);
    const known = errors.filter((error) => error in KERNEL_ERRORS);
    expect([name, known]).toEqual([name, errors]);
    expect(new Set(Object.values(DownloadedCall)).size).toBe(CALL_NAMES.length);
  }
});

test.each([1, 2, 3])("what is answered is listed (seed %i)", (seed) => {
  const chance = new Chance(seed);
  const answered = new Set<string>();
  for (const name of CALL_NAMES) {
    const bench = new ForgerBench("interpreter");
    const { handle, victim, forger, claimed, spare } = bench;
    bench.kernel.ports.addWire(
      "w",
      { delayNs: 0, rate: 0, loss: 0, duplicate: 0, reorder: 0, corrupt: 0, seed },
      true,
      1,
    );
    bench.write("low");
    const likely = [handle, victim, forger, claimed, spare, OWN.page, OWN.at, VICTIMS.page, FIRST_PORT];
    const words = [...likely, 0, 1, 2, 3, 7, 64, -1, -4, -4096, HUGE, -HUGE - 1, 2 ** 20 - 1];
    for (let at = 0; at < TRIES && bench.kernel.environments.get(forger)?.state === "alive"; at++) {
      const answer = bench.trySix(name, ...Array.from({ length: 6 }, () => chance.pick(words)));
      // Of a slice that nobody owns the owner is told as -1, which is no error.
      if (typeof answer === "number" || name === "sliceOwner") continue;
      answered.add(`${name} ${answer}`);
      expect(listed(name), `${name} answered ${answer}`).toContain(answer);
    }
  }
  // Counted, so that it tries something.
  expect(answered.size).toBeGreaterThan(60);
});
