/**
 * Packets of a capture, fetched page by page as they come in sight: all of them, which have their places by their
 * numbers, or those that a filter matches, which are found one page after the other.
 */
import { type Signal, signal } from "@preact/signals";
import type { PacketLine, PacketPage } from "../control/protocol.js";
import { words } from "./http.js";

/** Rows of a page. */
export const PAGE = 100;
/** Pages kept; the ones that were in sight longest ago are forgotten. */
const MOST_PAGES = 60;
const SETTLE_MS = 40;

/** Packets from a number on, at most `limit`; rejects where the appliance refused. */
export type FetchPage = (from: number, limit: number, stop: AbortSignal) => Promise<PacketPage>;

export interface Listing {
  /** Bumped whenever there is more to show. */
  readonly version: Signal<number>;
  readonly error: Signal<string | null>;
  /** Rows that are known to be there. */
  readonly count: number;
  /** What the row at a place (from 0) is; undefined while it is being fetched. */
  lineAt(row: number): PacketLine | undefined;
  /** Number of the packet at a place, where it is known. */
  numberAt(row: number): number | undefined;
  /** Where a packet stands; undefined where it is not listed, or not yet. */
  rowOf(number: number): number | undefined;
  /** Rows [first, last) are in sight. */
  want(first: number, last: number): void;
  /** Asks again, after an error. */
  retry(): void;
  stop(): void;
}

/** All packets. */
export class WholeListing implements Listing {
  readonly version = signal(0);
  readonly error = signal<string | null>(null);
  readonly count: number;
  readonly #fetch: FetchPage;
  /** By number; the one in sight last is the last. */
  readonly #pages = new Map<number, readonly PacketLine[]>();
  readonly #asked = new Map<number, AbortController>();
  #wanted: readonly number[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(packets: number, fetch: FetchPage) {
    this.count = packets;
    this.#fetch = fetch;
  }

  lineAt(row: number): PacketLine | undefined {
    return this.#pages.get(Math.floor(row / PAGE))?.[row % PAGE];
  }

  numberAt(row: number): number {
    return row + 1;
  }

  rowOf(number: number): number | undefined {
    return number <= this.count ? number - 1 : undefined;
  }

  want(first: number, last: number): void {
    if (last <= first) return;
    const from = Math.floor(first / PAGE);
    const pages = Array.from({ length: Math.floor((last - 1) / PAGE) - from + 1 }, (_, index) => from + index);
    this.#wanted = pages;
    for (const [page, stop] of this.#asked) if (!pages.includes(page)) stop.abort();
    if (pages.every((page) => this.#pages.has(page))) return;
    // What flies past is not worth fetching.
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), this.#pages.size === 0 ? 0 : SETTLE_MS);
  }

  retry(): void {
    this.error.value = null;
    this.#ask();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#wanted = [];
    for (const stop of this.#asked.values()) stop.abort();
  }

  #ask(): void {
    for (const page of this.#wanted) {
      if (!this.#pages.has(page) && !this.#asked.has(page)) void this.#fetchPage(page);
    }
  }

  async #fetchPage(page: number): Promise<void> {
    const stop = new AbortController();
    this.#asked.set(page, stop);
    try {
      const { packets } = await this.#fetch(page * PAGE + 1, PAGE, stop.signal);
      if (stop.signal.aborted) return;
      this.#pages.set(page, packets);
      this.#forget();
      this.error.value = null;
      this.version.value++;
    } catch (error) {
      if (!stop.signal.aborted) this.error.value = words(error);
    } finally {
      this.#asked.delete(page);
      // It may have come in sight again since it was given up.
      if (stop.signal.aborted) this.#ask();
    }
  }

  #forget(): void {
    for (const page of this.#pages.keys()) {
      if (this.#pages.size <= MOST_PAGES) return;
      if (!this.#wanted.includes(page)) this.#pages.delete(page);
    }
  }
}

/** Packets that a filter matches, from a packet's number on. */
export class MatchListing implements Listing {
  readonly version = signal(0);
  readonly error = signal<string | null>(null);
  readonly #fetch: FetchPage;
  readonly #lines: PacketLine[] = [];
  readonly #rows = new Map<number, number>();
  readonly #stop = new AbortController();
  #next: number | null;
  #last = 0;
  #asking = false;

  constructor(from: number, fetch: FetchPage) {
    this.#next = from;
    this.#fetch = fetch;
  }

  get count(): number {
    return this.#lines.length;
  }

  /** Number of the packet to be looked at next; null where all have been. */
  get next(): number | null {
    return this.#next;
  }

  lineAt(row: number): PacketLine | undefined {
    return this.#lines[row];
  }

  numberAt(row: number): number | undefined {
    return this.#lines[row]?.number;
  }

  rowOf(number: number): number | undefined {
    return this.#rows.get(number);
  }

  want(_first: number, last: number): void {
    this.#last = last;
    if (!this.#asking && this.error.value === null) void this.#go();
  }

  retry(): void {
    this.error.value = null;
    this.want(0, this.#last);
  }

  stop(): void {
    this.#stop.abort();
  }

  /** One page more than is in sight, so that scrolling rarely waits. */
  async #go(): Promise<void> {
    this.#asking = true;
    try {
      while (this.#next !== null && this.#lines.length < this.#last + PAGE && !this.#stop.signal.aborted) {
        this.#take(await this.#fetch(this.#next, PAGE, this.#stop.signal));
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) this.error.value = words(error);
    } finally {
      this.#asking = false;
    }
  }

  #take({ packets, next }: PacketPage): void {
    for (const line of packets) {
      this.#rows.set(line.number, this.#lines.length);
      this.#lines.push(line);
    }
    // A page that goes on from where it began would go on for ever.
    this.#next = next !== null && next > (this.#next ?? 0) ? next : null;
    this.version.value++;
  }
}
