/** The primitives in line, as WebAssembly. What they read stands in layout.ts. */
import type { Immediate } from "../vcode/insn.js";
import type { DispatchPrimitive } from "../vcode/primitive.js";
import type { WasmCall, WasmPrimitive } from "../vcode/wasm.js";
import type { BatchState } from "./batch-wasm-state.js";
import {
  DETAIL_WORDS,
  DetailWord,
  ENTRY_WORDS,
  EntryWord,
  NODE_MULTIPLIER,
  RECORD_WORDS,
  RecordWord,
  SLOT_WORDS,
  SlotWord,
  shapeOf,
  TREE_WORDS,
  TreeWord,
} from "./layout.js";
import { MOST_STEPS } from "./limits.js";
import type { Traits } from "./traits.js";

const RECORD_SHIFT = Math.log2(4 * RECORD_WORDS);
const DETAIL_SHIFT = Math.log2(4 * DETAIL_WORDS);
const ENTRY_SHIFT = Math.log2(4 * ENTRY_WORDS);
const SLOT_SHIFT = Math.log2(4 * SLOT_WORDS);

/** `more`: index of the function that lists taps (batch-wasm.ts). */
export function batchPrimitives(
  state: BatchState,
  more: number,
  traits: Traits,
): Readonly<Record<DispatchPrimitive, WasmPrimitive>> {
  const here = (expand: WasmPrimitive): WasmPrimitive => {
    return (call) => {
      if (state.locals !== undefined && state.locals !== call.locals) throw new Error("batch: the state is not here");
      expand(call);
    };
  };
  return {
    leaf: here((call) => leaf(call, state, more, traits)),
    heat: here((call) => heat(call, state)),
    probe: here((call) => search(call, state, 1, 2)),
    lookup: here((call) => search(call, state, undefined, 1)),
    match: here((call) => match(call, state)),
    step: here((call) => recordWord(call, state, RecordWord.step)),
    present: here((call) => present(call, state)),
    span: here((call) => span(call, state)),
    scan: here((call) => scan(call, state)),
    child: here((call) => entryWord(call, state, EntryWord.child)),
    next: here((call) => entryWord(call, state, EntryWord.next)),
  };
}

/** An operand that is a constant. */
function constant({ insn }: WasmCall, index: number): Immediate | undefined {
  const operand = insn.args[index];
  return operand && "imm" in operand ? operand.imm : undefined;
}

function table(call: WasmCall): number {
  const number = constant(call, 0);
  if (number === undefined) throw new RangeError("batch: a table that is no constant");
  return Number(number);
}

/** Pushes the address of the record of the node that is the first operand; the offset that is still to be added. */
function pushRecord(call: WasmCall, state: BatchState): number {
  state.get(call.code, "record");
  return addFirst(call, RECORD_SHIFT);
}

function pushDetail(call: WasmCall, state: BatchState): number {
  state.get(call.code, "detail");
  return addFirst(call, DETAIL_SHIFT);
}

/** Adds the first operand, shifted, to what was pushed; or, where it is a constant, leaves that to the access. */
function addFirst(call: WasmCall, shift: number): number {
  const node = constant(call, 0);
  if (node !== undefined) return Number(node) << shift;
  call.operand(0);
  call.code.i32_const(shift).op("i32.shl").op("i32.add");
  return 0;
}

function present(call: WasmCall, state: BatchState): void {
  const offset = pushDetail(call, state);
  call.code.load("i32.load", offset + 4 * DetailWord.present);
  call.result();
}

function recordWord(call: WasmCall, state: BatchState, word: number): void {
  const offset = pushRecord(call, state);
  call.code.load("i32.load", offset + 4 * word);
  call.result();
}

/** What ends at the node; no more than the program's traits ask for. */
function leaf(call: WasmCall, state: BatchState, more: number, { taps, claims, several }: Traits): void {
  if (claims) claim(call, state, several);
  if (taps) tap(call, state, more);
}

