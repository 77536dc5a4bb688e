/**
 * Relations between numbers. A load asks first whether the frame has the protocol at all: these questions come before the
 * comparison. libpcap loses the questions of a right operand (`1 + tcp[0] = 5` asks nothing), and so does this.
 */
import type { Arithmetic, Place, Primitive, Protocol, Relation } from "../ast.js";
import type { Comparison, Predicate, Value } from "../predicate.js";
import { and, constant, equal, not, operation, store } from "./compose.js";
import { isFirstFragment } from "./port.js";
import { ICMPV6, named } from "./protocol.js";
import { load, type Scope } from "./scope.js";

interface Computed {
  readonly value: Value;
  /** Where libpcap would have put it. */
  readonly cell: number;
  readonly check: Predicate | undefined;
  /** libpcap looks for a constant divisor or shift at the start of an operand, whatever follows. */
  readonly starts: number | undefined;
  readonly writes: readonly Write[];
}

interface Write {
  readonly cell: number;
  readonly value: Value;
}

type Load = Extract<Arithmetic, { readonly kind: "load" }>;
type Binary = Extract<Arithmetic, { readonly kind: "binary" }>;

const RELATIONS: Record<Relation, { readonly operator: Comparison; readonly holds: boolean }> = {
  "=": { operator: "==", holds: true },
  "!=": { operator: "==", holds: false },
  ">": { operator: ">", holds: true },
  "<=": { operator: ">", holds: false },
  ">=": { operator: ">=", holds: true },
  "<": { operator: ">=", holds: false },
};

export function relation(scope: Scope, of: Extract<Primitive, { readonly kind: "relation" }>): Predicate {
  const left = compute(scope, of.left);
  const right = compute(scope, of.right);
  return related(scope, left, of.operator, right);
}

function related(scope: Scope, left: Computed, relation: Relation, right: Computed): Predicate {
  const { operator, holds } = RELATIONS[relation];
  const test: Predicate = { kind: "comparison", operator, left: left.value, right: right.value };
  scope.give(left.cell);
  scope.give(right.cell);
  const checks = [left.check, right.check].filter((check) => check !== undefined);
  return and(...checks, ...leftovers(scope, [...left.writes, ...right.writes]), holds ? test : not(test));
}

/** Of cells that hold an offset to terms further right, which will find there what was computed here. */
function leftovers(scope: Scope, writes: readonly Write[]): Predicate[] {
  const last = new Map<number, Value>();
  for (const write of writes) if (scope.shared.has(write.cell)) last.set(write.cell, write.value);
  return [...last].map(([number, value]) => store(number, value));
}

/** `slip` has a direction octet, compared by way of arithmetic. */
export function slipDirection(scope: Scope, outbound: boolean): Predicate {
  const right = number(scope, 0);
  const left = loaded(scope, "link", number(scope, 0), 1);
  return related(scope, left, outbound ? "!=" : "=", right);
}

/** Along left operands without recursion: a sum of a thousand terms nests a thousand deep. */
function compute(scope: Scope, of: Arithmetic): Computed {
  const spine: (Binary & Place)[] = [];
  let left = of;
  while (left.kind === "binary") {
    spine.push(left);
    left = left.left;
  }
  let computed = leaf(scope, left);
  for (const node of spine.reverse()) computed = combined(scope, node, computed, compute(scope, node.right));
  return computed;
}

function leaf(scope: Scope, of: Exclude<Arithmetic, { readonly kind: "binary" }>): Computed {
  switch (of.kind) {
    case "number":
      return number(scope, of.value);
    case "len":
      return fresh(scope, { kind: "wire" }, undefined);
    case "load":
      return loadOf(scope, of);
    case "negate":
      return negated(scope, compute(scope, of.of));
  }
}

function number(scope: Scope, value: number): Computed {
  return fresh(scope, constant(value), value);
}

function fresh(scope: Scope, value: Value, starts: number | undefined): Computed {
  const taken = written(scope, scope.take());
  return { value, cell: taken, check: undefined, starts, writes: [{ cell: taken, value }] };
}

function written(scope: Scope, number: number): number {
  scope.written.add(number);
  return number;
}

function negated(scope: Scope, of: Computed): Computed {
  const value = operation(constant(0), "-", of.value);
  return { ...of, value, writes: [...of.writes, { cell: written(scope, of.cell), value }] };
}

function combined(scope: Scope, { operator }: Binary, left: Computed, right: Computed): Computed {
  if ((operator === "/" || operator === "%") && right.starts === 0) {
    scope.refuse("E_VALUE", `the right of \`${operator}\` is 0, or begins with it, which libpcap does not tell apart`);
  }
  if ((operator === "<<" || operator === ">>") && (right.starts ?? 0) > 31) {
    scope.refuse("E_SHIFT", `the right of \`${operator}\` is, or begins with, more than 31`);
  }
  scope.give(left.cell);
  scope.give(right.cell);
  const taken = written(scope, scope.take());
  const value = operation(left.value, operator, right.value);
  const writes = [...left.writes, ...right.writes, { cell: taken, value }];
  return { value, cell: taken, check: left.check, starts: left.starts, writes };
}

