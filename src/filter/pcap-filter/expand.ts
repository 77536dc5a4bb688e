/**
 * The front door of the expansion: a text's tree, for frames of one link type, becomes a predicate, after libpcap 1.10.3's
 * unoptimised code for captures that are read from little-endian files.
 *
 *   expansion/identity        qualified values: host, port, protocol, link-host
 *   expansion/encapsulation   vlan, mpls, pppoes; geneve has its own file
 *   expansion/relation        arithmetic
 *   expansion/scope           what terms decide for those to their right
 *   expansion/variable-length what comes before the first term
 *
 * Terms are expanded in the order of the text. Refusals are those of libpcap, and told all, not the first only.
 */
import type { ErrorList } from "../error.js";
import type { Chain, Expression, Place, Primitive } from "./ast.js";
import { broadcast, multicast } from "./expansion/broadcast.js";
import { and, compare, FALSE, not, TRUE } from "./expansion/compose.js";
import { mpls, pppoeDiscovery, pppoeSession, vlan } from "./expansion/encapsulation.js";
import { geneve } from "./expansion/geneve.js";
import { identity } from "./expansion/identity.js";
import { direction, interfaceNumber } from "./expansion/inbound.js";
import { type LinkLayer, linkLayerOf } from "./expansion/link-layer.js";
import { llc } from "./expansion/llc.js";
import { named } from "./expansion/protocol.js";
import { byte, relation } from "./expansion/relation.js";
import { Scope } from "./expansion/scope.js";
import { special } from "./expansion/special.js";
import { variableLengths } from "./expansion/variable-length.js";
import { frame } from "./expansion/wlan.js";
import type { Predicate, Step } from "./predicate.js";

export interface ExpandOptions {
  /** IPv4's, which says what `ip broadcast` is; 0 unless told. */
  readonly netmask?: number;
}

/**
 * `linkType` is a LINKTYPE_ number. Undefined expressions match every frame. Undefined is returned if, and only if, errors
 * were added.
 */
export function expand(
  expression: Expression | undefined,
  linkType: number,
  errors: ErrorList,
  { netmask = 0 }: ExpandOptions = {},
): Predicate | undefined {
  const layer = linkLayerOf(linkType);
  if (layer === undefined) {
    errors.add("E_LINK_TYPE", `link type ${linkType} is not known`, expression?.start ?? 0, expression?.end ?? 0);
    return undefined;
  }
  if (expression === undefined) return TRUE;
  return expandFor(layer, expression, errors, netmask);
}

function expandFor(
  layer: LinkLayer,
  expression: Expression,
  errors: ErrorList,
  netmask: number,
): Predicate | undefined {
  const before = errors.count;
  const scope = new Scope(layer, errors, netmask, new Set());
  const predicate = withHead(scope, expression);
  refuseWhatIsNotYet(scope, expression);
  if (errors.count > before) return undefined;
  const shared = new Set([...scope.kept].filter((cell) => scope.written.has(cell)));
  if (shared.size === 0) return predicate;
  // Arithmetic leaves numbers in cells that later hold offsets. Now that they are known, they are stored there.
  return withHead(new Scope(layer, errors, netmask, shared), expression);
}

function withHead(scope: Scope, expression: Expression): Predicate {
  const predicate = expanded(scope, expression);
  const head = variableLengths(scope);
  if (head !== undefined) scope.hasHead = true;
  return head === undefined ? predicate : and(head, predicate);
}

function refuseWhatIsNotYet(scope: Scope, expression: Expression): void {
  if (scope.accumulator !== undefined && scope.hasHead) {
    scope.at(scope.accumulator);
    scope.refuse("E_NOT_YET", "`byte … &` and `|` are not done where header lengths are computed: write `link[n]`");
  }
  if ([...scope.kept].some((cell) => scope.chains.has(cell))) {
    scope.at(expression);
    scope.refuse("E_NOT_YET", "`protochain` is not done together with what computes offsets to its right");
  }
}

function expanded(scope: Scope, of: Expression): Predicate {
  switch (of.kind) {
    case "chain":
      return chain(scope, of);
    case "not":
      return not(expanded(scope, of.of));
    default:
      return term(scope, of);
  }
}

function chain(scope: Scope, of: Chain): Predicate {
  const first = expanded(scope, of.first);
  const rest = of.rest.map(({ operator, term: next }): Step => ({ operator, term: expanded(scope, next) }));
  if (rest.length === 0) return first;
  return first.kind === "chain" && first.place === undefined
    ? { kind: "chain", first: first.first, rest: [...first.rest, ...rest] }
    : { kind: "chain", first, rest };
}

function term(scope: Scope, of: Primitive & Place): Predicate {
  scope.at(of);
  scope.terms++;
  const predicate = primitive(scope, of);
  return scope.refused ? FALSE : { ...predicate, place: { start: of.start, end: of.end } };
}

function primitive(scope: Scope, of: Primitive): Predicate {
  switch (of.kind) {
    case "identity":
      return identity(scope, of);
    case "named":
      return named(scope, of.protocol);
    case "relation":
      return relation(scope, of);
    case "size":
      return size(of.word, of.octets);
    case "broadcast":
      return broadcast(scope, of.protocol);
    case "multicast":
      return multicast(scope, of.protocol);
    case "encapsulation":
      return encapsulation(scope, of.word, of.number);
    case "frame":
      return frame(scope, of);
    case "llc":
      return llc(scope, of.form);
    case "inbound":
    case "outbound":
      return direction(scope, of.kind);
    case "ifindex":
      return interfaceNumber(scope, of.number);
    case "byte":
      return byte(scope, of);
    case "special":
      return special(scope, of);
  }
}

type Encapsulation = Extract<Primitive, { readonly kind: "encapsulation" }>["word"];

function encapsulation(scope: Scope, word: Encapsulation, number: number | undefined): Predicate {
  switch (word) {
    case "vlan":
      return vlan(scope, number);
    case "mpls":
      return mpls(scope, number);
    case "pppoed":
      return pppoeDiscovery(scope);
    case "pppoes":
      return pppoeSession(scope, number);
    case "geneve":
      return geneve(scope, number);
  }
}

function size(word: "less" | "greater", octets: number): Predicate {
  const wire = { kind: "wire" } as const;
  return word === "greater" ? compare(wire, ">=", octets) : not(compare(wire, ">", octets));
}
