/** One image on all targets, each on the same machine: what differs. */
import { isDeepStrictEqual } from "node:util";
import { type EmittedImage, READABLE } from "../../src/vcode/image.js";
import { emitImage } from "../../src/vcode/image-target.js";
import { printProgram } from "../../src/vcode/print.js";
import { TARGETS, type TargetName } from "../../src/vcode/target.js";
import { type Verified, verify } from "../../src/vcode/verify.js";
import { Chance } from "../seeded.js";
import {
  Abandoned,
  FACTS,
  FRAMES,
  map,
  moodyKernel,
  octets,
  PACKET,
  PACKET_OCTETS,
  reset,
  type Trapped,
} from "./image-machine.js";
import { RandomImage } from "./image-random.js";

export interface Told {
  readonly outcome: number | "abandoned";
  readonly fuel: number;
  readonly accesses: number;
  readonly traps: readonly Trapped[];
  readonly calls: readonly (readonly number[])[];
}

/** The seed's, verified. */
export function imageOf(seed: number): Verified {
  const program = new RandomImage(new Chance(seed)).program();
  const verdict = verify(program, { image: true });
  if (!verdict.ok) throw new Error(`seed ${seed}: ${JSON.stringify(verdict.rejections[0])}\n${printProgram(program)}`);
  return verdict.program;
}

const LIMITS = [{}, {}, { size: 1 }, { nesting: 8 }];

/** Spoils what was emitted, where a test wants to see it noticed. */
export type Spoil = (emitted: EmittedImage) => EmittedImage;

/** The first difference between the targets, and what the first of them did. */
export function differenceOf(
  program: Verified,
  seed: number,
  targets: readonly TargetName[] = TARGETS,
  spoil: Spoil = (emitted) => emitted,
): { difference: string | undefined; told: Told } {
  const runs = targets.map((target) => {
    const emitted = emitImage(program, target, FACTS, LIMITS[seed % LIMITS.length]);
    return { target, ...run(spoil(emitted), seed) };
  });
  const [first, ...others] = runs;
  if (first === undefined) throw new Error("no targets");
  for (const { target, told, left } of others) {
    const about = `seed ${seed} on ${target}\n${printProgram(program)}`;
    if (!isDeepStrictEqual(told, first.told)) return { difference: `${about}\n${apart(first.told, told)}`, told };
    if (!left.equals(first.left)) return { difference: `memory of ${about}`, told };
  }
  return { difference: undefined, told: first.told };
}

function apart(a: Told, b: Told): string {
  const text = (told: Told) =>
    JSON.stringify(told, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
  return `${text(a)}\n${text(b)}`;
}

function run(emitted: EmittedImage, seed: number): { told: Told; left: Buffer } {
  reset();
  const chance = new Chance(seed);
  for (let page = 0; page < 8; page++) {
    if (chance.percent(60)) map(page, chance.pick(FRAMES), chance.pick([READABLE, 3, 3, 2, 0]));
    else if (chance.percent(30)) map(page, chance.pick(FRAMES), 3, 0x11100000);
  }
  const kernel = moodyKernel(emitted, seed);
  kernel.image.fuel = chance.below(60);
  let outcome: Told["outcome"] = "abandoned";
  try {
    outcome = kernel.image.run(PACKET, PACKET_OCTETS, 1, 4096, -1, 0x7fffffff, 8208, 3, 77, chance.below(1 << 15));
  } catch (error) {
    if (!(error instanceof Abandoned)) throw error;
  }
  const { fuel, accesses } = kernel.image;
  return { told: { outcome, fuel, accesses, traps: kernel.traps, calls: kernel.calls }, left: Buffer.from(octets) };
}
