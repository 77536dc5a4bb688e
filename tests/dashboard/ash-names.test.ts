/** Completion of "exonet/ash": the table of names against the declaration file, and what may stand behind a dot. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { importOf, importRange, membersOf } from "../../src/dashboard/editor/ash-members.js";
import { type AshInterface, type AshName, MEMBERS, NAMES } from "../../src/dashboard/editor/ash-names.js";

const DECLARATION = readFileSync("src/ash/language.d.ts", "utf8");

interface Declared {
  readonly name: string;
  /** The first sentence above it, "" where there is none. */
  readonly sentence: string;
}

/** Lines that match, each with the docstring that ends on the line before. */
function declared(text: string, pattern: RegExp): Declared[] {
  const lines = text.split("\n");
  return lines.flatMap((line, index) => {
    const name = pattern.exec(line)?.[1];
    return name === undefined ? [] : [{ name, sentence: sentenceAbove(lines, index) }];
  });
}

function sentenceAbove(lines: readonly string[], index: number): string {
  if (!/\*\/\s*$/.test(lines[index - 1] ?? "")) return "";
  let first = index - 1;
  while (!(lines[first] ?? "").includes("/**")) first--;
  const said = lines
    .slice(first, index)
    .map((line) => line.replace(/^\s*(\/\*\*|\*\/|\*)\s?/, "").replace(/\s*\*\/\s*$/, ""));
  const text = said.join(" ").trim();
  return /^.*?[.](?=\s|$)/.exec(text)?.[0] ?? text;
}

function bodyOf(name: string): string {
  return (
    new RegExp(`interface ${name}(?:<[^>]*>)?(?: extends [^{]*)? \\{\\n([\\s\\S]*?)\\n\\}`).exec(DECLARATION)?.[1] ?? ""
  );
}

/** What the interface says itself. */
function ownMembers(name: string): Declared[] {
  return declared(bodyOf(name), /^ {2}(?:readonly )?(\w+)[(:]/);
}

const INHERITS: Partial<Record<AshInterface, AshInterface>> = { Octets: "List", Frame: "Octets" };
/** Names that the declaration says nothing of, and things that it says of several at once. */
const OWN_WORDS = new Set(["Message", "Outcome", "length", "capacity", "value"]);

/** How many of the sentences are the declaration's, word for word; those of `OWN_WORDS` may differ. */
function compared(ours: readonly AshName[], theirs: readonly Declared[]): number {
  const byName = new Map(theirs.filter(({ sentence }) => sentence !== "").map((one) => [one.name, one.sentence]));
  const both = ours.flatMap(({ name, info }) => {
    const sentence = byName.get(name);
    return sentence === undefined || OWN_WORDS.has(name) ? [] : [{ name, info, sentence }];
  });
  for (const { name, info, sentence } of both) expect(info, name).toBe(sentence);
  return both.length;
}

describe("the table", () => {
  const exported = declared(DECLARATION, /^export (?:const|function|interface) (\w+)/);

  test("has every name that a handler may import, and no other", () => {
    expect(new Set(NAMES.map(({ name }) => name))).toEqual(new Set(exported.map(({ name }) => name)));
    expect(NAMES.length).toBe(new Set(NAMES.map(({ name }) => name)).size);
    expect(compared(NAMES, exported)).toBeGreaterThan(18);
  });

  const names: readonly AshInterface[] = [
    "Message",
    "List",
    "Places",
    "Octets",
    "Frame",
    "Table",
    "Gathering",
    "Pipeline",
  ];
  test("is whole", () => expect(Object.keys(MEMBERS).sort()).toEqual([...names].sort()));

  test.each(names)("has the members of %s", (name) => {
    const theirs: Declared[] = [];
    for (let at: AshInterface | undefined = name; at !== undefined; at = INHERITS[at]) theirs.push(...ownMembers(at));
    expect(theirs.length).toBeGreaterThan(0);
    expect(new Set(MEMBERS[name].map((one) => one.name))).toEqual(new Set(theirs.map((one) => one.name)));
    compared(MEMBERS[name], theirs);
  });
});

const TEXT = `import { array, type Message, record, reply, shape, table, u32, u64, u8 } from "exonet/ash";
const seen = record({ packets: u64, octets: u64 });
const Flow = shape({ first: u64, tail: array(u8, 6) });
const flows = table(shape({ from: u32, to: u32 }), Flow, 64);
const lengths = array(u32, 8);
const buffer = array(u8, 1500);
const slots = array(Flow, 16);
export default function take(m: Message) {
  const flow = flows.enter({ from: m.u32(26), to: m.u32(30) });
  const slot = slots[3];
  const out = reply(m);
}`;

describe("what may stand behind a dot", () => {
  const namesOf = (name: string, indexed = false) => membersOf(TEXT, name, indexed).map((one) => one.name);

  test.each([
    ["m", false, MEMBERS.Message.map((one) => one.name)],
    ["seen", false, ["packets", "octets"]],
    ["flows", false, ["size", "capacity", "find", "enter", "delete"]],
    ["flow", false, ["first", "tail"]],
    ["slot", false, ["first", "tail"]],
    ["slots", true, ["first", "tail"]],
    ["slots", false, ["length"]],
    ["lengths", false, ["length"]],
    ["buffer", false, MEMBERS.Octets.map((one) => one.name)],
    ["out", false, MEMBERS.Frame.map((one) => one.name)],
    ["nobody", false, []],
    ["a+", false, []],
  ] as const)("%s (indexed: %s)", (name, indexed, expected) => expect(namesOf(name, indexed)).toEqual(expected));

  test("whatever is cut short, nothing is thrown", () => {
    let some = 0;
    for (let length = 0; length <= TEXT.length; length++) {
      for (const name of ["flow", "flows", "seen", "slots"]) some += membersOf(TEXT.slice(0, length), name).length;
    }
    expect(some).toBeGreaterThan(0);
  });
});

describe("imports", () => {
  const added = (text: string, name: string) => {
    const found = importOf(text, name);
    return found === null ? null : text.slice(0, found.at) + found.insert + text.slice(found.at);
  };

  test.each([
    ['import { pass } from "exonet/ash";', "consume", 'import { pass, consume } from "exonet/ash";'],
    ['import { pass, } from "exonet/ash";', "u32", 'import { pass, u32 } from "exonet/ash";'],
    ['import {\n  pass,\n} from "exonet/ash";', "Message", 'import {\n  pass, type Message\n} from "exonet/ash";'],
    ['import {} from "exonet/ash";', "pass", 'import { pass} from "exonet/ash";'],
  ])("%s and %s", (text, name, expected) => expect(added(text, name)).toBe(expected));

  test("what is there, is no name of it, or has no import is not added", () => {
    expect(added('import { type Message, pass } from "exonet/ash";', "Message")).toBeNull();
    expect(added('import { pass } from "exonet/ash";', "nothing")).toBeNull();
    expect(added("", "pass")).toBeNull();
    expect(importRange('let a;\nimport { pass } from "exonet/ash";')).toEqual([7, 40]);
  });
});
