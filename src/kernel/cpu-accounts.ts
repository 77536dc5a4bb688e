/**
 * The CPU's accounts, in units of fuel, each counted where it happens. They balance at the end of every slice:
 *
 *   given   = used + forfeited + idle              of the slices that began
 *   overrun = forfeited + owed + writtenOff        what ran beyond its slice
 *   ran     = used + overrun                       by all environments
 *
 * An environment's *excess counter* (SOSP'95 §5.1.1) is what it owes: fuel that it ran beyond its time. It pays with the first of
 * the time that it is given next, unit by unit, so a slice is forfeited whole where a slice's length is owed.
 */
import { MAX_ENVIRONMENTS } from "./limits.js";

export class CpuAccounts {
  given = 0;
  used = 0;
  forfeited = 0;
  idle = 0;
  overrun = 0;
  /** Was owed by environments that are destroyed. */
  writtenOff = 0;
  /** Fuel that an environment's code ran on, in whoever's time. */
  readonly ran = new Float64Array(MAX_ENVIRONMENTS);
  /** Fuel of an environment's slices that somebody ran on. */
  readonly paid = new Float64Array(MAX_ENVIRONMENTS);
  /** The excess counter. */
  readonly owes = new Float64Array(MAX_ENVIRONMENTS);
  /** Slices of an environment that began. */
  readonly slices = new Float64Array(MAX_ENVIRONMENTS);
  /** Activations that were cut off. */
  readonly cutOff = new Float64Array(MAX_ENVIRONMENTS);

  /** All that ran. */
  get total(): number {
    return this.used + this.overrun;
  }

  get owed(): number {
    return this.owes.reduce((sum, owes) => sum + owes, 0);
  }

  begin(owner: number, length: number): void {
    this.given += length;
    this.slices[owner]! += 1;
  }

  /** `within` of what was run was in `payer`'s slice, the other `over` units beyond any; `debtor` owes them. */
  run(environment: number, payer: number, within: number, debtor: number, over: number): void {
    this.ran[environment]! += within + over;
    if (within > 0) this.paid[payer]! += within;
    this.used += within;
    this.owes[debtor]! += over;
    this.overrun += over;
  }

  /** Pays what the environment owes out of time that it is given; what that took of it. */
  payBack(environment: number, rest: number): number {
    const paid = Math.min(rest, this.owes[environment]!);
    this.owes[environment]! -= paid;
    this.forfeited += paid;
    return paid;
  }

  /** The environment is destroyed, so nobody will pay. */
  writeOff(environment: number): void {
    this.writtenOff += this.owes[environment]!;
    this.owes[environment] = 0;
  }

  /** Its number belongs to another environment from now on. */
  reset(environment: number): void {
    this.writeOff(environment);
    for (const column of [this.ran, this.paid, this.slices, this.cutOff]) column[environment] = 0;
  }
}
