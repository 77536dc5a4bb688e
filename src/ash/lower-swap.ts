/** swap of stretches of the frame that are not known before anything runs: octet by octet. Parameters: a, b, octets, place. */

import { FRAME_AT } from "./layout.js";
import { frameOf } from "./lower-align.js";
import type { Whole } from "./lower-context.js";
import { Lowering } from "./lower-expr.js";
import { within } from "./lower-frame.js";
import { octetsLength } from "./lower-octets.js";
import { type Settled, settle } from "./lower-settle.js";

export function swapLambda(whole: Whole): Settled {
  const cx = new Lowering(whole, { regions: [], result: undefined, parameters: ["u", "u", "u", "u"] });
  const { asm } = cx;
  const [a, b, octets] = [cx.parameter(0), cx.parameter(1), cx.parameter(2)];
  cx.placeRegister = cx.parameter(3);
  const length = cx.held(octetsLength(cx, { kind: "frame" }), "u32");
  within(cx, a, octets, length, "index");
  within(cx, b, octets, length, "index");
  const [apart, x, y] = [length.reg, asm.getreg("u"), asm.getreg("u")];
  const [ordered, head, end] = [asm.genlabel(), asm.genlabel(), asm.genlabel()];
  asm.alu("sub", "u", apart, a, b);
  asm.br("bge", "u", a, b, ordered);
  asm.unary("neg", "u", apart, apart);
  asm.label(ordered);
  asm.br("blt", "u", apart, octets, cx.fault("length"));
  const begin = frameOf(whole.handler.layout) + FRAME_AT;
  for (const register of [a, b]) asm.alu("add", "u", register, register, cx.stateRegister());
  asm.label(head);
  asm.fuel(1);
  asm.bri("beq", "u", octets, 0, end);
  asm.ldv("host", "uc", x, a, { imm: begin });
  asm.ldv("host", "uc", y, b, { imm: begin });
  asm.stv("host", "uc", y, a, { imm: begin });
  asm.stv("host", "uc", x, b, { imm: begin });
  for (const register of [a, b]) asm.alui("add", "u", register, register, 1);
  asm.alui("sub", "u", octets, octets, 1);
  asm.j(head);
  asm.label(end);
  cx.end();
  return settle(cx);
}
