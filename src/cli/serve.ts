/** `exonet serve`: the appliance with its control plane, until SIGTERM or SIGINT. */
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { Value } from "typebox/value";
import { DEFAULT_MEMORY, startAppliance } from "../appliance/appliance.js";
import type { ApplianceInterface } from "../appliance/interface.js";
import { type Control, startControl } from "../control/control.js";
import { isLoopback } from "../control/hosts.js";
import { mergeProfiles, replacedHandlers } from "../control/profile.js";
import type { Profile } from "../control/protocol.js";
import { ProfileDocument } from "../control/schemas.js";
import { DEFAULT_TARGET, type Target } from "../dpf/target.js";
import { PROGRAMS } from "../libos/programs.js";
import { StoreError } from "../store/errors.js";
import { Store } from "../store/store.js";
import { InputError, systemWords } from "./failure.js";
import { refuseOwnShadow } from "./own-shadow.js";
import { readProfile } from "./profile-file.js";

export interface ServeOptions {
  readonly host?: string;
  readonly port?: number;
  readonly data?: string;
  readonly profile?: string;
  readonly target?: Target;
  readonly shadow?: Target;
  /** Octets of physical memory. */
  readonly memory?: number;
}

const DEFAULT_PORT = 7117;
/** What a token must look like that somebody else has made: long enough, and whole in a header. */
const TOKEN = /^[\x21-\x7e]{16,512}$/;
const NOTHING: Profile = { filters: [], environments: [], bindings: [] };

/** Resolves when the server has been told to stop and has drained; rejects where it cannot start. */
export async function serve(options: ServeOptions): Promise<void> {
  const { host = "127.0.0.1", port = DEFAULT_PORT } = options;
  refuseOwnShadow(options);
  const file = options.profile === undefined ? undefined : readProfile(options.profile);
  const token = tokenOfEnvironment();
  if (!isLoopback(host)) warn(`${host} is not loopback: whoever reaches it and has the token rules this appliance`);
  const store = openStore(options.data ?? defaultFolder());
  try {
    const { memory = DEFAULT_MEMORY, target = DEFAULT_TARGET, shadow } = options;
    const key = store.key();
    const journal = store.capabilities;
    const appliance = await startAppliance({
      memory,
      target,
      key,
      journal,
      ...(shadow === undefined ? {} : { shadow }),
    });
    try {
      await run({ host, port, store, appliance, token: token ?? appliance.rootCapability, file });
    } finally {
      await appliance.close();
    }
  } finally {
    store.close();
  }
}

interface Run {
  readonly host: string;
  readonly port: number;
  readonly store: Store;
  readonly appliance: ApplianceInterface;
  readonly token: string;
  readonly file: Profile | undefined;
}

async function run({ host, port, store, appliance, token, file }: Run): Promise<void> {
  const failed = new Promise<string>((resolve) => {
    appliance.listen((event) => {
      if (event.kind === "failed") resolve(event.reason);
    });
  });
  const programs = [...PROGRAMS.keys()];
  const control = await startControl({ appliance, store, host, port, token, programs, log: process.stderr }).catch(
    (error: unknown) => {
      throw listenError(error, host, port);
    },
  );
  const stopped = stopSignal();
  try {
    await setUp(control, store, file);
    const path = store.writeToken(token);
    process.stdout.write(`${control.url}/#token=${encodeURIComponent(token)}\n`);
    process.stderr.write(`exonet: open the link above; scripts find its token in ${path}; Ctrl-C stops\n`);
    const reason = await Promise.race([stopped, failed]);
    if (reason !== undefined) throw new Error(reason);
    process.stderr.write("exonet: stopping\n");
  } finally {
    await control.close();
  }
}

