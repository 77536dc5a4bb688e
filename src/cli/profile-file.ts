/**
 * A profile as a file. What its bindings name and its `filters` do not hold is looked for beside the
 * file, as NAME.dpf or NAME.pcap-filter, so that the filters of a folder need not be written twice.
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { Value } from "typebox/value";
import type { Profile, ProfileFilter } from "../appliance/profile.js";
import { ProfileDocument } from "../control/schemas.js";
import { InputError } from "./failure.js";
import { loadFilterFile } from "./filter-path.js";
import { readText } from "./text-file.js";

/** With all filters that its bindings name; captures as paths beside the file. */
export function readProfile(path: string): Profile {
  const profile = parse(path, readText(path));
  const folder = dirname(path);
  const held = new Set(profile.filters.map(({ name }) => name));
  const named = new Set(profile.bindings.map(({ filter }) => filter));
  const missing = [...named].filter((name) => !held.has(name));
  const filters = [...profile.filters, ...missing.map((name) => beside(path, folder, name))];
  if (profile.replay === undefined) return { ...profile, filters };
  const captures = profile.replay.captures.map((capture) => join(folder, capture));
  return { ...profile, filters, replay: { ...profile.replay, captures } };
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
