/**
 * Tokens of VCODE's text. Spaces separate, # begins a comment that ends with its line, and the end of a line is a
 * token of its own, since an instruction ends there.
 *
 *   word    = a letter or _ , then letters, digits and _
 *   number  = [ "-" ] ( digits | "0x" hexadecimal digits ) [ "n" ]
 *   mark    = "(" | ")" | "[" | "]" | "," | ":" | ".."
 */
export interface Token {
  /** junk: characters that begin no token. */
  readonly kind: "word" | "number" | "mark" | "line" | "end" | "junk";
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

const TOKEN =
  /(?<skip>[ \t\r]+|#[^\n]*)|(?<line>\n)|(?<word>[A-Za-z_]\w*)|(?<number>-?(?:0x[0-9a-fA-F]+|[0-9]+)n?)|(?<mark>\.\.|[()[\],:])|(?<junk>.)/gsy;

const KINDS = ["line", "word", "number", "mark"] as const;

export function* tokensOf(text: string): Generator<Token, Token> {
  let line = 1;
  let begin = 0;
  for (const match of text.matchAll(TOKEN)) {
    if (match.groups?.skip !== undefined) continue;
    const kind = KINDS.find((each) => match.groups?.[each] !== undefined) ?? "junk";
    yield { kind, text: match[0], line, column: match.index - begin + 1 };
    if (kind !== "line") continue;
    line++;
    begin = match.index + 1;
  }
  return { kind: "end", text: "", line, column: text.length - begin + 1 };
}
