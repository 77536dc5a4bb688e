/** Expressions and conditions as instructions. Locals and constants need none; conditions become branches wherever one is what is asked for. */
import type { Alu, Operand, Register } from "../vcode/insn.js";
import { TableHead } from "./layout.js";
import { computePatch, fold16, swapOctets } from "./lower-checksum.js";
import { Context, OCTETS_LEFT, PACKET, type Target, type Val } from "./lower-context.js";
import * as frame from "./lower-frame.js";
import { withFrame } from "./lower-known.js";
import { learned, messageLoad } from "./lower-message.js";
import { octetsAddress, octetsLength, octetsLoad, octetsStore } from "./lower-octets.js";
import { type Address, addressOf, addressValue, isScalar, loadPlace } from "./lower-place.js";
import { mostFitting, mostOf } from "./lower-range.js";
import type { Routine } from "./lower-routines.js";
import { BRANCHES, isLongType, MIRRORED, OPPOSITE, smallOf, viewOf } from "./lower-types.js";
import type { Arithmetic, Expr } from "./tree.js";

const ALUS: Readonly<Record<Arithmetic, Alu>> = {
  add: "add",
  sub: "sub",
  mul: "mul",
  div: "div",
  mod: "mod",
  and: "and",
  or: "or",
  xor: "xor",
  shl: "lsh",
  shr: "rsh",
};
const COMMUTATIVE: ReadonlySet<Arithmetic> = new Set<Arithmetic>(["add", "mul", "and", "or", "xor"]);

type Kind<K extends Expr["kind"]> = Extract<Expr, { kind: K }>;

const NO_VALUE: Val = { imm: 0 };

export class Lowering extends Context {
  /** The place of the store that is being written. */
  heldAt: Address | undefined;

  override value(expr: Expr, want?: Register): Val {
    const simple = this.simple(expr);
    if (simple !== undefined) return simple;
    switch (expr.kind) {
      case "held":
        return this.#held(expr, want);
      case "load": {
        const address = addressOf(this, expr.place);
        this.free(address.base);
        return loadPlace(this, address, expr.place.type, want);
      }
      case "address":
        return addressValue(this, addressOf(this, expr), want);
      case "arithmetic":
        return this.#arithmetic(expr, want);
      case "negate":
      case "complement":
        return this.#unary(expr.kind === "negate" ? "neg" : "com", expr, want);
      case "convert":
        return this.#convert(expr, want);
      case "choose":
        return this.#choose(expr, want);
      case "compare":
      case "and":
      case "or":
      case "not":
        return this.#truth(expr, want);
      case "message":
        return this.#messageField(expr, want);
      case "message-load":
        return messageLoad(this, expr, want);
      default:
        return this.#octets(expr, want);
    }
  }

