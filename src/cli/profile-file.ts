/**
 * A profile as a file. What its bindings name and its `filters` do not hold is looked for beside the
 * file, as NAME.dpf or NAME.pcap-filter, so that the filters of a folder need not be written twice.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Value } from "typebox/value";
import type { Profile, ProfileFilter } from "../appliance/profile.js";
import { ProfileDocument } from "../control/schemas.js";
import { InputError } from "./failure.js";
import { loadFilterFile } from "./filter-path.js";

/** With all filters that its bindings name; captures as paths beside the file. */
export function readProfile(path: string): Profile {
  const profile = parse(path, readFileSync(path, "utf8"));
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
    throw new InputError(path, error instanceof Error ? error.message : "is no JSON");
  }
  const [first] = Value.Errors(ProfileDocument, value);
  if (first !== undefined) throw new InputError(path, `${first.instancePath || "/"}: ${first.message}`);
  return value as Profile;
}

function beside(path: string, folder: string, name: string): ProfileFilter {
  for (const [extension, language] of [
    ["dpf", "dpf"],
    ["pcap-filter", "pcap-filter"],
  ] as const) {
    const file = join(folder, `${name}.${extension}`);
    if (existsSync(file)) return loadFilterFile(file, language);
  }
  throw new InputError(path, `no filter ${name}: neither in the file nor beside it`);
}
