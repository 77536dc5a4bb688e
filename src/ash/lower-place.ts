/** Places in state: an address register and a constant, with each index checked that is not known to be one. */
import type { Context, Val } from "./lower-context.js";
import { bounded } from "./lower-known.js";
import { mostOf } from "./lower-range.js";
import { MEMORY, registerOf } from "./lower-types.js";
import type { Expr, Place, PlaceStep, Scalar } from "./tree.js";

export interface Address {
  readonly base: Extract<Val, { reg: number }>;
  readonly offset: number;
}

type Index = Extract<PlaceStep, { kind: "index" }>;

/** Whoever is done with it puts the base back. */
export function addressOf(cx: Context, { base, steps }: Pick<Place, "base" | "steps">): Address {
  let offset = base.kind === "state" ? base.offset : 0;
  let at = baseOf(cx, base);
  for (const step of steps) {
    const constant = step.kind === "index" ? cx.constant(step.index) : undefined;
    if (step.kind === "offset") offset += step.offset;
    else if (constant === undefined) at = indexed(cx, at, step);
    else if (Number(constant) >>> 0 < step.count) offset += Number(constant) * step.stride;
    else cx.fails("index");
  }
  return { base: at, offset };
}

function baseOf(cx: Context, base: Place["base"]): Address["base"] {
  switch (base.kind) {
    case "state":
      return { reg: cx.stateRegister(), temporary: false };
    case "reference":
      return cx.held(cx.locals.get(base.local)!, "reference");
    case "entered":
      return cx.inRegister(base.entry);
  }
}

function indexed(cx: Context, at: Address["base"], { index, count, stride }: Index): Address["base"] {
  const number = cx.inRegister(index);
  if (mostOf(cx, index) >= count) {
    cx.asm.bri("bge", "u", number.reg, count, cx.fault("index"));
    if (!number.temporary) cx.learn((known) => bounded(known, number.reg, count));
  }
  const scaled = stride === 1 ? number : { reg: scaledBy(cx, number, stride), temporary: true };
  cx.free(scaled);
  cx.free(at);
  const sum = cx.asm.getreg("u");
  cx.asm.alu("add", "u", sum, at.reg, scaled.reg);
  return { reg: sum, temporary: true };
}

function scaledBy(cx: Context, number: Address["base"], stride: number): number {
  cx.free(number);
  const scaled = cx.asm.getreg("u");
  const bits = Math.log2(stride);
  if (Number.isInteger(bits)) cx.asm.alui("lsh", "u", scaled, number.reg, bits);
  else cx.asm.alui("mul", "u", scaled, number.reg, stride);
  return scaled;
}

export function loadPlace(cx: Context, address: Address, type: Scalar, want: number | undefined): Val {
  const rd = cx.result(type, want);
  cx.asm.ldv("host", MEMORY[type], rd.reg, address.base.reg, { imm: address.offset });
  return rd;
}

export function storePlace(cx: Context, address: Address, type: Scalar, value: Val): void {
  const held = cx.held(value, type);
  cx.asm.stv("host", MEMORY[type], held.reg, address.base.reg, { imm: address.offset });
  cx.free(held);
}

/** The address as a value. */
export function addressValue(cx: Context, { base, offset }: Address, want: number | undefined): Val {
  if (offset === 0 && want === undefined) return base;
  cx.free(base);
  const rd = cx.result("reference", want);
  if (offset === 0) cx.asm.mov(registerOf("reference"), rd.reg, base.reg);
  else cx.asm.alui("add", "u", rd.reg, base.reg, offset);
  return rd;
}

export function isScalar(type: Expr["type"]): type is Scalar {
  return Object.hasOwn(MEMORY, type);
}
