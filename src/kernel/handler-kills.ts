/**
 * What becomes of a handler that a message has killed: why is counted and told, the packet is kept, and after MAX_KILLED_IN_ROW messages in a
 * row the handler leaves. Killing is on the packet's way: who sends what kills decides how often it happens.
 */
import type { Descriptors } from "../machine/descriptor.js";
import { faultNumber, OUTCOME_BITS, OUTCOME_MASK } from "../vcode/handler.js";
import { killed } from "../vcode/linked-handler.js";
import type { BoundHandler, HandlerParts } from "./bound-handler.js";
import { KILLED } from "./deliver.js";
import { isMachineCheck } from "./downloaded.js";
import type { HandlerCountsTable } from "./handler-counts.js";
import { tellUnbound } from "./handler-owner.js";
import type { TellOf } from "./trace.js";

export type KillParts = Pick<HandlerParts, "memory" | "processor"> & { readonly tellOf: TellOf };

export class HandlerKills {
  /** Is told the slot of one that was unbound since it was killed so often in a row. */
  unbound: (slot: number) => void = () => {};
  /** Those that were in the batch that goes on: its end is theirs. */
  readonly leaving: BoundHandler[] = [];
  readonly #parts: KillParts;
  readonly #counts: HandlerCountsTable;

  constructor(parts: KillParts, counts: HandlerCountsTable) {
    this.#parts = parts;
    this.#counts = counts;
  }

  /** The word of a run that was killed by what its code threw; what kills no handler is thrown on. */
  threw({ linked, fuel }: BoundHandler, error: unknown): number {
    // Somebody has scribbled over the software TLB: an address led nowhere.
    if (error !== killed && !isMachineCheck(error)) throw error;
    if (error !== killed) linked.killing.is("address");
    return KILLED | ((fuel - linked.left()) << OUTCOME_BITS);
  }

  /** Why, its killing says, unless the word is no outcome that it can have. */
  killed(handler: BoundHandler, word: number, rows: Descriptors, row: number, packet: number): void {
    const { number, slot, environment } = handler.terms;
    const { killing } = handler.linked;
    const fuel = word >>> OUTCOME_BITS;
    if ((word & OUTCOME_MASK) !== KILLED) killing.is("outcome");
    const { reason, place, told } = killing;
    const why = faultNumber(reason);
    this.#counts.killed(number, fuel, why);
    handler.killedInRow++;
    handler.kept.keep(this.#parts.memory, rows, row, packet, why, place, told, fuel);
    this.#parts.tellOf(packet, "handlerKilled", slot, environment.id, why, told ? place : 0);
    if (handler.isOver) this.#unbind(handler, packet);
  }

  #unbind(handler: BoundHandler, packet: number): void {
    const { slot, environment } = handler.terms;
    this.leaving.push(handler);
    this.#parts.tellOf(packet, "handlerUnbound", slot, environment.id, handler.killedInRow);
    tellUnbound(this.#parts, environment);
    this.unbound(slot);
  }
}
