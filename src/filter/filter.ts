/** The front door: text in, a filter for the kernel or errors at their places out. */
import type { Filter } from "../dpf/atom.js";
import { printFilter } from "../dpf/print.js";
import { ErrorList, type TextError } from "./error.js";
import { parse } from "./parser.js";

export type FilterLanguage = "dpf" | "pcap-filter";

export type Compiled =
  /** `canonical` is DPF text of the same atoms, one line. */
  | { readonly ok: true; readonly filter: Filter; readonly canonical: string }
  | { readonly ok: false; readonly errors: readonly TextError[] };

/** Octets of a text, in UTF-8. */
export const MAX_TEXT = 65_536;

/**
 * Never throws, whatever the text. `_linkType`: LINKTYPE_ number of the frames; DPF text begins at the first octet,
 * whatever it is.
 */
export function compileText(text: string, language: FilterLanguage, _linkType?: number): Compiled {
  const errors = new ErrorList(text);
  if (language !== "dpf") errors.add("E_LANGUAGE", "pcap-filter is not read yet: write DPF text", 0, firstLine(text));
  else if (Buffer.byteLength(text) > MAX_TEXT) errors.add("E_TOO_LONG", `a text has at most ${MAX_TEXT} octets`, 0, 1);
  if (errors.any) return { ok: false, errors: errors.list() };
  const filter = parse(text, errors);
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

function firstLine(text: string): number {
  const end = text.indexOf("\n");
  return end < 0 ? text.length : end;
}
