/** One handler, message after message, on all targets and by the evaluator: the first difference between them. */
import { isDeepStrictEqual } from "node:util";
import type { Layout } from "../../src/ash/layout.js";
import type { Handler } from "../../src/ash/tree.js";
import { emitHandler } from "../../src/vcode/handler-target.js";
import type { Program } from "../../src/vcode/insn.js";
import { printProgram } from "../../src/vcode/print.js";
import { TARGETS, type TargetName } from "../../src/vcode/target.js";
import { verify } from "../../src/vcode/verify.js";
import { Chance } from "../seeded.js";
import { type Answers, type Evaluation, evaluate } from "./evaluate.js";
import { FACTS, type Run, type RunMessage, TargetMachine } from "./target-machine.js";

/** Fuel of a message: nearly all handlers of chance come to their end with it. */
const FUEL = 50_000;
/** As many as that fuel could pay for: each costs one at least. */
const STATEMENTS = FUEL;
/** Where the evaluator does no more than so many, the fuel must do: a statement of a handler of chance costs less than FUEL / FEW. */
const FEW = 60;
/** Below what is sensible, so that targets cut small programs. */
const LIMITS = [{}, {}, {}, { size: 1 }, { nesting: 8 }];

export interface Compared {
  /** Of what, where something is not the same. */
  readonly difference: string | undefined;
  /** By the verifier, which is a difference as well. */
  readonly refused: boolean;
  /** By message. */
  readonly ends: readonly Evaluation["end"][];
}

/** Three messages: most are long enough for what handlers of chance load. */
export function messagesOf(seed: number): RunMessage[] {
  const chance = new Chance(seed ^ 0x5eed);
  return Array.from({ length: 3 }, (_, n) => {
    const length = chance.percent(85) ? 44 + chance.below(60) : chance.below(44);
    const few = chance.percent(60) ? 256 : 4;
    const octets = Uint8Array.from({ length }, () => (chance.percent(10) ? 0xff : chance.below(few)));
    const words = [
      length + chance.below(9),
      chance.below(2 ** 31),
      -chance.below(2 ** 31),
      chance.below(4),
      1,
      n + 1,
      0,
    ];
    return { octets, words };
  });
}

/** Sends and transfers are taken, or not, by their number. */
export function answersOf(seed: number): Answers {
  return { sent: (n) => (seed + n) % 3 !== 0, transferred: (n) => (seed + n) % 2 === 0 };
}

/** What was lowered. The state may go on behind what the tree knows of. */
export interface Lowered {
  readonly program: Program;
  readonly layout: Layout;
}

/** The handler's tree, and what was lowered of it or what a test made of that. */
export function compare(
  handler: Handler,
  { program, layout }: Lowered,
  seed: number,
  targets: readonly TargetName[] = TARGETS,
): Compared {
  const verdict = verify(program, { image: true });
  if (!verdict.ok) {
    return { difference: `seed ${seed}: ${JSON.stringify(verdict.rejections[0])}`, refused: true, ends: [] };
  }
  const answers = answersOf(seed);
  const machines = targets.map((target) => {
    const emitted = emitHandler(verdict.program, target, FACTS, LIMITS[seed % LIMITS.length]);
    return { target, machine: new TargetMachine(emitted, layout.octets, answers) };
  });
  const state = new Uint8Array(handler.layout.octets);
  const ends: Evaluation["end"][] = [];
  for (const [n, message] of messagesOf(seed).entries()) {
    const runs = machines.map(({ target, machine }) => ({
      target,
      run: machine.run(message, FUEL),
      left: machine.state(),
    }));
    const evaluated = evaluate(handler, state, message, answers, STATEMENTS);
    ends.push(evaluated.end);
    const about = differenceOf(evaluated, state, runs);
    if (about !== undefined) return { difference: `seed ${seed}, message ${n}: ${about}`, refused: false, ends };
  }
  return { difference: undefined, refused: false, ends };
}

interface Ran {
  readonly target: TargetName;
  readonly run: Run;
  readonly left: Uint8Array;
}

/** Where the fuel ended, the evaluator's state is made the targets': it went further. */
function differenceOf(evaluated: Evaluation, state: Uint8Array, runs: readonly Ran[]): string | undefined {
  const [first] = runs;
  if (first === undefined) return "no targets";
  for (const { target, run, left } of runs) {
    if (!isDeepStrictEqual(run, first.run)) return `${target}: ${textOf(run)}, ${first.target}: ${textOf(first.run)}`;
    if (!Buffer.from(left).equals(first.left)) return `${target}: ${apart(left, first.left)}`;
  }
  const { end, sends, wakes, transfers } = first.run;
  if (end.kind === "fault" && end.reason === "fuel" && evaluated.statements > FEW) {
    state.set(first.left.subarray(0, state.length));
    return undefined;
  }
  const { statements } = evaluated;
  const told: Evaluation = { end, sends, wakes, transfers, statements };
  if (!isDeepStrictEqual(told, evaluated)) return `targets: ${textOf(told)}, evaluator: ${textOf(evaluated)}`;
  const left = first.left.subarray(0, state.length);
  return Buffer.from(state).equals(left) ? undefined : `targets, evaluator: ${apart(left, state)}`;
}

function apart(a: Uint8Array, b: Uint8Array): string {
  const at = a.findIndex((octet, n) => octet !== b[n]);
  return `state at ${at}: ${a[at]}, not ${b[at]}`;
}

function textOf(told: Evaluation | Run): string {
  return JSON.stringify(told, (_, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value,
  );
}

/** For a report: what was compiled. */
export function listingOf(program: Program): string {
  return printProgram(program);
}
