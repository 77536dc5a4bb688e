/**
 * Self-authenticating capabilities (SOSP'95 §3.2): a name, rights and an expiry, with a check value
 * that only the holder of the kernel's key can make, so that they may be kept anywhere.
 *
 *   exo1.<payload, base64url of JSON {serial, version, name, rights, expires, frames?, budget?}>.<HMAC-SHA-256 of it, base64url>
 *
 * Names are paths; a capability may be derived into a longer name, fewer rights, an earlier expiry and a narrower
 * filter of frames, never into more. What is sealed here says who made it; whether it still holds is known to the
 * table of those that were derived (capabilities.ts).
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Right } from "./abi.js";
import { type Budget, budgetExcess, isBudget } from "./budget.js";
import { areNarrower } from "./frames.js";
import type { KernelError } from "./kerrno.js";
import { CAPABILITY_CHARACTERS } from "./limits.js";

const PREFIX = "exo1";
const NAME = /^[a-z0-9._-]{1,64}$/;
/** Serial of the root capability: as old as the key, in no table, never revoked. */
export const ROOT_SERIAL = "root";

export const RIGHTS: readonly Right[] = [
  "observe",
  "store",
  "replay",
  "bind",
  "priority",
  "create",
  "grant",
  "allocate",
  "transmit",
  "handler",
];

export interface Capability {
  /** Path of names, from the root: ["root", "lab", "anna"]. */
  readonly name: readonly string[];
  readonly rights: readonly Right[];
  /** ms since 1970; 0 is never. */
  readonly expires: number;
  /** No other that was ever derived under this key has it: names come again, serials do not. */
  readonly serial: string;
  /** How often it has been weakened. */
  readonly version: number;
  /** Filter (frames.ts) that frames sent under it must match; absent: all frames. */
  readonly frames?: readonly number[];
  /** Handlers that are bound in its name have this at most; absent: as much as there can be. */
  readonly budget?: Budget;
}

/** What a derived capability is to be. */
export interface Wanted {
  readonly rights: readonly Right[];
  readonly expires: number;
  /** Absent: as of that from which it is derived. */
  readonly frames?: readonly number[] | undefined;
  readonly budget?: Budget | undefined;
}

export type Verified =
  | { readonly ok: true; readonly capability: Capability }
  | { readonly ok: false; readonly error: KernelError };

export function rootCapability(): Capability {
  return { name: ["root"], rights: RIGHTS, expires: 0, serial: ROOT_SERIAL, version: 0 };
}

export function seal(capability: Capability, key: Buffer): string {
  const payload = Buffer.from(JSON.stringify(capability)).toString("base64url");
  return `${PREFIX}.${payload}.${checkValue(payload, key)}`;
}

/**
 * Was it sealed with this key, character for character, and is its time not over? `now`: ms since 1970. The check value is
 * over the payload's text and is compared as text, so that another writing of the same octets is another capability.
 */
export function verify(text: string, key: Buffer, now: number): Verified {
  const parts = text.length <= CAPABILITY_CHARACTERS ? text.split(".", 4) : [];
  const [prefix, payload, check] = parts;
  if (parts.length !== 3 || prefix !== PREFIX || payload === undefined || check === undefined) return forged;
  const expected = Buffer.from(checkValue(payload, key));
  const given = Buffer.from(check);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return forged;
  const capability = parse(payload);
  if (capability === undefined) return forged;
  if (isOver(capability, now)) return { ok: false, error: "E_CAPABILITY_EXPIRED" };
  return { ok: true, capability };
}

export function isOver({ expires }: Pick<Capability, "expires">, now: number): boolean {
  return expires !== 0 && expires <= now;
}

/** With those rights, and frames and budget as of `from` where no others are wanted; whoever calls has looked for an excess. */
export function limited(
  from: Capability,
  { rights, expires, frames = from.frames, budget = from.budget }: Wanted,
  name: readonly string[],
  serial: string,
  version: number,
): Capability {
  const own = RIGHTS.filter((right) => rights.includes(right));
  return {
    name,
    rights: own,
    expires,
    serial,
    version,
    ...(frames === undefined ? {} : { frames: [...frames] }),
    ...(budget === undefined ? {} : { budget: { ...budget } }),
  };
}

/** What of it would be stronger than `from`, in words; undefined where nothing is. */
export function excess(from: Capability, { rights, expires, frames, budget }: Wanted): string | undefined {
  const right = rights.find((one) => !from.rights.includes(one));
  if (right !== undefined) return `the right '${right}'`;
  if (from.expires !== 0 && (expires === 0 || expires > from.expires)) return "a later expiry";
  if (frames !== undefined && !areNarrower(frames, from.frames)) return "frames that are not known to be among its own";
  return budget === undefined ? undefined : budgetExcess(budget, from.budget);
}

export function isName(name: string): boolean {
  return NAME.test(name);
}

export function allows(capability: Capability, right: Right): boolean {
  return capability.rights.includes(right);
}

/**
 * Who answers for the limits of this path: the child of the root at or above it, whose limits hold for all below it together, so that
 * no number of derived capabilities makes more. Undefined: the root itself.
 */
export function accountOf(name: readonly string[]): readonly string[] | undefined {
  return name.length < 2 ? undefined : name.slice(0, 2);
}

/** Whoever holds the first has authority over what was made under the second: its path leads to it, or is the same. */
export function rules(name: readonly string[], over: readonly string[]): boolean {
  return name.length <= over.length && name.every((part, at) => part === over[at]);
}

const forged: Verified = { ok: false, error: "E_CAPABILITY_FORGED" };

function checkValue(payload: string, key: Buffer): string {
  return createHmac("sha256", key).update(`${PREFIX}.${payload}`).digest("base64url");
}

/** Only payloads with a right check value come here; they are read with care all the same. */
function parse(payload: string): Capability | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(payload, "base64url").toString());
    return isCapability(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Also of what was kept on disk. */
export function isCapability(value: unknown): value is Capability {
  if (typeof value !== "object" || value === null) return false;
  if (!("name" in value) || !("rights" in value) || !("expires" in value)) return false;
  if (!("serial" in value) || !("version" in value)) return false;
  if ("frames" in value && !isList(value.frames, (word) => typeof word === "number")) return false;
  if ("budget" in value && !isBudget(value.budget)) return false;
  return (
    isList(value.name, (part) => typeof part === "string") &&
    isList(value.rights, (right) => RIGHTS.some((known) => known === right)) &&
    [value.expires, value.version].every((number) => Number.isSafeInteger(number)) &&
    typeof value.serial === "string"
  );
}

function isList(value: unknown, holds: (one: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(holds);
}