function loadOf(scope: Scope, of: Load): Computed {
  return loaded(scope, of.protocol, compute(scope, of.offset), of.size);
}

function loaded(scope: Scope, protocol: Protocol, index: Computed, size: 1 | 2 | 4): Computed {
  const taken = written(scope, scope.take());
  scope.give(index.cell);
  const { value, check } = field(scope, protocol, index, size);
  return { value, check, cell: taken, starts: index.starts, writes: [...index.writes, { cell: taken, value }] };
}

interface Field {
  readonly value: Value;
  readonly check: Predicate | undefined;
}

function field(scope: Scope, protocol: Protocol, index: Computed, size: 1 | 2 | 4): Field {
  switch (protocol) {
    case "radio":
      return { value: radio(scope, index, size), check: index.check };
    case "link":
      return { value: indexed(scope.variable(scope.header), scope.header.constant, index, size), check: index.check };
    case "ip":
    case "arp":
    case "rarp":
    case "atalk":
    case "decnet":
    case "sca":
    case "lat":
    case "moprc":
    case "mopdl":
    case "ip6":
      return networkField(scope, protocol, index, size);
    case "sctp":
    case "tcp":
    case "udp":
    case "icmp":
    case "igmp":
    case "igrp":
    case "pim":
    case "vrrp":
    case "carp":
      return transportField(scope, protocol, index, size);
    case "icmp6":
      return icmp6Field(scope, index, size);
    default:
      scope.refuse("E_QUALIFIER", `\`${protocol}\` has no octets to load`);
      return { value: constant(0), check: undefined };
  }
}

function indexed(before: Value | undefined, at: number, index: Computed, size: 1 | 2 | 4): Value {
  return load(before === undefined ? index.value : operation(index.value, "+", before), at, size);
}

function all(...checks: readonly (Predicate | undefined)[]): Predicate {
  return and(...checks.filter((check) => check !== undefined));
}

const RADIO_LINK_TYPES = [119, 127, 163];

function radio(scope: Scope, index: Computed, size: 1 | 2 | 4): Value {
  if (!RADIO_LINK_TYPES.includes(scope.layer.number)) {
    scope.refuse("E_LINK_TYPE", `${scope.layer.name} has no radio header`);
  }
  return load(index.value, 0, size);
}

function networkField(scope: Scope, protocol: Protocol, index: Computed, size: 1 | 2 | 4): Field {
  const value = indexed(scope.variable(scope.payload), scope.payload.constant + scope.network, index, size);
  return { value, check: all(index.check, named(scope, protocol)) };
}

/** Behind IPv4's header only, and in first fragments. */
function transportField(scope: Scope, protocol: Protocol, index: Computed, size: 1 | 2 | 4): Field {
  const value = indexed(scope.ipv4HeaderEnd(), scope.payload.constant + scope.network, index, size);
  const has = named(scope, protocol);
  const first = isFirstFragment(scope);
  return { value, check: all(named(scope, "ip"), index.check, has, first) };
}

function icmp6Field(scope: Scope, index: Computed, size: 1 | 2 | 4): Field {
  const check = all(index.check, named(scope, "ip6"), equal(scope.load("network", 6, 1), ICMPV6));
  const before = scope.variable(scope.payload);
  return { value: indexed(before, scope.payload.constant + scope.network + 40, index, size), check };
}

/** `byte 12 = 8`: an octet of the link header. */
export function byte(scope: Scope, of: Extract<Primitive, { readonly kind: "byte" }>): Predicate {
  const octet = () => scope.load("header", of.octet, 1);
  const value = constant(of.value);
  switch (of.operator) {
    case "=":
      return { kind: "comparison", operator: "==", left: octet(), right: value };
    case "<":
      return not({ kind: "comparison", operator: ">=", left: octet(), right: value });
    case ">":
      return { kind: "comparison", operator: ">", left: octet(), right: value };
    case "&":
    case "|":
      return byteBits(scope, of.operator, of.value);
  }
}

/**
 * libpcap forgets to load the octet, and takes what its accumulator has from the term before: 0 before the first, which
 * is the one case that is done here.
 */
function byteBits(scope: Scope, operator: "&" | "|", value: number): Predicate {
  if (scope.terms > 1) {
    return scope.refuse("E_NOT_YET", `\`byte … ${operator}\` is done in a filter's first term only: write \`link[n]\``);
  }
  scope.accumulator = scope.place;
  return { kind: "constant", value: operator === "|" && value !== 0 };
}
