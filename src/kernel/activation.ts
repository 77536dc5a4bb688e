/**
 * Activations: the kernel runs the entries of downloaded environments, one at a time or one inside the other, and sees to
 * their beginning and end. Creating one takes a page, its context; destroying it gives back all that it owns, and no entry
 * of the software TLB stays.
 */
import type { PhysicalMemory } from "../machine/memory.js";
import type { MachineFacts } from "./abi.js";
import type { Activation, ActivationEnd } from "./calls.js";
import { Downloaded, type DownloadedMachine, type Link, type RunningSlice } from "./downloaded.js";
import { type CallTable, callTable, type PageNews } from "./downloaded-calls.js";
import type { KernelError } from "./kerrno.js";
import { OwnedPages, type PageHolding } from "./owned-pages.js";
import type { Stlb } from "./stlb.js";
import type { Tell } from "./trace.js";
import { VirtualMemory } from "./virtual-memory.js";

const NOT_RUN: ActivationEnd = { used: 0, ended: "abandoned", value: 0 };
const MOST_FUEL = 0x7fffffff;

export class Activations {
  readonly stlb: Stlb;
  /** Others add their calls to it. */
  readonly calls: CallTable;
  readonly pages: PageHolding;
  /** What stands at virtual addresses. */
  readonly virtual: VirtualMemory;
  readonly #machine: DownloadedMachine;
  readonly #table = new Map<number, Downloaded>();
  readonly #failed: (environment: number, reason: string) => void;

  /** `failed`: told of a machine check; the environment is gone from here, or will be when nothing of it stands on the stack. */
  constructor(
    memory: PhysicalMemory,
    stlb: Stlb,
    facts: MachineFacts,
    tell: Tell,
    failed: (environment: number, reason: string) => void,
    pages: PageHolding = new OwnedPages(memory),
    pageNews?: PageNews,
  ) {
    this.stlb = stlb;
    this.pages = pages;
    this.virtual = new VirtualMemory(memory, stlb, (environment, page) => this.get(environment)?.guaranteed.get(page));
    pages.flush = (page) => this.stlb.flushPage(page);
    this.calls = callTable({ stlb: this.stlb, pages, facts, tell, pageNews });
    this.#machine = { memory, stlb: this.stlb, calls: this.calls, tell, runs: 0, slice: undefined };
    this.#failed = failed;
  }

  /** From now on the end of a slice is told where it comes. */
  runIn(slice: RunningSlice): void {
    this.#machine.slice = slice;
  }

  get(environment: number): Downloaded | undefined {
    return this.#table.get(environment);
  }

  /** Pages that an environment owns. */
  pagesOf(environment: number): number {
    return this.pages.owned(environment);
  }

  /** `environment`: a number that is free here, above 0. What `link` throws comes through, and nothing is left of it. */
  create(environment: number, link: Link): Downloaded | KernelError {
    const context = this.pages.allocate(environment, 1);
    if (context === undefined) return "E_NO_MEMORY";
    this.pages.fix(environment, context, 1);
    try {
      const downloaded = new Downloaded(environment, context, this.#machine, link);
      this.#table.set(environment, downloaded);
      return downloaded;
    } catch (error) {
      this.pages.freeAll(environment);
      throw error;
    }
  }

  /** Nothing of it runs from now on; what it owned goes as soon as nothing of it stands on the stack. */
  destroy(environment: number): void {
    const downloaded = this.#table.get(environment);
    if (downloaded === undefined) return;
    downloaded.over = true;
    if (downloaded.running === 0) this.#release(environment);
  }

  /** An environment that is none of ours, or over, or too many activations inside each other: abandoned, and nothing was run. */
  readonly activate: Activation = (environment, cause, fuel, message, packet) => {
    const downloaded = this.#table.get(environment);
    if (downloaded === undefined) return NOT_RUN;
    const end = downloaded.activate(cause, Math.max(0, Math.min(fuel, MOST_FUEL)), message, packet);
    const { failed } = end;
    if (failed !== undefined) this.#machine.tell("machineCheck", environment, cause);
    else if (end.ended === "killed") this.#machine.tell("activationKilled", environment, cause, end.used);
    if (downloaded.over && downloaded.running === 0) this.#release(environment);
    if (failed !== undefined) this.#failed(environment, failed);
    return end;
  };

  #release(environment: number): void {
    this.#table.delete(environment);
    this.stlb.flushEnvironment(environment);
    this.pages.freeAll(environment);
  }
}
