/** Texts for the tests of the checker: `⟦…⟧` marks where the complaint is. */
import type { HandlerErrorCode } from "../../src/ash/diagnostic.js";

export interface Case {
  readonly code: HandlerErrorCode;
  readonly text: string;
  /** What is marked: offset and length in the text without marks. */
  readonly start: number;
  readonly length: number;
}

export const NAMES = [
  ..."i8 u8 i16 u16 i32 u32 i64 u64 bool shape record array table pass consume passTo reply frame".split(" "),
  ..."fold16 patch16 patch32 swap16 swap32 wake transfer".split(" "),
  ..."checksum crc32 byteswap16 byteswap32 xor copy map fold pipeline".split(" "),
];

export const IMPORT = `import { type Message, type Outcome, ${NAMES.join(", ")} } from "exonet/ash";\n`;

const STATE = `const seen = record({ n: u32, wide: u64, on: bool, small: u8, list: array(u8, 8) });
const Flow = shape({ packets: u64, last: u32 });
const flows = table(u32, Flow, 64);
const pairs = table(shape({ a: u32, b: u16 }), Flow, 64);
const slots = array(Flow, 4);
const counts = array(u32, 16);
const sum = checksum();
const cipher = xor(0x55);
const both = pipeline(sum, cipher);
function half(x: u32): u32 {
  return x >>> 1;
}
`;

/** Statements in the exported function, before its `return pass;`. */
export function inside(statements: string): string {
  return `${IMPORT}${STATE}export default function main(message: Message) {\n  ${statements}\n  return pass;\n}\n`;
}

/** Declarations before the exported function. */
export function atTop(declarations: string): string {
  return `${IMPORT}${declarations}\nexport default function main(message: Message) {\n  return pass;\n}\n`;
}

export function marked(code: HandlerErrorCode, text: string): Case {
  const start = text.indexOf("⟦");
  const end = text.indexOf("⟧");
  if (start < 0 || end < start) throw new Error(`no mark in: ${text}`);
  return {
    code,
    text: text.slice(0, start) + text.slice(start + 1, end) + text.slice(end + 1),
    start,
    length: end - start - 1,
  };
}

export function lineAndColumn(text: string, offset: number): { readonly line: number; readonly column: number } {
  const lines = text.slice(0, offset).split("\n");
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
