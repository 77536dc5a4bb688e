/**
 * `--filters PATH`: a folder of filter files, or a text file: a list of lines `name: expression`, or
 * an `.expect` file as they lie beside our captures.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, extname, join } from "node:path";
import type { Profile, ProfileFilter } from "../appliance/profile.js";
import { parseExpect, parseFilterList } from "../filter/library.js";
import { isName } from "../store/name.js";
import { InputError } from "./failure.js";

/** The extension names the language and is no part of the name. */
const LANGUAGES: Readonly<Record<string, ProfileFilter["language"]>> = {
  ".dpf": "dpf",
  ".pcap-filter": "pcap-filter",
};

/** No file's filter can have this name. */
const EVERY_PACKET = "every packet";

/** Every filter as a tap that counts, and a monitor that taps every packet for its flow table. */
export function profileOfFilters(path: string): Profile {
  const filters = loadFilters(path);
  return {
    filters: [...filters, { name: EVERY_PACKET, language: "dpf", text: "true" }],
    environments: [{ name: "monitor", program: "monitor" }],
    bindings: [
      ...filters.map(({ name }) => ({ name, filter: name, environment: "control", mode: "tap" as const })),
      { name: "monitor", filter: EVERY_PACKET, environment: "monitor", mode: "tap" },
    ],
  };
}

export function loadFilters(path: string): ProfileFilter[] {
  return statSync(path).isDirectory() ? loadFolder(path) : loadList(path);
}

/** Files of other kinds are left alone. */
function loadFolder(folder: string): ProfileFilter[] {
  const filters = readdirSync(folder)
    .toSorted()
    .flatMap((file): ProfileFilter[] => {
      const language = LANGUAGES[extname(file)];
      return language === undefined ? [] : [loadFilterFile(join(folder, file), language)];
    });
  if (filters.length === 0) throw new InputError(folder, "holds no filter file (*.dpf)");
  const seen = new Set<string>();
  for (const { name } of filters) {
    if (seen.has(name)) throw new InputError(folder, `two files are named ${name}`);
    seen.add(name);
  }
  return filters;
}

export function loadFilterFile(path: string, language: ProfileFilter["language"]): ProfileFilter {
  const name = basename(path, extname(path));
  if (!isName(name)) throw new InputError(path, "a filter's name is [a-z0-9][a-z0-9._-]{0,63}");
  return { name, language, text: readFileSync(path, "utf8") };
}

function loadList(path: string): ProfileFilter[] {
  const text = readFileSync(path, "utf8");
  const isExpect = extname(path) === ".expect";
  const read = isExpect ? parseExpect(text) : parseFilterList(text);
  if (!read.ok) {
    const places = read.errors.map(({ line, column, message }) => `${path}:${line}:${column}: ${message}`);
    throw new InputError("", places.join("\n"));
  }
  return read.entries.map((entry) => ({
    name: entry.name,
    language: isExpect ? ("dpf" as const) : ("pcap-filter" as const),
    text: entry.text,
  }));
}
