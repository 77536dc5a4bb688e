/**
 * `--filters PATH`: a folder of filter files, or a text file: a list of lines `name: expression`, or
 * an `.expect` file as they lie beside our captures.
 */
import { readdirSync } from "node:fs";
import { basename, extname, join } from "node:path";
import type { TextError } from "../appliance/interface.js";
import type { Profile, ProfileFilter } from "../appliance/profile.js";
import { errorsOf } from "../filter/filter.js";
import { parseExpect, parseFilterList } from "../filter/library.js";
import { isName } from "../store/name.js";
import { InputError } from "./failure.js";
import { readText, statOf } from "./text-file.js";

/** The extension names the language and is no part of the name. */
export const LANGUAGES: Readonly<Record<string, ProfileFilter["language"]>> = {
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

/** A filter, and what its errors call it. */
export interface PlacedFilter extends ProfileFilter {
  readonly place: string;
}

/** Checked: throws an InputError with every place, as file:line:column. */
export function loadFilters(path: string): ProfileFilter[] {
  return checked(readFilters(path));
}

/** The same, but texts in files of their own are not checked. */
export function readFilters(path: string): PlacedFilter[] {
  const status = statOf(path);
  const language = LANGUAGES[extname(path)];
  if (status.isDirectory()) return loadFolder(path);
  if (language !== undefined) return [loadFilterFile(path, language)];
  return loadList(path);
}

/** Files of other kinds, and folders in it, are left alone. */
function loadFolder(folder: string): PlacedFilter[] {
  const files = filterFilesIn(folder)
    .map((path) => loadFilterFile(path, LANGUAGES[extname(path)] ?? "dpf"))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  if (files.length === 0) throw new InputError(folder, "holds no filter file (*.dpf, *.pcap-filter)");
  const seen = new Set<string>();
  for (const { name } of files) {
    if (seen.has(name)) throw new InputError(folder, `two files are named ${name}`);
    seen.add(name);
  }
  return files;
}

/** Paths of a folder's files that hold a filter each. */
export function filterFilesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && LANGUAGES[extname(entry.name)] !== undefined)
    .map(({ name }) => join(folder, name));
}

export function loadFilterFile(path: string, language: ProfileFilter["language"]): PlacedFilter {
  const name = basename(path, extname(path));
  if (!isName(name)) throw new InputError(path, "a filter's name is [a-z0-9][a-z0-9._-]{0,63}");
  return { name, language, text: readText(path), place: path };
}

function checked(filters: readonly PlacedFilter[]): ProfileFilter[] {
  const wrong = filters.flatMap(({ place, text, language }) => places(place, errorsOf(text, language)));
  if (wrong.length > 0) throw new InputError("", wrong.join("\n"));
  return filters.map(({ name, language, text }) => ({ name, language, text }));
}

function loadList(path: string): PlacedFilter[] {
  const text = readText(path);
  const isExpect = extname(path) === ".expect";
  const read = isExpect ? parseExpect(text) : parseFilterList(text);
  if (!read.ok) throw new InputError("", places(path, read.errors).join("\n"));
  if (read.entries.length === 0) throw new InputError(path, "holds no filter");
  return read.entries.map((entry) => ({
    name: entry.name,
    language: isExpect ? ("dpf" as const) : ("pcap-filter" as const),
    text: entry.text,
    place: entry.name,
  }));
}

/** Errors as people are told of them: each with its place. */
export function places(path: string, errors: readonly TextError[]): string[] {
  return errors.map(({ line, column, message }) => `${path}:${line}:${column}: ${message}`);
}
