/**
 * What an environment shows instead of a capability's text: the full check was made when the handle was opened, and afterwards
 * a handle is checked by index and generation, without a promise, a hash or an allocation. Handles are private to the kernel
 * and to one environment; another's number is worth nothing. A handle follows its capability when that is weakened, and is
 * dropped when it is revoked, when it expires, and with its environment.
 *
 *   handle = generation << INDEX_BITS | index, a positive number of 31 bits
 */
import type { Right } from "./abi.js";
import { type Capabilities, ENDINGS, type Held, requireRight } from "./capabilities.js";
import { type Capability, isOver, ROOT_SERIAL } from "./capability.js";
import { MAX_HANDLES } from "./limits.js";
import { Refusal } from "./refusal.js";

const INDEX_BITS = Math.log2(MAX_HANDLES);
/** A slot that has had so many handles is not used again, so that none comes twice. */
const LAST_GENERATION = 2 ** (31 - INDEX_BITS) - 1;

interface Slot {
  generation: number;
  /** Undefined where it is free. */
  held: Held | undefined;
}

export class Handles {
  readonly #capabilities: Capabilities;
  readonly #now: () => number;
  readonly #tables = new Map<number, Slot[]>();

  /** `now`: ms since 1970. */
  constructor(capabilities: Capabilities, now: () => number) {
    this.#capabilities = capabilities;
    this.#now = now;
  }

  /** The full check of a text; the handle. Throws what `Capabilities.admit` throws, and E_TOO_MANY. */
  open(environment: number, text: string): number {
    return this.install(environment, this.admit(text, null));
  }

  /** The full check of a text, for a place of the kernel's own: no environment has a handle of it. Throws as `open`, but never E_TOO_MANY. */
  admit(text: string, right: Right | null): Held {
    const capability = this.#capabilities.admit(text, right);
    return this.#capabilities.held(capability.serial) ?? unlisted(capability);
  }

  /** Throws E_TOO_MANY where one more would not fit. */
  requireRoom(environment: number): void {
    const slots = this.#tables.get(environment) ?? [];
    if (slots.length < MAX_HANDLES || slots.some((slot) => isFree(slot))) return;
    throw new Refusal("E_TOO_MANY", `at most ${MAX_HANDLES} handles`);
  }

  /** Of what the kernel itself has found to hold. Throws E_TOO_MANY. */
  install(environment: number, held: Held): number {
    this.requireRoom(environment);
    const slots = this.#tables.get(environment) ?? [];
    this.#tables.set(environment, slots);
    let index = slots.findIndex((slot) => isFree(slot));
    if (index < 0) index = slots.push({ generation: 0, held: undefined }) - 1;
    const slot = slots[index]!;
    slot.generation++;
    slot.held = held;
    return (slot.generation << INDEX_BITS) | index;
  }

  /**
   * The capability as it is now. Throws E_HANDLE, E_CAPABILITY_REVOKED, E_CAPABILITY_EXPIRED, or E_CAPABILITY_RIGHT with the
   * right that it lacks. Any number may come in.
   */
  check(environment: number, handle: number, right: Right | null): Capability {
    return this.current(this.#slot(environment, handle).held, right);
  }

  /** The same of what the kernel has in a place of its own; E_HANDLE where that is empty. */
  current(held: Held | undefined, right: Right | null): Capability {
    if (held === undefined) throw new Refusal("E_HANDLE");
    if (held.ended !== undefined) throw new Refusal(ENDINGS[held.ended]);
    // The clock's answer takes a place on the heap: one that never expires does not ask.
    if (held.capability.expires !== 0 && isOver(held.capability, this.#now()))
      throw new Refusal("E_CAPABILITY_EXPIRED");
    requireRight(held.capability, right);
    return held.capability;
  }

  /** Throws E_HANDLE. */
  close(environment: number, handle: number): void {
    const slot = this.#slot(environment, handle);
    if (slot.held === undefined) throw new Refusal("E_HANDLE");
    slot.held = undefined;
  }

  /** All of an environment that is no more. */
  closeAll(environment: number): void {
    this.#tables.delete(environment);
  }

  #slot(environment: number, handle: number): Slot {
    const slot = Number.isInteger(handle) ? this.#tables.get(environment)?.[handle & (MAX_HANDLES - 1)] : undefined;
    const generation = Math.floor(handle / MAX_HANDLES);
    if (slot === undefined || slot.generation !== generation) throw new Refusal("E_HANDLE");
    return slot;
  }
}

/** One that has ended tells why to whoever asks for it, until another needs its place. */
function isFree({ generation, held }: Slot): boolean {
  return generation < LAST_GENERATION && (held === undefined || held.ended !== undefined);
}

/** The root is none of the table's, and never ends. */
function unlisted(capability: Capability): Held {
  if (capability.serial !== ROOT_SERIAL) throw new Error("handles: an admitted capability is not in the table");
  return { capability, ended: undefined, environment: -1, passing: false, below: 0 };
}
