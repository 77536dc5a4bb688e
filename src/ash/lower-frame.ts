/** The frame under construction, vectors, and what the kernel is called for. The frame's length is a word in front of its octets. */
import { MAX_FRAME_OCTETS } from "../vcode/handler.js";
import type { Operand, Register } from "../vcode/insn.js";
import { FRAME_AT } from "./layout.js";
import { alignmentOf, frameOf, widthAt } from "./lower-align.js";
import { type Context, OCTETS_LEFT, type Val } from "./lower-context.js";
import { withFrame } from "./lower-known.js";
import { needRoom, octetsAddress, octetsLength } from "./lower-octets.js";
import { addressValue } from "./lower-place.js";
import { mostOf } from "./lower-range.js";
import type { Expr } from "./tree.js";

const FRAME = { kind: "frame" } as const;

export function operand(value: Val): Operand {
  return "imm" in value ? { imm: value.imm } : { reg: value.reg };
}

function storeLength(cx: Context, length: Val): void {
  const held = cx.held(length, "u32");
  cx.asm.stv("host", "u", held.reg, cx.stateRegister(), { imm: frameOf(cx.whole.handler.layout) });
  cx.free(held);
}

function frameAddress(cx: Context): Register {
  const address = cx.asm.getreg("u");
  cx.asm.alui("add", "u", address, cx.stateRegister(), frameOf(cx.whole.handler.layout) + FRAME_AT);
  return address;
}

/** The message's octets, from the first on. */
export function reply(cx: Context): void {
  cx.asm.bri("bgt", "i", OCTETS_LEFT, MAX_FRAME_OCTETS, cx.fault("length"));
  const to = frameAddress(cx);
  cx.callKernel("vector", { imm: 0 }, { reg: OCTETS_LEFT }, { reg: to });
  cx.asm.putreg(to);
  storeLength(cx, { reg: OCTETS_LEFT, temporary: false });
  cx.learn((known) => withFrame(known, known.octets));
}

export function newFrame(cx: Context, { length }: Extract<Expr, { kind: "frame" }>): void {
  const octets = cx.value(length);
  checkFrame(cx, length, octets);
  const to = frameAddress(cx);
  cx.callKernel("clear", { reg: to }, operand(octets));
  cx.asm.putreg(to);
  storeLength(cx, octets);
  learnLength(cx, length);
}

export function resize(cx: Context, { length }: Extract<Expr, { kind: "frame-resize" }>): void {
  const octets = cx.inRegister(length);
  checkFrame(cx, length, octets);
  const more = cx.held(octetsLength(cx, FRAME), "u32");
  const end = cx.asm.genlabel();
  cx.asm.br("ble", "u", octets.reg, more.reg, end);
  const to = frameAddress(cx);
  cx.asm.alu("add", "u", to, to, more.reg);
  cx.asm.alu("sub", "u", more.reg, octets.reg, more.reg);
  cx.callKernel("clear", { reg: to }, { reg: more.reg });
  cx.asm.label(end);
  cx.asm.putreg(to);
  cx.free(more);
  storeLength(cx, octets);
  learnLength(cx, length);
}

function checkFrame(cx: Context, length: Expr, octets: Val): void {
  if (mostOf(cx, length) <= MAX_FRAME_OCTETS) return;
  if ("imm" in octets) cx.fails("length");
  else cx.asm.bri("bgt", "u", octets.reg, MAX_FRAME_OCTETS, cx.fault("length"));
}

function learnLength(cx: Context, length: Expr): void {
  const constant = cx.constant(length);
  cx.learn((known) => withFrame(known, constant === undefined ? 0 : Number(constant) >>> 0));
}

/** Whether the port took it. */
export function send(cx: Context, { port }: Extract<Expr, { kind: "frame-send" }>, want: Register | undefined): Val {
  const by: Val = port === undefined ? { imm: -1 } : cx.value(port);
  const frame = frameAddress(cx);
  const length = cx.held(octetsLength(cx, FRAME), "u32");
  const error = cx.kernel("send", { reg: frame }, { reg: length.reg }, operand(by));
  cx.asm.putreg(frame);
  cx.free(length);
  cx.free(by);
  return succeeded(cx, error, want);
}