function claim(call: WasmCall, state: BatchState, several: boolean): void {
  const { code, locals } = call;
  const [found, rank] = [locals.scratch("i32"), locals.scratch("i64")];
  const offset = pushRecord(call, state);
  code.load("i32.load", offset + 4 * RecordWord.claim);
  if (!several) {
    // Nothing else was found, and what is found here may be nothing.
    state.set(code, "best");
    return;
  }
  code.local_tee(found).if();
  // A double that is not negative is ordered as the whole number of the same bits.
  const detail = pushDetail(call, state);
  code.load("i64.load", detail + 4 * DetailWord.rank).local_tee(rank);
  state.get(code, "rank").op("i64.gt_s").if();
  code.local_get(rank);
  state.set(code, "rank").local_get(found);
  state.set(code, "best").op("end").op("end");
}

function tap(call: WasmCall, state: BatchState, more: number): void {
  const { code, locals } = call;
  const found = locals.scratch("i32");
  const offset = pushRecord(call, state);
  code
    .load("i32.load", offset + 4 * RecordWord.tap)
    .local_tee(found)
    .if();
  code.local_get(found).i32_const(0).op("i32.gt_s").if();
  state.get(code, "taps");
  state.get(code, "at").i32_const(2).op("i32.shl").op("i32.add").local_get(found).store("i32.store");
  state.get(code, "at").i32_const(1).op("i32.add");
  state.set(code, "at").op("else");
  code.i32_const(0).local_get(found).op("i32.sub");
  for (const name of ["at", "mark", "link", "taps", "seen"] as const) state.get(code, name);
  code.call(more);
  state.set(code, "at").op("end").op("end");
}

function heat(call: WasmCall, state: BatchState): void {
  const { code } = call;
  const place = call.locals.scratch("i32");
  state.get(code, "heat");
  call.operand(0);
  code.i32_const(3).op("i32.shl").op("i32.add").local_tee(place);
  code.local_get(place).load("i64.load").i64_const(1n).op("i64.add").store("i64.store");
}

/** The child under `value` in a dispatch table, of `node` where the table is not of one node. */
function search(call: WasmCall, state: BatchState, node: number | undefined, value: number): void {
  const { code, locals } = call;
  const [slot, child, way] = [locals.scratch("i32"), locals.scratch("i32", 1), locals.scratch("i32", 2)];
  call.operand(value);
  state.fact(code, table(call), "multiplier").op("i32.mul");
  addNode(call, node);
  state.fact(code, table(call), "shift").op("i32.shr_u").i32_const(SLOT_SHIFT).op("i32.shl");
  state.fact(code, table(call), "table").op("i32.add").local_tee(slot);
  code.load("i32.load", 4 * SlotWord.child).local_set(child);
  code.block();
  pushFits(call, state, node, value, slot, child);
  code.br_if(0);
  state.fact(code, table(call), "longest").local_set(way);
  code.loop();
  // Nothing lies behind a free slot, nor further than the longest way.
  code.local_get(child).op("i32.eqz").local_get(way).op("i32.eqz").op("i32.or").if();
  code.i32_const(0).local_set(child).br(2).op("end");
  code.local_get(way).i32_const(1).op("i32.sub").local_set(way);
  code
    .local_get(slot)
    .i32_const(4 * SLOT_WORDS)
    .op("i32.add")
    .local_tee(slot);
  code.load("i32.load", 4 * SlotWord.child).local_set(child);
  pushFits(call, state, node, value, slot, child);
  code.op("i32.eqz").br_if(0).op("end").op("end");
  code.local_get(child);
  call.result();
}

/** The part of the node in what is hashed (layout.ts, slotOf). */
function addNode(call: WasmCall, node: number | undefined): void {
  const { code } = call;
  if (node === undefined) return;
  const number = constant(call, node);
  if (number !== undefined) code.i32_const(Math.imul(Number(number), NODE_MULTIPLIER));
  else {
    call.operand(node);
    code.i32_const(NODE_MULTIPLIER).op("i32.mul");
  }
  code.op("i32.add");
}

/** Is it what is sought? Of a table of one node a free slot may say so too: its child is 0, as it should be. */
function pushFits(
  call: WasmCall,
  state: BatchState,
  node: number | undefined,
  value: number,
  slot: number,
  child: number,
): void {
  const { code } = call;
  code.local_get(slot).load("i32.load", 4 * SlotWord.value);
  call.operand(value);
  code.op("i32.eq");
  if (node === undefined) return;
  state.get(code, "detail").local_get(child).i32_const(DETAIL_SHIFT).op("i32.shl").op("i32.add");
  code.load("i32.load", 4 * DetailWord.parent);
  call.operand(node);
  code.op("i32.eq").op("i32.and");
}

