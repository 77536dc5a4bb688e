/** Chance, let loose on an appliance that plays: what it does, and what is known of what that comes to. */
import type { Filter } from "../../src/dpf/atom.js";
import type { Right } from "../../src/kernel/abi.js";
import type { CallName, Calls, NewBinding, PacketPlace } from "../../src/kernel/calls.js";
import { hashOf } from "../../src/libos/programs/recorder.js";
import { Chance } from "../../src/machine/chance.js";
import { LOOPS, SUMS, TAKES } from "../kernel/images.js";
import type { Machine } from "./machine.js";

/** Octet of a frame at which its number in the epoch begins. */
export const SEQUENCE_AT = 14;

/** A frame matches where the low 16 bits of its number, masked, are the value. */
interface Class {
  readonly mask: number;
  readonly value: number;
}

/** A binding that was made, what it matched from where on, and in what order. */
export interface Bound {
  readonly name: string;
  readonly slot: number;
  readonly environment: number;
  readonly history: { readonly from: PacketPlace; readonly of: Class }[];
  busy: boolean;
}

interface Made {
  readonly id: number;
  readonly program: string;
  readonly hosted: boolean;
  readonly owner: string;
}

interface Derived {
  readonly text: string;
  readonly serial: string;
  readonly path: string;
  readonly creates: boolean;
}

/** Errors that say only that chance was not lucky: what it meant has ended meanwhile, or there is no room. */
const EXPECTED: readonly string[] = [
  "E_NO_ENVIRONMENT",
  "E_NO_BINDING",
  "E_NO_CAPABILITY",
  "E_NO_MEMORY",
  "E_TOO_MANY",
  "E_NOTHING_HELD",
  "E_REVOCATION_PENDING",
  "E_CLAIM_IDENTICAL",
  "E_CLAIM_OVERLAP",
  "E_CAPABILITY_REVOKED",
  "E_CAPABILITY_WEAKENED",
  "E_NOT_DOWNLOADED",
  "E_COMPILE",
];

const RESOURCES = ["pages", "packets", "bindings", "slices"] as const;
const RIGHTS: readonly Right[] = ["observe", "bind", "create", "allocate", "grant"];
const MOST_ENVIRONMENTS = 10;
const MOST_HOSTED = 6;
const MOST_BINDINGS = 40;

/** Program, options, code, and how often. */
type Kind = readonly [string, (chance: Chance) => Record<string, unknown>, string?];
const KINDS: readonly Kind[] = [
  ["recorder", () => ({ at: SEQUENCE_AT })],
  ["recorder", () => ({ at: SEQUENCE_AT })],
  ["recorder", () => ({ at: SEQUENCE_AT })],
  ["recorder", () => ({ at: SEQUENCE_AT })],
  ["citizen", (chance) => ({ pages: chance.below(60), save: chance.below(4) })],
  ["citizen", (chance) => ({ pages: chance.below(60), answer: "late" })],
  ["citizen", (chance) => ({ pages: 20 + chance.below(40), answer: "crash" })],
  ["greedy", (chance) => ({ after: chance.below(100_000) })],
  ["looper", (chance) => ({ after: 1 + chance.below(100_000), how: "sleep", milliseconds: 20 + chance.below(600) })],
  ["looper", (chance) => ({ after: 1 + chance.below(100_000) })],
  ["thrower", (chance) => ({ after: 1 + chance.below(100_000) })],
  ["thrower", (chance) => ({ after: 1 + chance.below(100_000), how: "exit" })],
  ["", () => ({})],
  ["vcode", () => ({}), SUMS],
  ["vcode", () => ({}), LOOPS],
  ["vcode", () => ({}), TAKES],
];

export class Chaos {
  readonly #machine: Machine;
  readonly #chance: Chance;
  /** By slot. */
  readonly bound = new Map<number, Bound>();
  readonly made = new Map<number, Made>();
  readonly #derived: Derived[] = [];
  /** By operation. */
  readonly done = new Map<string, number>();
  readonly refused = new Map<string, number>();
  readonly #untouchable: number;
  #named = 0;
  #making = 0;

