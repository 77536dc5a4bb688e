/**
 * A place in the tokens of one text, and how deep its parts nest there. What is wrong is told once for each token, and
 * then thrown: `Abandoned` to where the next term begins, `Refused` where reading on makes no sense.
 */
import { type ErrorList, MAX_ERRORS, type TextErrorCode } from "../error.js";
import { MAX_NESTING } from "../parser.js";
import type { Place } from "./ast.js";
import { shortened, type Token, tokens } from "./lexer.js";
import { type Keyword, wordOf } from "./words.js";

export class Abandoned extends Error {}

export class Refused extends Error {}

export class Cursor {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #errors: ErrorList;
  #at = 0;
  #depth = 0;
  #told = 0;
  /** Index of the token at which something else was expected last: once is enough. */
  #toldAt = -1;

  constructor(text: string, errors: ErrorList) {
    this.#text = text;
    this.#tokens = tokens(text, errors);
    this.#errors = errors;
  }

  get token(): Token {
    return this.#tokens[this.#at]!;
  }

  /** Whether the token behind this one is that symbol. */
  isNext(symbol: string): boolean {
    const next = this.#tokens[this.#at + 1];
    return next?.kind === "symbol" && next.symbol === symbol;
  }

  is(symbol: string): boolean {
    const { token } = this;
    return token.kind === "symbol" && token.symbol === symbol;
  }

  isKeyword(keyword: Keyword): boolean {
    const { token } = this;
    return token.kind === "keyword" && token.keyword === keyword;
  }

  /** The end stays where it is. */
  next(): void {
    if (this.token.kind !== "end") this.#at++;
  }

  take(symbol: string, expected = JSON.stringify(symbol)): void {
    if (!this.is(symbol)) this.expected(expected);
    this.next();
  }

  number(what = "a number"): number {
    const { token } = this;
    if (token.kind !== "number") return this.expected(what);
    this.next();
    return token.value;
  }

  /** From `start` to the end of the token before this one. */
  placeFrom(start: number): Place {
    return { start, end: Math.max(this.#tokens[this.#at - 1]?.end ?? start, start) };
  }

  source({ start, end }: Place): string {
    return this.#text.slice(start, end);
  }

  /** Reads something one level deeper. */
  nested<T>(read: () => T): T {
    if (this.#depth === MAX_NESTING) {
      this.#tell("E_NESTING", `parentheses, brackets and "not" nest at most ${MAX_NESTING} deep`, this.token);
      throw new Refused();
    }
    this.#depth++;
    try {
      return read();
    } finally {
      this.#depth--;
    }
  }

  get index(): number {
    return this.#at;
  }

  /**
   * To the next "and", "or", end, or ")" that closes what is open where the token of that index stands; not into
   * parentheses that were begun behind it.
   */
  skip(index: number, inParentheses: boolean): void {
    const passed = this.#tokens.slice(index, this.#at);
    const symbols = passed.map((token) => (token.kind === "symbol" ? token.symbol : ""));
    let open = symbols.reduce((count, symbol) => count + Number(symbol === "(") - Number(symbol === ")"), 0);
    for (; this.token.kind !== "end"; this.next()) {
      if (open <= 0 && (this.is("and") || this.is("or") || (inParentheses && this.is(")")))) return;
      if (this.is("(")) open++;
      else if (this.is(")")) open = Math.max(open - 1, 0);
    }
  }

  /** Tells, and reading goes on. */
  tell(code: TextErrorCode, message: string, place: Place): void {
    this.#tell(code, message, place);
    if (this.#told >= MAX_ERRORS) throw new Refused();
  }

  abandon(code: TextErrorCode, message: string, place: Place): never {
    this.tell(code, message, place);
    throw new Abandoned();
  }

  /** `hint`: what the writer may have meant. */
  expected(what: string, hint = hintOf(this.token)): never {
    const { token } = this;
    const found = token.kind === "end" ? "the end" : JSON.stringify(shortened(this.source(token)));
    if (this.#toldAt !== this.#at && !token.wrong) {
      this.#toldAt = this.#at;
      const code = token.kind === "strange" ? "E_CHARACTER" : "E_SYNTAX";
      this.tell(code, `found ${found}, expected ${what}${hint && `: ${hint}`}`, token);
    }
    throw new Abandoned();
  }

  #tell(code: TextErrorCode, message: string, { start, end }: Place): void {
    this.#told++;
    this.#errors.add(code, message, start, end);
  }
}

function hintOf(token: Token): string {
  if (token.kind !== "name" || token.escaped) return "";
  const { name } = token;
  if (name !== name.toLowerCase() && wordOf(name.toLowerCase())) return `keywords are lower case`;
  return /^[0-9].*-/.test(name) ? `a "-" without spaces is part of a name` : "";
}
