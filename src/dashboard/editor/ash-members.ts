/**
 * What may stand behind a name and a dot, and where an import is to be added: told from the text by its look alone, for completion. What a
 * text means is the appliance's business (POST handlers/check).
 */
import { type AshInterface, type AshName, MEMBERS, NAMES } from "./ash-names.js";

const MADE_BY: Readonly<Record<string, AshInterface>> = {
  table: "Table",
  reply: "Frame",
  frame: "Frame",
  pipeline: "Pipeline",
  checksum: "Gathering",
  crc32: "Gathering",
  fold: "Gathering",
};
const NAME = /^[A-Za-z_$][\w$]*$/;
const NOTHING: readonly AshName[] = [];

/** Of `name`, as it is declared anywhere in the text; none where that is not known. `indexed`: of one of its places. */
export function membersOf(text: string, name: string, indexed = false): readonly AshName[] {
  if (!NAME.test(name)) return NOTHING;
  const quoted = name.replaceAll("$", "\\$");
  if (!indexed && new RegExp(`\\b${quoted}\\s*:\\s*Message\\b`).test(text)) return MEMBERS.Message;
  const made = new RegExp(`\\bconst\\s+${quoted}\\s*=\\s*([\\w$]+)(?:\\.(find|enter)|(\\[[^\\]]*\\]))?\\s*(\\()?`).exec(
    text,
  );
  if (made === null) return NOTHING;
  const [whole, maker = "", taken, place, call] = made;
  const rest = text.slice(made.index + whole.length);
  if (taken !== undefined) return fieldsOf(text, argument(declared(text, maker), 1));
  if (place !== undefined) return fieldsOf(text, argument(declared(text, maker), 0));
  if (call === undefined) return NOTHING;
  if (maker === "array") return ofArray(text, rest, indexed);
  if (indexed) return NOTHING;
  if (maker === "record") return fieldsOf(text, argument(rest, 0));
  const known = MADE_BY[maker];
  return known === undefined ? NOTHING : MEMBERS[known];
}

function ofArray(text: string, rest: string, indexed: boolean): readonly AshName[] {
  const of = argument(rest, 0);
  if (indexed) return fieldsOf(text, of);
  return of === "u8" ? MEMBERS.Octets : MEMBERS.List;
}

/** What stands behind `const NAME = maker(`. */
function declared(text: string, name: string): string {
  const found = new RegExp(`\\bconst\\s+${name.replaceAll("$", "\\$")}\\s*=\\s*\\w+\\s*\\(`).exec(text);
  return found === null ? "" : text.slice(found.index + found[0].length);
}

/** The nth argument of a call whose bracket was opened just before. */
function argument(rest: string, wanted: number): string {
  let depth = 0;
  let from = 0;
  let count = 0;
  for (let at = 0; at < rest.length; at++) {
    const character = rest[at] ?? "";
    if ("([{".includes(character)) depth++;
    const ends = depth === 0 && (character === "," || character === ")");
    if (ends && count++ === wanted) return rest.slice(from, at).trim();
    if (ends) from = at + 1;
    if (")]}".includes(character) && --depth < 0) break;
  }
  return "";
}

/** Of a shape by its name, or of fields as they are written. */
function fieldsOf(text: string, shape: string): readonly AshName[] {
  const written = NAME.test(shape) ? argument(declared(text, shape), 0) : shape.replace(/^shape\s*\(/, "");
  return [...written.matchAll(/([A-Za-z_$][\w$]*)\s*:\s*([A-Za-z_$][\w$]*)/g)].map(([, name = "", type = ""]) => ({
    name,
    kind: "property",
    detail: type,
    info: "",
  }));
}

export interface Insertion {
  readonly at: number;
  readonly insert: string;
}

/** What adds a name to the import from "exonet/ash"; null where it is there, is no name of it, or there is no such import. */
export function importOf(text: string, name: string): Insertion | null {
  const known = NAMES.find((one) => one.name === name);
  const found = /import\s*\{([^}]*)\}\s*from\s*["']exonet\/ash["']/.exec(text);
  if (known === undefined || found === null) return null;
  const [whole, list = ""] = found;
  if (list.split(",").some((one) => one.replace(/^\s*type\s/, "").trim() === name)) return null;
  const before = list.trimEnd();
  const at = found.index + whole.indexOf("{") + 1 + before.length;
  const comma = before === "" ? " " : before.endsWith(",") ? " " : ", ";
  return { at, insert: `${comma}${known.kind === "type" ? "type " : ""}${name}` };
}

/** Where the import from "exonet/ash" stands, [from, to): completion within it adds nothing. */
export function importRange(text: string): readonly [number, number] {
  const found = /import\s*\{[^}]*\}\s*from\s*["']exonet\/ash["']/.exec(text);
  return found === null ? [0, 0] : [found.index, found.index + found[0].length];
}
