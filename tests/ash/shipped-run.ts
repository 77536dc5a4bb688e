/** A shipped handler at work, on all targets at once: what became of each message, and its state by name. */
import { readState, type StateScalar } from "../../src/appliance/state-items.js";
import { CONSUME, HandlerCall, OUTCOME_BITS, PASS, PASS_TO } from "../../src/vcode/handler.js";
import { NO_OUTCOME } from "../../src/vcode/linked-handler.js";
import type { LinkedMessage } from "./linked-machine.js";
import { Lockstep } from "./lockstep.js";
import { matcher, type Shipped, shipped } from "./shipped.js";

export type Row = Readonly<Record<string, StateScalar>>;

export interface Became {
  /** pass, consume, "pass-to k", or why it was killed. */
  readonly outcome: string;
  readonly fuel: number;
  readonly sent: readonly Uint8Array[];
  /** Tags. */
  readonly woken: readonly number[];
}

/** 2026-01-01, in ns. */
export const BEGIN = 1_767_225_600_000_000_000n;

export class ShippedRun {
  readonly shipped: Shipped;
  readonly handler: Lockstep;
  /** Of the messages, by how they ended. */
  readonly ended = new Map<string, number>();
  readonly #matches: (message: LinkedMessage) => boolean;
  #number = 0;

  constructor(name: string) {
    this.shipped = shipped(name);
    this.handler = new Lockstep(this.shipped.text);
    this.#matches = matcher(this.shipped);
  }

  /** Those of them that the filter beside it matches. */
  matched(messages: readonly LinkedMessage[]): LinkedMessage[] {
    return messages.filter(this.#matches);
  }

  message({ octets, wire, time }: Pick<LinkedMessage, "octets" | "wire" | "time">): Became {
    const word = this.handler.run({ octets, wire, time, port: 0, number: ++this.#number }, this.shipped.fuel.budget);
    const outcome = this.#outcome(word & NO_OUTCOME);
    this.ended.set(outcome, (this.ended.get(outcome) ?? 0) + 1);
    const calls = this.handler.calls();
    return {
      outcome,
      fuel: word >>> OUTCOME_BITS,
      sent: calls.filter(({ words: [call] }) => call === HandlerCall.send).map(({ frame }) => frame),
      woken: calls.filter(({ words: [call] }) => call === HandlerCall.wake).map(({ words }) => (words[1] ?? 0) >>> 0),
    };
  }

  /** A frame that arrives so many ms after the begin; the filter must match it, unless told. */
  frame(octets: Uint8Array, ms = 0, unmatched = false): Became {
    const message = { octets, wire: octets.length, time: BEGIN + BigInt(ms) * 1_000_000n, port: 0, number: 1 };
    if (!unmatched && !this.#matches(message)) throw new Error(`${this.shipped.name}: no match`);
    return this.message(message);
  }

  #outcome(outcome: number): string {
    if (outcome === NO_OUTCOME) return this.handler.reason;
    if (outcome === PASS) return "pass";
    return outcome === CONSUME ? "consume" : `pass-to ${outcome - PASS_TO}`;
  }

  /** Rows of an item of the state; a table's from the one that was used last. Longs are numbers here. */
  rows(item: string): Row[] {
    const found = readState(this.handler.layout, this.handler.state(), { from: 0, limit: 10_000 });
    const read = found.find(({ name }) => name === item);
    if (read === undefined) throw new Error(`${this.shipped.name}: no ${item}`);
    return read.rows.map((row) => Object.fromEntries(read.columns.map((column, at) => [column, shortened(row[at])])));
  }

  record(item: string): Row {
    const [row] = this.rows(item);
    if (row === undefined) throw new Error(`${item}: nothing`);
    return row;
  }

  /** The owner sets the first words of an item. */
  set(item: string, ...words: readonly number[]): void {
    const found = this.handler.layout.items.find(({ name }) => name === item);
    if (found === undefined) throw new Error(`${this.shipped.name}: no ${item}`);
    this.handler.set(found.offset, new Uint8Array(Uint32Array.from(words).buffer));
  }
}

function shortened(value: StateScalar | undefined): StateScalar {
  return typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : (value ?? 0);
}
