/**
 * The processor: runs downloaded environments in slices (slices.ts), as activations, each to completion. Read SOSP'95 §5.1.1 and
 * §5.5 first. Time is fuel, so the same programs run in the same order on every machine and target.
 *
 * In a slice its owner is told the start (Cause.start), and gets what waits for it, one after the other, until nothing does or the slice
 * is over. An activation runs on the rest of the slice and a grace. One that comes to the end of the rest is told so (Cause.endOfSlice),
 * on what is left of the grace. What ran beyond the slice is owed and paid back out of time that the environment is given later
 * (cpu-accounts.ts): nobody is ever ahead by more than the grace, whatever interrupts it. A runner may tell the end of the slice at the
 * very v_fuel that finds it, by running on `rest` first and asking sliceOver() there.
 *
 * An environment that sleeps, or for which there is no slice, costs nothing: the hand goes on. The rest of a slice can be given
 * up, or given to another environment, which is told its start in turn; it is given when the activation that says so has ended.
 */
import { Cause } from "./abi.js";
import type { ActivationEnd, PacketRegion } from "./calls.js";
import { CpuAccounts } from "./cpu-accounts.js";
import type { KernelError } from "./kerrno.js";
import { MAX_CALL_DEPTH, MAX_CUT_OFF, MAX_ENVIRONMENTS, MAX_OWED, MAX_PENDING } from "./limits.js";
import { PendingActivations } from "./pending-activations.js";
import type { ProcessorOptions } from "./processor-options.js";
import { Refusal } from "./refusal.js";
import { type Slices, UNOWNED } from "./slices.js";
import { NO_WORDS, NOBODY, noTime, type Ran, UnderWay } from "./under-way.js";

export class Processor {
  readonly slices: Slices;
  readonly accounts = new CpuAccounts();
  readonly #options: ProcessorOptions;
  readonly #underWay: UnderWay;
  readonly #pending = new PendingActivations();
  readonly #alive = new Uint8Array(MAX_ENVIRONMENTS);
  readonly #asleep = new Uint8Array(MAX_ENVIRONMENTS);
  /** Slices of its own in a row that ended with an activation cut off. */
  readonly #cutOff = new Uint8Array(MAX_ENVIRONMENTS);
  /** Who runs in an environment's time while it waits. */
  readonly #standsIn = new Int16Array(MAX_ENVIRONMENTS).fill(NOBODY);
  /** What the predicate said that was evaluated last, as the message that its owner is woken with. */
  readonly #tag = [0];
  /** The rest of the slice that runs is given up, or given to the heir. */
  #given = false;
  #heir = NOBODY;
  /** The heir was sent a message, which is its entry; it is not told a start. */
  #entered = false;
  /** The end of the slice was told to whoever's time it is. */
  #told = false;

  constructor(options: ProcessorOptions) {
    this.#options = options;
    this.slices = options.slices;
    this.#underWay = new UnderWay(options.activation, this.accounts, options.tell);
  }

