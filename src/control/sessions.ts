/**
 * Who may do what: a token stands for a capability; a session is a browser that has shown a token
 * once, and holds a cookie since. Sessions live in memory: a new start asks for the token again.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

export interface Session {
  readonly capability: string;
  /** ms since 1970. */
  readonly expires: number;
}

export class Sessions {
  readonly #tokens: readonly { readonly digest: Buffer; readonly capability: string }[];
  /** By digest of the cookie's value; oldest first. */
  readonly #sessions = new Map<string, Session>();
  readonly #listeners = new Set<(session: Session) => void>();
  readonly #max: number;
  readonly #lifetime: number;

  /** `tokens`: token → capability. */
  constructor(tokens: ReadonlyMap<string, string>, max: number, lifetime: number) {
    this.#tokens = [...tokens].map(([token, capability]) => ({ digest: sha256(token), capability }));
    this.#max = max;
    this.#lifetime = lifetime;
  }

  /** Compared in a time that does not depend on the token: by digests, all of them. */
  capabilityOf(token: string): string | undefined {
    const given = sha256(token);
    let found: string | undefined;
    for (const { digest, capability } of this.#tokens) {
      if (timingSafeEqual(digest, given)) found = capability;
    }
    return found;
  }

  /** The cookie's value. */
  open(capability: string, now: number): string {
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size >= this.#max && oldest !== undefined) this.#end(oldest);
    const value = randomBytes(32).toString("base64url");
    this.#sessions.set(idOf(value), { capability, expires: now + this.#lifetime });
    return value;
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
  onEnd(listener: (session: Session) => void): void {
    this.#listeners.add(listener);
  }

  #end(id: string): void {
    const session = this.#sessions.get(id);
    if (session === undefined) return;
    this.#sessions.delete(id);
    for (const listener of this.#listeners) listener(session);
  }
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function idOf(value: string): string {
  return sha256(value).toString("base64url");
}
