/**
 * Random changes to valid programs: what the verifier lets through stays within its regions on every target. The interpreter checks
 * each access by itself; around the regions lie octets that nobody may write, and the packet's may not be written either; and
 * targets that read outside would tell another outcome than the interpreter, since other octets lie there for each.
 */
import { describe, expect, test } from "vitest";
import type { Immediate, Program } from "../../src/vcode/insn.js";
import { Fault, Interpreter } from "../../src/vcode/interp.js";
import { printProgram } from "../../src/vcode/print.js";
import { compile, TARGETS, type TargetName } from "../../src/vcode/target.js";
import { type Verified, verify } from "../../src/vcode/verify.js";
import { Chance } from "../seeded.js";
import { casesOf } from "./hostile/cases.js";
import { MUTATIONS, type Mutation, mutate } from "./mutate.js";

const PAGE = 65_536;
const FUEL = 300;

/** Where the regions lie: far from each other, and from the ends of memory. */
const PLACES = { packet: 0x2001, environment: 0x6003, tables: 0xa002 } as const;
const LONGEST = 0x1200;

function memoryOf(guard: number): WebAssembly.Memory {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  new Uint8Array(memory.buffer).fill(guard);
  return memory;
}

const MEMORIES: Readonly<Record<TargetName, WebAssembly.Memory>> = {
  interpreter: memoryOf(0xa5),
  js: memoryOf(0x5a),
  wasm: memoryOf(0x3c),
};
const GUARDS: Readonly<Record<TargetName, number>> = { interpreter: 0xa5, js: 0x5a, wasm: 0x3c };

const UNTOUCHED: Readonly<Record<TargetName, Buffer>> = {
  interpreter: Buffer.alloc(PAGE, GUARDS.interpreter),
  js: Buffer.alloc(PAGE, GUARDS.js),
  wasm: Buffer.alloc(PAGE, GUARDS.wasm),
};

interface Scene {
  readonly args: readonly Immediate[];
  readonly contents: ReadonlyMap<keyof typeof PLACES, Uint8Array>;
}

/** Regions of lengths at which checks turn, filled so that small offsets and large ones occur. */
function sceneOf(program: Program, chance: Chance): Scene {
  const contents = new Map<keyof typeof PLACES, Uint8Array>();
  const entry = program.lambdas[0];
  const args: Immediate[] = [];
  for (const region of entry?.regions ?? []) {
    const length = chance.percent(80) ? chance.below(32) : chance.below(LONGEST);
    const filled = Uint8Array.from({ length }, () => (chance.percent(60) ? chance.below(8) : chance.below(256)));
    contents.set(region, filled);
    args.push(PLACES[region], length);
  }
  while (args.length < (entry?.parameters ?? 0)) args.push(chance.below(300));
  return { args, contents };
}

function setUp(target: TargetName, { contents }: Scene): Uint8Array {
  const octets = new Uint8Array(MEMORIES[target].buffer);
  for (const [region, filled] of contents) octets.set(filled, PLACES[region]);
  return octets;
}

/** What the run left in the environment; all else must be as it was, and is set back. */
function tidy(target: TargetName, octets: Uint8Array, { contents }: Scene): Uint8Array {
  let left = new Uint8Array(0);
  for (const [region, filled] of contents) {
    const now = octets.slice(PLACES[region], PLACES[region] + filled.length);
    if (region === "environment") left = now;
    else if (Buffer.compare(now, filled) !== 0) throw new Error(`${target} wrote into the region ${region}`);
    octets.fill(GUARDS[target], PLACES[region], PLACES[region] + filled.length);
  }
  if (!UNTOUCHED[target].equals(octets)) throw new Error(`${target} wrote outside of its regions`);
  return left;
}