  /** The environment may be given time, and is awake. Its number may have been another's, of which nothing runs any more. */
  admit(environment: number): void {
    if (this.#underWay.under(environment)) throw new Error(`processor: environment ${environment} still runs`);
    this.accounts.reset(environment);
    this.#alive[environment] = 1;
    this.#asleep[environment] = 0;
    this.#cutOff[environment] = 0;
  }

  /** Gives back its slices; nothing reaches it any more. What is under way of it should find out and end. */
  forget(environment: number): void {
    if (!this.alive(environment)) return;
    this.#alive[environment] = 0;
    this.slices.releaseAll(environment);
    this.#pending.clear(environment);
    this.#standsIn[environment] = NOBODY;
    this.accounts.writeOff(environment);
  }

  alive(environment: number): boolean {
    return this.#alive[environment] === 1;
  }

  /** E_NO_ENVIRONMENT where there is none that may be given time. */
  expect(environment: number): void {
    if (!this.alive(environment)) throw new Refusal("E_NO_ENVIRONMENT");
  }

  /** The environment whose activation is under way; NOBODY where none is. */
  get current(): number {
    return this.#underWay.current;
  }

  /** Units of the slice that runs, as of the last activation's begin or kernel call. */
  get rest(): number {
    return this.#underWay.time.rest;
  }

  /** Slices run until `budget` units are used, the last one to its end, or a round found nothing to run; what was used. */
  turn(budget: number): number {
    const before = this.accounts.total;
    for (let quiet = 0; this.accounts.total - before < budget && quiet < this.slices.count; ) {
      const begun = this.accounts.total;
      this.#pass();
      quiet = this.accounts.total === begun ? quiet + 1 : 0;
    }
    return this.accounts.total - before;
  }

  /** Each slice once, or as many as there are, one at least, until `over` says so; what was used. */
  round(over?: () => boolean): number {
    const before = this.accounts.total;
    for (let passed = 0; passed < this.slices.count && !(passed > 0 && over?.() === true); passed++) this.#pass();
    return this.accounts.total - before;
  }

  /** Whether something waits for one that a slice would run: an activation, or a packet. */
  get pressed(): boolean {
    return this.slices.owners().some((owner) => owner !== UNOWNED && this.#expected(this.runnerFor(owner)));
  }

  /** Whether a slice would find something to do. */
  get busy(): boolean {
    return this.slices.owners().some((owner) => owner !== UNOWNED && this.#ready(this.runnerFor(owner)));
  }

  /** Lets an activation wait for the environment's time, behind all others. E_NO_ENVIRONMENT, E_QUEUE_FULL. */
  post(environment: number, cause: number, message: readonly number[]): void {
    this.expectRoom(environment);
    this.#pending.put(environment, cause, message);
  }

  /** It hears of this epoch, the last that has begun, before all others that wait. */
  tellEpoch(environment: number, epoch: number): void {
    if (this.alive(environment)) this.#pending.putEpoch(environment, epoch);
  }

  /** Activations that wait for it. */
  pending(environment: number): number {
    return this.#pending.of(environment);
  }

  /** E_NO_ENVIRONMENT, E_QUEUE_FULL: what post would answer. */
  expectRoom(environment: number): void {
    this.expect(environment);
    if (!this.#hasRoom(environment)) throw new Refusal("E_QUEUE_FULL");
  }

  /** One that waits for a call has a place kept for its return. */
  #hasRoom(environment: number): boolean {
    const kept = this.standsInFor(environment) === NOBODY ? 0 : 1;
    return this.pending(environment) + kept < MAX_PENDING;
  }

  /** The environment has nothing to do until something is posted to it or its predicate holds. E_NO_ENVIRONMENT. */
  sleep(environment: number): void {
    this.expect(environment);
    this.#asleep[environment] = 1;
  }

  sleeps(environment: number): boolean {
    return this.#asleep[environment] === 1;
  }

  /** The rest of the slice is given up when the activation ends. E_SLICE_OVER. */
  yield(): void {
    this.#give(NOBODY, false);
  }

  /** The rest goes to `heir` when the activation ends; one that sleeps lets it go idle. E_NO_ENVIRONMENT, E_SLICE_OVER. */
  yieldTo(heir: number): void {
    this.expect(heir);
    this.#give(heir, false);
  }

  /** As yieldTo, with a message that the heir is entered with, before all others. E_NO_ENVIRONMENT, E_QUEUE_FULL, E_SLICE_OVER. */
  enter(heir: number, cause: number, message: readonly number[]): void {
    this.expectRoom(heir);
    this.#give(heir, true);
    this.#pending.putFirst(heir, cause, message);
  }

  /** What the environment has waited for: it has its own time again, and is entered with it now if there is a rest to give. */
  comeBack(environment: number, message: readonly number[]): void {
    this.#standsIn[environment] = NOBODY;
    this.#pending.putFirst(environment, Cause.syncReturn, message);
    if (this.#mayGive) this.#give(environment, true);
  }

  /**
   * `by` runs in the environment's time, from the rest of this slice on, until it comes back. Else nothing is done: E_DEADLOCK where that
   * goes round in a circle, E_QUEUE_FULL where there is no room for its return, E_NO_ENVIRONMENT.
   */
  lend(environment: number, by: number): KernelError | undefined {
    if (!this.alive(environment) || !this.alive(by)) return "E_NO_ENVIRONMENT";
    if (this.runnerFor(by) === environment) return "E_DEADLOCK";
    if (this.pending(environment) >= MAX_PENDING) return "E_QUEUE_FULL";
    this.#standsIn[environment] = by;
    if (this.#mayGive) this.#give(by, false);
    return undefined;
  }

  /** Who runs in its time; NOBODY where it does itself. */
  standsInFor(environment: number): number {
    return this.#standsIn[environment] ?? NOBODY;
  }

  /** Who lets this one run in its time. */
  waitingFor(environment: number): number[] {
    return [...this.#standsIn.keys()].filter((each) => this.#standsIn[each] === environment);
  }

  /** Units that the current activation may use before the slice is over; 0 in its grace. One from outside is in no slice. */
  leftOfSlice(left: number): number {
    if (this.current === NOBODY) throw new Refusal("E_SLICE_OVER");
    this.#underWay.settle(left);
    return this.rest;
  }

  /**
   * For a runner whose activation came to a v_fuel that the rest of the slice does not pay: the end of the slice is told, once, and
   * the activation may go on with as much fuel as this gives back; with 0 it is cut off.
   */
  sliceOver(left: number): number {
    const { depth, time } = this.#underWay;
    if (depth !== 1 || time.payer === NOBODY || this.#told) return left;
    this.#told = true;
    return this.#underWay.inside(time.runs, Cause.endOfSlice, left);
  }

  /** Another environment's entry inside the current activation: see UnderWay. E_NO_ENVIRONMENT, E_CALL_DEPTH, E_SLICE_OVER. */
  call(environment: number, cause: number, message: readonly number[], left: number): Ran {
    this.expect(environment);
    return this.#underWay.call(environment, cause, message, left);
  }

  /** As UnderWay.keep. */
  keep(): void {
    this.#underWay.keep();
  }

  /**
   * At once, outside of any slice: what cannot wait for the environment's time (a revocation). It runs on what of the grace it does not
   * owe yet, and owes all of it. Where that does not do, or it is under way, or calls are too deep, it hears of it in its own time,
   * where it has room. Undefined: nothing ran. E_NO_ENVIRONMENT.
   */
  interrupt(environment: number, cause: number, message: readonly number[]): ActivationEnd | undefined {
    this.expect(environment);
    const underWay = this.#underWay;
    const owes = this.accounts.owes[environment]!;
    const time = { ...noTime(), grace: Math.max(0, this.#options.grace - owes), runs: environment };
    const runs = time.grace > 0 && underWay.depth < MAX_CALL_DEPTH && !underWay.under(environment);
    const ran = runs ? underWay.within(time, () => ({ ...underWay.run(environment, cause, message) })) : undefined;
    this.#settleUp(environment);
    const heard = ran !== undefined && (ran.ended === "done" || owes === 0);
    if (!heard && this.alive(environment) && this.#hasRoom(environment)) this.#pending.put(environment, cause, message);
    return ran;
  }

  /** At once, from outside, on fuel that is given for it: as a slice of that length in no position. E_NO_ENVIRONMENT. */
  runNow(environment: number, cause: number, fuel: number, message: readonly number[]): ActivationEnd {
    this.expect(environment);
    const time = { ...noTime(), rest: fuel, payer: environment, runs: environment };
    this.accounts.given += fuel;
    return this.#underWay.within(time, () => {
      this.#given = false;
      this.#told = true;
      const { used, ended, value } = this.#underWay.run(environment, cause, message);
      this.#settleUp(environment);
      while (this.#heir !== NOBODY) this.#inherit(this.#heir);
      this.accounts.idle += time.rest;
      return { used: Math.min(used, fuel), ended, value };
    });
  }

  /** Who runs in its time at last. */
  runnerFor(owner: number): number {
    let runner = owner;
    // Never a circle: lend() sees to it.
    while (this.standsInFor(runner) !== NOBODY) runner = this.standsInFor(runner);
    return runner;
  }

  #ready(environment: number): boolean {
    this.#tag[0] = 0;
    if (!this.alive(environment)) return false;
    if (this.#expected(environment) || !this.sleeps(environment)) return true;
    this.#tag[0] = this.#options.wakes(environment);
    return this.#tag[0] !== 0;
  }

  #expected(environment: number): boolean {
    if (!this.alive(environment)) return false;
    return this.#pending.waits(environment) || (this.#options.inbox?.(environment)?.waiting ?? 0) > 0;
  }

  get #mayGive(): boolean {
    return this.#underWay.time.payer !== NOBODY && !this.#given;
  }

  #give(heir: number, entered: boolean): void {
    if (!this.#mayGive) throw new Refusal("E_SLICE_OVER");
    this.#given = true;
    this.#heir = heir;
    this.#entered = entered;
  }

  /** The slice under the hand. */
  #pass(): void {
    const position = this.slices.hand;
    const owner = this.slices.advance();
    if (owner === UNOWNED) return;
    const runner = this.runnerFor(owner);
    if (!this.#ready(runner)) return;
    this.accounts.begin(owner, this.slices.length);
    this.#options.tell("sliceBegan", owner, runner, position);
    const time = this.#underWay.beginSlice(owner, this.slices.length);
    try {
      const ran = this.#serve(runner, true);
      if (ran && runner === owner) this.#cutOff[owner] = time.cutOff ? this.#cutOff[owner]! + 1 : 0;
      this.#settleUp(runner);
      while (this.#heir !== NOBODY) this.#inherit(this.#heir);
    } finally {
      this.#underWay.endSlice();
    }
    this.accounts.idle += time.rest;
  }

  /** The rest goes to who runs in the heir's time. */
  #inherit(heir: number): void {
    const { time } = this.#underWay;
    const runner = this.runnerFor(heir);
    const start = !(this.#entered && runner === heir);
    this.#options.tell("restGiven", time.runs, runner, time.rest);
    this.#heir = NOBODY;
    if (!this.#ready(runner)) return;
    this.#serve(runner, start);
    this.#settleUp(runner);
  }

  /** An environment in what is left of the slice; false where it owes all of that. */
  #serve(environment: number, start: boolean): boolean {
    const { time } = this.#underWay;
    const paid = this.accounts.payBack(environment, time.rest);
    time.rest -= paid;
    if (paid > 0) this.#options.tell("sliceForfeited", environment, paid, this.accounts.owes[environment]);
    if (time.rest === 0) return false;
    time.runs = environment;
    time.grace = this.#options.grace;
    this.#given = false;
    this.#told = false;
    const tag = this.#tag[0]!;
    this.#asleep[environment] = 0;
    if (start) this.#activate(environment, Cause.start, NO_WORDS);
    if (tag !== 0) {
      this.#options.tell("wokenUp", environment, tag);
      this.#tag[0] = tag;
      this.#activate(environment, Cause.wake, this.#tag);
    }
    while (this.#goesOn(environment) && this.#next(environment));
    if (time.rest === 0 && !this.#given && !this.#told) this.#activate(environment, Cause.endOfSlice, NO_WORDS);
    return true;
  }

  /** What waits for it, before the packets that do; false where nothing does. */
  #next(environment: number): boolean {
    if (this.#pending.take(environment)) {
      this.#asleep[environment] = 0;
      this.#activate(environment, this.#pending.cause, this.#pending.message);
      return true;
    }
    const inbox = this.#options.inbox?.(environment);
    if (inbox === undefined || !inbox.take()) return false;
    this.#asleep[environment] = 0;
    inbox.end(this.#activate(environment, Cause.message, inbox.message, inbox) !== "killed");
    return true;
  }

  /** Another activation may begin: the rest is not given away, and the environment does not wait for a call. */
  #goesOn(environment: number): boolean {
    return this.rest > 0 && !this.#given && this.standsInFor(environment) === NOBODY;
  }

  #activate(environment: number, cause: number, message: readonly number[], packet?: PacketRegion) {
    const { rest, grace } = this.#underWay.time;
    if (rest + grace <= 0 || !this.alive(environment)) return undefined;
    return this.#underWay.run(environment, cause, message, packet).ended;
  }

  /** Nobody pays for the dead; who owes too much, or was cut off too often, is destroyed. */
  #settleUp(environment: number): void {
    if (this.#underWay.depth > 0) return;
    const owes = this.accounts.owes[environment]!;
    const cutOff = this.#cutOff[environment]!;
    if (!this.alive(environment)) this.accounts.writeOff(environment);
    else if (owes > MAX_OWED || cutOff >= MAX_CUT_OFF) {
      this.#options.tell("greedyDestroyed", environment, owes, cutOff);
      this.forget(environment);
      this.#options.destroy(environment);
    }
  }
}
