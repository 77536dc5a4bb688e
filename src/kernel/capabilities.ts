/**
 * The table of derived capabilities: which of those that were sealed still hold. It is a list of what holds, not of what
 * was revoked: what is not in it is refused, so that whatever is lost, by a kill or by an old copy, is lost on the safe side,
 * and the list does not grow with what has ended.
 *
 * Among those that hold a path is that of one, and all below it were derived from it: a subtree is a prefix. A change is made in
 * two steps, `derive`, `grant`, `weaken`, `revoke` say what it would be, `apply` makes it, so that it can be kept in between.
 */
import { randomBytes } from "node:crypto";
import type { Right } from "./abi.js";
import { budgetProblem } from "./budget.js";
import type { CapabilityView } from "./calls.js";
import {
  allows,
  type Capability,
  excess,
  isName,
  isOver,
  limited,
  ROOT_SERIAL,
  rules,
  seal,
  verify,
  type Wanted,
} from "./capability.js";
import { framesProblem } from "./frames.js";
import type { KernelError } from "./kerrno.js";
import { CAPABILITY_DEPTH, MAX_BELOW, MAX_CAPABILITIES } from "./limits.js";
import { Refusal } from "./refusal.js";

export type Ending = "revoked" | "expired" | "weakened";

/** The error of whoever shows it afterwards. */
export const ENDINGS: Readonly<Record<Ending, KernelError>> = {
  revoked: "E_CAPABILITY_REVOKED",
  expired: "E_CAPABILITY_EXPIRED",
  weakened: "E_CAPABILITY_WEAKENED",
};

/** A capability that holds, and what it has become when it has been weakened; handles refer to it. */
export interface Held {
  capability: Capability;
  ended: Ending | undefined;
  /** Was granted to the environment of this number, and ends with it; -1: to nobody. */
  readonly environment: number;
  /** It, or one above it, was granted to an environment: it is not kept, as environments are not. */
  readonly passing: boolean;
  /** How many are below it. */
  below: number;
}

export interface Ended {
  /** As it was. */
  readonly capability: Capability;
  readonly reason: Ending;
}

/** What is to hold, in the place of one of its serial, and what is to end. */
export interface CapabilityChange {
  readonly put: Omit<Held, "ended" | "below"> | undefined;
  readonly ended: readonly Ended[];
}

export class Capabilities {
  readonly #key: Buffer;
  readonly #now: () => number;
  readonly #bySerial = new Map<string, Held>();
  readonly #byPath = new Map<string, Held>();
  /** ms since 1970 before which none ends by itself. */
  #nextExpiry = Number.POSITIVE_INFINITY;

  /** `now`: ms since 1970. `kept`: what held when the kernel last ran; what does not fit together any more is left out. */
  constructor(key: Buffer, now: () => number, kept: readonly Capability[] = []) {
    this.#key = key;
    this.#now = now;
    for (const capability of [...kept].sort((a, b) => a.name.length - b.name.length)) this.#restore(capability);
  }

  get size(): number {
    return this.#bySerial.size;
  }

