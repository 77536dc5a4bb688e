/**
 * Wakeup predicates, after Xok: a sleeping environment says, as a sum of products over words of its memory, what it waits for, and
 * the kernel evaluates that when the hand comes to one of its slices. A predicate is compiled by VCODE to one function, when it is
 * registered; its addresses are resolved then, once, to physical ones that the environment may read.
 *
 *   predicate  = product { OR product }          the first that holds tells the sleeper its tag
 *   product    = term { AND term }
 *   term       = word (eq | ne | lt | le | gt | ge) constant          both unsigned
 *
 * Each word is read once an evaluation, so all terms that name it see one value. A page that its environment may
 * read no more ends the predicate: it fires with PAGE_TAKEN, and never reads again what may be others' memory.
 *
 * They are compiled in the data plane, where packets wait meanwhile: so few in a turn, and none that is not well formed.
 */

import type { Branch, Register } from "../vcode/insn.js";
import type { RunMemory, Runnable, TargetName } from "../vcode/target.js";
import { compile } from "../vcode/target.js";
import { Assembler } from "../vcode/vcode.js";
import { verify } from "../vcode/verify.js";
import { type Comparison, PAGE_TAKEN, type WakeupProduct } from "./abi.js";
import {
  MAX_ENVIRONMENTS,
  MAX_OWN_PREDICATES_A_TURN,
  MAX_PREDICATES,
  MAX_PREDICATES_A_TURN,
  MAX_PRODUCTS,
  MAX_TERMS,
} from "./limits.js";
import { Refusal } from "./refusal.js";
import type { Tell } from "./trace.js";

/** The branch that leaves a product whose term does not hold. */
const FAILS: Readonly<Record<Comparison, Branch>> = {
  eq: "bne",
  ne: "beq",
  lt: "bge",
  le: "bgt",
  gt: "ble",
  ge: "blt",
};

const WORD = 4;
const MAX_TAG = 2 ** 31 - 1;

/** Physical address of a word that the environment may read; undefined where there is none. */
export type Translate = (environment: number, address: number) => number | undefined;

export interface WakeupMachine {
  readonly memory: RunMemory;
  readonly pageSize: number;
  readonly target: TargetName;
  readonly translate: Translate;
}

interface Predicate {
  readonly runnable: Runnable;
  /** Physical pages that it reads. */
  readonly pages: ReadonlySet<number>;
  taken: boolean;
}

export class Wakeups {
  readonly #machine: WakeupMachine;
  readonly #tell: Tell;
  /** By environment, then by number. */
  readonly #predicates: Map<number, Predicate>[] = Array.from({ length: MAX_ENVIRONMENTS }, () => new Map());
  /** What a sleeping environment waits for. */
  readonly #waits = new Map<number, Predicate>();
  readonly #arguments: readonly [number, number];
  /** Compiled in this turn: by environment, and in all. */
  readonly #compiled = new Uint8Array(MAX_ENVIRONMENTS);
  #compiledInAll = 0;

  constructor(machine: WakeupMachine, tell: Tell) {
    this.#machine = machine;
    this.#tell = tell;
    this.#arguments = [0, machine.memory.buffer.byteLength];
  }