/** Outcome and environment on each target are those of the first, the interpreter. */
function runEverywhere(program: Verified, scenes: readonly Scene[]): string[] {
  const outcomes = TARGETS.map((target) => {
    const memory = MEMORIES[target];
    const runnable = compile(program, target, { buffer: sharedOf(memory), memory });
    return scenes.map((scene) => {
      const octets = setUp(target, scene);
      const outcome = runnable.run(scene.args, FUEL);
      return { outcome, left: Buffer.from(tidy(target, octets, scene)).toString("hex") };
    });
  });
  for (const other of outcomes) expect(other).toEqual(outcomes[0]);
  return (outcomes[0] ?? []).map(({ outcome }) => (outcome.ok ? "done" : outcome.fault));
}

function sharedOf(memory: WebAssembly.Memory): SharedArrayBuffer {
  const { buffer } = memory;
  if (buffer instanceof SharedArrayBuffer) return buffer;
  throw new Error("the memory is not shared");
}

const CASES = casesOf("accepted.cases").filter(({ program }) =>
  program.lambdas.every(({ insns }) => insns.every(({ op }) => op !== "scall")),
);

interface Mutant {
  readonly program: Program;
  readonly mutations: readonly Mutation[];
  readonly name: string;
}

function mutantOf(seed: number, chance: Chance): Mutant {
  const { program, name } = chance.pick(CASES);
  const mutations: Mutation[] = [];
  let mutated = program;
  // Some mutations change nothing.
  for (let left = 1 + chance.below(3); left > 0 || printProgram(mutated) === printProgram(program); left--) {
    const mutation = chance.pick(MUTATIONS);
    mutated = mutate(mutated, mutation, chance);
    mutations.push(mutation);
  }
  return {
    program: mutated,
    mutations,
    name: `seed ${seed}, ${name}, ${mutations.join(" ")}\n${printProgram(mutated)}`,
  };
}

describe("random mutations of valid programs", () => {
  test("10,000: what is let through never leaves its regions, and does the same on every target", () => {
    let passed = 0;
    const outcomes = new Map<string, number>();
    const survivors = new Map<Mutation, number>();
    for (let seed = 1; seed <= 10_000; seed++) {
      const chance = new Chance(seed);
      const { program, mutations, name } = mutantOf(seed, chance);
      const verdict = verify(program);
      if (!verdict.ok) continue;
      passed++;
      for (const mutation of mutations) survivors.set(mutation, (survivors.get(mutation) ?? 0) + 1);
      const scenes = Array.from({ length: 4 }, () => sceneOf(program, chance));
      try {
        for (const outcome of runEverywhere(verdict.program, scenes)) {
          outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        }
      } catch (error) {
        throw new Error(name, { cause: error });
      }
    }
    expect(passed).toBeGreaterThan(1000);
    for (const mutation of MUTATIONS) expect(survivors.get(mutation) ?? 0, mutation).toBeGreaterThan(50);
    expect(outcomes.get("done") ?? 0).toBeGreaterThan(2000);
    expect(outcomes.get("fuel") ?? 0).toBeGreaterThan(50);
  }, 300_000);

  test("of what is refused for its bounds, much does leave its regions: the test above could fail", () => {
    let [refused, faults] = [0, 0];
    for (let seed = 1; seed <= 8000; seed++) {
      const chance = new Chance(seed);
      const { program } = mutantOf(seed, chance);
      const verdict = verify(program);
      if (verdict.ok || verdict.rejections.some(({ code }) => code !== "bounds")) continue;
      refused++;
      const interpreter = new Interpreter(program, new DataView(MEMORIES.interpreter.buffer));
      for (let times = 0; times < 20; times++) {
        const scene = sceneOf(program, chance);
        const octets = setUp("interpreter", scene);
        let fault = false;
        try {
          interpreter.run(scene.args, FUEL);
        } catch (error) {
          if (!(error instanceof Fault)) throw error;
          fault = true;
        }
        octets.fill(GUARDS.interpreter);
        if (!fault) continue;
        faults++;
        break;
      }
    }
    expect(refused).toBeGreaterThan(500);
    expect(faults).toBeGreaterThan(refused / 2);
  });
});