function succeeded(cx: Context, error: Register, want: Register | undefined): Val {
  cx.asm.putreg(error);
  const rd = cx.result("bool", want);
  cx.asm.unary("not", "u", rd.reg, error);
  return rd;
}

export function transfer(cx: Context, expr: Extract<Expr, { kind: "transfer" }>, want: Register | undefined): Val {
  const values = [expr.environment, ...expr.words].map((each) => cx.value(each));
  const error = cx.kernel("transfer", ...values.map(operand));
  for (const value of values) cx.free(value);
  return succeeded(cx, error, want);
}

export function wake(cx: Context, { tag }: Extract<Expr, { kind: "wake" }>): void {
  const value = cx.value(tag);
  cx.callKernel("wake", operand(value));
  cx.free(value);
}

/** The message's octets are all there, and so is the room for them. */
export function vector(cx: Context, expr: Extract<Expr, { kind: "vector" }>): void {
  const from = cx.inRegister(expr.from);
  const length = cx.inRegister(expr.length);
  const address = octetsAddress(cx, expr.to);
  const at = cx.inRegister(expr.at);
  within(cx, from.reg, length.reg, { reg: OCTETS_LEFT, temporary: false }, "message");
  const room = octetsLength(cx, expr.to);
  within(cx, at.reg, length.reg, room, "index");
  cx.free(room);
  const to = cx.asm.getreg("u");
  const begin = addressValue(cx, address, undefined);
  if ("reg" in begin) cx.asm.alu("add", "u", to, begin.reg, at.reg);
  cx.free(begin);
  cx.callKernel("vector", { reg: from.reg }, { reg: length.reg }, { reg: to });
  cx.asm.putreg(to);
  for (const value of [from, length, at]) cx.free(value);
}

/** from + length <= room, as numbers. */
export function within(cx: Context, from: Register, length: Register, room: Val, reason: "message" | "index"): void {
  const fault = cx.fault(reason);
  const left = cx.asm.getreg("u");
  cx.compareTo("bgt", "u", from, room, fault);
  if ("reg" in room) cx.asm.alu("sub", "u", left, room.reg, from);
  else {
    cx.asm.set("u", left, room.imm);
    cx.asm.alu("sub", "u", left, left, from);
  }
  cx.asm.br("bgt", "u", length, left, fault);
  cx.asm.putreg(left);
}

/** Of constants: loads first, then stores. */
export function shortSwap(cx: Context, expr: Extract<Expr, { kind: "frame-swap" }>): void {
  const [a, b, octets] = [expr.a, expr.b, expr.octets].map((each) => Number(cx.constant(each)) >>> 0);
  if (a === undefined || b === undefined || octets === undefined) return;
  needRoom(cx, FRAME, Math.max(a, b) + octets);
  if (Math.abs(a - b) < octets) return cx.fails("length");
  const alignment = alignmentOf(cx.whole.handler.layout, FRAME, cx.residues);
  const begin = frameOf(cx.whole.handler.layout) + FRAME_AT;
  for (let done = 0; done < octets; ) {
    const most = octets - done >= 4 ? 4 : octets - done >= 2 ? 2 : 1;
    const width = Math.min(widthAt(alignment, a + done, most), widthAt(alignment, b + done, most));
    exchange(cx, begin + a + done, begin + b + done, width);
    done += width;
  }
}

function exchange(cx: Context, a: number, b: number, width: number): void {
  const memory = width === 4 ? "u" : width === 2 ? "us" : "uc";
  const [x, y, state] = [cx.asm.getreg("u"), cx.asm.getreg("u"), cx.stateRegister()];
  cx.asm.ldv("host", memory, x, state, { imm: a });
  cx.asm.ldv("host", memory, y, state, { imm: b });
  cx.asm.stv("host", memory, y, state, { imm: a });
  cx.asm.stv("host", memory, x, state, { imm: b });
  cx.asm.putreg(x);
  cx.asm.putreg(y);
}
