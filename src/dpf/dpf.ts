/**
 * The front door of the compile side: filters in, programs and patches out. The passes, in order:
 *
 *   canonical   one form for what means the same          canonical.ts
 *   merge       into the trie, or prune out of it         merge.ts, remove.ts
 *   plan        which code for which nodes, and tables    plan.ts
 *   generate    blocks to VCODE                           gen.ts, cut.ts
 *   verify      the one verifier                          vcode/verify.ts
 *   emit        JavaScript                                vcode/js.ts
 *
 * A change that only adds or removes keys where a dispatch is a table stops after `merge`: what it wrote
 * into the tables goes out as a patch.
 */
import type { Program } from "../vcode/insn.js";
import { emit } from "../vcode/js.js";
import { verify } from "../vcode/verify.js";
import type { Conjunction, Filter } from "./atom.js";
import { bitsTested, canonicalFilter } from "./canonical.js";
import { generate } from "./gen.js";
import { addTap, removeTap, writeClaim } from "./leaf.js";
import { merge } from "./merge.js";
import { Plan } from "./plan.js";
import { prune } from "./remove.js";
import type { TableArray, TablePatch } from "./tables.js";
import { type Target, targetOf } from "./target.js";
import { MAX_NODES, type Node, Trie } from "./trie.js";

/** Ids are 1 to this. */
export const MAX_ID = 16_383;
export const MAX_PRIORITY = 255;
export const MAX_AGE = 0x7fffffff;

export interface ProgramStatistics {
  /** VCODE instructions, all functions together. */
  readonly instructions: number;
  /** Length of the source. */
  readonly octets: number;
  /** Octets of all tables. */
  readonly tables: number;
  readonly functions: number;
  /** Estimated octets of bytecode of the largest function; V8 stops optimising at about 60,000. */
  readonly largest: number;
  /** From trie to source, in ms of the real clock: nothing is decided by it. */
  readonly milliseconds: number;
}

/** What the data plane installs between two batches. Plain data, owned by whoever gets it. */
export type ProgramUpdate =
  | {
      readonly kind: "program";
      readonly generation: number;
      /** JavaScript, for vcode/js.ts. */
      readonly source: string;
      /** The same program, where the target is the interpreter: nobody else pays for carrying it. */
      readonly vcode?: Program;
      /** By table number (tables.ts). */
      readonly tables: readonly TableArray[];
      readonly statistics: ProgramStatistics;
    }
  | { readonly kind: "patch"; readonly generation: number; readonly patches: readonly TablePatch[] };

/** The trie has no room for another filter; nothing was changed. */
export class ClassifierFull extends Error {
  override readonly name = "ClassifierFull";
}

interface Live {
  readonly mode: "claim" | "tap";
  /** Filter and priority as text: equal for identical claims. */
  readonly identity: string;
  /** Where its conjunctions end. */
  readonly ends: readonly Node[];
}

export class Classifier {
  readonly trie = new Trie();
  readonly target: Target;
  readonly #live = new Map<number, Live>();
  readonly #claims = new Map<string, number[]>();
  #plan: Plan | undefined;
  #generation = 0;

  /** `target`: what is to run the updates. */
  constructor(target: string = "js") {
    this.target = targetOf(target);
  }

  /** The plan that the last update was made from; undefined before the first. */
  get plan(): Plan | undefined {
    return this.#plan;
  }

  /** Live ids with the nodes where they end. */
  get ends(): ReadonlyMap<number, { readonly mode: "claim" | "tap"; readonly ends: readonly Node[] }> {
    return this.#live;
  }

