/**
 * Monitor: flow records of what it is given. Options: `flows`, rows of its table (65,536). Queries:
 *   `flows`    {limit (100), from (0), sort: octets | packets | last, epoch: current | last} → FlowsAnswer
 *   `summary`  {limit (64), from (0)} → totals and digest of this epoch, and of up to 64 before it, oldest first
 */
import { randomInt } from "node:crypto";
import { choice, cut, integer, onlyKnown, PAGE, page } from "../argument.js";
import { FlowKey } from "../flow-key.js";
import { DEFAULT_FLOWS, FLOW_SORTS, type Flow, FlowTable, type FlowTotals } from "../flow-table.js";
import { type Program, type ProgramFactory, QueryError } from "../program.js";
import type { RingView } from "../ring.js";

/** Finished epochs whose totals are kept. */
const MAX_FINISHED = 64;
const MOST_FLOWS = 1 << 20;
const DEFAULT_LIMIT = 100;

/** What `flows` answers. */
export interface FlowsAnswer {
  readonly epoch: number;
  readonly total: number;
  readonly overflow: number;
  readonly flows: readonly Flow[];
}

export interface EpochTotals extends FlowTotals {
  readonly epoch: number;
}

/** What `summary` answers. */
export interface SummaryAnswer {
  readonly current: EpochTotals;
  readonly finished: readonly EpochTotals[];
}

class Monitor implements Program {
  readonly #key = new FlowKey();
  readonly #finished: EpochTotals[] = [];
  #current: FlowTable;
  #last: FlowTable;
  #epoch = 0;
  #lastEpoch = 0;

  constructor(flows: number) {
    // A table's seed decides only where rows lie, never what is answered.
    this.#current = new FlowTable(flows, randomInt(2 ** 31));
    this.#last = new FlowTable(flows, randomInt(2 ** 31));
  }

  frames(ring: RingView, from: number, to: number): void {
    const key = this.#key;
    const table = this.#current;
    for (let i = from; i !== to; i = (i + 1) | 0) {
      const at = ring.address(i);
      key.read(ring.octets, at, at + ring.captured(i), ring.linkType(i));
      table.add(key, ring.wire(i), ring.timeHigh(i), ring.timeLow(i));
    }
  }

  epoch(epoch: number): void {
    // Before the first epoch there is nothing to remember.
    if (this.#epoch > 0) {
      this.#finished.push(this.#totals(this.#epoch, this.#current));
      if (this.#finished.length > MAX_FINISHED) this.#finished.shift();
    }
    const finished = this.#current;
    this.#current = this.#last;
    this.#current.clear();
    this.#last = finished;
    this.#lastEpoch = this.#epoch;
    this.#epoch = epoch;
  }

  query(what: string, args: Readonly<Record<string, unknown>>): FlowsAnswer | SummaryAnswer {
    switch (what) {
      case "flows":
        return this.#flows(args);
      case "summary":
        onlyKnown(args, PAGE);
        return {
          current: this.#totals(this.#epoch, this.#current),
          finished: cut(this.#finished, page(args, MAX_FINISHED)),
        };
      default:
        throw new QueryError(what);
    }
  }

  #flows(args: Readonly<Record<string, unknown>>): FlowsAnswer {
    onlyKnown(args, [...PAGE, "sort", "epoch"]);
    const { limit, from } = page(args, DEFAULT_LIMIT);
    const sort = choice(args, "sort", "octets", FLOW_SORTS);
    const last = choice(args, "epoch", "current", ["current", "last"]) === "last";
    const table = last ? this.#last : this.#current;
    return {
      epoch: last ? this.#lastEpoch : this.#epoch,
      total: table.count,
      overflow: table.overflow,
      flows: table.sorted(sort, from, limit),
    };
  }

  #totals(epoch: number, table: FlowTable): EpochTotals {
    return { epoch, ...table.totals() };
  }
}

export const createMonitor: ProgramFactory = (options) => {
  onlyKnown(options, ["flows"]);
  return new Monitor(integer(options, "flows", DEFAULT_FLOWS, 1, MOST_FLOWS));
};
