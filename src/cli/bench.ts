/** `exonet bench`: what was promised, measured. Medians of several runs; the machine is named. */
import { cpus } from "node:os";
import { benchReplay } from "./bench-replay.js";
import { InputError } from "./failure.js";
import type { Figure, Suite } from "./figure.js";

interface BenchCommand {
  readonly check?: boolean;
  readonly json?: boolean;
}

const SUITES: ReadonlyMap<string, () => Promise<Suite>> = new Map([["replay", benchReplay]]);

/** Exit code: with `--check`, 1 where a bound is missed. */
export async function bench(name: string, command: BenchCommand): Promise<number> {
  const run = SUITES.get(name);
  if (run === undefined) throw new InputError("bench", `no suite ${name}`);
  const suite = await run();
  const missed = suite.figures.filter(isMissed);
  if (command.json === true) process.stdout.write(`${JSON.stringify({ machine: machineName(), ...suite })}\n`);
  else print(suite);
  return command.check === true && missed.length > 0 ? 1 : 0;
}

function isMissed({ value, bound }: Figure): boolean {
  if (bound === undefined) return false;
  return bound.kind === "least" ? value < bound.value : value > bound.value;
}

function machineName(): string {
  const processors = cpus();
  return `${processors[0]?.model.trim() ?? "unknown processor"}, ${processors.length} cores, Node ${process.versions.node}`;
}

function print(suite: Suite): void {
  process.stdout.write(`${suite.name} on ${machineName()}\n`);
  const width = Math.max(...suite.figures.map(({ name }) => name.length));
  for (const figure of suite.figures) {
    const { name, value, unit, bound } = figure;
    const shown = value.toLocaleString("en-US", { maximumSignificantDigits: 4 }).padStart(12);
    const sign = bound?.kind === "least" ? "≥" : "≤";
    const promise = bound === undefined ? "" : `  (${sign} ${bound.value}${isMissed(figure) ? ", MISSED" : ""})`;
    process.stdout.write(`  ${name.padEnd(width)} ${shown} ${unit}${promise}\n`);
  }
}
