/**
 * The merged program, as the kernel's requests change it. A request holds as a whole or not at all, and one that cannot
 * be (its claim is not its owner's to make, its tables do not fit) is refused alone: all else holds as before.
 */
import type { Filter } from "../dpf/atom.js";
import { Classifier, ClassifierFull, type Running } from "../dpf/dpf.js";
import { MAX_CODE } from "../dpf/limits.js";
import { factsOf, losersOf, type Overlaps, overlapsOf, witnessText } from "../dpf/overlap.js";
import type { Target } from "../dpf/target.js";
import type { CompileAnswer, CompileRequest, FilterChange, ProgramChange } from "../kernel/compiler.js";
import { KERNEL_ERRORS, type KernelError } from "../kernel/kerrno.js";
import { MAX_OWN_CODE } from "../kernel/limits.js";
import type { ClaimToBe } from "./interface.js";

type Insertion = Extract<FilterChange, { kind: "insert" }>;
type Outcome = Omit<CompileAnswer["outcomes"][number], "seq">;

/** What held before a change: by slot (the filter's id in the classifier) that it touches, and what was to run the program. */
interface Before {
  readonly slots: ReadonlyMap<number, Insertion | undefined>;
  readonly running: Running;
}

/** A change that cannot be; nothing of its request holds. */
class Objection extends Error {
  readonly error: KernelError;
  constructor(error: KernelError, detail: string) {
    super(detail);
    this.error = error;
  }
}

export class FilterProgram {
  readonly classifier: Classifier;
  /** Filters that hold, so that a change that fails halfway can be taken back. */
  readonly #held = new Map<number, Insertion>();

  constructor(target: Target, shadow: Target | null) {
    this.classifier = new Classifier(target, shadow);
  }

  /**
   * One answer for all requests, or, where together they are too much, one for each half of them, and so on: so the one
   * that is at fault is found soon. Told as soon as it is there, since whoever waits has a deadline.
   */
  *answers(requests: readonly CompileRequest[]): Generator<CompileAnswer> {
    const together = this.#changed(requests);
    if (!(together instanceof ClassifierFull)) return yield together;
    const [only] = requests;
    if (requests.length === 1 && only !== undefined) return yield tooMany(only, together);
    const half = Math.ceil(requests.length / 2);
    yield* this.answers(requests.slice(0, half));
    yield* this.answers(requests.slice(half));
  }

  /** Claims that a new one would meet, those of other environments first. */
  overlaps(filter: Filter, { environment, priority }: ClaimToBe): Overlaps {
    const isOther = (id: number) => this.#held.get(id)?.environment !== environment;
    return overlapsOf(this.classifier, filter, priority, isOther);
  }

  /** Where the tables have no room for what the requests make nothing has changed. */
  #changed(requests: readonly CompileRequest[]): CompileAnswer | ClassifierFull {
    const before = this.#before(requests.flatMap(({ changes }) => changes));
    const outcomes = requests.map((request) => ({ seq: request.seq, ...this.#change(request) }));
    try {
      const isChanged = outcomes.some(({ error }) => error === undefined);
      return { update: isChanged ? this.classifier.update() : undefined, outcomes };
    } catch (error) {
      if (!(error instanceof ClassifierFull)) throw error;
      this.#takeBack(before);
      return error;
    }
  }

  #change({ changes, held }: CompileRequest): Outcome {
    const before = this.#before(changes);
    let at = 0;
    try {
      for (; at < changes.length; at++) this.#apply(changes[at]!, held);
    } catch (error) {
      if (!(error instanceof ClassifierFull) && !(error instanceof Objection)) throw error;
      this.#takeBack(before);
      return { error: error instanceof Objection ? error.error : "E_TOO_MANY", detail: error.message, at };
    }
    return {};
  }

  #before(changes: readonly ProgramChange[]): Before {
    const slots = changes.flatMap((change) => ("slot" in change ? [change.slot] : []));
    return { slots: new Map(slots.map((slot) => [slot, this.#held.get(slot)])), running: this.classifier.running };
  }

  #takeBack({ slots, running }: Before): void {
    for (const slot of slots.keys()) this.#remove(slot);
    for (const insertion of slots.values()) if (insertion !== undefined) this.#insert(insertion);
    if (this.classifier.running !== running) this.classifier.run(running);
  }

  /** `held`: has been judged before. */
  #apply(change: ProgramChange, held: boolean): void {
    switch (change.kind) {
      case "remove":
        return this.#remove(change.slot);
      case "insert":
        if (change.mode === "claim" && !held) this.#object(change);
        this.#insert(change);
        return held ? undefined : this.#requireCode(change.environment);
      case "target":
        return this.classifier.run({ target: change.target, shadow: change.shadow });
      case "heat":
        return this.classifier.run({ heat: change.on });
    }
  }

  #remove(slot: number): void {
    this.classifier.remove(slot);
    this.#held.delete(slot);
  }

  #insert(insertion: Insertion): void {
    const { slot, filter, mode, priority, age, environment } = insertion;
    this.classifier.insert(slot, filter, mode, priority, age, environment);
    this.#held.set(slot, insertion);
  }

  /** What everybody waits for when the program is made anew is bounded here, for each environment and for all of them. */
  #requireCode(environment: number): void {
    const own = this.classifier.codeOf(environment);
    if (own > MAX_OWN_CODE) {
      const detail = `the filters of one environment have code of ${MAX_OWN_CODE} instructions at most, not of ${own}`;
      throw new Objection("E_TOO_MANY", detail);
    }
    const { code } = this.classifier;
    if (code > MAX_CODE) {
      const detail = `the filters of all environments have code of ${MAX_CODE} instructions at most, not of ${code}`;
      throw new Objection("E_TOO_MANY", detail);
    }
  }

  /** Throws an Objection where the claim would never receive, or would win packets that are not its owner's to take. */
  #object(claim: Insertion): void {
    if (this.classifier.claimIdenticalTo(claim.filter, claim.priority) !== undefined) {
      throw new Objection("E_CLAIM_IDENTICAL", KERNEL_ERRORS.E_CLAIM_IDENTICAL);
    }
    if (claim.mayTake) return;
    const related = this.classifier.related(claim.filter);
    const others = related.filter(({ id }) => this.#held.get(id)?.environment !== claim.environment);
    const [loser] = losersOf(this.classifier, claim.filter, claim.priority, others);
    if (loser === undefined) return;
    const { id, relation, witness } = loser;
    const facts = factsOf(claim.filter, this.classifier.live.get(id)?.filter);
    const packet = witness === undefined ? "" : `; a packet that both match: ${witnessText(witness, facts)}`;
    throw new Objection("E_CLAIM_OVERLAP", `may win packets of binding ${id} (${relation})${packet}`);
  }
}

function tooMany({ seq }: CompileRequest, { message }: ClassifierFull): CompileAnswer {
  return { update: undefined, outcomes: [{ seq, error: "E_TOO_MANY", detail: message }] };
}
