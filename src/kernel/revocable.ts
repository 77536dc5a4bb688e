/**
 * The kinds of things that can be asked back, each as revocation sees it: how many an environment holds, giving one back by
 * its name, taking some by force. What is taken is reported loss by loss, names in a row as one.
 */
import type { PhysicalMemory } from "../machine/memory.js";
import type { Segments } from "../nic/segments.js";
import type { Loss, ResourceName } from "./abi.js";
import type { BindingRecord, Bindings } from "./binding.js";
import type { Environment } from "./environment.js";
import type { KernelError } from "./kerrno.js";
import type { Pages } from "./pages.js";
import type { Slices } from "./slices.js";

export interface Revocable {
  /** How many may be taken. */
  held(environment: Environment): number;
  /** Gives back what the environment named. */
  give(environment: Environment, name: number): KernelError | undefined;
  /** Takes `count` of what is held by force, or as many as there are; `lost` hears of each loss before it returns. */
  take(environment: Environment, count: number, lost: (loss: Loss) => void): number;
}

/** Puts losses with names in a row together. */
class LossRuns {
  readonly #resource: ResourceName;
  readonly #lost: (loss: Loss) => void;
  #run: { name: number; count: number; saved: number | null } | undefined;

  constructor(resource: ResourceName, lost: (loss: Loss) => void) {
    this.#resource = resource;
    this.#lost = lost;
  }

  add(name: number, saved: number | null): void {
    const run = this.#run;
    if (run !== undefined && run.name + run.count === name && savedAfter(run) === saved) run.count++;
    else {
      this.end();
      this.#run = { name, count: 1, saved };
    }
  }

  end(): void {
    if (this.#run !== undefined) this.#lost({ resource: this.#resource, ...this.#run });
    this.#run = undefined;
  }
}

function savedAfter({ saved, count }: { saved: number | null; count: number }): number | null {
  return saved === null ? null : saved + count;
}

/** Pages, but for those that are guaranteed. Contents go where the environment said beforehand, as far as that reaches. */
export class RevocablePages implements Revocable {
  readonly #pages: Pages;
  readonly #memory: PhysicalMemory;
  readonly #saves = new Map<number, readonly number[]>();

  constructor(pages: Pages) {
    this.#pages = pages;
    this.#memory = pages.memory;
  }

  /** Pages of the environment's own in which contents are to be saved, in this order. Each serves once. */
  saveIn(environment: number, pages: readonly number[]): void {
    if (pages.length === 0) this.#saves.delete(environment);
    else this.#saves.set(environment, pages);
  }

  held({ id }: Environment): number {
    return this.#pages.revocable(id);
  }

  give({ id }: Environment, page: number): KernelError | undefined {
    return this.#pages.free(id, page);
  }

  take({ id }: Environment, count: number, lost: (loss: Loss) => void): number {
    const saves = (this.#saves.get(id) ?? []).filter((page) => this.#pages.problem(id, page) === undefined);
    const meant = new Set(saves);
    // Where the contents of another go is taken only where nothing else is left.
    const ordinary = this.#first(id, count, (page) => !meant.has(page));
    const plan = ordinary.sort((a, b) => a - b).map((page) => ({ page, saved: saves.shift() ?? null }));
    this.saveIn(id, saves);
    const unused = new Set(saves);
    const more = this.#first(id, count - plan.length, (page) => unused.has(page));
    plan.push(...more.sort((a, b) => a - b).map((page) => ({ page, saved: null })));
    const losses = new LossRuns("pages", lost);
    for (const { page, saved } of plan) {
      if (saved !== null) this.#save(page, saved);
      this.#pages.free(id, page);
      losses.add(page, saved);
    }
    losses.end();
    return plan.length;
  }

  #first(owner: number, count: number, fits: (page: number) => boolean): number[] {
    const found: number[] = [];
    if (count <= 0) return found;
    for (const page of this.#pages.takeable(owner)) {
      if (fits(page) && found.push(page) === count) break;
    }
    return found;
  }

