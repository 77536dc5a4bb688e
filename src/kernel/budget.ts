/**
 * What a handler may use: set in its binding, within what the capability allows in whose name it is bound. A capability that says
 * nothing of budgets allows any that there can be.
 */
import { MAX_MESSAGE_FUEL } from "../vcode/handler.js";
import { MAX_SENDS_A_SECOND } from "./limits.js";

export interface Budget {
  /** Units for a message. */
  readonly fuel: number;
  /** Of the data plane's time, more than 0; from 1 on it is not limited. */
  readonly share: number;
  /** Frames a second, by the packets' time. */
  readonly sends: number;
}

export const DEFAULT_BUDGET: Budget = { fuel: 2000, share: 0.1, sends: 10_000 };
const MOST: Budget = { fuel: MAX_MESSAGE_FUEL, share: 1, sends: MAX_SENDS_A_SECOND };

/** What is not said is as by default, or as much as is allowed where that is less. */
export function budgetOf(wanted: Partial<Budget> = {}, allowed: Budget = MOST): Budget {
  const fuel = wanted.fuel ?? Math.min(DEFAULT_BUDGET.fuel, allowed.fuel);
  const share = wanted.share ?? Math.min(DEFAULT_BUDGET.share, allowed.share);
  const sends = wanted.sends ?? Math.min(DEFAULT_BUDGET.sends, allowed.sends);
  return { fuel, share, sends };
}

/** What is wrong with it, in words. */
export function budgetProblem({ fuel, share, sends }: Budget): string | undefined {
  if (!(Number.isSafeInteger(fuel) && fuel >= 1 && fuel <= MOST.fuel)) return `fuel is 1 to ${MOST.fuel}`;
  if (!(share > 0 && share <= MOST.share)) return `the share of time is above 0, and at most ${MOST.share}`;
  if (!(Number.isSafeInteger(sends) && sends >= 0 && sends <= MOST.sends)) return `sends are 0 to ${MOST.sends}`;
  return undefined;
}

/** What of it is more than is allowed, in words. */
export function budgetExcess({ fuel, share, sends }: Budget, allowed: Budget | undefined): string | undefined {
  if (allowed === undefined) return undefined;
  if (fuel > allowed.fuel) return `${fuel} units of fuel, where ${allowed.fuel} are allowed`;
  if (share > allowed.share) return `a share of ${share} of the time, where ${allowed.share} is allowed`;
  return sends > allowed.sends ? `${sends} sends a second, where ${allowed.sends} are allowed` : undefined;
}

/** Also of what was kept on disk. */
export function isBudget(value: unknown): value is Budget {
  if (typeof value !== "object" || value === null) return false;
  if (!("fuel" in value && "share" in value && "sends" in value)) return false;
  const { fuel, share, sends } = value;
  if (typeof fuel !== "number" || typeof share !== "number" || typeof sends !== "number") return false;
  return budgetProblem({ fuel, share, sends }) === undefined;
}
