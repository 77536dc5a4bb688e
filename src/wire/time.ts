/**
 * Time stamps as text. `utc` is ISO 8601; `epoch` counts seconds since 1970; `relative` is counted from a capture's first
 * packet and `delta` from the one before. Local time is left out: a line would depend on where it was printed.
 */
export const TIME_FORMS = ["utc", "epoch", "relative", "delta", "none"] as const;
export type TimeForm = (typeof TIME_FORMS)[number];

const GIGA = 1_000_000_000n;
/** What Date can hold, in seconds on either side of 1970. */
const DATE_SECONDS = 8_640_000_000_000n;

/**
 * `ns` since 1970 in a form; `digits` of a second's fraction (0 to 9; a capture in µs has 6), the rest cut off. `since`: the
 * time that `relative` and `delta` count from. `none` is the empty text. A time that no date has is printed as `epoch`.
 */
export function printTime(ns: bigint, form: TimeForm, digits: number, since: bigint = ns): string {
  switch (form) {
    case "utc":
      return utc(ns, digits);
    case "epoch":
      return seconds(ns, digits);
    case "relative":
    case "delta":
      return seconds(ns - since, digits);
    case "none":
      return "";
  }
}

function utc(ns: bigint, digits: number): string {
  let whole = ns / GIGA;
  let rest = ns % GIGA;
  if (rest < 0n) {
    whole -= 1n;
    rest += GIGA;
  }
  if (whole >= DATE_SECONDS || whole <= -DATE_SECONDS) return seconds(ns, digits);
  const date = new Date(Number(whole) * 1000).toISOString();
  return `${date.slice(0, -5)}${fraction(rest, digits)}Z`;
}

function seconds(ns: bigint, digits: number): string {
  const size = ns < 0n ? -ns : ns;
  return `${ns < 0n ? "-" : ""}${size / GIGA}${fraction(size % GIGA, digits)}`;
}

/** `rest` is in [0, 10⁹). */
function fraction(rest: bigint, digits: number): string {
  return digits === 0 ? "" : `.${Number(rest).toString().padStart(9, "0").slice(0, digits)}`;
}
