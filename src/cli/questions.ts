/** Filter texts as a pass asks them: compiled for each link type that occurs, DPF texts once. */
import type { Questions } from "../appliance/pass.js";
import { linkTypeName } from "../capture/linktype.js";
import type { Filter } from "../dpf/atom.js";
import { MAX_ID } from "../dpf/limits.js";
import type { Target } from "../dpf/target.js";
import { type Compiled, compileExpression, compileText, type FilterLanguage } from "../filter/filter.js";
import { InputError } from "./failure.js";

export interface Text {
  /** What errors call it: a file, a filter's name. */
  readonly place: string;
  readonly text: string;
  readonly language: FilterLanguage;
  /** An argument, of which tcpdump reads every character: there are no comments in it. */
  readonly verbatim?: boolean;
}

/** Texts that are wrong, or wrong for a link type, are an InputError with every place, when they are compiled. */
export function questionsOf(texts: readonly Text[], mode: "claim" | "tap", target?: Target): Questions {
  if (texts.length > MAX_ID) throw new InputError("", `${texts.length} filters: at most ${MAX_ID} go into one pass`);
  const isSame = texts.every(({ language }) => language === "dpf");
  let filters: readonly Filter[] | undefined;
  return {
    count: texts.length,
    mode,
    ...(target === undefined ? {} : { target }),
    compile(linkType) {
      if (filters === undefined || !isSame) filters = compileAll(texts, linkType);
      return filters;
    },
  };
}

function compileAll(texts: readonly Text[], linkType: number): Filter[] {
  const wrong: string[] = [];
  const filters: Filter[] = [];
  for (const each of texts) {
    const { place, language } = each;
    const compiled = compiledText(each, linkType);
    if (compiled.ok) filters.push(compiled.filter);
    else {
      const link = language === "dpf" ? "" : ` (link type ${linkTypeName(linkType)})`;
      wrong.push(
        ...compiled.errors.map(({ line, column, message }) => `${place}:${line}:${column}: ${message}${link}`),
      );
    }
  }
  if (wrong.length > 0) throw new InputError("", wrong.join("\n"));
  return filters;
}

function compiledText({ text, language, verbatim }: Text, linkType: number): Compiled {
  const asTcpdump = verbatim === true && language === "pcap-filter";
  return asTcpdump ? compileExpression(text, linkType) : compileText(text, language, linkType);
}
