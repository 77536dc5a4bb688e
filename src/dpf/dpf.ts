/**
 * The front door of the compile side: filters in, programs and patches out. The passes, in order:
 *
 *   canonical   one form for what means the same          canonical.ts
 *   merge       into the trie, or prune out of it         merge.ts, remove.ts
 *   plan        which code for which nodes, and tables    plan.ts, upkeep.ts
 *   generate    blocks to VCODE                           gen.ts, gen-static.ts, cut.ts
 *   verify      the one verifier                          vcode/verify.ts
 *   emit        JavaScript, WebAssembly                   batch-js.ts, batch-wasm.ts
 *
 * A change that only adds or removes keys where a dispatch is a table stops after `merge`: what it wrote
 * into the tables goes out as a patch.
 */
import { instructionsOf, type Lambda } from "../vcode/insn.js";
import { printProgram } from "../vcode/print.js";
import { type Verified, verify } from "../vcode/verify.js";
import type { Atom, Conjunction, Filter } from "./atom.js";
import { emitBatchJs } from "./batch-js.js";
import { emitBatchWasm } from "./batch-wasm.js";
import { bitsTested, canonicalFilter } from "./canonical.js";
import { Claims, type Related } from "./claims.js";
import { type GenerateOptions, generate } from "./gen.js";
import { addTap, removeTap, writeClaim } from "./leaf.js";
import { MAX_AGE, MAX_ID, MAX_NODES, MAX_PRIORITY, MAX_TABLE_OCTETS } from "./limits.js";
import { merge } from "./merge.js";
import { type Plan, planOf } from "./plan.js";
import { prepare } from "./prepared.js";
import { rankOf } from "./rank.js";
import { prune } from "./remove.js";
import { Residuals } from "./residuals.js";
import { DEFAULT_TARGET, type Target, targetOf } from "./target.js";
import type { Traits } from "./traits.js";
import { NO_TAPS, type Node, type Step, Trie } from "./trie.js";
import type { TrieTotals } from "./trie-picture.js";
import type { Images, ProgramStatistics, ProgramUpdate, TargetStatistics } from "./update.js";
import { Ways } from "./ways.js";

/** The trie or its tables have no room for another filter; nothing was changed. */
export class ClassifierFull extends Error {
  override readonly name = "ClassifierFull";
}

/** What runs the updates, and how. */
export interface Running {
  readonly target: Target;
  readonly shadow: Target | null;
  readonly heat: boolean;
}

interface Live {
  readonly mode: "claim" | "tap";
  readonly filter: Filter;
  readonly priority: number;
  readonly age: number;
  readonly owner: number;
  /** Filter and priority as text: equal for identical claims. */
  readonly identity: string;
  readonly residual: string | undefined;
  /** Where its conjunctions end, with the bits that they test. */
  readonly ends: readonly End[];
}

interface End {
  readonly node: Node;
  readonly bits: number;
}

export class Classifier {
  readonly trie = new Trie();
  readonly #live = new Map<number, Live>();
  readonly #claims = new Claims(this.trie);
  /** Live claims by identity. */
  readonly #identical = new Map<string, number[]>();
  readonly #residuals = new Residuals();
  readonly #ways = new Ways();
  readonly #waysOf = new Map<number, Ways>();
  #running: Running;
  #plan: Plan | undefined;
  #generation = 0;
  #statistics: ProgramStatistics | undefined;

  /** `target`: what is to run the updates. */
  constructor(target: string = DEFAULT_TARGET, shadow: string | null = null) {
    this.#running = { target: targetOf(target), shadow: shadow === null ? null : targetOf(shadow), heat: false };
  }

  get running(): Running {
    return this.#running;
  }

  /** Changes what runs the program: the next update is a whole one. */
  run(running: Partial<Running>): void {
    this.#running = { ...this.#running, ...running };
    this.#plan = undefined;
  }

  /** The plan that the last update was made from; undefined before the first. */
  get plan(): Plan | undefined {
    return this.#plan;
  }

  /** Generation of the last update; 0 before the first. */
  get generation(): number {
    return this.#generation;
  }

