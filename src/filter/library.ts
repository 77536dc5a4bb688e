/**
 * Lists of filters as text (DESIGN.md, Command line). Nothing is read from disk here.
 *
 *   list    lines of  name ":" pcap-filter expression
 *   expect  lines of  name TAB count TAB DPF text TAB equal tcpdump expression
 *
 * Empty lines and lines that begin with "#" are passed over. A name occurs once.
 */
import type { Filter } from "../dpf/atom.js";
import { MAX_ERRORS, type TextError, type TextErrorCode } from "./error.js";
import { compileText, errorsOf } from "./filter.js";

export const FILTER_NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;

export interface NamedFilter {
  readonly name: string;
  /** As it was written. */
  readonly text: string;
  readonly line: number;
}

export interface ExpectedFilter extends NamedFilter {
  readonly filter: Filter;
  /** Frames of the capture that match. */
  readonly count: number;
  readonly tcpdump: string;
}

export type Read<T> =
  | { readonly ok: true; readonly entries: readonly T[] }
  | { readonly ok: false; readonly errors: readonly TextError[] };

/** A part of a line, with the column where it begins. */
interface Part {
  readonly text: string;
  readonly column: number;
}

/** `linkType`: expressions are checked for it, too; else what is wrong whatever the link type is told. */
export function parseFilterList(text: string, linkType?: number): Read<NamedFilter> {
  const reader = new LineReader(text);
  const entries = reader.map((line) => {
    const colon = line.indexOf(":");
    if (colon < 0) return reader.fail("E_LINE", "a line is `name: expression`", { text: line, column: 1 });
    const name = reader.name({ text: line.slice(0, colon), column: 1 });
    const expression = trimmed({ text: line.slice(colon + 1), column: colon + 2 });
    const isRight = reader.isRight(expression, linkType);
    return name === undefined || !isRight ? undefined : { name, text: expression.text, line: reader.line };
  });
  return reader.result(entries);
}

export function parseExpect(text: string): Read<ExpectedFilter> {
  const reader = new LineReader(text);
  const entries = reader.map((line) => {
    const [first, second, third, fourth, more] = columnsOf(line);
    if (!first || !second || !third || !fourth || more) {
      return reader.fail("E_LINE", "a line is name, count, DPF text and tcpdump expression, with tabs between", {
        text: line,
        column: 1,
      });
    }
    const name = reader.name(first);
    const count = reader.count(second);
    const filter = reader.filter(third);
    if (name === undefined || count === undefined || filter === undefined) return undefined;
    return { name, count, filter, text: third.text, tcpdump: fourth.text, line: reader.line };
  });
  return reader.result(entries);
}

function columnsOf(line: string): Part[] {
  const parts: Part[] = [];
  let column = 1;
  for (const text of line.split("\t")) {
    parts.push({ text, column });
    column += text.length + 1;
  }
  return parts;
}

function trimmed({ text, column }: Part): Part {
  return { text: text.trim(), column: column + (text.length - text.trimStart().length) };
}

class LineReader {
  readonly #lines: readonly string[];
  readonly #names = new Set<string>();
  readonly #errors: TextError[] = [];
  line = 0;

  constructor(text: string) {
    this.#lines = text.split(/\r?\n/);
  }

  /** What `read` makes of each line that says something. */
  map<T>(read: (line: string) => T | undefined): T[] {
    const entries: T[] = [];
    this.#lines.forEach((line, index) => {
      if (line.trim() === "" || line.startsWith("#")) return;
      this.line = index + 1;
      const entry = read(line);
      if (entry !== undefined) entries.push(entry);
    });
    return entries;
  }

  result<T>(entries: readonly T[]): Read<T> {
    return this.#errors.length === 0 ? { ok: true, entries } : { ok: false, errors: this.#errors.slice(0, MAX_ERRORS) };
  }

  fail(code: TextErrorCode, message: string, { text, column }: Part): undefined {
    this.#errors.push({ code, message, line: this.line, column, length: Math.max(text.length, 1) });
  }

  name(part: Part): string | undefined {
    if (!FILTER_NAME.test(part.text)) {
      return this.fail("E_NAME", `${JSON.stringify(part.text)} is no name: it must match ${FILTER_NAME.source}`, part);
    }
    if (this.#names.has(part.text)) return this.fail("E_NAME_TWICE", `${part.text} was named before`, part);
    this.#names.add(part.text);
    return part.text;
  }

  count(part: Part): number | undefined {
    const count = /^[0-9]{1,15}$/.test(part.text) ? Number(part.text) : undefined;
    return count ?? this.fail("E_COUNT", `${JSON.stringify(part.text)} is no count of frames`, part);
  }

  /** The filter that DPF text says. */
  filter(part: Part): Filter | undefined {
    const compiled = compileText(part.text, "dpf");
    if (compiled.ok) return compiled.filter;
    this.#tell(part, compiled.errors);
    return undefined;
  }

  /** Is the pcap-filter text right? */
  isRight(part: Part, linkType: number | undefined): boolean {
    const errors = linkType === undefined ? errorsOf(part.text, "pcap-filter") : this.#errorsFor(part, linkType);
    this.#tell(part, errors);
    return errors.length === 0;
  }

  #errorsFor({ text }: Part, linkType: number): readonly TextError[] {
    const compiled = compileText(text, "pcap-filter", linkType);
    return compiled.ok ? [] : compiled.errors;
  }

  #tell({ column }: Part, errors: readonly TextError[]): void {
    for (const error of errors) this.#errors.push({ ...error, line: this.line, column: column + error.column - 1 });
  }
}
