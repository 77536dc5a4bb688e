/**
 * The reference: walks a predicate over a frame's octets, slowly and plainly. Compiled forms are compared with it, so it
 * repeats what number.ts and protochain.ts have, on purpose: a twin that shared code would share its mistakes.
 *
 * A fault (a load outside, a division by zero) leaves by an exception from wherever it occurs. Chains, and operations along
 * their left operands, are walked without recursion.
 */
import type { Place } from "./ast.js";
import {
  type Comparison,
  MAX_CHAIN_HEADERS,
  type NumberOperator,
  type Predicate,
  type Protochain,
  type Value,
} from "./predicate.js";

/** Of a frame: its octets are those from `from` on, `captured` of them; it had `wire` when it was captured. */
interface EvaluatedFrame {
  readonly octets: Uint8Array;
  readonly from: number;
  readonly captured: number;
  readonly wire: number;
  readonly link: number;
  readonly cells: Map<number, number>;
  readonly trace: Trace | undefined;
}

/** Told what is evaluated, as it is. A fault ends all: what was entered is not left. */
export interface Trace {
  /** A primitive of the text. */
  enter(place: Place): void;
  leave(answer: boolean): void;
  /** Octets [at, at + size) of the frame; undefined where they are not inside of it, which is a fault. */
  loaded(at: number, size: number, value: number | undefined): void;
}

class Fault extends Error {}

/** One for all: where it occurred is of no interest. */
const FAULT = new Fault("a load outside of the frame, or a division by zero");

/** Whether the frame matches. `link`: its link type, where the predicate is for several. */
export function evaluate(
  predicate: Predicate,
  octets: Uint8Array,
  from: number,
  captured: number,
  wire: number,
  trace?: Trace,
  link = 0,
): boolean {
  const frame: EvaluatedFrame = { octets, from, captured, wire, link, cells: new Map(), trace };
  try {
    return holds(frame, predicate);
  } catch (thrown) {
    if (thrown === FAULT) return false;
    throw thrown;
  }
}

function holds(frame: EvaluatedFrame, predicate: Predicate): boolean {
  const { trace } = frame;
  if (trace === undefined || predicate.place === undefined) return answer(frame, predicate);
  trace.enter(predicate.place);
  const so = answer(frame, predicate);
  trace.leave(so);
  return so;
}

function answer(frame: EvaluatedFrame, predicate: Predicate): boolean {
  switch (predicate.kind) {
    case "constant":
      return predicate.value;
    case "comparison":
      return compare(number(frame, predicate.left), predicate.operator, number(frame, predicate.right));
    case "store":
      frame.cells.set(predicate.cell, number(frame, predicate.value));
      return true;
    case "protochain":
      return hasInChain(frame, predicate);
    case "not":
      return !holds(frame, predicate.of);
    case "chain": {
      let so = holds(frame, predicate.first);
      for (const { operator, term } of predicate.rest) if (so === (operator === "and")) so = holds(frame, term);
      return so;
    }
  }
}

function compare(left: number, operator: Comparison, right: number): boolean {
  switch (operator) {
    case "==":
      return left === right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
    case "&":
      return (left & right) !== 0;
  }
}

type Operation = Extract<Value, { readonly kind: "operation" }>;

function number(frame: EvaluatedFrame, value: Value): number {
  const spine: Operation[] = [];
  let left = value;
  while (left.kind === "operation") {
    spine.push(left);
    left = left.left;
  }
  let result = leaf(frame, left);
  for (const { operator, right } of spine.reverse()) result = operate(result, operator, number(frame, right));
  return result;
}

function leaf(frame: EvaluatedFrame, value: Exclude<Value, Operation>): number {
  switch (value.kind) {
    case "constant":
      return value.value >>> 0;
    case "wire":
      return frame.wire >>> 0;
    case "link":
      return frame.link;
    case "cell":
      return frame.cells.get(value.cell) ?? 0;
    case "load":
      return load(frame, (value.base === undefined ? 0 : number(frame, value.base)) + value.offset, value.size);
  }
}

function load(frame: EvaluatedFrame, at: number, size: number): number {
  const isInside = at + size <= frame.captured;
  let sum = 0;
  if (isInside)
    for (let octet = 0; octet < size; octet++) sum = sum * 256 + (frame.octets[frame.from + at + octet] ?? 0);
  frame.trace?.loaded(at, size, isInside ? sum : undefined);
  if (!isInside) throw FAULT;
  return sum;
}

function operate(left: number, operator: NumberOperator, right: number): number {
  switch (operator) {
    case "+":
      return (left + right) >>> 0;
    case "-":
      return (left - right) >>> 0;
    case "*":
      return Math.imul(left, right) >>> 0;
    case "/":
      if (right === 0) throw FAULT;
      return Math.floor(left / right);
    case "%":
      if (right === 0) throw FAULT;
      return left % right;
    case "&":
      return (left & right) >>> 0;
    case "|":
      return (left | right) >>> 0;
    case "^":
      return (left ^ right) >>> 0;
    case "<<":
      return right > 31 ? 0 : (left << right) >>> 0;
    case ">>":
      return right > 31 ? 0 : left >>> right;
  }
}

const IPV6_HEADER = 40;
const NO_NEXT_HEADER = 59;
const AUTHENTICATION = 51;
/** Hop-by-hop options, routing, fragment, destination options. */
const EXTENSIONS = [0, 43, 44, 60];

/** predicate.ts has it step by step. */
function hasInChain(frame: EvaluatedFrame, { version, base, offset, protocol }: Protochain): boolean {
  const at = (base === undefined ? 0 : number(frame, base)) + offset;
  let header = load(frame, at + (version === 4 ? 9 : 6), 1);
  let end = version === 4 ? (load(frame, at, 1) & 15) * 4 : IPV6_HEADER;
  for (let headers = 0; headers < MAX_CHAIN_HEADERS; headers++) {
    if (header === protocol) return true;
    if (header === NO_NEXT_HEADER) return false;
    const extends6 = version === 6 && EXTENSIONS.includes(header);
    if (!extends6 && header !== AUTHENTICATION) return false;
    header = load(frame, at + end, 1);
    const length = load(frame, at + end + 1, 1);
    end = extends6 ? end + (length + 1) * 8 : (length + 2) * 4;
  }
  return false;
}
