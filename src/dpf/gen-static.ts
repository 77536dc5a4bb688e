/** Code of branchings with constants in it: chains, searches and jump tables, each child with a block of its own. */
import type { Label, Register } from "../vcode/insn.js";
import { fullMask, type Width } from "./atom.js";
import type { Block, Branching, Case, SharedBranching } from "./branching.js";
import type { BlockCode, Place } from "./gen.js";
import { load, MEMORY, octetsOf } from "./load.js";
import { rawOf, rawValue, swapped } from "./raw.js";
import type { Field, Step } from "./trie.js";

export type StaticBranching = Exclude<Branching, SharedBranching>;

export function emitChain(code: BlockCode, branching: StaticBranching, place: Place, out: Label): void {
  if (branching.field.kind === "test") return emitValues(code, branching, place, out);
  if (branching.field.kind === "span") return emitIntervals(code, branching, place, out);
  for (const { block } of branching.cases.values()) {
    code.enter(branching.field, block, at(place, block), out);
  }
}

function at(place: Place, block: Block): Place {
  if (block.constant === undefined) throw new Error("gen: a block below a static branching has no node of its own");
  return { ...place, node: { imm: block.constant } };
}

function stepOf({ node }: Case): Step {
  if (node.step === undefined) throw new Error("gen: a child that is not reached");
  return node.step;
}

/** One after the other; at most one is right. */
function emitValues(code: BlockCode, { field, cases }: StaticBranching, place: Place, out: Label): void {
  const { v } = code;
  const [only] = cases.values();
  if (cases.size === 1 && only !== undefined) {
    return emitValue(code, field, only, place, out);
  }
  const value = load(v, field, "host", place);
  let rest = cases.size;
  for (const each of cases.values()) {
    const next = --rest === 0 ? out : v.genlabel();
    v.bri("bne", "u", value, rawOf(stepOf(each)), next);
    code.block(each.block, at(place, each.block), out);
    if (rest > 0) {
      v.j(out);
      v.label(next);
    }
  }
  v.putreg(value);
}

/** The only one; of octets together with the tests behind it that may be one with it. */
function emitValue(code: BlockCode, field: Field, only: Case, place: Place, out: Label): void {
  const { v } = code;
  const isFused = code.mayFuse && field.of === undefined;
  const { test, block } = isFused ? fused(code, field, only, place) : { test: testOf(field, only), block: only.block };
  const value = field.of === undefined ? loadTest(code, test, place) : load(v, field, "host", place);
  v.bri("bne", "u", value, test.value, out);
  v.putreg(value);
  code.block(block, at(place, block), out);
}

/** A test on octets as they lie: offset, octets, mask and value, swapped. */
interface RawTest {
  readonly offset: number;
  readonly width: Width;
  readonly mask: number;
  readonly value: number;
}

function testOf(field: Field, only: Case): RawTest {
  const { offset, width, mask } = field;
  return { offset, width, mask: rawValue(field, mask), value: rawOf(stepOf(only)) };
}

function loadTest({ v }: BlockCode, { offset, width, mask }: RawTest, { base }: Place): Register {
  const value = v.getreg("u");
  v.ld("host", MEMORY[width], value, base, { imm: offset });
  if (mask !== (fullMask(width) | 0)) v.alui("and", "u", value, value, mask);
  return value;
}

/**
 * Tests that stand alone one behind the other and abut, or lie within four octets, become one:
 * `20:16 & 0x1fff == 0 && 23:8 == 6` → `20:32 & 0x1fff00ff == 6`. Valid since all of them must hold, none ends a
 * filter, and the octets in between are known to be there. It is done to the merged program and not to filters, since
 * one that tests only some of them would then not share the way.
 */
function fused(code: BlockCode, field: Field, first: Case, place: Place): { test: RawTest; block: Block } {
  const parts = [{ field, step: stepOf(first) }];
  let { block } = first;
  let test = testOf(field, first);
  for (let next = onlyTest(code, block); next !== undefined; next = onlyTest(code, block)) {
    parts.push({ field: next.field, step: stepOf(next.only) });
    const joined = join(parts, place.have);
    if (joined === undefined) break;
    test = joined;
    block = next.only.block;
  }
  return { test, block };
}

/** All that the block does: a test of one value. */
function onlyTest(code: BlockCode, block: Block): { field: Field; only: Case } | undefined {
  const [branching, other] = block.branchings;
  if (block.leaf || branching === undefined || other !== undefined || code.isApart(block)) return undefined;
  if (branching.form !== "chain" || branching.field.kind !== "test" || branching.cases.size !== 1) return undefined;
  if (branching.field.of !== undefined) return undefined;
  const [only] = branching.cases.values();
  return only && { field: branching.field, only };
}