/** What was set up when the server last ran, and over it what the profile file names. */
async function setUp(control: Control, store: Store, file: Profile | undefined): Promise<void> {
  const stored = withKnownCaptures(storedProfile(store), store);
  if (file === undefined) {
    await control.apply(mergeProfiles(stored, NOTHING)).catch((error: unknown) => {
      warn(`what was set up before cannot be set up again: ${wordsOf(error)}`);
    });
    return;
  }
  const profile = mergeProfiles(stored, await importCaptures(control, file));
  await control.apply(profile).catch((error: unknown) => {
    throw new InputError("profile", wordsOf(error));
  });
  const replaced = replacedHandlers(stored, file).map(
    ({ binding, environment, handler, by }) => `${handler} on ${binding} of ${environment} (now ${by ?? "none"})`,
  );
  if (replaced.length > 0) warn(`the profile file replaced handlers that were bound before: ${replaced.join(", ")}`);
}

/** Captures are paths in a profile file, and names in the store. */
async function importCaptures(control: Control, file: Profile): Promise<Profile> {
  if (file.replay === undefined) return file;
  const captures: string[] = [];
  for (const path of file.replay.captures) {
    const name = captureName(path);
    if (captures.includes(name)) throw new InputError(path, `another capture of the profile is called ${name}, too`);
    await control.importCapture(name, path).catch((error: unknown) => {
      throw error instanceof Error && "path" in error ? error : new InputError(path, wordsOf(error));
    });
    captures.push(name);
  }
  return { ...file, replay: { ...file.replay, captures } };
}

/** The file's name in the letters that names have. */
function captureName(path: string): string {
  const letters = basename(path)
    .toLowerCase()
    .replace(/[^a-z0-9._-]/g, "-");
  return letters.replace(/^[^a-z0-9]+/, "").slice(0, 64) || "capture";
}

function storedProfile(store: Store): Profile {
  const text = store.profile();
  const [filters, handlers] = [store.filters.list(), store.handlers.list()];
  if (text === undefined) return { ...NOTHING, filters, handlers };
  const document: unknown = JSON.parse(text);
  if (Value.Check(ProfileDocument, document)) return { ...document, filters, handlers };
  warn("what was set up before is not understood, and left out");
  return { ...NOTHING, filters, handlers };
}

function withKnownCaptures(profile: Profile, store: Store): Profile {
  const { replay, ...rest } = profile;
  const known = replay?.captures.every((name) => store.captures.find(name) !== undefined) ?? false;
  return known ? profile : rest;
}

function openStore(folder: string): Store {
  try {
    return Store.open(folder);
  } catch (error) {
    const words = error instanceof StoreError ? error.message : systemWords(error);
    throw words === undefined ? error : new InputError(folder, words);
  }
}

function defaultFolder(): string {
  const { XDG_DATA_HOME } = process.env;
  // The XDG base directory specification: a relative path there is to be ignored.
  const base = XDG_DATA_HOME?.startsWith("/") ? XDG_DATA_HOME : join(homedir(), ".local", "share");
  return join(base, "exonet");
}

function tokenOfEnvironment(): string | undefined {
  const { EXONET_TOKEN } = process.env;
  if (EXONET_TOKEN === undefined || EXONET_TOKEN === "") return undefined;
  if (!TOKEN.test(EXONET_TOKEN)) throw new InputError("EXONET_TOKEN", "16 to 512 visible ASCII characters are wanted");
  return EXONET_TOKEN;
}

function listenError(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE") return new InputError(`${host}:${port}`, "is taken; choose another port with --port");
  if (code === "EACCES") return new InputError(`${host}:${port}`, "is not allowed; choose another port with --port");
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return new InputError(host, "is no host that is known; see --host");
  if (code === "EADDRNOTAVAIL") return new InputError(host, "is no address of this machine; see --host");
  return error;
}

/** Resolves at the first signal; at the second the process ends at once, as a person expects. */
function stopSignal(): Promise<undefined> {
  return new Promise((resolve) => {
    let asked = false;
    const stop = () => {
      if (asked) process.exit(1);
      asked = true;
      resolve(undefined);
    };
    process.on("SIGTERM", stop);
    process.on("SIGINT", stop);
  });
}

function warn(text: string): void {
  process.stderr.write(`exonet: warning: ${text}\n`);
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
