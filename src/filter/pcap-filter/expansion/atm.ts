/** ATM behind Sun's header: paths and circuits, signalling (ITU-T Q.2931), LAN emulation. */
import type { Predicate } from "../predicate.js";
import { and, equal, or } from "./compose.js";
import { field, type Special } from "./field.js";
import { ETHERNET } from "./link-layer.js";
import { type Scope, scopeOffset } from "./scope.js";

const CIRCUITS: ReadonlyMap<string, number> = new Map([
  ["metac", 1],
  ["bcc", 2],
  ["oamf4sc", 3],
  ["oamf4ec", 4],
  ["sc", 5],
  ["ilmic", 16],
]);

/** Q.2931: release complete, release, connect acknowledge, connect, call proceeding, setup. */
const MESSAGES = [0x5a, 0x4d, 0x0f, 0x07, 0x02, 0x05];
const CONNECT_ACKNOWLEDGE = 0x0f;
const MESSAGE_TYPE = 9;
const LANE = 1;

export function atm(scope: Scope, of: Special): Predicate {
  if (!scope.atm) return scope.refuse("E_LINK_TYPE", `\`${of.word}\` is for ATM with Sun's header`);
  const path = () => scope.load("header", 1, 1);
  const circuit = () => scope.load("header", 2, 2);
  const messages = (types: readonly number[]) =>
    or(...types.map((type) => equal(scope.load("header", MESSAGE_TYPE, 1), type)));
  const onCircuit = (number: number) => and(equal(path(), 0), equal(circuit(), number));
  switch (of.word) {
    case "vpi":
      return field(scope, of, path, (operand) => operand);
    case "vci":
      return field(scope, of, circuit, (operand) => operand);
    case "lane":
      return lane(scope);
    case "oam":
    case "oamf4":
      return and(equal(path(), 0), or(equal(circuit(), 3), equal(circuit(), 4)));
    case "connectmsg":
      return and(onCircuit(5), messages(MESSAGES));
    case "metaconnect":
      return and(onCircuit(1), messages(MESSAGES.filter((type) => type !== CONNECT_ACKNOWLEDGE)));
    default: {
      const number = CIRCUITS.get(of.word);
      if (number === undefined) throw new Error(`atm: the parser let "${of.word}" pass`);
      return onCircuit(number);
    }
  }
}

/** LAN emulation: what stands to the right asks the Ethernet frame behind an LE header of two octets. */
function lane(scope: Scope): Predicate {
  const test = equal(scope.load("header", 0, 1, 0x0f), LANE);
  const header = scope.outermost.payload + 2;
  scope.push(ETHERNET, scopeOffset(header));
  scope.type = { ...scope.type, constant: header + ETHERNET.type };
  scope.payload = { ...scope.payload, constant: header + ETHERNET.payload };
  scope.network = ETHERNET.network;
  scope.withoutSnap = ETHERNET.withoutSnap;
  return test;
}
