/** Statements and outcomes: the body of a function. */
import { CONSUME, MAX_PASS_TO, PASS, PASS_TO } from "../vcode/handler.js";
import type { Register } from "../vcode/insn.js";
import type { Target, Val } from "./lower-context.js";
import type { Lowering } from "./lower-expr.js";
import { operand } from "./lower-frame.js";
import { bounded, forgetting, withFrame } from "./lower-known.js";
import { addressOf, storePlace } from "./lower-place.js";
import { mostOf } from "./lower-range.js";
import { isLongType, mostOfType, registerOf, viewOf } from "./lower-types.js";
import type { Expr, Func, Outcome, Stmt } from "./tree.js";
import { eachExpression, eachStatement, isOutcome } from "./walk.js";

type Kind<K extends Stmt["kind"]> = Extract<Stmt, { kind: K }>;

/** Where break and continue go. */
interface Around {
  readonly end: Target;
  readonly next: Target | undefined;
}

/** From so many constants on, and where at least every fourth word between them is one, a switch is a table. */
const TABLE_FROM = 5;
const SPARSE = 4;

export class Body {
  readonly #cx: Lowering;
  readonly #func: Func;
  /** Locals that are assigned again after they are declared. */
  readonly #changing = new Set<number>();
  /** Registers that are put back where the innermost block ends. */
  #owned: Register[] = [];
  #around: Around | undefined;

  constructor(cx: Lowering, func: Func) {
    this.#cx = cx;
    this.#func = func;
    eachStatement(func.body, (statement) => {
      if (statement.kind === "assign-local") this.#changing.add(statement.local);
    });
  }

  write(): void {
    this.#block(this.#func.body);
  }

  #block(body: readonly Stmt[]): void {
    const outer = this.#owned;
    this.#owned = [];
    for (const statement of body) {
      this.#cx.at(statement);
      this.#statement(statement);
    }
    for (const register of this.#owned) this.#cx.asm.putreg(register);
    this.#owned = outer;
  }

  #statement(statement: Stmt): void {
    const cx = this.#cx;
    switch (statement.kind) {
      case "let":
        return this.#let(statement);
      case "assign-local":
        return this.#assign(statement);
      case "store":
        return this.#store(statement);
      case "do":
        return cx.free(cx.value(statement.call));
      case "if":
        return this.#if(statement);
      case "loop":
        return this.#loop(statement);
      case "switch":
        return this.#switch(statement);
      case "break":
        return cx.go(this.#around!.end);
      case "continue":
        return cx.go(this.#around!.next!);
      case "return":
        return this.#return(statement);
      case "block":
        return this.#block(statement.body);
    }
  }

  /** A local that never changes is what it was declared with, where that needs no instruction and never changes either. */
  #let({ local, value }: Kind<"let">): void {
    const cx = this.#cx;
    const simple = cx.simple(value);
    const copies = value.kind === "local" && this.#changing.has(value.local);
    if (simple !== undefined && !copies && !this.#changing.has(local)) {
      cx.locals.set(local, simple);
      return;
    }
    const register = cx.asm.getreg(registerOf(this.#func.locals[local]!.type));
    this.#owned.push(register);
    cx.into(value, register);
    cx.locals.set(local, { reg: register, temporary: false });
    this.#changed(register, value);
  }

  #assign({ local, value }: Kind<"assign-local">): void {
    const held = this.#cx.locals.get(local);
    if (held === undefined || !("reg" in held)) throw new Error("ash: an assignment to no local");
    const most = this.#most(value);
    this.#cx.into(value, held.reg);
    this.#cx.learn((known) => forgetting(known, [held.reg]));
    this.#limit(held.reg, value, most);
  }

  #changed(register: Register, value: Expr): void {
    const most = this.#most(value);
    this.#cx.learn((known) => forgetting(known, [register]));
    this.#limit(register, value, most);
  }

  #most(value: Expr): number {
    return isLongType(value.type) || value.type === "reference" ? 0xffff_ffff : mostOf(this.#cx, value);
  }

