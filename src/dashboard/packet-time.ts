/** Times of packets as text. */
import type { Capture } from "../control/protocol.js";
import { clock, NO_VALUE, parseTime, utc } from "./format.js";

export interface TimeFormat {
  readonly short: (time: string | null) => string;
  readonly whole: (time: string | null) => string;
}

/** Times since the first packet, with the digits that the capture's clock has: packets are told apart by the last. */
export function timeFormat(capture: Capture): TimeFormat {
  const start = parseTime(capture.info.first_ts);
  const digits = capture.info.format.includes("-ns") ? 9 : 6;
  const since = (time: string | null) => {
    const at = parseTime(time);
    return at === null || start === null ? null : { at, since: at - start };
  };
  return {
    short: (time) => {
      const found = since(time);
      return found === null ? NO_VALUE : clock(found.since, digits);
    },
    whole: (time) => {
      const found = since(time);
      return found === null
        ? "The record has no time."
        : `${utc(found.at, digits)} UTC, ${clock(found.since, digits)} after the first packet`;
    },
  };
}
