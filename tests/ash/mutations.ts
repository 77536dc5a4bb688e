/** Texts that came of others by small changes: characters, words and lines that go, come, or change places. */
import type { Chance } from "../seeded.js";

const WORDS = /[A-Za-z_]\w*|\d\w*|=>|[=!<>]=+|[-+*/%&|^<>]=?|[(){}[\];:,.?"'`!~@#]/g;
const STRANGE = [
  ..."( ) { } [ ] ; : , . ? ! ~ < > = => === && || ++ -- += ... ?. ?? ** @ # \\ \" ' ` /* // ${ 0 1n 1.5 0x 1e9 -1 \u0000 é 😀 \u2028".split(
    " ",
  ),
  ..."var let const class function async await yield new this super null undefined typeof delete void in of as enum".split(
    " ",
  ),
  ..."import export default return break continue case switch if else for while do try throw with debugger interface".split(
    " ",
  ),
  ..."u8 u32 u64 i32 bool pass consume message seen flows record table array shape pipeline map fold xor reply frame".split(
    " ",
  ),
];

/** What may stand where another of them stands, so that the text may still be right. */
const ALIKE: readonly (readonly string[])[] = [
  ["0", "1", "2", "3", "5", "7", "8", "15", "16", "255"],
  ["0n", "1n", "2n", "63n"],
  ["+", "-", "*", "&", "|", "^"],
  ["<", "<=", ">", ">=", "===", "!=="],
  ["+=", "-=", "*=", "&=", "|=", "^=", "="],
  ["&&", "||"],
  ["let", "const"],
  ["break", "continue"],
  ["pass", "consume"],
  ["u8", "u16", "u32", "i8", "i16", "i32", "u64", "i64", "bool"],
  ["seen.n", "seen.small", "seen.wide", "seen.on", "message.length", "flows.size", "f.last", "f.packets"],
  ["f", "g", "half", "true", "false", "undefined", "a", "b", "s", "x"],
];

export function mutated(chance: Chance, text: string, others: readonly string[]): string {
  let result = text;
  const changes = 1 + chance.below(3);
  for (let change = 0; change < changes; change++) result = changedOnce(chance, result, others);
  return result;
}

function changedOnce(chance: Chance, text: string, others: readonly string[]): string {
  const words = [...text.matchAll(WORDS)];
  const word = words.length > 0 ? chance.pick(words) : undefined;
  const at = word?.index ?? 0;
  const behind = at + (word?.[0].length ?? 0);
  switch (chance.below(12)) {
    case 0:
      return text.slice(0, at) + text.slice(behind);
    case 1:
      return `${text.slice(0, at)} ${chance.pick(STRANGE)} ${text.slice(at)}`;
    case 2:
      return `${text.slice(0, at)}${chance.pick(STRANGE)}${text.slice(behind)}`;
    case 3:
      return text.slice(0, at) + (words.length > 0 ? chance.pick(words)[0] : "") + text.slice(behind);
    case 4:
      return `${text.slice(0, at)}${word?.[0] ?? ""} ${text.slice(at)}`;
    case 5:
      return withoutLine(chance, text);
    case 6:
      return text.slice(0, chance.below(text.length + 1));
    case 7:
    case 8:
    case 9:
    case 10:
      return `${text.slice(0, at)}${alike(chance, word?.[0] ?? "")}${text.slice(behind)}`;
    default:
      return withLineOf(chance, text, chance.pick(others));
  }
}

function alike(chance: Chance, word: string): string {
  const group = ALIKE.find((words) => words.includes(word));
  return group ? chance.pick(group) : word;
}

function withoutLine(chance: Chance, text: string): string {
  const lines = text.split("\n");
  lines.splice(chance.below(lines.length), 1);
  return lines.join("\n");
}

function withLineOf(chance: Chance, text: string, other: string): string {
  const lines = text.split("\n");
  lines.splice(chance.below(lines.length + 1), 0, chance.pick(other.split("\n")));
  return lines.join("\n");
}