  #limit(register: Register, value: Expr, most: number): void {
    if (most < mostOfType(value.type)) this.#cx.learn((known) => bounded(known, register, most + 1));
  }

  #store({ place, value }: Kind<"store">): void {
    const cx = this.#cx;
    const address = addressOf(cx, place);
    const outer = cx.heldAt;
    cx.heldAt = address;
    const stored = cx.value(value);
    cx.heldAt = outer;
    storePlace(cx, address, place.type, stored);
    cx.free(address.base);
  }

  #if({ condition, then, otherwise }: Kind<"if">): void {
    const cx = this.#cx;
    const no = cx.target();
    cx.jump(condition, no, false);
    this.#block(then);
    if (otherwise.length === 0) return cx.arrive(no);
    const end = cx.target();
    cx.go(end);
    cx.arrive(no);
    this.#block(otherwise);
    cx.arrive(end);
  }

  #loop(loop: Kind<"loop">): void {
    const cx = this.#cx;
    const { first, condition, update, body } = loop;
    this.#enterLoop([...body, ...update, ...(condition === undefined ? [] : [{ ...loop, body: [], update: [] }])]);
    const around = { end: cx.target(), next: cx.target() };
    const head = cx.target();
    cx.asm.label(head.label);
    cx.asm.fuel(1);
    if (first && condition !== undefined) cx.jump(condition, around.end, false);
    const outer = this.#around;
    this.#around = around;
    this.#block(body);
    cx.arrive(around.next);
    this.#block(update);
    this.#around = outer;
    cx.at(loop);
    if (first || condition === undefined) cx.go(head);
    else cx.jump(condition, head, true);
    cx.arrive(around.end);
  }

  /** What holds at a loop's head, whichever round comes there: what nothing inside destroys. */
  #enterLoop(inside: readonly Stmt[]): void {
    const cx = this.#cx;
    const registers = new Set<Register>();
    let frame = false;
    eachStatement(inside, (statement) => {
      if (statement.kind !== "assign-local") return;
      const held = cx.locals.get(statement.local);
      if (held !== undefined && "reg" in held) registers.add(held.reg);
    });
    eachExpression(inside, (expr) => {
      if (expr.kind === "reply" || expr.kind === "frame" || expr.kind === "frame-resize") frame = true;
      const routine = cx.routineOf(expr);
      if (routine !== undefined && cx.whole.routines.needsOf(routine).frame) frame = true;
    });
    cx.learn((known) => forgetting(known, registers));
    if (frame) cx.learn((known) => withFrame(known, 0));
  }

  #switch({ subject, arms, otherwise }: Kind<"switch">): void {
    const cx = this.#cx;
    const value = cx.inRegister(subject);
    const end = cx.target();
    const targets = arms.map(() => cx.target());
    const other = cx.target();
    if (!this.#table(subject, value.reg, arms, targets, other)) {
      for (const [index, { values }] of arms.entries()) {
        for (const each of values) cx.branch("beq", viewOf(subject.type), value.reg, { imm: each }, targets[index]!);
      }
      cx.go(other);
    }
    cx.free(value);
    const outer = this.#around;
    this.#around = { end, next: outer?.next };
    for (const [index, { body }] of arms.entries()) {
      cx.arrive(targets[index]!);
      this.#block(body);
      cx.go(end);
    }
    cx.arrive(other);
    this.#block(otherwise);
    this.#around = outer;
    cx.arrive(end);
  }

  /** Whether it was done by a table. */
  #table(
    subject: Expr,
    value: Register,
    arms: Kind<"switch">["arms"],
    targets: readonly Target[],
    other: Target,
  ): boolean {
    const cx = this.#cx;
    const values = arms.flatMap((arm, index) => arm.values.map((each) => ({ each: Number(each), index })));
    const numbers = values.map(({ each }) => each);
    const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
    if (isLongType(subject.type) || values.length < TABLE_FROM || most - least >= SPARSE * values.length) return false;
    const labels = Array.from({ length: most - least + 1 }, () => other.label);
    for (const { each, index } of values) labels[each - least] = targets[index]!.label;
    for (const target of [...targets, other]) target.known = cx.known;
    const index = cx.asm.getreg("u");
    if (least === 0) cx.asm.jt(value, labels, other.label);
    else {
      cx.asm.alui("sub", "u", index, value, least);
      cx.asm.jt(index, labels, other.label);
    }
    cx.asm.putreg(index);
    cx.known = undefined;
    return true;
  }

  #return({ value }: Kind<"return">): void {
    const cx = this.#cx;
    if (value === undefined) cx.asm.ret();
    else if (isOutcome(value)) this.#outcome(value);
    else {
      const result = cx.value(value);
      cx.asm.ret(operand(result));
      cx.free(result);
    }
    cx.known = undefined;
  }

  #outcome(outcome: Outcome): void {
    const cx = this.#cx;
    switch (outcome.kind) {
      case "pass":
        return cx.asm.ret({ imm: PASS });
      case "consume":
        return cx.asm.ret({ imm: CONSUME });
      case "pass-to":
        return this.#passTo(outcome.environment);
      case "outcome-of": {
        const result = cx.value(outcome.call);
        cx.asm.ret(operand(result));
        return cx.free(result);
      }
      case "outcome-choice": {
        const no = cx.target();
        cx.jump(outcome.condition, no, false);
        this.#outcome(outcome.then);
        cx.known = undefined;
        cx.arrive(no);
        return this.#outcome(outcome.otherwise);
      }
    }
  }

  /** Beyond what any binding names it could come out as another outcome. */
  #passTo(environment: Expr): void {
    const cx = this.#cx;
    const value = cx.value(environment);
    if ("imm" in value) {
      const k = Number(value.imm) >>> 0;
      if (k < MAX_PASS_TO) cx.asm.ret({ imm: PASS_TO + k });
      else cx.fails("outcome");
      return;
    }
    if (mostOf(cx, environment) >= MAX_PASS_TO) {
      cx.asm.bri("bge", "u", value.reg, MAX_PASS_TO, cx.fault("outcome"));
    }
    cx.free(value);
    const result: Val = cx.result("u32", undefined);
    if (!("reg" in result)) return;
    cx.asm.alui("add", "u", result.reg, value.reg, PASS_TO);
    cx.asm.ret({ reg: result.reg });
    cx.free(result);
  }
}
