/** Errors of a text: a closed list of codes, each with its place. */

const TEXT_ERRORS = {
  E_TOO_LONG: "the text is longer than the limit",
  E_CHARACTER: "a character that begins no token",
  E_NUMBER: "a number that is none, or of a form that is not possible here",
  E_SYNTAX: "another token was expected",
  E_OFFSET: "an offset beyond the limit",
  E_WIDTH: "a width other than 8, 16 and 32",
  E_MASK: "a mask of 0, or beyond the field's width",
  E_VALUE: "a value beyond the field's width, or with bits outside the mask",
  E_RANGE: "a range that no value lies in",
  E_PREFIX: "a prefix of no bits, of more than the field has, or beside a mask",
  E_CONSTANT: "a name that stands for no number",
  E_LENGTH: "a length beyond the limit",
  E_SHIFT: "a shift beyond the limit",
  E_LEFT: "a scale of more than 31 bits",
  E_NESTING: "parentheses nest too deep",
  E_ATOMS: "a conjunction has too many atoms",
  E_CONJUNCTIONS: "a filter has, or its parentheses make, too many conjunctions",
  E_LINE: "a line without its parts",
  E_NAME: "a name that is not possible",
  E_NAME_TWICE: "a name that was there before",
  E_COUNT: "a count that is no number",
  E_WORD: "a word that is not known at its place",
  E_SIZE: "a load of other than 1, 2 or 4 octets",
  E_OPERATIONS: "a comparison has too many operators",
  E_QUALIFIER: "qualifiers that do not go together, or not with what they stand before",
  E_ADDRESS: "an address that is none, or of another kind than its place wants",
  E_LINK_TYPE: "a link type that nobody knows, or that lacks what is asked",
  E_UNKNOWN_NAME: "a name that stands for nothing here: hosts are not looked up",
  E_MPLS: "a protocol that cannot be told behind MPLS labels",
  E_CELLS: "arithmetic that needs more scratch cells than there are",
  E_TOO_COMPLEX: "more than a filter can say: neither so many conjunctions nor so long a residual",
  E_NOT_YET: "what libpcap accepts, and exonet does not do yet",
} as const;

export type TextErrorCode = keyof typeof TEXT_ERRORS;

/** Lines and columns count from 1, columns and lengths in UTF-16 units. */
export interface TextError {
  readonly code: TextErrorCode;
  readonly message: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/** Errors beyond this many are not told. */
export const MAX_ERRORS = 20;

/** Collects errors of one text by offsets, and knows their lines. */
export class ErrorList {
  readonly #text: string;
  readonly #errors: { code: TextErrorCode; message: string; start: number; end: number }[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  get any(): boolean {
    return this.#errors.length > 0;
  }

  get count(): number {
    return this.#errors.length;
  }

  add(code: TextErrorCode, message: string, start: number, end: number): void {
    this.#errors.push({ code, message, start, end });
  }

  /** In order of their places, the first MAX_ERRORS. */
  list(): TextError[] {
    const sorted = this.#errors.toSorted((a, b) => a.start - b.start).slice(0, MAX_ERRORS);
    return sorted.map(({ code, message, start, end }) => ({
      code,
      message,
      ...this.#place(start),
      length: Math.max(end - start, 1),
    }));
  }

  #place(offset: number): { line: number; column: number } {
    const before = this.#text.slice(0, offset);
    const lineStart = before.lastIndexOf("\n") + 1;
    return { line: before.split("\n").length, column: offset - lineStart + 1 };
  }
}
