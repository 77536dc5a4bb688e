/**
 * All that the verifier can be brought to believe is true: programs of chance, with every access that it lets through. (Of twenty
 * rules of its proofs that were broken on purpose, one at a time, this found most, and hostile.test.ts the others.)
 */
import { expect, test } from "vitest";
import { Interpreter } from "../../src/vcode/interp.js";
import { printProgram } from "../../src/vcode/print.js";
import { Chance } from "../seeded.js";
import { believed, PARAMETERS, Wanderer } from "./wander.js";

const PACKET = 0x101;
const ENVIRONMENT = 0x303;

function regionLengths(chance: Chance): [number, number] {
  const length = () => (chance.percent(85) ? chance.below(24) : chance.below(300));
  return [length(), length()];
}

/** Small values mostly, so that they are offsets. */
function fill(octets: Uint8Array, chance: Chance): void {
  for (const at of octets.keys()) octets[at] = chance.percent(70) ? chance.below(8) : chance.below(256);
}

function wordOf(chance: Chance): number {
  return chance.percent(75) ? chance.below(24) : chance.pick([-1, -8, 0x7fffffff, -0x80000000, 0x7ffffff8]);
}

test("3,000 programs: no access that is believed to be inside is outside", () => {
  const view = new DataView(new ArrayBuffer(0x600));
  const octets = new Uint8Array(view.buffer);
  let [programs, accesses, moved, registers, joined, looped, runs, unfuelled] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let seed = 1; seed <= 3000; seed++) {
    const chance = new Chance(seed);
    const program = believed(new Wanderer(chance).program());
    if (program === undefined) continue;
    programs++;
    for (const insn of program.lambdas[0]?.insns ?? []) {
      if (insn.op !== "ld" && insn.op !== "st") {
        if (insn.op === "fuel") looped++;
        if (insn.op === "j") joined++;
        continue;
      }
      accesses++;
      if (insn.base >= 10) moved++;
      if ("reg" in insn.offset) registers++;
    }
    const interpreter = new Interpreter(program, view);
    for (let run = 0; run < 10; run++) {
      const [packet, environment] = regionLengths(chance);
      fill(octets.subarray(PACKET, PACKET + packet), chance);
      fill(octets.subarray(ENVIRONMENT, ENVIRONMENT + environment), chance);
      const words = Array.from({ length: PARAMETERS - 4 }, () => wordOf(chance));
      try {
        const outcome = interpreter.run([PACKET, packet, ENVIRONMENT, environment, ...words], 60);
        runs++;
        if (!outcome.ok) unfuelled++;
      } catch (error) {
        throw new Error(`seed ${seed}, ${packet} and ${environment} octets\n${printProgram(program)}`, {
          cause: error,
        });
      }
    }
  }
  expect(programs).toBe(3000);
  expect(accesses).toBeGreaterThan(2000);
  expect(moved).toBeGreaterThan(1000);
  expect(registers).toBeGreaterThan(1000);
  expect(joined).toBeGreaterThan(5000);
  expect(looped).toBeGreaterThan(4000);
  expect(runs).toBe(30_000);
  // The rest comes to its end.
  expect(unfuelled).toBeLessThan(runs / 3);
});