  /** The full check, of what anybody shows: sealed here, not over, neither revoked nor weakened since, and with this right. */
  admit(text: string, right: Right | null): Capability {
    const verified = verify(text, this.#key, this.#now());
    if (!verified.ok) throw new Refusal(verified.error);
    const { capability } = verified;
    const held = this.#bySerial.get(capability.serial);
    if (capability.serial !== ROOT_SERIAL) {
      if (held === undefined || held.capability.version < capability.version) throw new Refusal("E_CAPABILITY_REVOKED");
      if (held.capability.version > capability.version) throw new Refusal("E_CAPABILITY_WEAKENED");
    }
    requireRight(capability, right);
    return held?.capability ?? capability;
  }

  held(serial: string): Held | undefined {
    return this.#bySerial.get(serial);
  }

  /** Was it, or one above it, granted to this environment? */
  isFor({ name, serial }: Capability, environment: number): boolean {
    if (this.#bySerial.get(serial)?.passing !== true) return false;
    return this.#above([...name, ""]).some((held) => held.environment === environment);
  }

  textOf(capability: Capability): string {
    return seal(capability, this.#key);
  }

  /** Those at or below it, from the top. */
  below(by: Capability): CapabilityView[] {
    const own = this.#bySerial.has(by.serial) ? [] : [viewOf(by, -1)];
    const all = [...this.#bySerial.values()].filter(({ capability }) => rules(by.name, capability.name));
    return [...own, ...all.map(({ capability, environment }) => viewOf(capability, environment)).sort(byPath)];
  }

  /** One at or below the caller's, by serial or path. Throws E_NO_CAPABILITY. */
  find(by: Capability, of: string): Held {
    const held = this.#bySerial.get(of) ?? this.#byPath.get(of);
    if (held === undefined || !rules(by.name, held.capability.name)) throw new Refusal("E_NO_CAPABILITY");
    return held;
  }

  /** In whose name a thing is made: the caller, or one below it. Throws E_NO_CAPABILITY. */
  inNameOf(by: Capability, serial: string | undefined): Capability {
    return serial === undefined || serial === by.serial ? by : this.find(by, serial).capability;
  }

  // --- changes ---

  derive(by: Capability, name: string, wanted: Wanted): CapabilityChange {
    return this.#derived(by, name, wanted, -1);
  }

  grant(by: Capability, environment: number, name: string, wanted: Wanted): CapabilityChange {
    return this.#derived(by, name, wanted, environment);
  }

  /** It keeps serial, name and handles, and its text is another; what below it would then be stronger is revoked. */
  weaken(by: Capability, of: string, wanted: Wanted): CapabilityChange {
    const held = this.#changeable(by, of);
    const { capability, environment, passing } = held;
    this.#check(capability, wanted);
    const weaker = limited(capability, wanted, capability.name, capability.serial, capability.version + 1);
    const stronger = this.#subtree(capability.name, false).filter(
      (one) => excess(weaker, one.capability) !== undefined,
    );
    const gone = new Set(stronger.flatMap((one) => this.#subtree(one.capability.name, true)));
    const ended = [...gone].map((one): Ended => ({ capability: one.capability, reason: "revoked" }));
    return { put: { capability: weaker, environment, passing }, ended: [{ capability, reason: "weakened" }, ...ended] };
  }

  /** With all below it. */
  revoke(by: Capability, of: string): CapabilityChange {
    return {
      put: undefined,
      ended: this.#ending(this.#subtree(this.#changeable(by, of).capability.name, true), "revoked"),
    };
  }

  /** Those that were granted to an environment, with all below them. */
  revokeOf(environment: number): CapabilityChange {
    const granted = [...this.#bySerial.values()].filter((held) => held.environment === environment);
    const all = new Set(granted.flatMap(({ capability }) => this.#subtree(capability.name, true)));
    return { put: undefined, ended: this.#ending([...all], "revoked") };
  }

  /** Those whose time is over; nothing where it is too early for any. */
  expired(): CapabilityChange {
    const now = this.#now();
    if (now < this.#nextExpiry) return { put: undefined, ended: [] };
    const over = [...this.#bySerial.values()].filter(({ capability }) => isOver(capability, now));
    return { put: undefined, ended: this.#ending(over, "expired") };
  }

  apply({ put, ended }: CapabilityChange): void {
    for (const { capability, reason } of ended) if (reason !== "weakened") this.#end(capability.serial, reason);
    if (put !== undefined) this.#put(put);
    const times = [...this.#bySerial.values()].map(({ capability }) => capability.expires).filter((time) => time !== 0);
    this.#nextExpiry = times.reduce((first, time) => Math.min(first, time), Number.POSITIVE_INFINITY);
  }

  /** With all that has been derived since it was worked out, and would outlive what it stands on, or be stronger than that. */
  completed({ put, ended }: CapabilityChange): CapabilityChange {
    const known = new Set(ended.map(({ capability }) => capability.serial));
    const gone = ended.filter(({ reason }) => reason !== "weakened").map(({ capability }) => capability);
    const weaker = put !== undefined && put.capability.version > 0 ? put.capability : undefined;
    const below = weaker === undefined ? [] : this.#subtree(weaker.name, false).map(({ capability }) => capability);
    const ending = [...gone, ...below.filter((one) => weaker !== undefined && excess(weaker, one) !== undefined)];
    const late = [...this.#bySerial.values()].filter(
      ({ capability }) => !known.has(capability.serial) && ending.some((above) => rules(above.name, capability.name)),
    );
    return late.length === 0 ? { put, ended } : { put, ended: [...ended, ...this.#ending(late, "revoked")] };
  }

  /** Does what it was to stand on still hold, as it was? It may have ended, or have been weakened, while the change was being kept. */
  stands({ put }: CapabilityChange): boolean {
    if (put === undefined) return true;
    const { capability } = put;
    if (capability.version > 0)
      return this.#bySerial.get(capability.serial)?.capability.version === capability.version - 1;
    const above = capability.name.slice(0, -1).join("/");
    return above === "root" || this.#byPath.has(above);
  }

  #derived(by: Capability, name: string, wanted: Wanted, environment: number): CapabilityChange {
    if (!isName(name)) throw new Refusal("E_NAME");
    this.#check(by, wanted);
    const path = [...by.name, name];
    if (this.#byPath.has(path.join("/"))) throw new Refusal("E_NAME_TAKEN");
    this.#requireRoom(by, path);
    const capability = limited(by, wanted, path, randomBytes(16).toString("base64url"), 0);
    const passing = environment >= 0 || this.#bySerial.get(by.serial)?.passing === true;
    return { put: { capability, environment, passing }, ended: [] };
  }

  #check(from: Capability, { rights, expires, frames, budget }: Wanted): void {
    const problem = frames === undefined ? undefined : framesProblem(frames);
    if (problem !== undefined) throw new Refusal("E_ARGUMENT", `frames: ${problem}`);
    const wrong = budget === undefined ? undefined : budgetProblem(budget);
    if (wrong !== undefined) throw new Refusal("E_ARGUMENT", wrong);
    if (!Number.isSafeInteger(expires) || expires < 0 || isOver({ expires }, this.#now()))
      throw new Refusal("E_ARGUMENT", "it would be over already");
    const more = excess(from, { rights, expires, frames, budget });
    if (more !== undefined) throw new Refusal("E_CAPABILITY_STRONGER", `it would have ${more}`);
  }

  #requireRoom(by: Capability, path: readonly string[]): void {
    if (path.length > CAPABILITY_DEPTH) throw new Refusal("E_TOO_MANY", `at most ${CAPABILITY_DEPTH} names in a path`);
    if (this.size >= MAX_CAPABILITIES) throw new Refusal("E_TOO_MANY", `at most ${MAX_CAPABILITIES} capabilities`);
    const full = this.#above([...by.name, ""]).find(({ below }) => below >= MAX_BELOW);
    if (full === undefined) return;
    throw new Refusal("E_TOO_MANY", `at most ${MAX_BELOW} below ${full.capability.name.join("/")}`);
  }

  /** The root is none of the table's. */
  #changeable(by: Capability, of: string): Held {
    if (of === ROOT_SERIAL) throw new Refusal("E_ARGUMENT", "the root capability is as old as the key");
    return this.find(by, of);
  }

  #subtree(name: readonly string[], itself: boolean): Held[] {
    return [...this.#bySerial.values()].filter(
      ({ capability }) => rules(name, capability.name) && (itself || capability.name.length > name.length),
    );
  }

  #ending(all: readonly Held[], reason: Ending): Ended[] {
    return all.map(({ capability }) => ({ capability, reason }));
  }

  /** Those above a path. */
  #above(name: readonly string[]): Held[] {
    const paths = name.slice(0, -1).map((_, at) => name.slice(0, at + 1).join("/"));
    return paths.flatMap((path) => this.#byPath.get(path) ?? []);
  }

  #put(put: NonNullable<CapabilityChange["put"]>): void {
    const { capability } = put;
    const known = this.#bySerial.get(capability.serial);
    if (known !== undefined) {
      known.capability = capability;
      return;
    }
    const held = { ...put, ended: undefined, below: 0 };
    this.#bySerial.set(capability.serial, held);
    this.#byPath.set(capability.name.join("/"), held);
    for (const above of this.#above(capability.name)) above.below++;
    if (capability.expires !== 0) this.#nextExpiry = Math.min(this.#nextExpiry, capability.expires);
  }

  #end(serial: string, reason: Ending): void {
    const held = this.#bySerial.get(serial);
    if (held === undefined) return;
    held.ended = reason;
    this.#bySerial.delete(serial);
    this.#byPath.delete(held.capability.name.join("/"));
    for (const above of this.#above(held.capability.name)) above.below--;
  }

  /** Only what still stands on something, and is weaker than it. */
  #restore(capability: Capability): void {
    const above = capability.name.slice(0, -1);
    const parent = this.#byPath.get(above.join("/"))?.capability;
    if (parent === undefined && above.join() !== "root") return;
    if (parent !== undefined && excess(parent, capability) !== undefined) return;
    if (isOver(capability, this.#now()) || this.#byPath.has(capability.name.join("/"))) return;
    this.#put({ capability, environment: -1, passing: false });
  }
}

/** Throws E_CAPABILITY_RIGHT, which names the right. `at`: of several things that are asked for, which needs it. */
export function requireRight(capability: Capability, right: Right | null, at?: number): void {
  if (right === null || allows(capability, right)) return;
  throw new Refusal("E_CAPABILITY_RIGHT", `this call needs the right '${right}'`, at);
}

export function viewOf(capability: Capability, environment: number): CapabilityView {
  const { serial, version, name, rights, expires, frames, budget } = capability;
  const told = {
    serial,
    version,
    path: name.join("/"),
    rights,
    expires,
    frames: frames ?? null,
    budget: budget ?? null,
  };
  return { ...told, environment: environment < 0 ? null : environment };
}

function byPath(a: CapabilityView, b: CapabilityView): number {
  return a.path < b.path ? -1 : 1;
}
