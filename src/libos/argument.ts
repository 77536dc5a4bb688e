/** Options and arguments that come as JSON from outside: read one by one, closed, never coerced. */

export class ArgumentError extends Error {
  constructor(name: string, expected: string) {
    super(`${name}: ${expected}`);
    this.name = "ArgumentError";
  }
}

type Arguments = Readonly<Record<string, unknown>>;

/** Refuses what none of `names` names. */
export function onlyKnown(args: Arguments, names: readonly string[]): void {
  for (const name of Object.keys(args)) {
    if (!names.includes(name)) throw new ArgumentError(name, `is not known; known are: ${names.join(", ") || "none"}`);
  }
}

/** A whole number from `least` to `most`; `fallback` where it is not given. */
export function integer(args: Arguments, name: string, fallback: number, least: number, most: number): number {
  const value = Object.hasOwn(args, name) ? args[name] : undefined;
  if (value === undefined) return fallback;
  if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most) {
    throw new ArgumentError(name, `must be a whole number from ${least} to ${most}`);
  }
  return value;
}

/** One of a few words; `fallback` where it is not given. */
export function choice<T extends string>(args: Arguments, name: string, fallback: T, choices: readonly T[]): T {
  const value = Object.hasOwn(args, name) ? args[name] : undefined;
  if (value === undefined) return fallback;
  const chosen = choices.find((each) => each === value);
  if (chosen === undefined) throw new ArgumentError(name, `must be one of: ${choices.join(", ")}`);
  return chosen;
}

/** A part of a list: `limit` entries from number `from` on. Every query with a list takes both. */
export interface Page {
  readonly limit: number;
  readonly from: number;
}

export const PAGE = ["limit", "from"] as const;

/** Entries in one answer: it is made and copied between threads while packets wait. */
export const MOST_ENTRIES = 4096;

/** The list's part that is asked for; `limit` entries from the first where nothing is said. */
export function page(args: Arguments, limit: number): Page {
  return {
    limit: integer(args, "limit", limit, 0, MOST_ENTRIES),
    from: integer(args, "from", 0, 0, Number.MAX_SAFE_INTEGER),
  };
}

export function cut<T>(list: readonly T[], { from, limit }: Page): T[] {
  return list.slice(from, from + limit);
}