function match(call: WasmCall, state: BatchState): void {
  const { code } = call;
  let offset = pushRecord(call, state);
  code.load("i32.load", offset + 4 * RecordWord.step).i32_const(0);
  offset = pushRecord(call, state);
  code.load("i32.load", offset + 4 * RecordWord.value);
  call.operand(1);
  code.op("i32.eq").op("select");
  call.result();
}

/** The entry of the value's slot, or of the last bound that is not greater, found by halves. */
function span(call: WasmCall, state: BatchState): void {
  const { code, locals } = call;
  const [slot, list] = [locals.scratch("i32"), locals.scratch("i32", 1)];
  const [from, size] = [locals.scratch("i32", 2), locals.scratch("i32", 3)];
  const { width, bits } = shapeOf(Number(constant(call, 3)));
  call.operand(1);
  if (bits > 0) {
    call.operand(2);
    code
      .i32_const(width - bits)
      .op("i32.shr_u")
      .i32_const(Math.log2(TREE_WORDS))
      .op("i32.shl")
      .op("i32.add");
  }
  code.i32_const(2).op("i32.shl");
  state.fact(code, table(call), "table").op("i32.add").local_tee(slot);
  code
    .load("i32.load", 4 * TreeWord.bounds)
    .local_tee(list)
    .op("i32.eqz")
    .if();
  code
    .local_get(slot)
    .load("i32.load", 4 * TreeWord.entry)
    .local_set(slot)
    .op("else");
  state.fact(code, table(call), "table").local_get(list).i32_const(2).op("i32.shl").op("i32.add").local_tee(from);
  code.load("i32.load").local_set(size);
  halve(call, from, size);
  code.local_get(from).load("i32.load", 8).local_set(slot).op("end");
  code.local_get(slot);
  call.result();
}

/** Moves `from` to the last of `size` bounds that is not greater than the value; no branch depends on the value. */
function halve(call: WasmCall, from: number, size: number): void {
  const { code, locals } = call;
  const [half, middle] = [locals.scratch("i32", 4), locals.scratch("i32", 5)];
  code.block().loop();
  code.local_get(size).i32_const(2).op("i32.lt_u").br_if(1);
  code.local_get(from).local_get(size).i32_const(1).op("i32.shr_u").local_tee(half);
  code.i32_const(3).op("i32.shl").op("i32.add").local_tee(middle).local_get(from);
  code.local_get(middle).load("i32.load", 4);
  call.operand(2);
  code.op("i32.le_u").op("select").local_set(from);
  code.local_get(size).local_get(half).op("i32.sub").local_set(size).br(0);
  code.op("end").op("end");
}

function pushEntry(call: WasmCall, state: BatchState, entry: number): void {
  state.get(call.code, "entry").local_get(entry);
  call.code.i32_const(ENTRY_SHIFT).op("i32.shl").op("i32.add");
}

function entryWord(call: WasmCall, state: BatchState, word: number): void {
  state.get(call.code, "entry");
  call.operand(0);
  call.code
    .i32_const(ENTRY_SHIFT)
    .op("i32.shl")
    .op("i32.add")
    .load("i32.load", 4 * word);
  call.result();
}

/** Along the entries to the first that the value lies in. A list that was made to go round traps. */
function scan(call: WasmCall, state: BatchState): void {
  const { code, locals } = call;
  const [entry, place, left] = [locals.scratch("i32"), locals.scratch("i32", 1), locals.scratch("i32", 2)];
  code.i32_const(MOST_STEPS).local_set(left);
  call.operand(0);
  code.local_set(entry).block().loop();
  code.local_get(entry).op("i32.eqz").br_if(1);
  code.local_get(left).i32_const(1).op("i32.sub").local_tee(left).op("i32.eqz").if().op("unreachable").op("end");
  pushEntry(call, state, entry);
  code.local_set(place);
  call.operand(1);
  code
    .local_get(place)
    .load("i32.load", 4 * EntryWord.low)
    .op("i32.sub");
  code
    .local_get(place)
    .load("i32.load", 4 * EntryWord.size)
    .op("i32.le_u")
    .br_if(1);
  code
    .local_get(place)
    .load("i32.load", 4 * EntryWord.next)
    .local_set(entry)
    .br(0);
  code.op("end").op("end");
  code.local_get(entry);
  call.result();
}
