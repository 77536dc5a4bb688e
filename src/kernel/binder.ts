/**
 * Makes bindings, changes them and ends them. To make one is a question, which the compile worker may answer with no;
 * to end one is not: from the next packet on it receives nothing, and its slot is free when no program names it any more.
 */
import { atomsOf, type Filter } from "../dpf/atom.js";
import { residualProblem } from "../dpf/residual.js";
import { checkFilter } from "../dpf/wellformed.js";
import type { BindingRecord, Bindings } from "./binding.js";
import type { Calls, NewBinding, PacketPlace } from "./calls.js";
import { type Ended, requireRight } from "./capabilities.js";
import { allows, type Capability, rules } from "./capability.js";
import type { Changes, Refused } from "./changes.js";
import type { FilterChange } from "./compiler.js";
import type { Environment, Environments } from "./environment.js";
import { MAX_HELD_ATOMS, MAX_PRIORITY } from "./limits.js";
import { Refusal } from "./refusal.js";
import type { Tell } from "./trace.js";

export const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** What binding asks of the kernel's capabilities. */
export interface BinderAuthority {
  /** Throws E_NO_CAPABILITY. */
  inNameOf(by: Capability, serial: string | undefined): Capability;
  /** May it decide what the environment gets? */
  mayActOn(by: Capability, environment: Environment): boolean;
}

export class Binder {
  readonly #bindings: Bindings;
  readonly #environments: Environments;
  readonly #changes: Changes;
  readonly #authority: BinderAuthority;
  readonly #nextPlace: () => PacketPlace;
  readonly #released: (slots: readonly number[]) => void;
  readonly #tell: Tell;

  /** `nextPlace`: where the next packet will be. `released`: called when bindings have ended. */
  constructor(
    bindings: Bindings,
    environments: Environments,
    changes: Changes,
    authority: BinderAuthority,
    nextPlace: () => PacketPlace,
    released: (slots: readonly number[]) => void,
    tell: Tell,
  ) {
    this.#bindings = bindings;
    this.#environments = environments;
    this.#changes = changes;
    this.#authority = authority;
    this.#nextPlace = nextPlace;
    this.#released = released;
    this.#tell = tell;
  }

  bind(
    capability: Capability,
    args: Calls["bind"]["args"],
    done: (result: Calls["bind"]["result"]) => void,
    refused: Refused,
  ): void {
    const bound = ({ bindings, from }: Calls["exchange"]["result"]) => done({ binding: bindings[0]!, from });
    this.exchange(capability, { bindings: [args], release: [] }, bound, refused);
  }

  /** All of them begin, and those in `release` end, between the same two packets; or nothing changes. */
  exchange(
    capability: Capability,
    { bindings, release }: Calls["exchange"]["args"],
    done: (result: Calls["exchange"]["result"]) => void,
    refused: Refused,
  ): void {
    const ending = this.#records(release, capability);
    const makers = bindings.map(({ under }) => this.#authority.inNameOf(capability, under));
    this.#check(makers, bindings, ending);
    const records = bindings.map((asked, at) => this.#add(asked, makers[at]!));
    const removals = ending.map(({ slot }): FilterChange => ({ kind: "remove", slot }));
    const insertions = records.map((record, at) => insertion(record, allows(makers[at]!, "grant")));
    const installed = () => {
      const from = this.#nextPlace();
      for (const record of records) {
        this.#bindings.install(record, from);
        this.#tell("bindingBegan", record.slot, record.environment);
      }
      this.#end(ending, (slots) => this.#free(slots));
      done({ bindings: records.map(({ slot }) => slot), from });
    };
    this.#changes.request([...removals, ...insertions], installed, (error, detail, at) => {
      this.#end(records, (slots) => this.#free(slots));
      refused(error, detail, at === undefined || at < removals.length ? undefined : at - removals.length);
    });
  }

