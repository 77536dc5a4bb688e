/** What a pass over a capture ends with where what was asked is wrong, as it goes from its worker to the client. */
import { TooManyLinkTypes } from "../appliance/pass.js";
import { type WrongText, WrongTexts } from "../appliance/texts.js";
import { ClassifierFull } from "../dpf/dpf.js";
import type { ProblemPlace } from "./protocol.js";
import type { ControlErrorCode } from "./refusal.js";

export interface Refused {
  readonly kind: "refused";
  readonly code: ControlErrorCode;
  readonly detail: string | undefined;
  readonly places: readonly ProblemPlace[];
}

/** Undefined where what was thrown is nobody's fault but ours or the system's. */
export function refusalOf(error: unknown): Refused | undefined {
  if (error instanceof WrongTexts) {
    const places = error.wrong.flatMap(placesOf);
    return { kind: "refused", code: "E_TEXT", detail: places[0]?.message, places };
  }
  const isFull = error instanceof ClassifierFull || error instanceof TooManyLinkTypes;
  return isFull ? { kind: "refused", code: "E_SCAN", detail: error.message, places: [] } : undefined;
}

function placesOf({ link, errors }: WrongText): ProblemPlace[] {
  const behind = link === undefined ? "" : ` (link type ${link})`;
  return errors.map(({ message, code, line, column, length }) => {
    return { message: `${message}${behind}`, code, line, column, length };
  });
}
