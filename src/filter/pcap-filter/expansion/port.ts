/** Ports of TCP, UDP and SCTP: in first fragments of IPv4 behind its options, in IPv6 right behind its first header. */
import type { Direction } from "../ast.js";
import type { Predicate, Value } from "../predicate.js";
import { and, bits, compare, equal, not, or } from "./compose.js";
import { carries, EtherType } from "./ether-type.js";
import { directed } from "./host.js";
import type { Scope } from "./scope.js";

export const Transport = { tcp: 6, udp: 17, sctp: 132 } as const;
export const MAX_PORT = 65535;

const FRAGMENT_OFFSET = 0x1fff;
const FIELDS = { source: 0, destination: 2 } as const;

export interface PortRange {
  readonly least: number;
  readonly most: number;
  /** A range is asked as two bounds, even if it has one port. */
  readonly range: boolean;
}

export function onePort(port: number): PortRange {
  return { least: port, most: port, range: false };
}

/** `transport` undefined: any of the three. */
export function port(
  scope: Scope,
  ports: PortRange,
  transport: number | undefined,
  direction: Direction | undefined,
): Predicate {
  const v4 = port4(scope, ports, transport, direction);
  return or(port6(scope, ports, transport, direction), v4);
}

export function port4(
  scope: Scope,
  ports: PortRange,
  transport: number | undefined,
  direction: Direction | undefined,
): Predicate {
  const type = carries(scope, EtherType.ipv4);
  const test = ofTransports(transport, (number) =>
    and(
      equal(scope.load("network", 9, 1), number),
      isFirstFragment(scope),
      ends(scope, direction, ports, (at) => scope.load("ipv4 payload", at, 2)),
    ),
  );
  return and(type, test);
}

export function port6(
  scope: Scope,
  ports: PortRange,
  transport: number | undefined,
  direction: Direction | undefined,
): Predicate {
  const type = carries(scope, EtherType.ipv6);
  const test = ofTransports(transport, (number) =>
    and(
      equal(scope.load("network", 6, 1), number),
      ends(scope, direction, ports, (at) => scope.load("ipv6 payload", at, 2)),
    ),
  );
  return and(type, test);
}

export function isFirstFragment(scope: Scope): Predicate {
  return not(bits(scope.load("network", 6, 2), FRAGMENT_OFFSET));
}

function ofTransports(transport: number | undefined, test: (transport: number) => Predicate): Predicate {
  if (transport !== undefined) return test(transport);
  return or(test(Transport.sctp), test(Transport.tcp), test(Transport.udp));
}

function ends(
  scope: Scope,
  direction: Direction | undefined,
  ports: PortRange,
  field: (at: number) => Value,
): Predicate {
  return directed(scope, direction, "ports", (end) => within(field(FIELDS[end]), ports));
}

function within(field: Value, { least, most, range }: PortRange): Predicate {
  if (!range) return equal(field, least);
  return and(compare(field, ">=", least), not(compare(field, ">", most)));
}