  rebind(
    capability: Capability,
    { bindings, filter }: Calls["rebind"]["args"],
    done: (result: Calls["rebind"]["result"]) => void,
    refused: Refused,
  ): void {
    const records = this.#records(bindings, capability);
    const held = records.reduce((sum, record) => sum + atomsOf(record.filter), 0);
    this.#checkFilter(filter);
    this.#requireRoom(records.length * atomsOf(filter) - held);
    const mayTake = allows(capability, "grant");
    const removals = records.map(({ slot }): FilterChange => ({ kind: "remove", slot }));
    const insertions = records.map((record) => insertion({ ...record, filter }, mayTake));
    const installed = () => {
      for (const record of records) {
        this.#bindings.swap(record, filter);
        this.#tell("bindingChanged", record.slot);
      }
      done({ from: this.#nextPlace() });
    };
    this.#changes.request([...removals, ...insertions], installed, refused);
  }

  /** They end at once, whatever the compile worker does. Throws E_NO_BINDING, E_CAPABILITY_OWNER, and none ends. */
  unbind(capability: Capability, { bindings }: Calls["unbind"]["args"]): Calls["unbind"]["result"] {
    const records = this.#records(bindings, capability);
    this.release(records);
    const { epoch, packet } = this.#nextPlace();
    const sumOf = (counts: Float64Array) => records.reduce((sum, { slot }) => sum + counts[slot]!, 0);
    const { packets, octets } = this.#bindings;
    return { until: { epoch, packet: packet - 1 }, packets: sumOf(packets), octets: sumOf(octets) };
  }

  /**
   * Capabilities have ended, and with them what was made under them: a binding was checked when it was bound, and what it
   * was checked against is no more. `now`: what one that was weakened has become.
   */
  endUnder(ended: readonly Ended[], now: (serial: string) => Capability | undefined): BindingRecord[] {
    const before = new Map(ended.map(({ capability }) => [capability.serial, capability]));
    const records = [...this.#bindings.all()].filter((record) => {
      const made = before.get(record.under);
      return made !== undefined && !stillMay(record, made, now(record.under));
    });
    this.release(records);
    return records;
  }

  /** The same, of bindings that there are or that are asked for. */
  release(records: readonly BindingRecord[]): void {
    this.#end(records, (slots) => this.#changes.release(slots, () => this.#free(slots)));
  }

  /** What was released while something else was asked for it has been taken care of by whoever did that. */
  #end(records: readonly BindingRecord[], then: (slots: readonly number[]) => void): void {
    const ended = records.filter((record) => this.#bindings.release(record));
    const slots = ended.map(({ slot }) => slot);
    if (slots.length === 0) return;
    for (const { slot, environment, from } of ended)
      if (from !== undefined) this.#tell("bindingEnded", slot, environment);
    this.#released(slots);
    then(slots);
  }

  #free(slots: readonly number[]): void {
    for (const slot of slots) this.#bindings.free(slot);
  }

  #add({ name, environment, mode, priority, filter }: NewBinding, by: Capability): BindingRecord {
    const record = this.#bindings.add(name, environment, mode, priority, filter, by);
    if (record === undefined) throw new Error("binder: there was room, and there is none");
    return record;
  }

  /** Each once; all of them the caller's, or made below it. */
  #records(slots: readonly number[], by: Capability): BindingRecord[] {
    return [...new Set(slots)].map((slot) => {
      const record = this.#bindings.get(slot);
      if (record?.from === undefined) throw new Refusal("E_NO_BINDING");
      if (!rules(by.name, record.owner)) throw new Refusal("E_CAPABILITY_OWNER", `the binding ${record.name}`);
      return record;
    });
  }

  // --- checks ---

  #check(makers: readonly Capability[], asked: readonly NewBinding[], ending: readonly BindingRecord[]): void {
    const leaving = new Map<string, number>();
    for (const { environment, name } of ending) {
      const key = `${environment} ${name}`;
      leaving.set(key, (leaving.get(key) ?? 0) + 1);
    }
    let atoms = -ending.reduce((sum, { filter }) => sum + atomsOf(filter), 0);
    const names = new Set<string>();
    for (const [at, binding] of asked.entries()) {
      const key = `${binding.environment} ${binding.name}`;
      this.#checkOne(makers[at]!, binding, at);
      const left = this.#bindings.named(binding.environment, binding.name) - (leaving.get(key) ?? 0);
      if (left > 0 || names.has(key)) throw new Refusal("E_NAME_TAKEN", undefined, at);
      names.add(key);
      atoms += atomsOf(binding.filter);
      this.#requireRoom(atoms, at);
    }
    const { room } = this.#bindings;
    if (asked.length > room) throw new Refusal("E_TOO_MANY", `${room} slots are free`, room);
  }

  #checkOne(capability: Capability, { name, environment, priority, filter }: NewBinding, at: number): void {
    if (!NAME.test(name)) throw new Refusal("E_NAME", undefined, at);
    const owner = this.#environments.get(environment);
    if (owner === undefined || owner.state === "failed") throw new Refusal("E_NO_ENVIRONMENT", undefined, at);
    if (!this.#authority.mayActOn(capability, owner))
      throw new Refusal("E_CAPABILITY_OWNER", `the environment ${owner.name}`, at);
    requireRight(capability, "bind", at);
    if (!Number.isInteger(priority) || priority < 0 || priority > MAX_PRIORITY) {
      throw new Refusal("E_ARGUMENT", undefined, at);
    }
    if (priority > 0) requireRight(capability, "priority", at);
    this.#checkFilter(filter, at);
  }

  #checkFilter(filter: Filter, at?: number): void {
    const problem = checkFilter(filter, residualProblem);
    if (problem !== undefined) throw new Refusal("E_FILTER", problem, at);
  }

  #requireRoom(more: number, at?: number): void {
    if (this.#bindings.atoms + more <= MAX_HELD_ATOMS) return;
    throw new Refusal("E_TOO_MANY", `the filters of all bindings have at most ${MAX_HELD_ATOMS} atoms together`, at);
  }
}

/** `mayTake`: whoever asks for it may win packets from other environments' claims. */
export function insertion(record: BindingRecord, mayTake: boolean): FilterChange {
  const { slot, filter, mode, priority, age, environment } = record;
  return { kind: "insert", slot, filter, mode, priority, age, environment, mayTake };
}

/** May whoever made it still have made it? A claim that may have taken from others ends with the right to take. */
function stillMay({ mode, priority }: BindingRecord, made: Capability, now: Capability | undefined): boolean {
  if (now === undefined || !allows(now, "bind") || (priority > 0 && !allows(now, "priority"))) return false;
  return mode === "tap" || !allows(made, "grant") || allows(now, "grant");
}
