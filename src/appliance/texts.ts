/** Filter texts as a pass asks them: compiled for each link type that occurs, DPF texts once. */
import { linkTypeName } from "../capture/linktype.js";
import type { Filter } from "../dpf/atom.js";
import type { Target } from "../dpf/target.js";
import type { TextError } from "../filter/error.js";
import { type Compiled, compileExpression, compileText, type FilterLanguage, Shapes } from "../filter/filter.js";
import type { PassFilters } from "./pass.js";

export interface Text {
  /** What errors call it: a file, a filter's name. */
  readonly place: string;
  readonly text: string;
  readonly language: FilterLanguage;
  /** An argument, of which tcpdump reads every character: there are no comments in it. */
  readonly verbatim?: boolean;
}

export interface WrongText {
  readonly place: string;
  /** The link type that it is wrong for, in words; undefined where it is wrong for all. */
  readonly link: string | undefined;
  readonly errors: readonly TextError[];
}

/** Texts that are wrong, or wrong for a link type. */
export class WrongTexts extends Error {
  override readonly name = "WrongTexts";
  readonly wrong: readonly WrongText[];

  constructor(wrong: readonly WrongText[]) {
    super(`${wrong.length} texts are wrong`);
    this.wrong = wrong;
  }
}

/** `compile` throws WrongTexts. */
export function passFiltersOf(texts: readonly Text[], mode: "claim" | "tap", target?: Target): PassFilters {
  const isSame = texts.every(({ language }) => language === "dpf");
  const known = new Map<number, readonly Filter[]>();
  return {
    count: texts.length,
    mode,
    ...(target === undefined ? {} : { target }),
    compile(linkType) {
      const key = isSame ? 0 : linkType;
      const filters = known.get(key) ?? compileAll(texts, linkType);
      known.set(key, filters);
      return filters;
    },
  };
}

function compileAll(texts: readonly Text[], linkType: number): Filter[] {
  const wrong: WrongText[] = [];
  const filters: Filter[] = [];
  const shapes = new Shapes();
  for (const each of texts) {
    const { place, language } = each;
    const compiled = compiledText(each, linkType, shapes);
    if (compiled.ok) filters.push(compiled.filter);
    else {
      const link = language === "dpf" ? undefined : linkTypeName(linkType);
      wrong.push({ place, link, errors: compiled.errors });
    }
  }
  if (wrong.length > 0) throw new WrongTexts(wrong);
  return filters;
}

/** The text as it asks to be read. */
export function compiledText({ text, language, verbatim }: Text, linkType: number, shapes?: Shapes): Compiled {
  const asTcpdump = verbatim === true && language === "pcap-filter";
  return asTcpdump ? compileExpression(text, linkType, shapes) : compileText(text, language, linkType, shapes);
}
