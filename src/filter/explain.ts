/** A pcap-filter text on one frame: what each of its primitives answered, and the octets that it looked at. */
import { ErrorList, type TextError } from "./error.js";
import { treeOf, withoutComments } from "./filter.js";
import type { Expression, Place } from "./pcap-filter/ast.js";
import { evaluate } from "./pcap-filter/evaluate.js";
import { expand } from "./pcap-filter/expand.js";

export interface Load {
  /** Octets [from, to) of the frame. */
  readonly from: number;
  readonly to: number;
  /** Undefined where they are not all inside of it. */
  readonly value: number | undefined;
}

/** `fault`: it loaded octets that were not captured, or divided by 0, and the frame was rejected at once. */
export type TermOutcome = "true" | "false" | "fault" | "not-reached";

export interface Term extends Place {
  /** As it was written. */
  readonly text: string;
  /** Behind a `not`, or another odd number of them: the text is for frames for which it is false. */
  readonly negated: boolean;
  readonly outcome: TermOutcome;
  readonly loads: readonly Load[];
}

export interface FrameToExplain {
  readonly octets: Uint8Array;
  readonly address: number;
  readonly captured: number;
  readonly facts: { readonly wire: number; readonly link: number };
}

export type TextExplained =
  | {
      readonly ok: true;
      readonly matches: boolean;
      readonly terms: readonly Term[];
      /** What was loaded before any term, to find where the link's header ends; the last of them may be a fault. */
      readonly head: readonly Load[];
    }
  | { readonly ok: false; readonly errors: readonly TextError[] };

/** Terms in the order of the text. Never throws, whatever the text. */
export function explainText(text: string, frame: FrameToExplain): TextExplained {
  const errors = new ErrorList(text);
  const tree = treeOf(text, errors);
  const program = errors.any ? undefined : expand(tree, frame.facts.link, errors);
  if (program === undefined) return { ok: false, errors: errors.list() };
  const record = new Recorder();
  const { octets, address, captured, facts } = frame;
  const matches = evaluate(program, octets, address, captured, facts.wire, record);
  const plain = withoutComments(text);
  const terms = tree === undefined ? [] : [...primitivesOf(tree, false)].map((each) => record.term(plain, each));
  return { ok: true, matches, terms, head: record.head };
}

interface Written {
  readonly place: Place;
  readonly negated: boolean;
}

function* primitivesOf(expression: Expression, negated: boolean): Generator<Written> {
  if (expression.kind === "not") yield* primitivesOf(expression.of, !negated);
  else if (expression.kind !== "chain") yield { place: expression, negated };
  else {
    yield* primitivesOf(expression.first, negated);
    for (const { term } of expression.rest) yield* primitivesOf(term, negated);
  }
}

interface Entered {
  outcome: TermOutcome;
  readonly loads: Load[];
}

class Recorder {
  readonly #byStart = new Map<number, Entered>();
  readonly head: Load[] = [];
  #current: Entered | undefined;

  enter({ start }: Place): void {
    // Until it is left: a fault never leaves.
    this.#current = { outcome: "fault", loads: [] };
    this.#byStart.set(start, this.#current);
  }

  leave(answer: boolean): void {
    if (this.#current !== undefined) this.#current.outcome = answer ? "true" : "false";
    this.#current = undefined;
  }

  loaded(at: number, size: number, value: number | undefined): void {
    (this.#current?.loads ?? this.head).push({ from: at, to: at + size, value });
  }

  term(text: string, { place: { start, end }, negated }: Written): Term {
    const { outcome, loads } = this.#byStart.get(start) ?? { outcome: "not-reached", loads: [] };
    return { start, end, text: text.slice(start, end), negated, outcome, loads };
  }
}
