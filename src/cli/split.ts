/**
 * `exonet split`: one pass over a capture, one output for each filter. An output gets its name when all of them are
 * whole; where the run fails, or is ended, there is none. The capture itself is never overwritten, others only with --force.
 */
import { mkdirSync, type Stats, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Pass } from "../appliance/pass.js";
import type { Target } from "../dpf/target.js";
import { DASH, identityOf, inputOf, sizeOf, tellDamage } from "./capture-file.js";
import { InputError } from "./failure.js";
import { readFilters } from "./filter-path.js";
import { interruptible } from "./interrupt.js";
import { OctetProgress } from "./octet-progress.js";
import { checkOutput, codeOf, nameFailure } from "./output-file.js";
import { inWords } from "./pass-failure.js";
import { passFiltersOf } from "./pass-filters.js";
import { SplitOutput, splitRoom } from "./split-output.js";
import { escapeText } from "./terminal.js";

export interface SplitCommand {
  readonly filters: string;
  readonly output: string;
  readonly mode: "tap" | "claim";
  readonly unmatched?: string;
  readonly force?: boolean;
  readonly target?: Target;
  readonly json?: boolean;
}

export async function split(capture: string, command: SplitCommand): Promise<number> {
  if (command.unmatched === DASH) throw new InputError("--unmatched", "stdout has the report: name a file");
  const filters = readFilters(command.filters);
  const names = filters.map(({ name }) => name);
  const passFilters = passFiltersOf(filters, command.mode, command.target);
  // Wrong for every link type: said before a folder is made.
  if (filters.every(({ language }) => language === "dpf")) passFilters.compile(0);
  const rules = { replace: command.force === true, input: identityOf(capture) };
  const hasRest = command.unmatched !== undefined;
  const pass = new Pass(passFilters, {
    octets: splitRoom(hasRest ? names.length + 1 : names.length),
    keepBlocks: true,
  });
  const output = new SplitOutput(pass, {
    ...rules,
    filters: names.length,
    mode: command.mode,
    hasRest,
    pathsFor: (extension) => pathsOf(names, extension, command, rules.input),
  });
  await interruptible((signal) => passOver(capture, pass, output, signal));
  const code = tellDamage(capture, pass.capture);
  if (code === 0) report(names, pass, output, command);
  return code;
}

/** All that could be refused is refused before anything is made. */
function pathsOf(
  names: readonly string[],
  extension: string,
  { output, unmatched, force }: SplitCommand,
  input: Stats | undefined,
): string[] {
  const paths = names.map((name) => join(output, `${name}${extension}`));
  if (unmatched !== undefined) paths.push(unmatched);
  const places = new Set(paths.map((path) => resolve(path)));
  if (places.size < paths.length) throw new InputError("--unmatched", `${unmatched} is also an output of a filter`);
  for (const path of paths) checkOutput(path, { replace: force === true, input });
  makeFolder(output);
  return paths;
}

/** With those above it. Node's own way of that never ends where the system will not have any, as below /proc. */
function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  const above = dirname(resolve(path));
  if (above !== resolve(path)) makeFolder(above);
  try {
    mkdirSync(path);
  } catch (error) {
    if (codeOf(error) !== "EEXIST" || statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
      throw nameFailure(path, error);
    }
  }
}

async function passOver(capture: string, pass: Pass, output: SplitOutput, signal: AbortSignal): Promise<void> {
  const progress = await OctetProgress.open(sizeOf(capture));
  try {
    await pass.run(inputOf(capture), output, { signal, onProgress: (octets) => progress.update(octets) });
    output.finish();
  } catch (error) {
    output.abandon();
    throw inWords(error);
  } finally {
    progress.stop();
  }
}

function report(names: readonly string[], pass: Pass, split: SplitOutput, { json, unmatched }: SplitCommand): void {
  const outputs = names.map((name, index) => ({
    name,
    file: split.paths[index] ?? "",
    packets: split.packets[index] ?? 0,
    octets: split.octets[index] ?? 0,
  }));
  const { packets } = pass.capture;
  if (json === true) {
    process.stdout.write(`${JSON.stringify({ packets, outputs, unmatched: split.unmatched })}\n`);
    return;
  }
  const longest = Math.max(...outputs.map((each) => `${each.packets}`.length), `${split.unmatched}`.length);
  const line = (count: number, text: string) => `${`${count}`.padStart(longest)}  ${escapeText(text)}\n`;
  const lines = outputs.map((each) => line(each.packets, each.file));
  lines.push(line(split.unmatched, unmatched === undefined ? "unmatched" : unmatched));
  process.stdout.write(lines.join(""));
}
