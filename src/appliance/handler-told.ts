/** What is told of a handler by its text: how it runs on a message, and what its state says. */
import { type CompiledHandler, compileHandler } from "../ash/ash.js";
import type { Layout } from "../ash/layout.js";
import { printInsn } from "../vcode/print.js";
import { tryHandler } from "./handler-trial.js";
import type {
  HandlerListing,
  HandlerStateRead,
  HandlerTried,
  HandlerTry,
  StateCopy,
  WrittenState,
} from "./interface.js";
import { changesOf } from "./state-changes.js";
import { readItem, readState } from "./state-items.js";

/** Values that are told to have changed. */
export const MAX_CHANGES = 200;

export function tryHandlerText({ text, message, fuel, state, environments, range }: HandlerTry): HandlerTried {
  const compiled = compileHandler(text);
  if (!compiled.ok) return compiled;
  const { handler } = compiled;
  const { layout } = handler;
  const before = laidOutAs(layout, state);
  const lines = new Lines(text);
  const { state: after, place, ...trial } = tryHandler(handler, message, { fuel, state: before, environments });
  return {
    ok: true,
    trial: {
      ...trial,
      line: lines.at(place),
      lambdas: listingsOf(handler, lines),
      state: readState(layout, after, range),
      stateOctets: layout.octets,
      changed: changedOf(layout, before, after),
      changes: changesOf(layout, before, after, MAX_CHANGES),
    },
  };
}

/** Of an item that there is not: none. */
export function readHandlerState({ text, state, item, range }: WrittenState): HandlerStateRead {
  const compiled = compileHandler(text);
  if (!compiled.ok) return compiled;
  const { layout } = compiled.handler;
  const octets = laidOutAs(layout, state);
  const wanted = layout.items.filter(({ name }) => name === item);
  const items =
    item === undefined ? readState(layout, octets, range) : wanted.map((one) => readItem(one, octets, range));
  return { ok: true, octets: layout.octets, items };
}

/** Zeros where there is none of this layout. */
function laidOutAs({ identity, octets }: Layout, state: StateCopy | undefined): Uint8Array {
  const isIt = state?.identity === identity && state.octets.length === octets;
  return isIt ? state.octets : new Uint8Array(octets);
}

function changedOf({ items }: Layout, before: Uint8Array, after: Uint8Array): string[] {
  const isSame = (from: number, to: number) =>
    Buffer.compare(before.subarray(from, to), after.subarray(from, to)) === 0;
  return items.filter(({ offset, octets }) => !isSame(offset, offset + octets)).map(({ name }) => name);
}

function listingsOf({ program, places, names }: CompiledHandler, lines: Lines): HandlerListing[] {
  return program.lambdas.map((lambda, number) => ({
    name: names[number] ?? `f${number}`,
    insns: lambda.insns.map((insn) => printInsn(insn, lambda, program)),
    lines: lambda.insns.map((_, index) => lines.at(places[number]?.[index] ?? -1)),
  }));
}

/** Lines of offsets into a text, from 1; 0 of an offset below 0. */
class Lines {
  readonly #starts: readonly number[];

  constructor(text: string) {
    const starts = [0];
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
    this.#starts = starts;
  }

  at(offset: number): number {
    if (offset < 0) return 0;
    let [low, high] = [0, this.#starts.length];
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }
}