  #save(page: number, saved: number): void {
    const { pageSize, move } = this.#memory;
    move(saved * pageSize, page * pageSize, pageSize);
  }
}

/**
 * Packet buffers: segments that the environment's ring holds, the oldest first. They go back by the tail, so none is given by
 * name. `undelivered` hears how many entries were taken.
 */
export class RevocablePackets implements Revocable {
  readonly #undelivered: (environment: Environment, entries: number) => void;

  constructor(undelivered: (environment: Environment, entries: number) => void) {
    this.#undelivered = undelivered;
  }

  held({ ring }: Environment): number {
    return ring?.segments ?? 0;
  }

  give(): KernelError {
    return "E_ARGUMENT";
  }

  take(environment: Environment, count: number, lost: (loss: Loss) => void): number {
    const { ring } = environment;
    if (ring === undefined || count <= 0) return 0;
    const cursor = ring.endsOf(count).at(-1) ?? ring.tail;
    const segments = ring.segmentsBefore(cursor);
    this.#undelivered(environment, ring.repossess(cursor));
    const losses = new LossRuns("packets", lost);
    for (const segment of segments) losses.add(segment, null);
    losses.end();
    return segments.length;
  }
}

/** Filters: bindings of the environment, the youngest first. `release` ends them. */
export class RevocableBindings implements Revocable {
  readonly #bindings: Bindings;
  readonly #release: (records: readonly BindingRecord[]) => void;

  constructor(bindings: Bindings, release: (records: readonly BindingRecord[]) => void) {
    this.#bindings = bindings;
    this.#release = release;
  }

  held({ id }: Environment): number {
    return this.#of(id).length;
  }

  give({ id }: Environment, slot: number): KernelError | undefined {
    const record = this.#bindings.get(slot);
    if (record?.from === undefined || record.environment !== id) return "E_NO_BINDING";
    this.#release([record]);
    return undefined;
  }

  take({ id }: Environment, count: number, lost: (loss: Loss) => void): number {
    const records = this.#of(id).slice(0, Math.max(0, count));
    this.#release(records);
    const losses = new LossRuns("bindings", lost);
    for (const { slot } of [...records].sort((a, b) => a.slot - b.slot)) losses.add(slot, null);
    losses.end();
    return records.length;
  }

  #of(environment: number): BindingRecord[] {
    const records = [...this.#bindings.all()];
    return records
      .filter((record) => record.environment === environment && record.from !== undefined)
      .sort((a, b) => b.age - a.age);
  }
}

/** Slices of the CPU, the last positions first: an environment may give up all of them, and then is not run. */
export class RevocableSlices implements Revocable {
  readonly #slices: Slices;

  constructor(slices: Slices) {
    this.#slices = slices;
  }

  held({ id }: Environment): number {
    return this.#slices.held(id);
  }

  give({ id }: Environment, position: number): KernelError | undefined {
    if (this.#slices.ownerOf(position) !== id) return "E_SLICE_OWNER";
    this.#slices.release(id, position);
    return undefined;
  }

  take({ id }: Environment, count: number, lost: (loss: Loss) => void): number {
    const own = this.#slices.ownedBy(id);
    const positions = own.slice(Math.max(0, own.length - Math.max(0, count)));
    const losses = new LossRuns("slices", lost);
    for (const position of positions) {
      this.#slices.release(id, position);
      losses.add(position, null);
    }
    losses.end();
    return positions.length;
  }
}

/** Who holds which segments, for the book and for pressure. */
export function holdersOf(segments: Segments, environments: readonly (Environment | undefined)[]) {
  return Array.from({ length: segments.count }, (_, segment) => ({
    segment,
    generation: segments.generationOf(segment),
    holds: segments.holdsOf(segment),
    environments: environments.flatMap((one) => (one?.ring?.holds(segment) ? [one.id] : [])),
  }));
}
