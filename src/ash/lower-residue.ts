/**
 * What is known of low bits before anything runs: a value is a multiple of a power of two, and a residue. Words and longs wrap at
 * multiples of all these powers, and conversions cut or extend above them, so neither changes what is known.
 *
 * Of a local that holds for all that it is ever assigned, wherever it is read. Nothing but the width of accesses depends on it, and those are
 * checked when they are done: where this file were wrong, they would be faults.
 */
import type { Expr, Func, PlaceBase, PlaceStep } from "./tree.js";
import { eachStatement } from "./walk.js";

export interface Residue {
  /** 1, 2, 4 or 8; 1 says nothing. */
  readonly modulus: number;
  /** Below the modulus. */
  readonly residue: number;
}

/** By local. Of others nothing is known. */
export type Residues = ReadonlyMap<number, Residue>;

const MOST = 8;
const ANY: Residue = { modulus: 1, residue: 0 };
/** A multiple of all moduli. */
const NONE_OVER: Residue = { modulus: MOST, residue: 0 };

function residue(modulus: number, value: number): Residue {
  return { modulus, residue: value & (modulus - 1) };
}

export function exactly(value: number | bigint): Residue {
  return residue(MOST, Number(BigInt.asUintN(3, BigInt(value))));
}

export function plus(x: Residue, y: Residue): Residue {
  return residue(Math.min(x.modulus, y.modulus), x.residue + y.residue);
}

function minus(x: Residue, y: Residue): Residue {
  return residue(Math.min(x.modulus, y.modulus), x.residue - y.residue);
}

/** (a + mi)(b + nj) = ab + anj + bmi + mnij. */
function times(x: Residue, y: Residue): Residue {
  const varies = (x.residue * y.modulus) | (y.residue * x.modulus) | (x.modulus * y.modulus);
  return residue(Math.min(varies & -varies, MOST), x.residue * y.residue);
}

/** A bit is known where both are, or where one is 0. */
function and(x: Residue, y: Residue): Residue {
  let modulus = 1;
  for (; modulus < MOST; modulus *= 2) {
    const [one, other] = [bitOf(x, modulus), bitOf(y, modulus)];
    if (one !== 0 && other !== 0 && (one === undefined || other === undefined)) break;
  }
  return residue(modulus, x.residue & y.residue);
}

function bitOf({ modulus, residue: bits }: Residue, bit: number): number | undefined {
  return bit < modulus ? bits & bit : undefined;
}

/** What holds of both. */
function either(x: Residue, y: Residue): Residue {
  const apart = x.residue ^ y.residue;
  return residue(Math.min(x.modulus, y.modulus, apart === 0 ? MOST : apart & -apart), x.residue);
}

export function residueOf(expr: Expr, locals: Residues): Residue {
  switch (expr.kind) {
    case "constant":
      return exactly(expr.value);
    case "local":
      return locals.get(expr.local) ?? ANY;
    case "arithmetic":
      return computed(expr, residueOf(expr.left, locals), residueOf(expr.right, locals));
    case "negate":
      return minus(NONE_OVER, residueOf(expr.operand, locals));
    case "complement":
      return minus(exactly(-1), residueOf(expr.operand, locals));
    case "convert":
      return expr.type === "bool" ? ANY : residueOf(expr.operand, locals);
    case "choose":
      return either(residueOf(expr.then, locals), residueOf(expr.otherwise, locals));
    case "octets-length":
      return expr.octets.kind === "buffer" ? exactly(expr.octets.length) : ANY;
    case "address":
      return placeResidue(expr.base, expr.steps, locals);
    // Tables' values lie at multiples of 8.
    case "table-find":
    case "table-enter":
      return NONE_OVER;
    default:
      return ANY;
  }
}

function computed(expr: Extract<Expr, { kind: "arithmetic" }>, x: Residue, y: Residue): Residue {
  switch (expr.op) {
    case "add":
      return plus(x, y);
    case "sub":
      return minus(x, y);
    case "mul":
      return times(x, y);
    case "and":
      return and(x, y);
    case "or":
      return residue(Math.min(x.modulus, y.modulus), x.residue | y.residue);
    case "xor":
      return residue(Math.min(x.modulus, y.modulus), x.residue ^ y.residue);
    case "shl":
      return times(x, powerOf(expr));
    case "shr": {
      const power = powerOf(expr);
      return power.residue === 0 || x.modulus < power.residue
        ? ANY
        : residue(x.modulus / power.residue, x.residue / power.residue);
    }
    // x less some multiple of y; by 0 it is x.
    case "mod":
      return minus(x, times(y, ANY));
    case "div":
      return ANY;
  }
}

/** Two to the count of a shift. */
function powerOf({ right, type }: Extract<Expr, { kind: "arithmetic" }>): Residue {
  if (right.kind !== "constant") return ANY;
  const bits = type === "u64" || type === "i64" ? 63 : 31;
  return exactly(2n ** (BigInt(right.value) & BigInt(bits)));
}

/** Of the address of a place; the state begins at a multiple of all moduli. */
export function placeResidue(base: PlaceBase, steps: readonly PlaceStep[], locals: Residues): Residue {
  return steps.reduce((at, step) => plus(at, moved(step, locals)), baseResidue(base, locals));
}

function baseResidue(base: PlaceBase, locals: Residues): Residue {
  switch (base.kind) {
    case "state":
      return exactly(base.offset);
    case "reference":
      return locals.get(base.local) ?? ANY;
    case "entered":
      return residueOf(base.entry, locals);
  }
}

function moved(step: PlaceStep, locals: Residues): Residue {
  if (step.kind === "offset") return exactly(step.offset);
  return times(residueOf(step.index, locals), exactly(step.stride));
}

/** Assignments may depend on others that come after them: so often they are gone through before nothing is believed of any. */
const MAX_ROUNDS = 8;

export function residuesOf({ body, parameters }: Func): Residues {
  const locals = new Map<number, Residue>();
  for (let local = 0; local < parameters; local++) locals.set(local, ANY);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    let settled = true;
    eachStatement(body, (statement) => {
      if (statement.kind !== "let" && statement.kind !== "assign-local") return;
      const value = residueOf(statement.value, locals);
      const old = locals.get(statement.local);
      const all = old === undefined ? value : either(old, value);
      if (all.modulus === old?.modulus) return;
      locals.set(statement.local, all);
      settled = false;
    });
    if (settled) return locals;
  }
  return new Map();
}
