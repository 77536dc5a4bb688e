/**
 * Self-authenticating capabilities (SOSP'95 §3.2): a name, rights and an expiry, with a check value
 * that only the holder of the kernel's key can make, so that they may be kept anywhere.
 *
 *   exo1.<payload, base64url of JSON {name, rights, expires}>.<HMAC-SHA-256 of it, base64url>
 *
 * Names are paths; a capability may be derived into a longer name, fewer rights and an earlier
 * expiry, never into more.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Right } from "./abi.js";
import type { KernelError } from "./kerrno.js";

const PREFIX = "exo1";
const MAX_TEXT = 1024;
const NAME = /^[a-z0-9._-]{1,64}$/;

export const RIGHTS: readonly Right[] = [
  "observe",
  "store",
  "replay",
  "bind",
  "priority",
  "create",
  "grant",
  "transmit",
];

export interface Capability {
  /** Path of names, from the root: ["root", "lab", "anna"]. */
  readonly name: readonly string[];
  readonly rights: readonly Right[];
  /** ms since 1970; 0 is never. */
  readonly expires: number;
  /** A packed filter (dpf/packed.ts): what frames that are sent under it must match. Absent: any frame. */
  readonly frames?: readonly number[];
}

export type Verified =
  | { readonly ok: true; readonly capability: Capability }
  | { readonly ok: false; readonly error: KernelError };

export function rootCapability(): Capability {
  return { name: ["root"], rights: RIGHTS, expires: 0 };
}

export function seal(capability: Capability, key: Buffer): string {
  const payload = Buffer.from(JSON.stringify(capability)).toString("base64url");
  return `${PREFIX}.${payload}.${checkValue(payload, key)}`;
}

/** The full check; the cheap one afterwards is by binding or handle. `now`: ms since 1970. */
export function verify(text: string, key: Buffer, now: number): Verified {
  const parts = text.length <= MAX_TEXT ? text.split(".") : [];
  const [prefix, payload, check] = parts;
  if (parts.length !== 3 || prefix !== PREFIX || payload === undefined || check === undefined) return forged;
  const expected = Buffer.from(checkValue(payload, key));
  const given = Buffer.from(check);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return forged;
  const capability = parse(payload);
  if (capability === undefined) return forged;
  if (capability.expires !== 0 && capability.expires <= now) return { ok: false, error: "E_CAPABILITY_EXPIRED" };
  return { ok: true, capability };
}

/** A weaker capability, or undefined where it would be stronger or is not well formed. */
export function derive(
  from: Capability,
  name: string,
  rights: readonly Right[],
  expires: number,
): Capability | undefined {
  const outlives = from.expires !== 0 && (expires === 0 || expires > from.expires);
  if (!NAME.test(name) || outlives || !rights.every((right) => from.rights.includes(right))) return undefined;
  return { name: [...from.name, name], rights: [...rights], expires };
}

export function allows(capability: Capability, right: Right): boolean {
  return capability.rights.includes(right);
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

function isCapability(value: unknown): value is Capability {
  if (typeof value !== "object" || value === null) return false;
  if (!("name" in value) || !("rights" in value) || !("expires" in value)) return false;
  return Array.isArray(value.name) && Array.isArray(value.rights) && typeof value.expires === "number";
}