  /**
   * A well-formed filter begins to match under `id`, which must be free. Of two claims that match, the
   * greater priority wins, then more bits tested, then the smaller age. Throws ClassifierFull.
   */
  insert(id: number, filter: Filter, mode: "claim" | "tap", priority: number, age: number): void {
    requireWithin("id", id, 1, MAX_ID);
    requireWithin("priority", priority, 0, MAX_PRIORITY);
    requireWithin("age", age, 0, MAX_AGE);
    if (this.#live.has(id)) throw new RangeError(`classifier: id ${id} is in use`);
    const forms = canonicalFilter(filter);
    this.#requireRoom(forms.values());
    const ends: Node[] = [];
    for (const form of forms.values()) {
      const node = merge(this.trie, this.trie.path(form), (added) => this.#plan?.added(added));
      ends.push(node);
      if (mode === "claim") this.#addClaim(node, id, rankOf(priority, bitsTested(form), age));
      else this.#addTap(node, id, forms.size > 1);
    }
    const identity = identityOf(forms.keys(), priority);
    this.#live.set(id, { mode, identity, ends });
    if (mode === "claim") this.#claims.set(identity, [...(this.#claims.get(identity) ?? []), id]);
  }

  /** Nothing happens where no filter has that id. */
  remove(id: number): void {
    const live = this.#live.get(id);
    if (live === undefined) return;
    this.#live.delete(id);
    for (const node of live.ends) {
      if (live.mode === "claim") this.#removeClaim(node, id);
      else this.#removeTap(node, id);
      prune(this.trie, node, (gone) => this.#plan?.removed(gone));
    }
    if (live.mode === "tap") return;
    const others = (this.#claims.get(live.identity) ?? []).filter((other) => other !== id);
    if (others.length > 0) this.#claims.set(live.identity, others);
    else this.#claims.delete(live.identity);
  }

  /** A live claim of that priority whose filter has the same canonical form. */
  claimIdenticalTo(filter: Filter, priority: number): number | undefined {
    return this.#claims.get(identityOf(canonicalFilter(filter).keys(), priority))?.[0];
  }

  /** What changed since the last update. */
  update(): ProgramUpdate {
    const generation = ++this.#generation;
    if (this.#plan !== undefined && !this.#plan.structural) {
      return { kind: "patch", generation, patches: this.#plan.patches() };
    }
    const start = performance.now();
    const plan = new Plan(this.trie);
    this.#plan = plan;
    const vcode = generate(plan);
    const verdict = verify(vcode);
    if (!verdict.ok) {
      const { insn, reason } = verdict.rejections[0] ?? { insn: "", reason: "" };
      throw new Error(`classifier: the generated program was rejected at ${insn}: ${reason}`);
    }
    const { source, instructions, largest } = emit(verdict.program);
    const statistics = {
      instructions,
      octets: source.length,
      tables: plan.octets,
      functions: vcode.lambdas.length,
      largest,
      milliseconds: performance.now() - start,
    };
    const update = { kind: "program", generation, source, tables: plan.copies(), statistics } as const;
    return this.target === "interpreter" ? { ...update, vcode } : update;
  }

  #requireRoom(forms: Iterable<Conjunction>): void {
    let atoms = 0;
    for (const form of forms) atoms += form.length;
    if (this.trie.nodes + atoms > MAX_NODES) throw new ClassifierFull(`classifier: more than ${MAX_NODES} nodes`);
  }

  /** The plan, as long as its tables follow the trie. */
  get #tables(): Plan | undefined {
    return this.#plan?.structural === false ? this.#plan : undefined;
  }

  #addClaim(node: Node, id: number, rank: number): void {
    const worse = node.claims.findIndex((claim) => claim.rank < rank);
    node.claims.splice(worse < 0 ? node.claims.length : worse, 0, { id, rank });
    this.#plan?.leafChanged(node);
    if (this.#tables) writeClaim(this.#tables, node);
  }

  #removeClaim(node: Node, id: number): void {
    node.claims.splice(
      node.claims.findIndex((claim) => claim.id === id),
      1,
    );
    if (this.#tables) writeClaim(this.#tables, node);
  }

  #addTap(node: Node, id: number, several: boolean): void {
    node.taps.set(id, several);
    this.#plan?.leafChanged(node);
    if (this.#tables) addTap(this.#tables, node, several ? -id : id);
  }

  #removeTap(node: Node, id: number): void {
    const several = node.taps.get(id) === true;
    node.taps.delete(id);
    if (this.#tables) removeTap(this.#tables, node, several ? -id : id);
  }
}

/** One double, so that one compare decides: priority, bits tested (below 2^14), then the oldest. */
function rankOf(priority: number, bits: number, age: number): number {
  return priority * 2 ** 45 + bits * 2 ** 31 + (MAX_AGE - age);
}

function identityOf(forms: Iterable<string>, priority: number): string {
  return [priority, ...forms].join("\n");
}

function requireWithin(what: string, value: number, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new RangeError(`classifier: ${what} ${value} is not within ${low}..${high}`);
  }
}