  get totals(): TrieTotals {
    const tables = this.#plan?.octets ?? 0;
    const [nodes, filters] = [this.trie.nodes, this.#live.size];
    return { nodes, filters, tables, target: this.#running.target, build: buildOf(this.#statistics) };
  }

  /** Lambdas that residual fields call, by number. */
  get residuals(): readonly Lambda[] {
    return this.#residuals.lambdas();
  }

  /** Live filters by id. */
  get live(): ReadonlyMap<number, Live> {
    return this.#live;
  }

  /**
   * A well-formed filter begins to match under `id`, which must be free. Of two claims that match, the
   * greater priority wins, then more bits tested, then the inner, then the smaller age. `owner`: in whose code it is
   * counted. Throws ClassifierFull.
   */
  insert(id: number, filter: Filter, mode: "claim" | "tap", priority: number, age: number, owner = 0): void {
    requireWithin("id", id, 1, MAX_ID);
    requireWithin("priority", priority, 0, MAX_PRIORITY);
    requireWithin("age", age, 0, MAX_AGE);
    if (this.#live.has(id)) throw new RangeError(`classifier: id ${id} is in use`);
    const forms = canonicalFilter(filter);
    this.#requireRoom(forms.values());
    const bits = [...forms.values()].map(bitsTested);
    const prepared = mode === "claim" ? prepare(filter) : undefined;
    const reordered = prepared ? this.#claims.add({ id, prepared, priority, age, bits }) : [];
    const residual = this.#residuals.add(filter.residual);
    const ends: End[] = [];
    const steps = new Map<Atom, Step>();
    const counted = this.#countedIn(owner);
    for (const form of forms.values()) {
      const path = this.trie.path(form, residual, steps);
      const node = merge(this.trie, path, (added) => this.#plan?.added(added));
      const end = { node, bits: bits[ends.length] ?? 0 };
      ends.push(end);
      for (const ways of counted) ways.add(path, residual?.lambda);
      if (mode === "claim") this.#addClaim(end, id, priority);
      else this.#addTap(node, id, forms.size > 1);
    }
    // Nobody asks which taps are the same.
    const identity = mode === "claim" ? identityOf(forms.keys(), residual?.text, priority) : "";
    this.#live.set(id, { mode, filter, priority, age, owner, identity, residual: residual?.text, ends });
    if (mode === "claim") this.#identical.set(identity, [...(this.#identical.get(identity) ?? []), id]);
    for (const other of reordered) this.#reorder(other);
    // Tables that have grown too large may be smaller when they are made anew: `update` tells.
    if ((this.#plan?.octets ?? 0) > MAX_TABLE_OCTETS) this.#plan = undefined;
  }

  /** Nothing happens where no filter has that id. */
  remove(id: number): void {
    const live = this.#live.get(id);
    if (live === undefined) return;
    this.#live.delete(id);
    for (const { node } of live.ends) {
      if (live.mode === "claim") this.#removeClaim(node, id);
      else this.#removeTap(node, id);
      for (const ways of this.#countedIn(live.owner)) ways.remove(stepsTo(node));
      prune(this.trie, node, (gone) => this.#plan?.removed(gone));
    }
    this.#residuals.remove(live.residual);
    if (live.mode === "tap") return;
    this.#claims.remove(id);
    const others = (this.#identical.get(live.identity) ?? []).filter((other) => other !== id);
    if (others.length > 0) this.#identical.set(live.identity, others);
    else this.#identical.delete(live.identity);
  }

  /** A live claim of that priority that matches the same frames, as far as that is found out. */
  claimIdenticalTo(filter: Filter, priority: number): number | undefined {
    const residual = filter.residual && printProgram(filter.residual);
    const same = this.#identical.get(identityOf(canonicalFilter(filter).keys(), residual, priority))?.[0];
    return same ?? this.#claims.identicalTo(prepare(filter), priority);
  }

  /** Is the claim one of those between which no order is quite the rule's (winner.ts)? */
  inRing(id: number): boolean {
    return this.#claims.inRing(id);
  }

  /** Claims that have frames in common with a filter, or may have, and how it lies to them. */
  related(filter: Filter): Related[] {
    return this.#claims.related(prepare(filter));
  }

  /** Instructions that all filters ask for, about (ways.ts): known before there is a program, and the measure of MAX_CODE. */
  get code(): number {
    return this.#ways.code;
  }

  /** The same, if this owner's filters were alone. */
  codeOf(owner: number): number {
    return (this.#waysOf.get(owner) ?? new Ways()).code;
  }

  /** What changed since the last update. Throws ClassifierFull where that cannot be told. */
  update(): ProgramUpdate {
    if (this.#plan !== undefined && !this.#plan.structural) {
      return { kind: "patch", generation: ++this.#generation, patches: this.#plan.patches() };
    }
    const start = performance.now();
    const plan = planOf(this.trie, this.#running.heat);
    if (plan.octets > MAX_TABLE_OCTETS) {
      throw new ClassifierFull(`the tables of all filters have room for ${MAX_TABLE_OCTETS} octets`);
    }
    this.#plan = plan;
    const program = programOf(plan, { heat: this.#running.heat, residuals: this.residuals });
    const milliseconds = performance.now() - start;
    const { images, largest, targets } = emit(program, plan.traits, this.#running);
    const statistics = {
      instructions: instructionsOf(program),
      tables: plan.octets,
      functions: program.lambdas.length,
      largest,
      milliseconds,
      targets,
    };
    this.#statistics = statistics;
    const generation = ++this.#generation;
    const { traits } = plan;
    return { kind: "program", generation, ...this.#running, traits, images, tables: plan.copies(), statistics };
  }

  #countedIn(owner: number): Ways[] {
    const own = this.#waysOf.get(owner) ?? new Ways();
    this.#waysOf.set(owner, own);
    return [this.#ways, own];
  }

  #requireRoom(forms: Iterable<Conjunction>): void {
    let atoms = 0;
    for (const form of forms) atoms += form.length + 1;
    if (this.trie.nodes + atoms > MAX_NODES)
      throw new ClassifierFull(`the trie of all filters has room for ${MAX_NODES} nodes`);
  }

  /** The plan, as long as its tables follow the trie. */
  get #tables(): Plan | undefined {
    return this.#plan?.structural === false ? this.#plan : undefined;
  }

  #reorder(id: number): void {
    const live = this.#live.get(id);
    for (const end of live?.ends ?? []) {
      this.#removeClaim(end.node, id);
      this.#addClaim(end, id, live?.priority ?? 0);
    }
  }

  #addClaim({ node, bits }: End, id: number, priority: number): void {
    const rank = rankOf(priority, bits, this.#claims.orderOf(id));
    const worse = node.claims.findIndex((claim) => claim.rank < rank);
    node.claims.splice(worse < 0 ? node.claims.length : worse, 0, { id, rank });
    this.trie.claims++;
    this.#plan?.leafChanged(node);
    if (this.#tables) writeClaim(this.#tables, node);
  }

  #removeClaim(node: Node, id: number): void {
    this.trie.claims--;
    node.claims.splice(
      node.claims.findIndex((claim) => claim.id === id),
      1,
    );
    if (this.#tables) writeClaim(this.#tables, node);
  }

  #addTap(node: Node, id: number, several: boolean): void {
    if (node.taps === NO_TAPS) node.taps = new Map();
    node.taps.set(id, several);
    this.trie.taps++;
    this.#plan?.leafChanged(node);
    if (this.#tables) addTap(this.#tables, node, several ? -id : id);
  }

  #removeTap(node: Node, id: number): void {
    const several = node.taps.get(id) === true;
    node.taps.delete(id);
    this.trie.taps--;
    if (this.#tables) removeTap(this.#tables, node, several ? -id : id);
  }
}

/** By which `node` is reached, from the root on. */
function stepsTo(node: Node): Step[] {
  const steps: Step[] = [];
  for (let at: Node | undefined = node; at?.step !== undefined; at = at.parent) steps.push(at.step);
  return steps.reverse();
}

/** The plan's program; the verifier is asked of ours as of anybody's, and that it refuses is a mistake of ours. */
export function programOf(plan: Plan, options: GenerateOptions): Verified {
  const verdict = verify(generate(plan, options));
  if (verdict.ok) return verdict.program;
  const { insn, reason } = verdict.rejections[0] ?? { insn: "", reason: "" };
  throw new Error(`classifier: the generated program was rejected at ${insn}: ${reason}`);
}

interface Emitted {
  readonly images: Images;
  readonly largest: number;
  readonly targets: readonly TargetStatistics[];
}

/** The program for its targets. */
function emit(program: Verified, traits: Traits, { target, shadow }: Running): Emitted {
  let images: Images = {};
  let largest = 0;
  const targets: TargetStatistics[] = [];
  for (const each of new Set(shadow === null ? [target] : [target, shadow])) {
    const start = performance.now();
    let octets = 0;
    if (each === "js") {
      const emitted = emitBatchJs(program, traits);
      images = { ...images, js: emitted.source };
      ({ largest } = emitted);
      octets = emitted.source.length;
    } else if (each === "wasm") {
      const module = emitBatchWasm(program, traits);
      images = { ...images, wasm: new WebAssembly.Module(module) };
      octets = module.length;
    } else images = { ...images, interpreter: program };
    targets.push({ target: each, octets, milliseconds: performance.now() - start });
  }
  return { images, largest, targets };
}

function buildOf(statistics: ProgramStatistics | undefined): TrieTotals["build"] {
  if (statistics === undefined) return null;
  const { instructions, functions, targets } = statistics;
  const octets = targets.reduce((sum, target) => sum + target.octets, 0);
  const milliseconds = targets.reduce((sum, target) => sum + target.milliseconds, statistics.milliseconds);
  return { instructions, octets, functions, milliseconds };
}

function identityOf(forms: Iterable<string>, residual: string | undefined, priority: number): string {
  return [priority, ...forms, residual ?? ""].join("\n");
}

function requireWithin(what: string, value: number, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new RangeError(`classifier: ${what} ${value} is not within ${low}..${high}`);
  }
}
