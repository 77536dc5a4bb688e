/** Collects complaints about one text by their offsets, and knows their lines. */
import { type HandlerError, type HandlerErrorCode, MAX_HANDLER_ERRORS } from "./diagnostic.js";
import type { Span } from "./tree.js";

interface Complaint extends Span {
  readonly code: HandlerErrorCode;
  readonly message: string;
  readonly hint: string | undefined;
}

export class Complaints {
  readonly text: string;
  readonly #complaints: Complaint[] = [];
  /** While it is above 0, nothing is told: what is read stands in something that was refused. */
  #muted = 0;

  constructor(text: string) {
    this.text = text;
  }

  get any(): boolean {
    return this.#complaints.length > 0;
  }

  has(code: HandlerErrorCode): boolean {
    return this.#complaints.some((complaint) => complaint.code === code);
  }

  add(code: HandlerErrorCode, { start, end }: Span, message: string, hint?: string): void {
    if (this.#muted > 0) return;
    if (this.#complaints.some((other) => other.start === start && other.end === end)) return;
    this.#complaints.push({ code, message, hint, start, end });
  }

  /** What `work` gives; nothing that it complains of is told. */
  muted<T>(work: () => T): T {
    this.#muted++;
    try {
      return work();
    } finally {
      this.#muted--;
    }
  }

  /** What stands there in the text, cut where it is long. */
  quote({ start, end }: Span): string {
    const line = this.text.slice(start, end).split("\n", 1)[0] ?? "";
    return line.length > 40 ? `${line.slice(0, 39)}…` : line;
  }

  /** In the order of their places, the first MAX_HANDLER_ERRORS. */
  list(): HandlerError[] {
    const starts = lineStarts(this.text);
    return this.#complaints
      .toSorted((a, b) => a.start - b.start)
      .slice(0, MAX_HANDLER_ERRORS)
      .map(({ code, message, hint, start, end }) => {
        const line = lineOf(starts, start);
        return {
          code,
          message,
          hint,
          line,
          column: start - (starts[line - 1] ?? 0) + 1,
          length: Math.max(end - start, 1),
        };
      });
  }
}

/** Offsets at which lines begin; lines end as those of TypeScript do. */
function lineStarts(text: string): number[] {
  const starts = [0];
  for (const { index, 0: end } of text.matchAll(/\r\n|[\n\r\u2028\u2029]/g)) starts.push(index + end.length);
  return starts;
}

function lineOf(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}
