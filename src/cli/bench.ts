/** `exonet bench`: what was promised, measured. Medians of several runs; the machine is named. */
import { cpus } from "node:os";
import { benchAsh } from "./bench-ash.js";
import { benchDemux } from "./bench-demux.js";
import { benchFilter } from "./bench-filter.js";
import { benchKernel } from "./bench-kernel.js";
import { benchPaper } from "./bench-paper.js";
import { suiteText } from "./bench-print.js";
import { benchReplay } from "./bench-replay.js";
import { isSuite, type SuiteName } from "./bench-suites.js";
import { InputError } from "./failure.js";
import { absentOf, figuresOf, isMissed, type Suite } from "./figure.js";

interface BenchCommand {
  readonly check?: boolean;
  readonly json?: boolean;
}

const RUN: Readonly<Record<SuiteName, () => Promise<Suite>>> = {
  replay: benchReplay,
  demux: benchDemux,
  filter: benchFilter,
  kernel: benchKernel,
  ash: benchAsh,
  paper: benchPaper,
};

/** Exit code: 1 where the suite failed and, with `--check`, where a bound is missed. */
export async function bench(name: string, command: BenchCommand): Promise<number> {
  if (!isSuite(name)) throw new InputError("bench", `no suite ${name}`);
  const suite = await RUN[name]();
  const { about, failures } = suite;
  const figures = figuresOf(suite);
  if (command.json === true) {
    const report = { machine: machineName(), name, about, figures, absent: absentOf(suite), failures };
    process.stdout.write(`${JSON.stringify(report)}\n`);
  } else process.stdout.write(suiteText(suite, machineName()));
  for (const failure of failures) process.stderr.write(`exonet: bench ${name}: ${failure}\n`);
  return failures.length > 0 || (command.check === true && figures.some(isMissed)) ? 1 : 0;
}

function machineName(): string {
  const processors = cpus();
  return `${processors[0]?.model.trim() ?? "unknown processor"}, ${processors.length} cores, Node ${process.versions.node}`;
}
