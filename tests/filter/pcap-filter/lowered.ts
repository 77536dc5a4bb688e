/** Texts and predicates, lowered, and what their filters say of frames. */
import type { Filter } from "../../../src/dpf/atom.js";
import { matches } from "../../../src/dpf/brute.js";
import { ErrorList } from "../../../src/filter/error.js";
import { evaluate } from "../../../src/filter/pcap-filter/evaluate.js";
import { expand } from "../../../src/filter/pcap-filter/expand.js";
import { type Lowered, lower } from "../../../src/filter/pcap-filter/lower.js";
import { parsePcapFilter } from "../../../src/filter/pcap-filter/parser.js";
import type { Predicate } from "../../../src/filter/pcap-filter/predicate.js";
import { type Rows, residualAnswer } from "../../dpf/support.js";

export const ETHERNET = 1;

/** Undefined where the text is refused for that link type. */
export function predicateOf(text: string, linkType = ETHERNET): Predicate | undefined {
  const errors = new ErrorList(text);
  const tree = parsePcapFilter(text, errors);
  return errors.any ? undefined : expand(tree, linkType, errors);
}

export function filterOf(text: string, linkType = ETHERNET): Extract<Lowered, { filter: Filter }> {
  const lowered = lowerText(text, linkType);
  if ("problem" in lowered) throw new Error(`${text}: ${lowered.problem.message}`);
  return lowered;
}

export function lowerText(text: string, linkType = ETHERNET): Lowered {
  const predicate = predicateOf(text, linkType);
  if (predicate === undefined) throw new Error(`refused: ${text}`);
  return lower(predicate);
}

/** By row, whether the frame matches: as the reference says, and as the specification of filters does. */
export function expectedOf(predicate: Predicate, rows: Rows): boolean[] {
  return Array.from(rows.address, (address, row) =>
    evaluate(predicate, rows.octets, address, rows.captured[row]!, rows.wire[row]!),
  );
}

export function foundBy(filter: Filter, rows: Rows): boolean[] {
  return Array.from(rows.address, (address, row) =>
    matches(filter, rows.octets, address, rows.captured[row]!, residualAnswer, rows.factsAt(row)),
  );
}
