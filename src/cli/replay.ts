/** `exonet replay`: the whole appliance, headless; what each binding and environment got, and the digest. */
import { existsSync } from "node:fs";
import { basename } from "node:path";
import { type ApplianceOptions, startAppliance } from "../appliance/appliance.js";
import { expectedLinks, MAX_LINK_TYPES } from "../appliance/expected-links.js";
import type { ApplianceInterface, EpochResult, ReplayStatus } from "../appliance/interface.js";
import { assemble, type Profile, ProfileError } from "../appliance/profile.js";
import { fileSource, streamSource } from "../appliance/replay-source.js";
import type { Reader } from "../capture/feed.js";
import { type Ahead, linkTypesOf, lookAhead } from "../capture/link-types.js";
import type { Target } from "../dpf/target.js";
import type { ReplaySource } from "../kernel/calls.js";
import { InputError } from "./failure.js";
import { places, profileOfFilters } from "./filter-path.js";
import { HANDLER, withHandlers, withHint } from "./handler-file.js";
import type { HandlerOption } from "./handler-option.js";
import { refuseOwnShadow } from "./own-shadow.js";
import { readProfile } from "./profile-file.js";
import { Progress } from "./progress.js";
import { type ReplayReport, reportReplay } from "./replay-report.js";
import { printReport } from "./replay-text.js";
import { escapeText } from "./terminal.js";

export interface ReplayCommand {
  readonly filters?: string;
  readonly profile?: string;
  readonly handler?: readonly HandlerOption[];
  readonly speed: number | "max";
  readonly loop: number;
  readonly reader?: Reader;
  readonly target?: Target;
  readonly shadow?: Target;
  readonly memory?: number;
  readonly json?: boolean;
}

const STDIN = "-";
const DEFAULT_FILTERS = "filters";

export async function replay(captures: readonly string[], command: ReplayCommand): Promise<number> {
  const bare = command.profile === undefined ? profileOfFilters(filtersPath(command)) : readProfile(command.profile);
  const profile = withHandlers(bare, command.handler ?? []);
  const { reader = "exonet" } = command;
  refuseOwnShadow(command);
  if (captures.filter((capture) => capture === STDIN).length > 1) throw new InputError(STDIN, "stdin can be read once");
  const feeding = new AbortController();
  try {
    const ahead = captures.includes(STDIN) ? await lookAhead(process.stdin) : undefined;
    const linkTypes = await expected(captures, ahead);
    const sources = captures.map((capture) =>
      capture === STDIN && ahead !== undefined
        ? streamSource(capture, ahead.octets, reader, feeding.signal)
        : fileSource(capture, capture, reader),
    );
    const report = await onAppliance(command, (appliance) => {
      appliance.expect(linkTypes);
      return run(appliance, profile, sources, command);
    });
    if (command.json === true) process.stdout.write(`${JSON.stringify(report)}\n`);
    else printReport(report);
    for (const name of report.unreadable) process.stderr.write(`exonet: ${escapeText(name)}: not a capture\n`);
    const right = report.error === null && report.unreadable.length === 0 && report.target.disagreements === 0;
    return right ? 0 : 1;
  } finally {
    feeding.abort();
  }
}

/** Link types of the frames to come. */
async function expected(captures: readonly string[], ahead: Ahead | undefined): Promise<readonly number[]> {
  const types = new Set<number>(ahead?.linkTypes);
  for (const capture of captures.filter((each) => each !== STDIN)) {
    for (const type of await linkTypesOf(capture)) types.add(type);
  }
  const links = expectedLinks(types);
  if (links !== undefined) return links;
  const limit = `with Ethernet there may be ${MAX_LINK_TYPES}`;
  throw new InputError("", `the captures have frames of ${types.size} link types, and ${limit}`);
}

/** Without --filters: the folder of that name, where there is one. */
function filtersPath({ filters }: ReplayCommand): string {
  if (filters !== undefined) return filters;
  if (existsSync(DEFAULT_FILTERS)) return DEFAULT_FILTERS;
  throw new InputError("", `no folder ${DEFAULT_FILTERS} is here: name filters with --filters PATH`);
}

async function onAppliance<T>(
  { memory, target, shadow }: ReplayCommand,
  work: (appliance: ApplianceInterface) => Promise<T>,
): Promise<T> {
  const options: ApplianceOptions = {
    ...(memory === undefined ? {} : { memory }),
    ...(target === undefined ? {} : { target }),
    ...(shadow === undefined ? {} : { shadow }),
  };
  const appliance = await startAppliance(options);
  try {
    return await work(appliance);
  } finally {
    await appliance.close();
  }
}

async function run(
  appliance: ApplianceInterface,
  profile: Profile,
  sources: readonly ReplaySource[],
  command: ReplayCommand,
): Promise<ReplayReport> {
  const root = appliance.rootCapability;
  await assemble(appliance, root, profile).catch((error: unknown) => {
    throw error instanceof ProfileError ? wrongProfile(error, command.handler ?? []) : error;
  });
  const { speed, loop } = command;
  const options = { speed, loop, lossless: speed === "max" };
  const opened = await appliance.call(root, "openReplay", { sources, options });
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
  const texts = new Map(profile.handlers?.map(({ name, text }) => [name, text]));
  return reportReplay(appliance, status, epochs, texts);
}

/** What is wrong in a handler's file is told as `exonet check` tells it. */
function wrongProfile({ subject, errors, message }: ProfileError, options: readonly HandlerOption[]): InputError {
  const option = options.find(({ file }) => subject === `handler ${basename(file, HANDLER)}`);
  if (option === undefined || errors.length === 0) return new InputError("", message);
  return new InputError("", places(option.file, errors.map(withHint)).join("\n"));
}
