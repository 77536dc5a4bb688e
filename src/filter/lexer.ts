/**
 * Tokens of DPF text.
 *
 *   number  decimal | "0x" hex | decimal "." decimal "." decimal "." decimal
 *   word    letter { letter | digit | "_" }
 *   symbol  "||" "&&" "==" "!=" "<=" ">=" "<<" "<" ">" ".." "&" "|" "/" ":" "(" ")"
 *
 * Between tokens: white space, newlines among it, and comments from "#" to the end of the line.
 */
import type { ErrorList } from "./error.js";

export interface Token {
  /** strange: a character that begins no token; the parser tells it where it meets it. */
  readonly kind: "number" | "word" | "symbol" | "strange" | "end";
  readonly text: string;
  /** Of a number: its value, or undefined where it is none (that was told). */
  readonly value: number | undefined;
  readonly dotted: boolean;
  readonly start: number;
  readonly end: number;
}

/**
 * What stands between tokens, then one token: a number, a word or a symbol. All that looks like a number is one, so that
 * `12ab` is one wrong number and not two tokens; `1..2` are two, and a symbol. One pattern, as it is most of the work.
 */
const TOKEN =
  /(?:[\s\uFEFF]|#[^\n]*)*(?:([0-9](?:[0-9A-Za-z_]|\.(?!\.))*)|([A-Za-z_][0-9A-Za-z_]*)|(\|\||&&|[=!<>]=|<<|\.\.|[<>&|/:()]))?/y;
/** One character, be it two units long. */
const STRANGE = /./suy;

export function tokens(text: string, errors: ErrorList): Token[] {
  const list: Token[] = [];
  let at = 0;
  const push = (kind: Token["kind"], found: string, value?: number, dotted = false) => {
    const start = at - found.length;
    list.push({ kind, text: found, value, dotted, start, end: at });
  };
  for (;;) {
    TOKEN.lastIndex = at;
    const [all = "", number, word, symbol] = TOKEN.exec(text) ?? [];
    at += all.length;
    if (number !== undefined)
      push("number", number, numberOf(number, at - number.length, errors), number.includes("."));
    else if (word !== undefined) push("word", word);
    else if (symbol !== undefined) push("symbol", symbol);
    else if (at === text.length) {
      push("end", "");
      return list;
    } else {
      STRANGE.lastIndex = at;
      const strange = STRANGE.exec(text)?.[0] ?? text.charAt(at);
      at += strange.length;
      push("strange", strange);
    }
  }
}

function numberOf(text: string, start: number, errors: ErrorList): number | undefined {
  const value = text.includes(".") ? quad(text) : plain(text);
  if (value === undefined) {
    const why = text.includes(".") ? "a dotted quad has four parts of 0 to 255" : "write decimal, or hex after 0x";
    errors.add("E_NUMBER", `${JSON.stringify(text)} is no number: ${why}`, start, start + text.length);
  }
  return value;
}

function plain(text: string): number | undefined {
  if (!/^(?:0x[0-9a-f]+|[0-9]+)$/i.test(text)) return undefined;
  return Number(text);
}

function quad(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^[0-9]{1,3}$/.test(part) && Number(part) <= 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}
