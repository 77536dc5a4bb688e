/**
 * A profile as a file. What its bindings name and its `filters` and `handlers` do not hold is looked for beside the
 * file, as NAME.dpf, NAME.pcap-filter or NAME.ash.ts, so that what lies in a folder need not be written twice.
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { Value } from "typebox/value";
import type { Profile, ProfileFilter, ProfileHandler } from "../appliance/profile.js";
import { ProfileDocument } from "../control/schemas.js";
import { InputError } from "./failure.js";
import { loadFilterFile } from "./filter-path.js";
import { HANDLER } from "./handler-file.js";
import { readText } from "./text-file.js";

/** With all filters and handlers that its bindings name; captures as paths beside the file. */
export function readProfile(path: string): Profile {
  const profile = parse(path, readText(path));
  const folder = dirname(path);
  const filters = completed(
    profile.filters,
    profile.bindings.map(({ filter }) => filter),
    (name) => beside(path, folder, name),
  );
  const handlers = completed(
    profile.handlers ?? [],
    profile.bindings.flatMap(({ handler }) => handler?.handler ?? []),
    (name) => handlerBeside(path, folder, name),
  );
  const whole = { ...profile, filters, ...(handlers.length === 0 ? {} : { handlers }) };
  if (profile.replay === undefined) return whole;
  const captures = profile.replay.captures.map((capture) => join(folder, capture));
  return { ...whole, replay: { ...profile.replay, captures } };
}

/** With those that are named and not there. */
function completed<T extends { readonly name: string }>(
  held: readonly T[],
  named: readonly string[],
  find: (name: string) => T,
): readonly T[] {
  const names = new Set(held.map(({ name }) => name));
  return [...held, ...[...new Set(named)].filter((name) => !names.has(name)).map(find)];
}

function handlerBeside(path: string, folder: string, name: string): ProfileHandler {
  const file = join(folder, name + HANDLER);
  if (!existsSync(file)) throw new InputError(path, `no handler ${name} in it, and no ${name}${HANDLER} beside it`);
  return { name, text: readText(file) };
}

function parse(path: string, text: string): Profile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InputError(path, `is no JSON: ${error instanceof Error ? error.message.replaceAll("\n", " ") : ""}`);
  }
  const [first] = Value.Errors(ProfileDocument, value);
  if (first !== undefined) {
    const what = first.message === "schema is false" ? "unknown field" : first.message;
    throw new InputError(path, `${first.instancePath || "/"}: ${what}`);
  }
  return value as Profile;
}

function beside(path: string, folder: string, name: string): ProfileFilter {
  for (const [extension, language] of [
    ["dpf", "dpf"],
    ["pcap-filter", "pcap-filter"],
  ] as const) {
    const file = join(folder, `${name}.${extension}`);
    if (!existsSync(file)) continue;
    const { text } = loadFilterFile(file, language);
    return { name, language, text };
  }
  throw new InputError(path, `no filter ${name}: neither in the file nor beside it`);
}
