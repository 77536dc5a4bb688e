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