function join(parts: readonly { field: Field; step: Step }[], have: number): RawTest | undefined {
  const from = Math.min(...parts.map(({ field }) => field.offset));
  const to = Math.max(...parts.map(({ field }) => octetsOf(field)));
  const width = to - from > 2 ? 32 : to - from > 1 ? 16 : 8;
  const offset = Math.min(from, have - width / 8);
  if (offset < 0 || to - offset > width / 8) return undefined;
  let [mask, value] = [0, 0];
  for (const { field, step } of parts) {
    const left = width - 8 * (octetsOf(field) - offset);
    mask |= field.mask << left;
    value |= step.low << left;
  }
  return { offset, width, mask: swapped(mask, width), value: swapped(value, width) };
}

/** One after the other; each that contains the value is gone into. */
function emitIntervals(code: BlockCode, { field, cases }: StaticBranching, place: Place, out: Label): void {
  const { v } = code;
  const value = load(v, field, "network", place);
  let rest = cases.size;
  for (const each of cases.values()) {
    const next = --rest === 0 ? out : v.genlabel();
    leaveOutside(code, value, stepOf(each), next);
    code.block(each.block, at(place, each.block), next);
    if (rest > 0) v.label(next);
  }
  v.putreg(value);
}

/** To `out` where the value is not within the step's bounds. */
function leaveOutside({ v }: BlockCode, value: Register, { field, low, high }: Step, out: Label): void {
  const full = fullMask(field.width);
  if (low > high) {
    if (low - high === 2) return v.bri("beq", "u", value, high + 1, out);
    return leaveBetween(v, "ble", value, high + 1, low - 1, out);
  }
  if (low === 0) return high === full ? undefined : v.bri("bgt", "u", value, high, out);
  if (high === full) return v.bri("blt", "u", value, low, out);
  leaveBetween(v, "bgt", value, low, high, out);
}

/** One compare for both ends: below `low` the difference wraps round and is greater than any. */
function leaveBetween(
  v: BlockCode["v"],
  branch: "ble" | "bgt",
  value: Register,
  low: number,
  high: number,
  out: Label,
): void {
  const above = v.getreg("u");
  v.alui("sub", "u", above, value, low);
  v.bri(branch, "u", above, high - low, out);
  v.putreg(above);
}

/** By halves, on values as they lie. */
export function emitSearch(code: BlockCode, { field, cases }: StaticBranching, place: Place, out: Label): void {
  const value = load(code.v, field, "host", place);
  const sorted = [...cases.values()]
    .map((each) => ({ block: each.block, raw: rawOf(stepOf(each)) }))
    .toSorted((a, b) => (a.raw >>> 0) - (b.raw >>> 0));
  halves(code, value, sorted, place, out);
  code.v.putreg(value);
}

function halves(
  code: BlockCode,
  value: Register,
  cases: readonly { readonly block: Block; readonly raw: number }[],
  place: Place,
  out: Label,
): void {
  const { v } = code;
  const middle = cases.length >>> 1;
  const pivot = cases[middle];
  if (pivot === undefined) return;
  if (middle === 0) {
    v.bri("bne", "u", value, pivot.raw, out);
    return code.block(pivot.block, at(place, pivot.block), out);
  }
  const upper = v.genlabel();
  v.bri("bge", "u", value, pivot.raw, upper);
  halves(code, value, cases.slice(0, middle), place, out);
  v.j(out);
  v.label(upper);
  halves(code, value, cases.slice(middle), place, out);
}

export function emitJump(code: BlockCode, { field, cases }: StaticBranching, place: Place, out: Label): void {
  const { v } = code;
  const list = [...cases.values()].map(({ node, block }) => ({ block, low: node.step?.low ?? 0, label: v.genlabel() }));
  const least = Math.min(...list.map(({ low }) => low));
  const width = Math.max(...list.map(({ low }) => low)) - least + 1;
  const labels = Array.from({ length: width }, () => out);
  for (const { low, label } of list) labels[low - least] = label;
  const value = load(v, field, "network", place);
  if (least !== 0) v.alui("sub", "u", value, value, least);
  v.jt(value, labels, out);
  v.putreg(value);
  let rest = list.length;
  for (const { block, label } of list) {
    v.label(label);
    code.block(block, at(place, block), out);
    // The last falls through as every block does, so that what follows it is never out of reach.
    if (--rest > 0) v.j(out);
  }
}