  /** What works on octets, and what is called. */
  #octets(expr: Expr, want: Register | undefined): Val {
    switch (expr.kind) {
      case "octets-length":
        return octetsLength(this, expr.octets, want);
      case "octets-load":
        return octetsLoad(this, expr, want);
      case "octets-store":
        octetsStore(this, expr);
        return NO_VALUE;
      case "fold16":
        return fold16(this, expr.operand, want);
      case "patch":
        return computePatch(this, expr, want);
      case "swap-octets":
        return swapOctets(this, expr.operand, expr.width, want);
      case "table-size":
        return this.#tableSize(expr, want);
      case "call":
      case "table-find":
      case "table-enter":
      case "table-delete":
        return this.#call(expr, want);
      case "pipeline-run":
      case "pipeline-read":
        this.#pipeline(expr);
        return NO_VALUE;
      default:
        return this.#kernelCall(expr, want);
    }
  }

  #kernelCall(expr: Expr, want: Register | undefined): Val {
    switch (expr.kind) {
      case "frame-send":
        return frame.send(this, expr, want);
      case "transfer":
        return frame.transfer(this, expr, want);
      case "wake":
        frame.wake(this, expr);
        break;
      case "vector":
        frame.vector(this, expr);
        break;
      case "reply":
        frame.reply(this);
        break;
      case "frame":
        frame.newFrame(this, expr);
        break;
      case "frame-resize":
        frame.resize(this, expr);
        break;
      case "frame-swap":
        this.#swap(expr);
        break;
      default:
        throw new Error(`ash: no lowering of ${expr.kind}`);
    }
    return NO_VALUE;
  }

  #held(expr: Kind<"held">, want: Register | undefined): Val {
    if (this.heldAt === undefined || !isScalar(expr.type)) throw new Error("ash: held outside of a store");
    return loadPlace(this, this.heldAt, expr.type, want);
  }

  #arithmetic({ op, type, left, right }: Kind<"arithmetic">, want: Register | undefined): Val {
    const swapped = COMMUTATIVE.has(op) && this.constant(left) !== undefined;
    const x = this.inRegister(swapped ? right : left);
    const y = this.value(swapped ? left : right);
    this.free(y);
    this.free(x);
    const rd = this.result(type, want);
    if ("imm" in y) this.asm.alui(ALUS[op], viewOf(type), rd.reg, x.reg, y.imm);
    else this.asm.alu(ALUS[op], viewOf(type), rd.reg, x.reg, y.reg);
    const small = smallOf(type);
    if (small !== undefined) this.asm.cv(viewOf(type), small, rd.reg, rd.reg);
    return rd;
  }

  #unary(unary: "neg" | "com", expr: Kind<"negate" | "complement" | "not">, want: Register | undefined): Val {
    const x = this.inRegister(expr.operand);
    this.free(x);
    const rd = this.result(expr.type, want);
    this.asm.unary(unary, viewOf(expr.type), rd.reg, x.reg);
    const small = smallOf(expr.type);
    if (small !== undefined) this.asm.cv(viewOf(expr.type), small, rd.reg, rd.reg);
    return rd;
  }

  #convert(expr: Kind<"convert">, want: Register | undefined): Val {
    const { type, operand } = expr;
    if (type === "bool") return operand.type === "bool" ? this.value(operand, want) : this.#truth(expr, want);
    const [from, to] = [isLongType(operand.type), isLongType(type)];
    if (from && to) return this.value(operand, want);
    if (!from && !to && this.#fits(operand, type)) return this.value(operand, want);
    const x = this.inRegister(operand);
    this.free(x);
    const rd = this.result(type, want);
    const small = smallOf(type);
    if (to) this.asm.cv(viewOf(operand.type), viewOf(type), rd.reg, x.reg);
    else if (from) this.asm.cv(viewOf(operand.type), viewOf(type), rd.reg, x.reg);
    if (!to && small !== undefined) this.asm.cv("u", small, rd.reg, from ? rd.reg : x.reg);
    return rd;
  }

  /** Whether the word is the same in that type. */
  #fits(operand: Expr, type: Expr["type"]): boolean {
    if (smallOf(type) === undefined || operand.type === type) return true;
    if (operand.type === "i8" && type === "i16") return true;
    return mostOf(this, operand) <= mostFitting(type);
  }

  #choose(expr: Kind<"choose">, want: Register | undefined): Val {
    const [no, end] = [this.target(), this.target()];
    this.jump(expr.condition, no, false);
    const rd = this.result(expr.type, want);
    this.into(expr.then, rd.reg);
    this.go(end);
    this.arrive(no);
    this.into(expr.otherwise, rd.reg);
    this.arrive(end);
    return rd;
  }

  /** A condition as 1 or 0. */
  #truth(expr: Expr, want: Register | undefined): Val {
    if (expr.kind === "not" && expr.operand.kind !== "compare") {
      const x = this.inRegister(expr.operand);
      this.free(x);
      const rd = this.result("bool", want);
      this.asm.unary("not", "u", rd.reg, x.reg);
      return rd;
    }
    const [no, end] = [this.target(), this.target()];
    this.jump(expr, no, false);
    const rd = this.result("bool", want);
    this.asm.set("u", rd.reg, 1);
    this.go(end);
    this.arrive(no);
    this.asm.set("u", rd.reg, 0);
    this.arrive(end);
    return rd;
  }

  override jump(condition: Expr, target: Target, when: boolean): void {
    switch (condition.kind) {
      case "not":
        return this.jump(condition.operand, target, !when);
      case "and":
      case "or":
        return this.#lazy(condition, target, when);
      case "compare":
        return this.#compare(condition, target, when);
      default:
        return this.#test(condition, target, when);
    }
  }

  #test(condition: Expr, target: Target, when: boolean): void {
    const tested = condition.kind === "convert" && condition.type === "bool" ? condition.operand : condition;
    const value = this.value(tested);
    if ("imm" in value) {
      if ((Number(value.imm) !== 0) === when) this.go(target);
      return;
    }
    this.free(value);
    const zero = { imm: isLongType(tested.type) ? 0n : 0 };
    this.branch(when ? "bne" : "beq", viewOf(tested.type), value.reg, zero, target);
  }

  /** The right side is looked at only where the left one leaves it open. */
  #lazy({ kind, left, right }: Kind<"and" | "or">, target: Target, when: boolean): void {
    const settled = kind === "or";
    if (when === settled) {
      this.jump(left, target, when);
      return this.jump(right, target, when);
    }
    const skip = this.target();
    this.jump(left, skip, settled);
    this.jump(right, target, when);
    this.arrive(skip);
  }

  #compare(expr: Kind<"compare">, target: Target, when: boolean): void {
    const op = when ? expr.op : OPPOSITE[expr.op];
    const mirrored = this.constant(expr.left) !== undefined;
    const [left, right] = mirrored ? [expr.right, expr.left] : [expr.left, expr.right];
    const x = this.inRegister(left);
    const y = this.value(right);
    this.free(y);
    this.free(x);
    const branch = BRANCHES[mirrored ? MIRRORED[op] : op];
    const taken = this.known === undefined ? undefined : learned(this, expr, when, this.known);
    this.branch(branch, viewOf(expr.of), x.reg, y, target, taken);
    this.learn((known) => learned(this, expr, !when, known));
  }

  #messageField({ field }: Kind<"message">, want: Register | undefined): Val {
    switch (field) {
      case "length":
        return { reg: OCTETS_LEFT, temporary: false };
      case "time": {
        const rd = this.result("u64", want);
        const low = this.temporary("u64");
        this.asm.cv("u", "ul", rd.reg, this.words.get("timeHigh")!);
        this.asm.alui("lsh", "ul", rd.reg, rd.reg, 32n);
        this.asm.cv("u", "ul", low, this.words.get("timeLow")!);
        this.asm.alu("or", "ul", rd.reg, rd.reg, low);
        this.asm.putreg(low);
        return rd;
      }
      default:
        return { reg: this.words.get(field === "number" ? "packet" : field)!, temporary: false };
    }
  }

  #tableSize({ table }: Kind<"table-size">, want: Register | undefined): Val {
    const item = this.whole.handler.layout.items[table]!;
    const rd = this.result("u32", want);
    this.asm.ldv("host", "u", rd.reg, this.stateRegister(), { imm: item.offset + TableHead.size });
    return rd;
  }

  // --- calls ---

  #call(expr: Kind<"call" | "table-find" | "table-enter" | "table-delete">, want: Register | undefined): Val {
    const args = expr.kind === "call" ? expr.args.map((each) => this.value(each)) : this.#keys(expr);
    for (const value of args) this.free(value);
    const routine = this.routineOf(expr)!;
    const operands = args.map(frame.operand);
    const takesMessage = expr.kind === "call" && expr.message;
    if (expr.type === "void") {
      this.callRoutine(routine, takesMessage, operands, undefined);
      return NO_VALUE;
    }
    const rd = this.result(expr.type, want);
    this.callRoutine(routine, takesMessage, operands, rd.reg);
    return rd;
  }

  #keys({ keys, order }: Kind<"table-find" | "table-enter" | "table-delete">): Val[] {
    const values = new Map(order.map((at) => [at, this.value(keys[at]!)]));
    return keys.map((_, at) => values.get(at)!);
  }

  callRoutine(routine: Routine, message: boolean, args: readonly Operand[], rd: Register | undefined): void {
    const { words, frame: changes } = this.whole.routines.needsOf(routine);
    const all = [
      ...(message ? [{ reg: PACKET }, { reg: OCTETS_LEFT }] : []),
      ...args,
      ...words.map((word) => ({ reg: this.words.get(word)! })),
    ];
    const number = this.whole.routines.numberOf(routine);
    if (rd === undefined) this.asm.callv(number, ...all);
    else this.asm.call(rd, number, ...all);
    if (changes) this.learn((known) => withFrame(known, 0));
  }

  #pipeline(expr: Kind<"pipeline-run" | "pipeline-read">): void {
    const values: Val[] = [this.value(expr.from), this.value(expr.length)];
    if (expr.kind === "pipeline-run") {
      values.push(addressValue(this, octetsAddress(this, expr.to), undefined));
      values.push(this.value(expr.at));
      values.push(octetsLength(this, expr.to));
    }
    const place = { imm: this.place };
    this.callRoutine(this.routineOf(expr)!, true, [...values.map(frame.operand), place], undefined);
    for (const value of values) this.free(value);
  }

  #swap(expr: Kind<"frame-swap">): void {
    const routine = this.routineOf(expr);
    if (routine === undefined) return frame.shortSwap(this, expr);
    const values = [expr.a, expr.b, expr.octets].map((each) => this.value(each));
    this.callRoutine(routine, false, [...values.map(frame.operand), { imm: this.place }], undefined);
    for (const value of values) this.free(value);
  }
}
