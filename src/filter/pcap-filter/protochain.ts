/**
 * A protochain as a loop of VCODE, as predicate.ts writes it down. It pays one unit of fuel a header; a chain of more than
 * MAX_CHAIN_HEADERS headers ends by its own count, so fuel is never what ends it.
 */
import type { Label, Register } from "../../vcode/insn.js";
import { type Computation, PACKET } from "./computation.js";
import { MAX_CHAIN_HEADERS, type Protochain } from "./predicate.js";

/** Headers of version 6 that have their length in units of 8 octets, beyond the first. */
const EXTENSIONS = [0, 43, 44, 60];
const AH = 51;
const NO_NEXT_HEADER = 59;

export interface Exits {
  readonly yes: Label;
  readonly no: Label;
}

export const MAX_CHAIN_FUEL = MAX_CHAIN_HEADERS + 1;

export function emitProtochain(
  computation: Computation,
  of: Protochain,
  base: Register | undefined,
  { yes, no }: Exits,
): void {
  const { v } = computation;
  const { version, protocol } = of;
  const [number, x, left] = [v.getreg("u"), v.getreg("u"), v.getreg("u")];
  const [head, extension] = [v.genlabel(), v.genlabel()];
  begin(computation, of, base, { number, x });
  v.set("u", left, MAX_CHAIN_HEADERS);
  const pair = computation.limit(2);
  const next = () => {
    const at = addressOf(computation, of, base, x);
    v.br("bgt", "u", at, pair, computation.fault());
    v.ld("network", "uc", number, PACKET, { reg: at });
    v.alui("add", "u", at, at, 1);
    v.ld("network", "uc", at, PACKET, { reg: at });
    return at;
  };
  v.label(head);
  v.fuel(1);
  v.bri("beq", "u", left, 0, no);
  v.alui("sub", "u", left, left, 1);
  v.bri("beq", "u", number, protocol, yes);
  v.bri("beq", "u", number, NO_NEXT_HEADER, no);
  if (version === 6) for (const each of EXTENSIONS) v.bri("beq", "u", number, each, extension);
  v.bri("bne", "u", number, AH, no);
  const words = next();
  v.alui("add", "u", x, words, 2);
  v.alui("lsh", "u", x, x, 2);
  v.j(head);
  if (version === 4) return;
  v.label(extension);
  const octets = next();
  v.alui("add", "u", octets, octets, 1);
  v.alui("lsh", "u", octets, octets, 3);
  v.alu("add", "u", x, x, octets);
  v.j(head);
}

interface State {
  readonly number: Register;
  readonly x: Register;
}

function begin(
  computation: Computation,
  { version, offset }: Protochain,
  base: Register | undefined,
  { number, x }: State,
): void {
  const { v } = computation;
  computation.loadAt(number, base, offset + (version === 4 ? 9 : 6), 1);
  if (version === 6) return v.set("u", x, 40);
  computation.loadAt(x, base, offset, 1);
  v.alui("and", "u", x, x, 15);
  v.alui("lsh", "u", x, x, 2);
}

/** Base, offset and x: they never wrap, as the octets that x was computed from were there. */
function addressOf({ v }: Computation, { offset }: Protochain, base: Register | undefined, x: Register): Register {
  const at = v.getreg("u");
  v.alui("add", "u", at, x, offset);
  if (base !== undefined) v.alu("add", "u", at, at, base);
  return at;
}
