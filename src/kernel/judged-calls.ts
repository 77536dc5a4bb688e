/**
 * The calls that a handler's code makes (vcode/handler.ts). What a call is asked is judged first, then paid for, then done: one set of
 * rules for whoever runs handlers, the kernel (bound-handler.ts) and a trial (appliance/trial-machine.ts), which differ in what
 * sending, waking and transferring come to.
 */
import type { Mover } from "../machine/mover.js";
import { HANDLER_CALL_FUEL, HandlerCall, STATE_BASE } from "../vcode/handler.js";
import type { LinkedHandler } from "../vcode/linked-handler.js";

/** Who runs the handler. What is asked of it was judged and paid for; addresses are physical. */
export interface CallEffects {
  /** In which message and state lie. */
  readonly memory: { readonly octets: Uint8Array; readonly move: Mover };
  readonly linked: Pick<LinkedHandler, "pay" | "killing">;
  readonly state: { readonly address: number; readonly octets: number };
  /** The message that it runs on: where its octets are, and how many. */
  readonly messageAddress: number;
  readonly messageOctets: number;
  /** Does its binding name a k-th environment that is there? */
  names(k: number): boolean;
  /** Port -1: the one that the message came in by. 0, or the number of a kernel error. */
  send(address: number, length: number, port: number): number;
  wake(tag: number): void;
  /** To an environment that is named. 0, or the number of a kernel error. */
  transfer(k: number, a: number, b: number, c: number): number;
}

/** Octets that a unit of a call's fuel is for, of those with a length. */
const OCTETS_A_UNIT_SHIFT = 4;

export class JudgedCalls {
  readonly #on: CallEffects;

  constructor(on: CallEffects) {
    this.#on = on;
  }

  /** What the call gives back. Kills by way of the linked handler. */
  make(call: number, a: number, b: number, c: number, d: number): number {
    switch (call) {
      case HandlerCall.fault:
        // Told whether or not it can be paid.
        this.#on.linked.pay(HANDLER_CALL_FUEL.fault);
        return this.#on.linked.killing.fault(a, b);
      case HandlerCall.vector:
        return this.#vector(a, b, c);
      case HandlerCall.send:
        return this.#send(a, b, c);
      case HandlerCall.wake:
        this.#pay(HANDLER_CALL_FUEL.wake, 0);
        this.#on.wake(a);
        return 0;
      case HandlerCall.transfer:
        if (!this.#on.names(a)) return this.#wrong();
        this.#pay(HANDLER_CALL_FUEL.transfer, 0);
        return this.#on.transfer(a, b, c, d);
      case HandlerCall.clear:
        return this.#clear(a, b);
      case HandlerCall.move:
        return this.#move(a, b, c);
      default:
        return this.#wrong();
    }
  }

  #vector(from: number, length: number, to: number): number {
    const { memory, messageAddress, messageOctets } = this.#on;
    const at = this.#stateAt(to, length);
    if (from < 0 || from + length > messageOctets) return this.#wrong();
    this.#pay(HANDLER_CALL_FUEL.vector, length);
    memory.move(at, messageAddress + from, length);
    return 0;
  }

  #send(frame: number, length: number, port: number): number {
    const at = this.#stateAt(frame, length);
    this.#pay(HANDLER_CALL_FUEL.send, length);
    return this.#on.send(at, length, port);
  }

  #clear(to: number, length: number): number {
    const at = this.#stateAt(to, length);
    this.#pay(HANDLER_CALL_FUEL.clear, length);
    this.#on.memory.octets.fill(0, at, at + length);
    return 0;
  }

  #move(from: number, to: number, length: number): number {
    const source = this.#stateAt(from, length);
    const at = this.#stateAt(to, length);
    this.#pay(HANDLER_CALL_FUEL.move, length);
    this.#on.memory.move(at, source, length);
    return 0;
  }

  /** Physical address of octets that must all be the state's. */
  #stateAt(address: number, length: number): number {
    const { state } = this.#on;
    const from = (address >>> 0) - STATE_BASE;
    return from >= 0 && length >= 0 && from + length <= state.octets ? state.address + from : this.#wrong();
  }

  #pay(units: number, length: number): void {
    if (!this.#on.linked.pay(units + (length >> OCTETS_A_UNIT_SHIFT))) this.#on.linked.killing.kill("fuel");
  }

  #wrong(): never {
    return this.#on.linked.killing.kill("call");
  }
}
