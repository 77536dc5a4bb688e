/** The front door: text in, a filter for the kernel or errors at their places out. */
import type { Filter } from "../dpf/atom.js";
import { printFilter } from "../dpf/print.js";
import { LinkType } from "../wire/linktype.js";
import { ErrorList, type TextError } from "./error.js";
import { parse } from "./parser.js";
import type { Expression } from "./pcap-filter/ast.js";
import { expand } from "./pcap-filter/expand.js";
import { lowerForLinks } from "./pcap-filter/links.js";
import { type Lowered, lower } from "./pcap-filter/lower.js";
import { parsePcapFilter } from "./pcap-filter/parser.js";
import type { Predicate } from "./pcap-filter/predicate.js";
import type { Shapes } from "./pcap-filter/shapes.js";

export type FilterLanguage = "dpf" | "pcap-filter";

export type Compiled =
  /** `canonical` is DPF text of the same atoms, one line. */
  | { readonly ok: true; readonly filter: Filter; readonly canonical: string }
  | { readonly ok: false; readonly errors: readonly TextError[] };

/** Octets of a text, in UTF-8. */
export const MAX_TEXT = 65_536;

/**
 * What was found out about texts that were compiled before, for whoever compiles many: those that differ in
 * addresses and ports only are then compiled a good deal faster, and to the same filters.
 */
export { Shapes } from "./pcap-filter/shapes.js";

/**
 * For frames of one link type (LINKTYPE_ number); DPF text begins at the first octet, whatever it is. In a pcap-filter
 * text lines that begin with `#` are comments, which libpcap does not know. Never throws, whatever the text.
 */
export function compileText(
  text: string,
  language: FilterLanguage,
  linkType: number = LinkType.ethernet,
  shapes?: Shapes,
): Compiled {
  const errors = new ErrorList(text);
  if (isTooLong(text, errors)) return { ok: false, errors: errors.list() };
  if (language === "pcap-filter") return compileExpression(withoutComments(text), linkType, shapes);
  return answer(parse(text, errors), errors);
}

/**
 * For a machine whose frames have any of these link types: a pcap-filter text matches a frame as it does for the
 * frame's own type, and no frame of another type. Where libpcap refuses it for some of the types it matches none of
 * theirs; where for all, the errors are those of the first, and there has to be one.
 */
export function compileForLinks(
  text: string,
  language: FilterLanguage,
  linkTypes: readonly number[],
  shapes?: Shapes,
): Compiled {
  if (linkTypes.length === 0) throw new RangeError("filter: compiled for no link type");
  if (language === "dpf") return compileText(text, language);
  const plain = withoutComments(text);
  const errors = new ErrorList(text);
  const tree = isTooLong(text, errors) ? undefined : parsePcapFilter(plain, errors);
  if (errors.any) return { ok: false, errors: errors.list() };
  const refusals = linkTypes.map(() => new ErrorList(text));
  const predicates = linkTypes.flatMap((linkType, at) => {
    const predicate = expand(tree, linkType, refusals[at] ?? errors);
    return predicate === undefined ? [] : [{ linkType, predicate }];
  });
  if (predicates.length === 0) return { ok: false, errors: refusals[0]?.list() ?? [] };
  return lowered(lowerForLinks(predicates, shapes), text, errors);
}

/** A pcap-filter text as tcpdump would be given it. */
export function compileExpression(text: string, linkType: number = LinkType.ethernet, shapes?: Shapes): Compiled {
  const errors = new ErrorList(text);
  const predicate = isTooLong(text, errors) ? undefined : predicateOf(text, linkType, errors);
  return predicate === undefined
    ? { ok: false, errors: errors.list() }
    : lowered(lower(predicate, shapes), text, errors);
}

function lowered(result: Lowered, text: string, errors: ErrorList): Compiled {
  if ("filter" in result) return answer(result.filter, errors);
  errors.add(result.problem.code, result.problem.message, 0, text.trimEnd().length);
  return { ok: false, errors: errors.list() };
}

/** What the text asks of a frame of that link type; undefined where errors were added. */
function predicateOf(text: string, linkType: number, errors: ErrorList): Predicate | undefined {
  const tree = parsePcapFilter(text, errors);
  return errors.any ? undefined : expand(tree, linkType, errors);
}

/** What is wrong with a text whatever the link type: libpcap refuses some of what is left for some types. */
export function errorsOf(text: string, language: FilterLanguage): readonly TextError[] {
  const errors = new ErrorList(text);
  if (language === "pcap-filter") treeOf(text, errors);
  else if (!isTooLong(text, errors)) parse(text, errors);
  return errors.list();
}

/** A pcap-filter text's tree; undefined for the empty text, which every frame matches, and where errors were added. */
export function treeOf(text: string, errors: ErrorList): Expression | undefined {
  return isTooLong(text, errors) ? undefined : parsePcapFilter(withoutComments(text), errors);
}

function answer(filter: Filter, errors: ErrorList): Compiled {
  if (errors.any) return { ok: false, errors: errors.list() };
  return {
    ok: true,
    filter,
    // Printed for those who ask: of ten thousand texts nobody does.
    get canonical() {
      return printFilter(filter);
    },
  };
}

function isTooLong(text: string, errors: ErrorList): boolean {
  if (Buffer.byteLength(text) <= MAX_TEXT) return false;
  errors.add("E_TOO_LONG", `a text has at most ${MAX_TEXT} octets`, 0, 1);
  return true;
}

/** A file's text as libpcap may read it: blanks in place of comments, so that all else stays where it was. */
export function withoutComments(text: string): string {
  return text.replace(/^[ \t]*#.*$/gm, (line) => " ".repeat(line.length));
}
