/** Handlers as files, NAME.ash.ts. */
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import type { TextError } from "../appliance/interface.js";
import type { Profile, ProfileBinding } from "../appliance/profile.js";
import { isName, NAME_WORDS } from "../store/name.js";
import { InputError } from "./failure.js";
import type { HandlerOption } from "./handler-option.js";
import { readText } from "./text-file.js";

export const HANDLER = ".ash.ts";

/** Paths of a folder's files that hold a handler each. */
export function handlerFilesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(HANDLER))
    .map(({ name }) => join(folder, name));
}

/** Each handler goes first on what the bindings of its filter match; it may send. A filter has one. Throws an InputError. */
export function withHandlers(profile: Profile, options: readonly HandlerOption[]): Profile {
  for (const [k, { file, filter }] of options.entries()) {
    const other = options.slice(0, k).find((one) => one.filter === filter);
    if (other === undefined) continue;
    throw new InputError("--handler", `one handler goes first on the filter ${filter}: ${other.file} or ${file}`);
  }
  return options.reduce(withHandler, profile);
}

function withHandler(profile: Profile, { file, filter, terms }: HandlerOption): Profile {
  const name = basename(file, HANDLER);
  if (!file.endsWith(HANDLER)) throw new InputError(file, `a handler is a file NAME${HANDLER}`);
  if (!isName(name)) throw new InputError(file, `a handler's name is ${NAME_WORDS}`);
  const text = readText(file);
  if (!profile.bindings.some((binding) => binding.filter === filter))
    throw new InputError("--handler", `no binding is of the filter ${filter}; ${boundFilters(profile)}`);
  const { handlers = [] } = profile;
  const known = handlers.find((one) => one.name === name);
  if (known !== undefined && known.text !== text) throw new InputError(file, `another handler is called ${name}, too`);
  const attach = (binding: ProfileBinding): ProfileBinding =>
    binding.filter === filter ? { ...binding, handler: { handler: name, transmit: true, ...terms } } : binding;
  return {
    ...profile,
    handlers: known === undefined ? [...handlers, { name, text }] : handlers,
    bindings: profile.bindings.map(attach),
  };
}

const MOST_TOLD = 20;

/** The filters that there are bindings of, for whoever has named another one. */
function boundFilters({ bindings }: Profile): string {
  const names = [...new Set(bindings.map(({ filter }) => filter))].toSorted();
  if (names.length === 0) return "there are no bindings";
  const more = names.length > MOST_TOLD ? `, and ${names.length - MOST_TOLD} more` : "";
  return `there are bindings of ${names.slice(0, MOST_TOLD).join(", ")}${more}`;
}

/** Message and what to write instead, in one line. */
export function withHint({ hint, message, ...error }: TextError): TextError {
  return { ...error, message: hint === undefined ? message : `${message}; ${hint}` };
}
