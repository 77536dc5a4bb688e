/**
 * Who may come in. A token is a capability's text, or stands for the root's. The kernel checks it in full the first time; what
 * it said is kept here until it says that the capability is no more, so that a request that only reads waits for nobody. What
 * lasts longer than a request, such as a session, a WebSocket, a stream, holds on to its capability and is told when that ends.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { ApplianceInterface, EndedCapability } from "../appliance/interface.js";
import type { Right } from "../kernel/abi.js";
import { isOver } from "../kernel/capability.js";
import { KERNEL_ERRORS } from "../kernel/kerrno.js";
import { call } from "./plane.js";
import { ControlRefusal, KernelRefusal } from "./refusal.js";

/** What is known of a capability that was shown and holds. */
export interface Admitted {
  /** As the kernel is shown it. */
  readonly text: string;
  readonly serial: string;
  /** From the root, joined by slashes. */
  readonly path: string;
  readonly rights: readonly Right[];
  /** ms since 1970; 0 is never. */
  readonly expires: number;
}

type Told = (reason: string) => void;

const TEXT = /^exo1\.[\w-]{1,4096}\.[\w-]{43}$/;
const REASONS: Readonly<Record<EndedCapability["reason"], string>> = {
  revoked: "the capability was revoked",
  expired: "the capability's time is over",
  weakened: "the capability was replaced by one with less",
};

export class Admission {
  readonly #appliance: ApplianceInterface;
  readonly #now: () => number;
  readonly #most: number;
  readonly #aliases: readonly { readonly digest: Buffer; readonly capability: string }[];
  /** By text; oldest first. */
  readonly #known = new Map<string, Admitted>();
  readonly #holders = new Map<string, Set<Told>>();
  /** How many capabilities have ended. */
  #endings = 0;

  /** `aliases`: token → capability. `now`: ms since 1970. `most`: capabilities that are kept in mind. */
  constructor(appliance: ApplianceInterface, aliases: ReadonlyMap<string, string>, now: () => number, most: number) {
    this.#appliance = appliance;
    this.#now = now;
    this.#most = most;
    this.#aliases = [...aliases].map(([token, capability]) => ({ digest: sha256(token), capability }));
    appliance.listen((event) => {
      if (event.kind === "capabilities-ended") for (const ended of event.ended) this.#end(ended);
    });
  }

  /** Does it look like one that opens something? Whether it does is another question. */
  isToken(token: string): boolean {
    return TEXT.test(token) || this.#aliasOf(token) !== undefined;
  }

  /** Throws E_BAD_TOKEN, or what the kernel says of a capability that held once. */
  async admit(token: string): Promise<Admitted> {
    const text = this.#aliasOf(token) ?? token;
    const known = this.#known.get(text);
    if (known !== undefined) return this.stillGood(known);
    if (text === token && !TEXT.test(token)) throw new ControlRefusal("E_BAD_TOKEN");
    for (;;) {
      const endings = this.#endings;
      const admitted = await this.#ask(text);
      // What ended while the answer was on its way may have been this one.
      if (endings === this.#endings) return this.#keep(admitted);
    }
  }

  async #ask(text: string): Promise<Admitted> {
    try {
      const { serial, path, rights, expires } = await call(this.#appliance, text, "present", {});
      return { text, serial, path, rights, expires };
    } catch (error) {
      if (error instanceof KernelRefusal && error.code === "E_CAPABILITY_FORGED")
        throw new ControlRefusal("E_BAD_TOKEN");
      throw error;
    }
  }

  /** The kernel's word now, in the order of its other words: rejects where the capability holds no more. */
  async again({ text }: Admitted): Promise<void> {
    await call(this.#appliance, text, "present", {});
  }

  /** Throws E_CAPABILITY_EXPIRED: the kernel may be a little later to say so. */
  stillGood(admitted: Admitted): Admitted {
    if (!isOver(admitted, this.#now())) return admitted;
    throw new KernelRefusal("E_CAPABILITY_EXPIRED", KERNEL_ERRORS.E_CAPABILITY_EXPIRED);
  }

  /** Is told once when the capability ends; call what it gives when that is of no interest any more. */
  hold({ serial }: Admitted, told: Told): () => void {
    const holders = this.#holders.get(serial) ?? new Set();
    this.#holders.set(serial, holders.add(told));
    return () => {
      holders.delete(told);
      if (holders.size === 0 && this.#holders.get(serial) === holders) this.#holders.delete(serial);
    };
  }

  /** Compared in a time that does not depend on the token: by digests, all of them. */
  #aliasOf(token: string): string | undefined {
    const given = sha256(token);
    let found: string | undefined;
    for (const { digest, capability } of this.#aliases) if (timingSafeEqual(digest, given)) found = capability;
    return found;
  }

  #keep(admitted: Admitted): Admitted {
    const [oldest] = this.#known.keys();
    if (this.#known.size >= this.#most && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(admitted.text, admitted);
    return admitted;
  }

  #end({ serial, reason }: EndedCapability): void {
    this.#endings++;
    for (const [text, admitted] of this.#known) if (admitted.serial === serial) this.#known.delete(text);
    const holders = this.#holders.get(serial);
    this.#holders.delete(serial);
    for (const told of holders ?? []) told(REASONS[reason]);
  }
}

/** Throws E_CAPABILITY_RIGHT, in the kernel's words. */
export function requireRights({ rights }: Admitted, needed: readonly Right[]): void {
  const lacking = needed.find((right) => !rights.includes(right));
  if (lacking !== undefined) throw new KernelRefusal("E_CAPABILITY_RIGHT", `this call needs the right '${lacking}'`);
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
