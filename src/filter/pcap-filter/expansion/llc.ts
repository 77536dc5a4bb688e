/** `llc`: frames with an IEEE 802.2 header, and the form of its control field (section 5.4). */
import type { Predicate } from "../predicate.js";
import { llcFormOf } from "../special-words.js";
import { and, bits, compare, equal, not, TRUE } from "./compose.js";
import { isAtmLlc, isData, MAX_LENGTH_FIELD } from "./ether-type.js";
import { ETHERNET } from "./link-layer.js";
import type { Scope } from "./scope.js";

const RFC_1483 = 100;
const CONTROL = 2;
const FORMAT = 0x03;
const SUPERVISORY = 0x01;
const UNNUMBERED = 0x03;
const SUPERVISORY_FORM = 0x0f;
const UNNUMBERED_FORM = 0xef;
/** What Novell puts where the access points are, without 802.2. */
const NETWARE = 0xffff;

export function llc(scope: Scope, form: string | undefined): Predicate {
  const has = hasLlc(scope);
  return form === undefined ? has : and(has, ofForm(scope, form));
}

function ofForm(scope: Scope, word: string): Predicate {
  const form = llcFormOf(word);
  const control = (mask: number) => scope.load("llc", CONTROL, 1, mask);
  switch (form?.format) {
    case "i":
      return not(bits(scope.load("llc", CONTROL, 1), 1));
    case "s":
      return equal(control(FORMAT), SUPERVISORY);
    case "u":
      return equal(control(FORMAT), UNNUMBERED);
    case "supervisory":
      return equal(control(SUPERVISORY_FORM), form.control);
    case "unnumbered":
      return equal(control(UNNUMBERED_FORM), form.control);
    case undefined:
      throw new Error(`llc: the parser let "${word}" pass`);
  }
}

function hasLlc(scope: Scope): Predicate {
  const { family, number, name } = scope.layer;
  switch (family) {
    case "ethernet":
      if (number !== ETHERNET.number) break;
      return and(
        not(compare(scope.load("type", 0, 2), ">", MAX_LENGTH_FIELD)),
        not(equal(scope.load("llc", 0, 2), NETWARE)),
      );
    case "sunatm":
      return isAtmLlc(scope);
    case "wlan":
    case "ppi":
      return isData(scope);
    case "token ring":
    case "fddi":
      return TRUE;
    case "atm":
      if (number === RFC_1483) return TRUE;
  }
  return scope.refuse("E_LINK_TYPE", `\`llc\` cannot be told on ${name}`);
}