  /** `untouchable`: an environment that nothing is done to. */
  constructor(machine: Machine, seed: number, untouchable: number) {
    this.#machine = machine;
    this.#chance = new Chance(seed);
    this.#untouchable = untouchable;
  }

  get operations(): number {
    return [...this.done.values()].reduce((sum, count) => sum + count, 0);
  }

  readonly #ways: readonly [number, string, () => Promise<boolean>][] = [
    [14, "create", () => this.#create()],
    [20, "bind", () => this.#bind()],
    [12, "rebind", () => this.#rebind()],
    [8, "unbind", () => this.#unbind()],
    [5, "exchange", () => this.#exchange()],
    [16, "drill", () => this.#drill()],
    [8, "derive", () => this.#derive()],
    [4, "grant", () => this.#grant()],
    [4, "revoke", () => this.#revoke()],
    [6, "destroy", () => this.#destroy()],
    [2, "die", () => this.#die()],
    [5, "activate", () => this.#activate()],
    [3, "run", () => this.#run()],
    [2, "pause", () => this.#pause()],
  ];

  /** Does one thing. */
  async step(): Promise<void> {
    let drawn = this.#chance.below(this.#ways.reduce((sum, [weight]) => sum + weight, 0));
    const way = this.#ways.find(([weight]) => {
      drawn -= weight;
      return drawn < 0;
    });
    if (way === undefined) return;
    const [, name, act] = way;
    const table = (await act()) ? this.done : this.refused;
    table.set(name, (table.get(name) ?? 0) + 1);
  }

  /** Undefined where it was refused for a reason that is expected. */
  async #call<K extends CallName>(
    name: K,
    args: Calls[K]["args"],
    capability = this.#machine.appliance.rootCapability,
  ): Promise<Calls[K]["result"] | undefined> {
    const answer = await this.#machine.appliance.call(capability, name, args);
    if (answer.ok) return answer.result;
    if (EXPECTED.includes(answer.error)) return undefined;
    throw new Error(`${name}: ${answer.error}: ${answer.detail}`);
  }

  #one<T>(of: readonly T[]): T | undefined {
    return of[this.#chance.below(of.length)];
  }

  async #create(): Promise<boolean> {
    const kind = this.#one(KINDS);
    if (kind === undefined || this.made.size + this.#making >= MOST_ENVIRONMENTS) return false;
    const [program, options, code] = kind;
    const hosted = program !== "" && program !== "vcode";
    const hostedNow = [...this.made.values()].filter((one) => one.hosted).length;
    if (hosted && hostedNow + this.#making >= MOST_HOSTED) return false;
    this.#making++;
    const args = { name: `e${this.#named++}`, program, options: options(this.#chance) };
    const by = this.#chance.happens(0.4) ? this.#one(this.#derived.filter(({ creates }) => creates)) : undefined;
    const result = await this.#call("createEnvironment", code === undefined ? args : { ...args, code }, by?.text);
    this.#making--;
    if (result === undefined) return false;
    this.made.set(result.environment, { id: result.environment, program, hosted, owner: by?.path ?? "root" });
    return true;
  }

  /** Claims are of classes that do not meet: which of two would win is for others to test. */
  #class(mode: "claim" | "tap"): Class {
    const chance = this.#chance;
    const mask = mode === "claim" ? 15 : this.#one([0, 1, 3, 0x10, 0x31, 0xff, 0x1f0, 0x3ff])!;
    return { mask, value: chance.below(0x10000) & mask };
  }

  async #filter({ mask, value }: Class): Promise<Filter> {
    const low = SEQUENCE_AT + 2;
    return this.#machine.filter(mask === 0 ? "true" : `${low}:16 & ${mask} == ${value}`);
  }

  async #new(): Promise<{ binding: NewBinding; of: Class } | undefined> {
    if (this.bound.size >= MOST_BINDINGS) return undefined;
    const recorders = [...this.made.values()].filter(({ program }) => program === "recorder");
    const owner = this.#chance.happens(0.6) ? this.#one(recorders) : this.#one([...this.made.values()]);
    const mode = this.#chance.happens(0.3) ? "claim" : "tap";
    const of = this.#class(mode);
    const filter = await this.#filter(of);
    const name = `b${this.#named++}`;
    return { binding: { name, environment: owner?.id ?? 0, mode, priority: 0, filter }, of };
  }

  #bounds(slot: number, { name, environment }: NewBinding, of: Class, from: PacketPlace): void {
    this.bound.set(slot, { name, slot, environment, history: [{ from, of }], busy: false });
  }

  async #bind(): Promise<boolean> {
    const made = await this.#new();
    if (made === undefined) return false;
    // By a capability that may be revoked while it is made.
    const owner = this.made.get(made.binding.environment)?.owner ?? "root";
    const fit = this.#derived.filter(({ path }) => made.binding.environment === 0 || path === owner);
    const under = this.#chance.happens(0.6) ? this.#one(fit) : undefined;
    const args = under === undefined ? made.binding : { ...made.binding, under: under.serial };
    const result = await this.#call("bind", args);
    if (result !== undefined) this.#bounds(result.binding, made.binding, made.of, result.from);
    return result !== undefined;
  }

  /** One that nothing is being done to. */
  #idle(): Bound | undefined {
    const one = this.#one([...this.bound.values()].filter((bound) => !bound.busy));
    if (one !== undefined) one.busy = true;
    return one;
  }

  async #rebind(): Promise<boolean> {
    const bound = this.#idle();
    if (bound === undefined) return false;
    const of = this.#class("claim");
    const result = await this.#call("rebind", { bindings: [bound.slot], filter: await this.#filter(of) });
    // It may have ended meanwhile, and its slot be another's, which then has the filter.
    const now = this.bound.get(bound.slot);
    const isThere = now !== undefined && this.#machine.appliance.bindings.get(bound.slot)?.name === now.name;
    if (result !== undefined && isThere) now.history.push({ from: result.from, of });
    bound.busy = false;
    return result !== undefined;
  }

  async #unbind(): Promise<boolean> {
    const bound = this.#idle();
    if (bound === undefined) return false;
    const result = await this.#call("unbind", { bindings: [bound.slot] });
    this.#forget(bound);
    return result !== undefined;
  }

  /** Unless its slot is another's by now. */
  #forget(bound: Bound): void {
    bound.busy = false;
    if (this.bound.get(bound.slot) === bound) this.bound.delete(bound.slot);
  }

  async #exchange(): Promise<boolean> {
    const bound = this.#idle();
    const made = [await this.#new(), await this.#new()].filter((one) => one !== undefined);
    const release = bound === undefined ? [] : [bound.slot];
    const result = await this.#call("exchange", { bindings: made.map(({ binding }) => binding), release });
    if (bound !== undefined && result === undefined) bound.busy = false;
    if (bound !== undefined && result !== undefined) this.#forget(bound);
    for (const [at, { binding, of }] of made.entries()) {
      const slot = result?.bindings[at];
      if (slot !== undefined && result !== undefined) this.#bounds(slot, binding, of, result.from);
    }
    return result !== undefined;
  }

  async #drill(): Promise<boolean> {
    const resource = this.#one(RESOURCES)!;
    const environment = this.#one([...this.made.keys()]);
    if (environment === undefined) return false;
    const args = { resource, environment, count: 1 + this.#chance.below(20), deadlineMs: this.#chance.below(25) };
    return (await this.#call("reclaim", args)) !== undefined;
  }

  async #derive(): Promise<boolean> {
    const above = this.#chance.happens(0.5) ? this.#one(this.#derived) : undefined;
    const wanted = {
      name: `c${this.#named++}`,
      rights: above === undefined ? RIGHTS : (["bind"] as const),
      expires: 0,
    };
    const result = await this.#call("derive", wanted, above?.text);
    if (result === undefined) return false;
    const { text, capability } = result;
    this.#derived.push({ text, serial: capability.serial, path: capability.path, creates: above === undefined });
    return true;
  }

  async #grant(): Promise<boolean> {
    const environment = this.#one([...this.made.keys()]);
    if (environment === undefined) return false;
    const wanted = { name: `g${this.#named++}`, rights: ["allocate"] as const, expires: 0, environment };
    return (await this.#call("grant", wanted)) !== undefined;
  }

  async #revoke(): Promise<boolean> {
    const derived = this.#one(this.#derived);
    if (derived === undefined) return false;
    const { path } = derived;
    const result = await this.#call("revoke", { of: derived.serial });
    const gone = (one: Derived) => one.path === path || one.path.startsWith(`${path}/`);
    this.#derived.splice(0, this.#derived.length, ...this.#derived.filter((one) => !gone(one)));
    return result !== undefined;
  }

  async #destroy(): Promise<boolean> {
    const environment = this.#one([...this.made.keys()]);
    return environment !== undefined && (await this.destroy(environment));
  }

  /** Its bindings go with it, and its number may be another's as soon as this is known. */
  async destroy(environment: number): Promise<boolean> {
    this.made.delete(environment);
    return (await this.#call("destroyEnvironment", { environment })) !== undefined;
  }

  /** At once, whatever it is at. */
  async #die(): Promise<boolean> {
    const throwers = [...this.made.values()].filter(({ program }) => program === "thrower" || program === "looper");
    const mortal = this.#one(throwers);
    if (mortal === undefined) return false;
    const what = mortal.program === "thrower" ? "throw" : "hang";
    await this.#machine.appliance.query(mortal.id, what, {}).catch(() => undefined);
    return true;
  }

  async #activate(): Promise<boolean> {
    const downloaded = this.#one([...this.made.values()].filter(({ program }) => program === "vcode"));
    if (downloaded === undefined) return false;
    const args = { environment: downloaded.id, cause: 3, message: [this.#chance.below(9)], fuel: 50_000 };
    return (await this.#call("activate", args)) !== undefined;
  }

  /** Something else runs the program, or watches. */
  async #run(): Promise<boolean> {
    const target = this.#one(["js", "wasm"])!;
    const chance = this.#chance;
    if (chance.happens(0.3)) return (await this.#call("heat", { on: chance.happens(0.5) })) !== undefined;
    if (chance.happens(0.3)) return (await this.#call("trace", { levels: ["error", "warning"] })) !== undefined;
    return (await this.#call("target", { target, shadow: chance.happens(0.1) ? "interpreter" : null })) !== undefined;
  }

  async #pause(): Promise<boolean> {
    await this.#call("pause", {});
    if (this.#chance.happens(0.5)) await this.#call("step", { packets: 1 + this.#chance.below(5000) });
    await this.#call("play", {});
    return true;
  }

  /** What those that are bound still, by name and slot, are to have got. */
  surviving(): Bound[] {
    const { bindings } = this.#machine.appliance;
    return [...this.bound.values()].filter(({ slot, name }) => bindings.get(slot)?.name === name);
  }

  get untouchable(): number {
    return this.#untouchable;
  }
}

/** How many packets of an epoch, and their hash. */
export interface Expected {
  readonly packets: number;
  readonly hash: number;
}

/** What a binding matches in an epoch of so many packets. */
export function expected({ history }: Pick<Bound, "history">, epoch: number, packets: number): Expected {
  let [count, hash] = [0, 0];
  for (const [at, { from, of }] of history.entries()) {
    const until = history[at + 1]?.from;
    if (from.epoch > epoch || (until !== undefined && until.epoch < epoch)) continue;
    const first = from.epoch === epoch ? from.packet : 1;
    const end = until?.epoch === epoch ? until.packet : packets + 1;
    for (let packet = first; packet < end; packet++) {
      if ((packet & of.mask) !== of.value) continue;
      count++;
      hash = hashOf(hash, packet);
    }
  }
  return { packets: count, hash };
}
