/** Filter texts of a command, as a pass asks them: what is wrong with them is the input's fault. */
import type { PassFilters } from "../appliance/pass.js";
import { passFiltersOf as askedOf, type Text, WrongTexts } from "../appliance/texts.js";
import { MAX_ID } from "../dpf/limits.js";
import type { Target } from "../dpf/target.js";
import { InputError } from "./failure.js";

/** Texts that are wrong, or wrong for a link type, are an InputError with every place, when they are compiled. */
export function passFiltersOf(texts: readonly Text[], mode: "claim" | "tap", target?: Target): PassFilters {
  if (texts.length > MAX_ID) throw new InputError("", `${texts.length} filters: at most ${MAX_ID} go into one pass`);
  const passFilters = askedOf(texts, mode, target);
  return {
    ...passFilters,
    compile(linkType) {
      try {
        return passFilters.compile(linkType);
      } catch (error) {
        throw error instanceof WrongTexts ? new InputError("", wordsOf(error)) : error;
      }
    },
  };
}

function wordsOf({ wrong }: WrongTexts): string {
  const lines = wrong.flatMap(({ place, link, errors }) => {
    const behind = link === undefined ? "" : ` (link type ${link})`;
    return errors.map(({ line, column, message }) => `${place}:${line}:${column}: ${message}${behind}`);
  });
  return lines.join("\n");
}
