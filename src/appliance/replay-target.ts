/** Where a seek goes: frames before it are left out, neither offered nor judged. */
import { Refusal } from "../kernel/refusal.js";
import { timeFromText } from "../machine/clock.js";

export type Target = { readonly packet: number } | { readonly high: number; readonly low: number };

/** Throws E_ARGUMENT. */
export function parseTarget(to: { packet: number } | { time: string }): Target {
  if ("packet" in to) {
    if (!Number.isSafeInteger(to.packet) || to.packet < 1) {
      throw new Refusal("E_ARGUMENT", "packets are numbered from 1");
    }
    return { packet: to.packet };
  }
  const time = timeFromText(to.time);
  if (time === undefined) throw new Refusal("E_ARGUMENT", "a time is a decimal number of ns since 1970");
  return time;
}

/** Does the frame with this number and time lie before the target? */
export function isBefore(target: Target, packet: number, high: number, low: number): boolean {
  if ("packet" in target) return packet < target.packet;
  return high < target.high || (high === target.high && low < target.low);
}
