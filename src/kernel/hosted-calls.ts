/**
 * What hosted environments may ask of the kernel, as one table: check, then do. Numbers in a call are an environment's, and
 * are clamped or refused; nothing here throws but Refusals, which become the call's error.
 */
import type { Segments } from "../nic/segments.js";
import {
  CALL_WORDS,
  HostedCall,
  type MachineFacts,
  READABLE,
  RESOURCES,
  Resource,
  type Right,
  WRITABLE,
} from "./abi.js";
import type { AskedCall } from "./call-ring.js";
import type { Environment, Environments } from "./environment.js";
import { errorNumber, type KernelError } from "./kerrno.js";
import { MAX_RUN_PAGES } from "./limits.js";
import type { Pages } from "./pages.js";
import type { Pressure } from "./pressure.js";
import { Refusal } from "./refusal.js";
import type { RevocablePages } from "./revocable.js";
import type { Revocation } from "./revocation.js";

/** Checks that the handle carries the right for this environment; throws a Refusal. */
export type CheckHandle = (environment: number, handle: number, right: Right) => unknown;

type Perform = (environment: Environment, asked: AskedCall) => void;

export class HostedCalls {
  readonly #environments: Environments;
  readonly #pages: Pages;
  readonly #revocable: RevocablePages;
  readonly #revocation: Revocation;
  readonly #pressure: Pressure;
  readonly #segments: Segments;
  readonly #check: CheckHandle;
  readonly #table: readonly (Perform | undefined)[];

  constructor(
    environments: Environments,
    revocable: RevocablePages,
    revocation: Revocation,
    pressure: Pressure,
    segments: Segments,
    check: CheckHandle,
  ) {
    this.#environments = environments;
    this.#pages = environments.pages;
    this.#revocable = revocable;
    this.#revocation = revocation;
    this.#pressure = pressure;
    this.#segments = segments;
    this.#check = check;
    this.#table = this.#calls();
  }

  /** The error's number, 0 without; the answer stands in `asked`. */
  perform(environment: Environment, asked: AskedCall | undefined): number {
    try {
      const perform = asked === undefined ? undefined : this.#table[asked.call];
      if (asked === undefined || perform === undefined) throw new Refusal("E_CALL");
      perform(environment, asked);
      return 0;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return errorNumber(error.code);
    }
  }

  #calls(): (Perform | undefined)[] {
    const table: (Perform | undefined)[] = [];
    table[HostedCall.allocate] = (environment, asked) => this.#allocate(environment, asked);
    table[HostedCall.free] = (environment, asked) => this.#free(environment, asked);
    table[HostedCall.share] = (environment, asked) => this.#share(environment, asked, 2);
    table[HostedCall.unshare] = (environment, asked) => this.#share(environment, asked, 1);
    table[HostedCall.relock] = ({ id }, asked) => {
      for (const page of names(asked, 0)) refuse(this.#pages.relock(id, page));
      asked.answer();
    };
    table[HostedCall.facts] = (_environment, asked) => {
      const { pageSize, segmentSize, segments, ringEntries }: MachineFacts = this.#environments.facts;
      const { pages, freePages } = this.#pages.memory;
      asked.answer(pageSize, pages, freePages, segmentSize, segments, ringEntries);
    };
    table[HostedCall.answer] = (environment, asked) => {
      const resource = asked.words[0]!;
      if (asked.count < 1 || RESOURCES[resource] === undefined) throw new Refusal("E_ARGUMENT");
      asked.answer(this.#revocation.answer(environment, resource, names(asked, 1)));
    };
    table[HostedCall.pages] = ({ id }, asked) => {
      asked.answer(...this.#pages.namesOf(id, asked.count > 0 ? asked.words[0]! : 0, CALL_WORDS));
    };
    table[HostedCall.saveIn] = ({ id }, asked) => {
      const pages = names(asked, 0);
      if (new Set(pages).size !== pages.length) throw new Refusal("E_ARGUMENT");
      for (const page of pages) refuse(this.#pages.problem(id, page));
      this.#revocable.saveIn(id, pages);
      asked.answer();
    };
    table[HostedCall.pageBook] = (_environment, asked) => this.#pageBook(asked);
    table[HostedCall.segmentBook] = (_environment, asked) => this.#segmentBook(asked);
    return table;
  }

  #allocate({ id }: Environment, asked: AskedCall): void {
    this.#check(id, asked.handle, "allocate");
    const [count, wanted] = [asked.words[0]!, asked.words[1]!];
    if (asked.count !== 2 || count < 1 || count > MAX_RUN_PAGES || wanted < -1) throw new Refusal("E_ARGUMENT");
    if (asked.handle === 0 && !this.#pages.mayTake(id, count)) throw new Refusal("E_TOO_MANY");
    if (wanted !== -1) {
      refuse(this.#pages.allocateAt(id, wanted, count));
      return asked.answer(wanted);
    }
    const first = this.#pages.allocate(id, count);
    if (first === undefined) {
      this.#pressure.wanted(id, count);
      throw new Refusal("E_NO_MEMORY");
    }
    return asked.answer(first);
  }

  #free(environment: Environment, asked: AskedCall): void {
    let freed = 0;
    let problem: KernelError | undefined;
    for (const page of names(asked, 0)) {
      problem = this.#pages.free(environment.id, page);
      if (problem !== undefined) break;
      freed++;
    }
    if (freed > 0) this.#revocation.gave(environment, Resource.pages, freed);
    refuse(problem);
    asked.answer(freed);
  }

  /** `fixed`: words before the pages; without access among them, all of it ends. */
  #share({ id }: Environment, asked: AskedCall, fixed: number): void {
    if (fixed === 2) this.#check(id, asked.handle, "allocate");
    const [other, wanted] = [asked.words[0]!, fixed === 2 ? asked.words[1]! : 0];
    if (asked.count <= fixed || (wanted & ~(READABLE | WRITABLE)) !== 0) throw new Refusal("E_ARGUMENT");
    if (this.#environments.get(other) === undefined || other === id) throw new Refusal("E_NO_ENVIRONMENT");
    for (const page of names(asked, fixed)) refuse(this.#pages.share(id, page, other, wanted));
    asked.answer();
  }

  #pageBook(asked: AskedCall): void {
    const page = asked.words[0]!;
    if (asked.count !== 1 || !this.#pages.exists(page)) throw new Refusal("E_NO_PAGE");
    const { readers, writers } = this.#pages;
    const sets = [readers.word(page, 0), readers.word(page, 1), writers.word(page, 0), writers.word(page, 1)];
    const kept = this.#pages.isGuaranteed(page) ? 1 : 0;
    asked.answer(this.#pages.ownerOf(page), this.#pages.generationOf(page), kept, ...sets);
  }

  #segmentBook(asked: AskedCall): void {
    const segment = asked.words[0]!;
    if (asked.count !== 1 || segment < 0 || segment >= this.#segments.count) throw new Refusal("E_ARGUMENT");
    const holders = [0, 0];
    for (const environment of this.#environments.table) {
      if (environment?.ring?.holds(segment)) holders[environment.id >> 5]! |= 1 << (environment.id & 31);
    }
    asked.answer(this.#segments.generationOf(segment), ...holders);
  }
}

function names(asked: AskedCall, from: number): number[] {
  return [...asked.words.subarray(from, asked.count)];
}

function refuse(problem: KernelError | undefined): void {
  if (problem !== undefined) throw new Refusal(problem);
}