  /** A turn begins: as many may be compiled as in any other. */
  beginTurn(): void {
    if (this.#compiledInAll === 0) return;
    this.#compiled.fill(0);
    this.#compiledInAll = 0;
  }

  /** The predicate's number, for waitFor. E_TOO_MANY, E_ARGUMENT, E_ADDRESS, E_PREDICATE_RATE. */
  register(environment: number, products: readonly WakeupProduct[]): number {
    const own = this.#of(environment);
    if (this.count(environment) >= MAX_PREDICATES)
      throw new Refusal("E_TOO_MANY", `${MAX_PREDICATES} wakeup predicates`);
    expectForm(products);
    const physical = products.map(({ tag, terms }) => {
      return { tag, terms: terms.map((term) => ({ ...term, address: this.#resolve(environment, term.address) })) };
    });
    const { memory, target, pageSize } = this.#machine;
    const pages = new Set(physical.flatMap(({ terms }) => terms.map(({ address }) => Math.floor(address / pageSize))));
    this.#countCompiled(environment);
    const number = free(own);
    own.set(number, { runnable: compilePredicate(physical, target, memory), pages, taken: false });
    return number;
  }

  /** E_NO_PREDICATE. */
  release(environment: number, number: number): void {
    const predicate = this.#predicate(environment, number);
    this.#of(environment).delete(number);
    if (this.#waits.get(environment) === predicate) this.#waits.delete(environment);
  }

  /** From now on the environment, when it sleeps, waits for this. E_NO_PREDICATE. */
  waitFor(environment: number, number: number): void {
    this.#waits.set(environment, this.#predicate(environment, number));
  }

  /** It waits for nothing but what is posted to it. */
  waitForNothing(environment: number): void {
    this.#waits.delete(environment);
  }

  /** Whether anybody waits for a predicate, which nobody tells when it holds. */
  get isWaitedFor(): boolean {
    return this.#waits.size > 0;
  }

  /** The tag of the first product that holds of what the environment waits for, PAGE_TAKEN, or 0. For the processor. */
  readonly wakes = (environment: number): number => {
    const predicate = this.#waits.get(environment);
    if (predicate === undefined) return 0;
    if (predicate.taken) return PAGE_TAKEN;
    const outcome = predicate.runnable.run(this.#arguments, 0);
    // It has no loop, so it pays no fuel and runs to its end.
    return outcome.ok ? Number(outcome.value) : 0;
  };

  /** Before a physical page changes hands: all predicates on it are over. */
  takePage(page: number): void {
    for (const environment of this.#predicates.keys()) this.takePageFrom(environment, page);
  }

  /** A physical page is not readable any more for this environment: its predicates on it are over, others' go on. */
  takePageFrom(environment: number, page: number): void {
    for (const predicate of this.#of(environment).values()) {
      if (predicate.taken || !predicate.pages.has(page)) continue;
      predicate.taken = true;
      this.#tell("wakeupPageTaken", environment, page);
    }
  }

  forget(environment: number): void {
    this.#of(environment).clear();
    this.#waits.delete(environment);
  }

  /** Predicates that an environment has registered. */
  count(environment: number): number {
    return this.#of(environment).size;
  }

  #countCompiled(environment: number): void {
    const own = this.#compiled[environment]!;
    if (own >= MAX_OWN_PREDICATES_A_TURN || this.#compiledInAll >= MAX_PREDICATES_A_TURN)
      throw new Refusal("E_PREDICATE_RATE");
    this.#compiled[environment] = own + 1;
    this.#compiledInAll++;
  }

  #of(environment: number): Map<number, Predicate> {
    const own = this.#predicates[environment];
    if (own === undefined) throw new Refusal("E_NO_ENVIRONMENT");
    return own;
  }

  #predicate(environment: number, number: number): Predicate {
    const predicate = this.#of(environment).get(number);
    if (predicate === undefined) throw new Refusal("E_NO_PREDICATE");
    return predicate;
  }

  #resolve(environment: number, address: number): number {
    const physical = address % WORD === 0 ? this.#machine.translate(environment, address) : undefined;
    if (physical === undefined || physical % WORD !== 0) throw new Refusal("E_ADDRESS", `no word at ${address}`);
    return physical;
  }
}

/** One function over physical memory: (address 0, octets of memory) → tag or 0. The addresses are physical. */
export function compilePredicate(products: readonly WakeupProduct[], target: TargetName, memory: RunMemory): Runnable {
  const v = new Assembler(["p", "i"], { regions: ["environment"], result: "i" });
  const addresses = [...new Set(products.flatMap(({ terms }) => terms.map(({ address }) => address)))];
  const outside = v.genlabel();
  v.bri("blt", "i", 1, addresses.reduce((most, address) => Math.max(most, address), 0) + WORD, outside);
  const words = new Map<number, Register>();
  for (const address of addresses) {
    const word = v.getreg("u");
    v.ld("host", "u", word, 0, { imm: address });
    words.set(address, word);
  }
  for (const product of products) emitProduct(v, product, words);
  v.label(outside);
  v.ret({ imm: 0 });
  const verdict = verify({ lambdas: [v.end()], tables: 0 });
  if (!verdict.ok) throw new Error(`wakeup: ${verdict.rejections[0]?.reason}`);
  return compile(verdict.program, target, memory);
}

function emitProduct(v: Assembler, { tag, terms }: WakeupProduct, words: ReadonlyMap<number, Register>): void {
  const next = v.genlabel();
  for (const { address, comparison, constant } of terms)
    v.bri(FAILS[comparison], "u", words.get(address)!, constant, next);
  v.ret({ imm: tag });
  v.label(next);
}

/** Products without terms always hold, and a predicate without products never does: they are refused. */
function expectForm(products: readonly WakeupProduct[]): void {
  const terms = products.reduce((sum, product) => sum + product.terms.length, 0);
  if (products.length === 0 || products.length > MAX_PRODUCTS || terms > MAX_TERMS)
    throw new Refusal("E_ARGUMENT", `a wakeup predicate has 1 to ${MAX_PRODUCTS} products, ${MAX_TERMS} terms in all`);
  if (products.some((product) => product.terms.length === 0))
    throw new Refusal("E_ARGUMENT", "a product without terms");
  if (products.some(({ tag }) => !(Number.isInteger(tag) && tag >= 1 && tag <= MAX_TAG)))
    throw new Refusal("E_ARGUMENT", `a tag is from 1 to ${MAX_TAG}`);
}

function free(own: ReadonlyMap<number, unknown>): number {
  let number = 0;
  while (own.has(number)) number++;
  return number;
}
