/** Handlers as files, NAME.ash.ts, and `--handler FILE=FILTER`. */
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import type { Profile, ProfileBinding } from "../appliance/profile.js";
import { isName } from "../store/name.js";
import { InputError } from "./failure.js";
import { readText } from "./text-file.js";

export const HANDLER = ".ash.ts";

/** Paths of a folder's files that hold a handler each. */
export function handlerFilesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(HANDLER))
    .map(({ name }) => join(folder, name));
}

/** Each handler goes first on what the bindings of its filter match; it may send. Throws an InputError. */
export function withHandlers(profile: Profile, options: readonly string[]): Profile {
  return options.reduce(withHandler, profile);
}

function withHandler(profile: Profile, option: string): Profile {
  const at = option.lastIndexOf("=");
  if (at < 1 || at === option.length - 1) throw new InputError("--handler", `${option} is not FILE=FILTER`);
  const [file, filter] = [option.slice(0, at), option.slice(at + 1)];
  const name = basename(file, HANDLER);
  if (!file.endsWith(HANDLER) || !isName(name)) throw new InputError(file, `a handler is a file NAME${HANDLER}`);
  if (!profile.bindings.some((binding) => binding.filter === filter))
    throw new InputError("--handler", `no binding is of the filter ${filter}`);
  const text = readText(file);
  const others = (profile.handlers ?? []).filter((one) => one.name !== name);
  const attach = (binding: ProfileBinding): ProfileBinding =>
    binding.filter === filter ? { ...binding, handler: { handler: name, transmit: true } } : binding;
  return { ...profile, handlers: [...others, { name, text }], bindings: profile.bindings.map(attach) };
}
