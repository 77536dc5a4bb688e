/**
 * What the terms to the left of a term decided for it: libpcap keeps where the headers lie in variables that `vlan`,
 * `mpls`, `pppoes`, `geneve` and `lane` change for all that stands to their right, across `or` and `not` too. Scratch cells
 * are given out as libpcap gives out its registers: a cell that was free is taken again, and may hold what another
 * term left there.
 */
import type { ErrorList, TextErrorCode } from "../../error.js";
import type { Place } from "../ast.js";
import type { Predicate, Value } from "../predicate.js";
import { cell, FALSE, masked, operation } from "./compose.js";
import type { LinkLayer } from "./link-layer.js";

/** A number of octets, of which a part may be known while running only: that part is in a cell, once one is needed. */
export interface Offset {
  constant: number;
  variable: boolean;
  cell: number | undefined;
}

/** What an offset of a load counts from. */
export type From =
  | "frame"
  | "header"
  | "previous header"
  | "type"
  | "llc"
  | "label"
  | "network"
  | "network without snap"
  | "ipv4 payload"
  | "ipv6 payload";

/** As many as BPF's scratch memory has. */
const CELLS = 16;
/** Beyond them, for what libpcap hands from block to block in its registers A and X. */
export const ACCUMULATOR = CELLS;
export const INDEX = CELLS + 1;

const IPV6_HEADER = 40;

export class Scope {
  readonly outermost: LinkLayer;
  readonly netmask: number;
  layer: LinkLayer;
  previous: LinkLayer;
  header: Offset;
  previousHeader: Offset;
  payload: Offset;
  type: Offset;
  network: number;
  withoutSnap: number;
  labels = 0;
  geneve = false;
  /** Terms so far, the one being expanded among them. */
  terms = 0;
  /** A term asked for what an accumulator held before the first one. */
  accumulator: Place | undefined;
  /** Header lengths are computed before the first term. */
  hasHead = false;
  /** Cells that hold offsets, and cells that arithmetic and chains write to. */
  readonly kept = new Set<number>();
  readonly written = new Set<number>();
  readonly chains = new Set<number>();
  /** Written cells of which the value is to be stored, since an offset will be read from there. */
  readonly shared: ReadonlySet<number>;

  readonly #errors: ErrorList;
  readonly #used = Array.from({ length: CELLS }, () => false);
  #next = 0;
  #place: Place = { start: 0, end: 0 };
  #refused = false;

  constructor(layer: LinkLayer, errors: ErrorList, netmask: number, shared: ReadonlySet<number>) {
    this.#errors = errors;
    this.netmask = netmask;
    this.shared = shared;
    this.outermost = layer;
    this.layer = layer;
    this.previous = layer;
    this.header = scopeOffset(layer.header, layer.variable === "header and payload");
    this.previousHeader = { ...this.header };
    this.payload = scopeOffset(layer.payload, layer.variable !== "nothing");
    this.type = scopeOffset(layer.type, false);
    this.network = layer.network;
    this.withoutSnap = layer.withoutSnap;
  }

  get atm(): boolean {
    return this.outermost.family === "sunatm";
  }

  /** A term begins: refusals are of this place until the next, and only the first is told. */
  at(place: Place): void {
    this.#place = { start: place.start, end: place.end };
    this.#refused = false;
  }

  get place(): Place {
    return this.#place;
  }

  /** The term has no meaning; what is returned only stands in its place. */
  refuse(code: TextErrorCode, message: string): Predicate {
    if (!this.#refused) this.#errors.add(code, message, this.#place.start, this.#place.end);
    this.#refused = true;
    return FALSE;
  }

  get refused(): boolean {
    return this.#refused;
  }

  take(): number {
    for (let tried = 0; tried < CELLS; tried++) {
      if (!this.#used[this.#next]) {
        this.#used[this.#next] = true;
        return this.#next;
      }
      this.#next = (this.#next + 1) % CELLS;
    }
    this.refuse("E_CELLS", `this needs more than the ${CELLS} scratch cells there are: split it, or nest it less`);
    return 0;
  }

  give(number: number): void {
    this.#used[number] = false;
  }

  /** A cell for an offset: it is never given back. */
  keep(): number {
    const taken = this.take();
    this.kept.add(taken);
    return taken;
  }

  /** A header inside: later terms see it as the link header. */
  push(layer: LinkLayer, header: Offset): void {
    this.previous = this.layer;
    this.previousHeader = this.header;
    this.layer = layer;
    this.header = header;
    this.geneve = false;
  }

  /** The cell with an offset's variable part. */
  variable(of: Offset): Value | undefined {
    if (!of.variable) return undefined;
    of.cell ??= this.keep();
    return cell(of.cell);
  }

  load(from: From, at: number, size: 1 | 2 | 4, mask = 0xffffffff): Value {
    return masked(this.#load(from, at, size), mask);
  }

  #load(from: From, at: number, size: 1 | 2 | 4): Value {
    switch (from) {
      case "frame":
        return load(undefined, at, size);
      case "header":
        return this.#relative(this.header, at, size);
      case "previous header":
        return this.#relative(this.previousHeader, at, size);
      case "type":
        return this.#relative(this.type, at, size);
      case "llc":
        return this.#relative(this.payload, at, size);
      case "label":
        return this.#relative(this.payload, this.network - 4 + at, size);
      case "network":
        return this.#relative(this.payload, this.network + at, size);
      case "network without snap":
        return this.#relative(this.payload, this.withoutSnap + at, size);
      case "ipv4 payload":
        return load(this.ipv4HeaderEnd(), this.payload.constant + this.network + at, size);
      case "ipv6 payload":
        return this.#relative(this.payload, this.network + IPV6_HEADER + at, size);
    }
  }

  #relative(to: Offset, at: number, size: 1 | 2 | 4): Value {
    return load(this.variable(to), to.constant + at, size);
  }

  /** The length of the IPv4 header, and the variable part of what lies before it. */
  ipv4HeaderEnd(): Value {
    const before = this.variable(this.payload);
    const first = load(before, this.payload.constant + this.network, 1);
    const length = operation(masked(first, 15), "<<", { kind: "constant", value: 2 });
    return before === undefined ? length : operation(length, "+", before);
  }
}

export function scopeOffset(constant: number, variable = false): Offset {
  return { constant, variable, cell: undefined };
}

export function load(base: Value | undefined, at: number, size: 1 | 2 | 4): Value {
  return { kind: "load", base, offset: at >>> 0, size };
}
