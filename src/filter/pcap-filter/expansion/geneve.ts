/**
 * `geneve` (RFC 8926): UDP to port 6081 over IPv4 or IPv6, version 0. All that stands to its right asks the packet inside, of
 * which the offsets are known while running only: they are put into scratch cells when, and only when, the frame is one.
 */

import type { Predicate, Value } from "../predicate.js";
import { and, cell, constant, equal, operation, or, store } from "./compose.js";
import { EtherType } from "./ether-type.js";
import { ETHERNET } from "./link-layer.js";
import { onePort, port4, port6, Transport } from "./port.js";
import { ACCUMULATOR, INDEX, load, type Scope } from "./scope.js";

const PORT = 6081;
const MAX_NETWORK = 0xffffff;
const UDP_HEADER = 8;
const BASE_HEADER = 8;
const VERSION = 0xc0;
const OPTIONS_LENGTH = 0x3f;
const IPV6_HEADER = 40;
const ETHERNET_TYPE = 12;
const ETHERNET_HEADER = 14;

export function geneve(scope: Scope, number: number | undefined): Predicate {
  const v4 = and(isGeneve(scope, "ipv4 payload", number), store(ACCUMULATOR, scope.ipv4HeaderEnd()));
  const v6 = and(isGeneve(scope, "ipv6 payload", number), store(ACCUMULATOR, ipv6HeaderEnd(scope)));
  return and(or(v4, v6), ...inner(scope));
}

function isGeneve(scope: Scope, from: "ipv4 payload" | "ipv6 payload", number: number | undefined): Predicate {
  const port = from === "ipv4 payload" ? port4 : port6;
  const test = and(
    port(scope, onePort(PORT), Transport.udp, "dst"),
    equal(scope.load(from, UDP_HEADER, 1, VERSION), 0),
  );
  if (number === undefined) return test;
  if (number > MAX_NETWORK) return scope.refuse("E_VALUE", `network ${number}: there are none beyond ${MAX_NETWORK}`);
  return and(test, equal(scope.load(from, UDP_HEADER + 4, 4, 0xffffff00), number << 8));
}

function ipv6HeaderEnd(scope: Scope): Value {
  const before = scope.variable(scope.payload);
  return before === undefined ? constant(IPV6_HEADER) : operation(constant(IPV6_HEADER), "+", before);
}

/**
 * The Geneve header's type field is that of the packet inside, unless it says that a whole Ethernet frame follows: then
 * that frame's is.
 */
function inner(scope: Scope): Predicate[] {
  const before = (scope.payload.constant + scope.network + UDP_HEADER) >>> 0;
  const start = cell(INDEX);
  const type = scope.keep();
  const header = scope.keep();
  const payload = scope.keep();
  scope.type = { constant: 0, variable: true, cell: type };
  scope.push(ETHERNET, { constant: 0, variable: true, cell: header });
  scope.geneve = true;
  scope.payload = { constant: 0, variable: true, cell: payload };
  scope.network = 0;
  const options = operation(load(start, 0, 1), "&", constant(OPTIONS_LENGTH));
  const length = operation(operation(options, "*", constant(4)), "+", constant(BASE_HEADER));
  const behind = (octets: number) => operation(cell(header), "+", constant(octets));
  return [
    store(INDEX, operation(cell(ACCUMULATOR), "+", constant(before))),
    store(type, operation(start, "+", constant(2))),
    store(header, operation(length, "+", start)),
    or(
      and(
        equal(load(start, 2, 2), EtherType.teb),
        store(type, behind(ETHERNET_TYPE)),
        store(payload, behind(ETHERNET_HEADER)),
      ),
      store(payload, cell(header)),
    ),
  ];
}
