/** `exonet replay`: the whole appliance, headless; what each binding and environment got, and the digest. */
import { type ApplianceOptions, startAppliance } from "../appliance/appliance.js";
import type { ApplianceInterface, EpochResult, ReplayStatus } from "../appliance/interface.js";
import { assemble, type Profile, ProfileError } from "../appliance/profile.js";
import { type OpenedSource, openReplaySource } from "../appliance/replay-source.js";
import type { Reader } from "../capture/feed.js";
import { InputError } from "./failure.js";
import { profileOfFilters } from "./filter-path.js";
import { readProfile } from "./profile-file.js";
import { Progress } from "./progress.js";
import { type ReplayReport, reportReplay } from "./replay-report.js";
import { printReport } from "./replay-text.js";

export interface ReplayCommand {
  readonly filters?: string;
  readonly profile?: string;
  readonly speed: number | "max";
  readonly loop: number;
  readonly reader?: Reader;
  readonly target?: string;
  readonly memory?: number;
  readonly json?: boolean;
}

const STDIN = "-";

export async function replay(captures: readonly string[], command: ReplayCommand): Promise<number> {
  if (command.profile !== undefined && command.filters !== undefined) {
    throw new InputError("", "--profile and --filters exclude each other");
  }
  const profile =
    command.profile === undefined ? profileOfFilters(command.filters ?? "filters") : readProfile(command.profile);
  if (captures.filter((capture) => capture === STDIN).length > 1) throw new InputError(STDIN, "stdin can be read once");
  const sources = captures.map((capture) =>
    openReplaySource(capture, capture === STDIN ? process.stdin : capture, command.reader),
  );
  const options: ApplianceOptions = {
    ...(command.memory === undefined ? {} : { memory: command.memory }),
    ...(command.target === undefined ? {} : { target: command.target }),
  };
  const appliance = await startAppliance(options);
  try {
    const report = await run(appliance, profile, sources, command);
    if (command.json === true) process.stdout.write(`${JSON.stringify(report)}\n`);
    else printReport(report);
    return report.error === null ? 0 : 1;
  } finally {
    for (const source of sources) source.close();
    await appliance.close();
  }
}

async function run(
  appliance: ApplianceInterface,
  profile: Profile,
  sources: readonly OpenedSource[],
  command: ReplayCommand,
): Promise<ReplayReport> {
  const root = appliance.rootCapability;
  await assemble(appliance, root, profile).catch((error: unknown) => {
    throw error instanceof ProfileError ? new InputError("", error.message) : error;
  });
  const { speed, loop } = command;
  const options = { speed, loop, lossless: speed === "max" };
  const opened = await appliance.call(root, "openReplay", {
    sources: sources.map((source) => source.replay),
    options,
  });
  if (!opened.ok) throw new InputError("", opened.detail);
  const epochs: EpochResult[] = [];
  const progress = new Progress(appliance, sources);
  const ended = new Promise<ReplayStatus>((resolve, reject) => {
    appliance.listen((event) => {
      if (event.kind === "epoch-ended") epochs.push(event.result);
      if (event.kind === "failed") reject(new Error(event.reason));
      if (event.kind === "replay" && (event.status.state === "ended" || event.status.state === "failed")) {
        resolve(event.status);
      }
    });
  });
  await appliance.call(root, "play", {});
  const status = await ended.finally(() => progress.stop());
  return reportReplay(appliance, status, epochs);
}
