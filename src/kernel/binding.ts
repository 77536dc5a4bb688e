/**
 * Secure bindings of filters to environments: authorised once, when bound; a slot number is what
 * demux answers afterwards. Counters are columns, so that the packet's way makes no objects.
 */
import { createHash } from "node:crypto";
import { atomsOf, type Filter } from "../dpf/atom.js";
import type { BindingMode } from "./abi.js";
import { DELIVERY_CAUSES, MAX_BINDINGS } from "./books.js";
import type { PacketPlace } from "./calls.js";
import type { Capability } from "./capability.js";

/** What is known of a binding beside its columns. */
export interface BindingRecord {
  readonly slot: number;
  readonly name: string;
  readonly environment: number;
  readonly mode: BindingMode;
  readonly priority: number;
  /** Order of creation: the oldest wins where nothing else decides. */
  readonly age: number;
  /** Path and serial of the capability in whose name it was made: who has authority over it, and what it ends with. */
  readonly owner: readonly string[];
  readonly under: string;
  /** Another: `swap`. */
  filter: Filter;
  /** Undefined until its program is installed. */
  from: PacketPlace | undefined;
  /** Ended, though the program may name its slot until it is made anew. */
  released: boolean;
}

export class Bindings {
  /** 1: the slot's binding receives. Whatever a program says, all others get nothing. */
  readonly open = new Uint8Array(MAX_BINDINGS);
  readonly environment = new Int16Array(MAX_BINDINGS);
  readonly packets = new Float64Array(MAX_BINDINGS);
  readonly octets = new Float64Array(MAX_BINDINGS);
  /** What the two before were when the epoch began. */
  readonly #packetsBefore = new Float64Array(MAX_BINDINGS);
  readonly #octetsBefore = new Float64Array(MAX_BINDINGS);
  /** Counted, or put into the environment's ring. */
  readonly delivered = new Float64Array(MAX_BINDINGS);
  /** By its handler. */
  readonly consumed = new Float64Array(MAX_BINDINGS);
  /** By cause: cause × MAX_BINDINGS + slot. */
  readonly undelivered = new Float64Array(MAX_BINDINGS * DELIVERY_CAUSES.length);
  /** Capture time of the last match. */
  readonly timeHigh = new Uint32Array(MAX_BINDINGS);
  readonly timeLow = new Uint32Array(MAX_BINDINGS);
  /** First eight octets of the name's SHA-256, for the digest. */
  readonly hashHigh = new Int32Array(MAX_BINDINGS);
  readonly hashLow = new Int32Array(MAX_BINDINGS);
  readonly #records = new Map<number, BindingRecord>();
  /** How many have the name: two, while one is about to take the other's place. */
  readonly #names = new Map<string, number>();
  readonly #free: number[] = [];
  #top = 1;
  #age = 0;
  #atoms = 0;

  /** One above the highest slot ever used. */
  get top(): number {
    return this.#top;
  }

  /** What all their filters cost (dpf/atom.ts). */
  get atoms(): number {
    return this.#atoms;
  }

  get(slot: number): BindingRecord | undefined {
    return this.#records.get(slot);
  }

  all(): IterableIterator<BindingRecord> {
    return this.#records.values();
  }

  /** How many bindings of the environment have the name. */
  named(environment: number, name: string): number {
    return this.#names.get(`${environment} ${name}`) ?? 0;
  }

  /** Slots that are free. */
  get room(): number {
    return this.#free.length + MAX_BINDINGS - this.#top;
  }

  /** Undefined where every slot is taken. */
  add(
    name: string,
    environment: number,
    mode: BindingMode,
    priority: number,
    filter: Filter,
    by: Pick<Capability, "name" | "serial">,
  ): BindingRecord | undefined {
    const slot = this.#free.pop() ?? this.#top;
    if (slot >= MAX_BINDINGS) return undefined;
    if (slot === this.#top) this.#top++;
    this.#clear(slot);
    this.environment[slot] = environment;
    const hash = createHash("sha256").update(name).digest();
    this.hashHigh[slot] = hash.readInt32BE(0);
    this.hashLow[slot] = hash.readInt32BE(4);
    const age = this.#age++;
    const made = { owner: by.name, under: by.serial, from: undefined, released: false };
    const record = { slot, name, environment, mode, priority, age, filter, ...made };
    this.#records.set(slot, record);
    this.#atoms += atomsOf(filter);
    this.#names.set(`${environment} ${name}`, this.named(environment, name) + 1);
    return record;
  }

  /** Its program is installed: it receives from here on, unless it has been released meanwhile. */
  install(record: BindingRecord, from: PacketPlace): void {
    if (record.released) return;
    record.from = from;
    this.open[record.slot] = 1;
  }

  /** Receives nothing any more, and is nowhere any more; its slot is taken until it is freed. False where it was released. */
  release(record: BindingRecord): boolean {
    if (record.released) return false;
    const { slot, environment, name } = record;
    record.released = true;
    this.open[slot] = 0;
    this.#records.delete(slot);
    this.#atoms -= atomsOf(record.filter);
    const others = this.named(environment, name) - 1;
    if (others > 0) this.#names.set(`${environment} ${name}`, others);
    else this.#names.delete(`${environment} ${name}`);
    return true;
  }

  /** A slot whose binding was released, and that no program names: once. */
  free(slot: number): void {
    this.#free.push(slot);
  }

  swap(record: BindingRecord, filter: Filter): void {
    if (record.released) return;
    this.#atoms += atomsOf(filter) - atomsOf(record.filter);
    record.filter = filter;
  }

  /** Counts per epoch begin anew; the others go on. */
  beginEpoch(): void {
    this.#packetsBefore.set(this.packets);
    this.#octetsBefore.set(this.octets);
  }

  /** What each binding matched since the epoch began. */
  epochCounts(): { binding: number; packets: number; octets: number }[] {
    return [...this.#records.keys()].map((slot) => ({
      binding: slot,
      packets: this.packets[slot]! - this.#packetsBefore[slot]!,
      octets: this.octets[slot]! - this.#octetsBefore[slot]!,
    }));
  }

  #clear(slot: number): void {
    const columns = [this.packets, this.octets, this.#packetsBefore, this.#octetsBefore, this.delivered, this.consumed];
    for (const column of [...columns, this.timeHigh, this.timeLow]) column[slot] = 0;
    for (let cause = 0; cause < DELIVERY_CAUSES.length; cause++) this.undelivered[cause * MAX_BINDINGS + slot] = 0;
  }
}
