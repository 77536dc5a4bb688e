/**
 * A session is a browser that has shown a token once, and holds a cookie since. It ends with the capability that it stands on.
 * Sessions live in memory: a new start asks for the token again.
 */
import { createHash, randomBytes } from "node:crypto";
import type { Admission, Admitted } from "./admission.js";

export interface Session {
  readonly admitted: Admitted;
  /** ms since 1970. */
  readonly expires: number;
}

interface Kept extends Session {
  /** Its capability is of no interest any more. */
  letGo(): void;
}

export class Sessions {
  readonly #admission: Admission;
  /** By digest of the cookie's value; oldest first. */
  readonly #sessions = new Map<string, Kept>();
  readonly #listeners = new Set<(session: Session, reason: string) => void>();
  readonly #max: number;
  readonly #lifetime: number;

  constructor(admission: Admission, max: number, lifetime: number) {
    this.#admission = admission;
    this.#max = max;
    this.#lifetime = lifetime;
  }

  /** The cookie's value, and when it ends: with the capability at the latest. */
  open(admitted: Admitted, now: number): { value: string; expires: number } {
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size >= this.#max && oldest !== undefined) this.#end(oldest);
    const value = randomBytes(32).toString("base64url");
    const id = idOf(value);
    const letGo = this.#admission.hold(admitted, (reason) => this.#end(id, reason));
    const latest = now + this.#lifetime;
    const expires = admitted.expires === 0 ? latest : Math.min(latest, admitted.expires);
    this.#sessions.set(id, { admitted, expires, letGo });
    return { value, expires };
  }

  find(value: string, now: number): Session | undefined {
    const session = this.#sessions.get(idOf(value));
    if (session === undefined || session.expires > now) return session;
    this.#end(idOf(value));
    return undefined;
  }

  close(value: string): void {
    this.#end(idOf(value));
  }

  /** Ends what has expired; called with the clock of the feed. */
  expire(now: number): void {
    for (const [id, session] of this.#sessions) if (session.expires <= now) this.#end(id);
  }

  /** Told of every session that ends, for those who serve one beyond a request. */
  onEnd(listener: (session: Session, reason: string) => void): void {
    this.#listeners.add(listener);
  }

  #end(id: string, reason = "the session has ended"): void {
    const session = this.#sessions.get(id);
    if (session === undefined) return;
    this.#sessions.delete(id);
    session.letGo();
    for (const listener of this.#listeners) listener(session, reason);
  }
}

function idOf(value: string): string {
  return createHash("sha256").update(value).digest("base64url");
}
