/** The same verdicts from the VCODE interpreter: slow, row by row, for comparison and `--target interpreter`. */
import type { Program } from "../vcode/insn.js";
import { Interpreter, type PrimitiveTable } from "../vcode/interp.js";
import {
  type BatchEnvironment,
  type BatchRun,
  LINK_WORDS,
  RECORD_WORDS,
  RecordWord,
  SLOT_WORDS,
  SlotWord,
  shiftOf,
  slotOf,
  slotsOf,
  type Tables,
} from "../vcode/primitive.js";

/** Nodes that were reached by one frame, in order. */
type Reached = number[];

export function interpretBatch(program: Program, environment: BatchEnvironment): BatchRun {
  const { view, tables, winner, tapStart, tapCount, taps, tapReserve } = environment;
  let reached: Reached = [];
  const interpreter = new Interpreter(
    program,
    view,
    primitives(tables, (node) => reached.push(node)),
  );
  return (address, captured, from, to) => {
    let end = 0;
    for (let row = from; row < to; row++) {
      if (end > taps.length - tapReserve) return row;
      reached = [];
      interpreter.run(address[row] ?? 0, Math.max(captured[row] ?? 0, 0));
      winner[row] = bestOf(tables, reached);
      tapStart[row] = end;
      for (const id of tapsOf(tables, reached)) taps[end++] = id;
      tapCount[row] = end - (tapStart[row] ?? 0);
    }
    return to;
  };
}

function primitives(tables: Tables, reach: (node: number) => void): PrimitiveTable {
  return {
    leaf: (node = 0) => {
      reach(node);
      return 0;
    },
    probe: (table = 0, node = 0, value = 0) => lookUp(tables, table, node, value),
    step: (node = 0) => recordWord(tables, node, RecordWord.step),
    present: (node = 0) => tables.present[node] ?? 0,
  };
}

function lookUp(tables: Tables, number: number, node: number, value: number): number {
  const table = tables.dispatch[number] ?? new Int32Array();
  const slots = slotsOf(table.length);
  const home = slotOf(node, value, table[SLOT_WORDS * slots] ?? 0, shiftOf(slots));
  for (let way = 0; way < slots; way++) {
    const at = SLOT_WORDS * ((home + way) % slots);
    const child = table[at + SlotWord.child] ?? 0;
    if (child === 0) return 0;
    const isChild = recordWord(tables, child, RecordWord.parent) === node;
    if (isChild && table[at + SlotWord.value] === value) return child;
  }
  return 0;
}

function recordWord(tables: Tables, node: number, word: number): number {
  return tables.record[RECORD_WORDS * node + word] ?? 0;
}

function bestOf(tables: Tables, reached: Reached): number {
  let best = 0;
  let rank = -1;
  for (const node of reached) {
    const claim = recordWord(tables, node, RecordWord.claim);
    if (claim === 0 || (tables.key[node] ?? 0) <= rank) continue;
    best = claim;
    rank = tables.key[node] ?? 0;
  }
  return best;
}

function tapsOf(tables: Tables, reached: Reached): Set<number> {
  const ids = new Set<number>();
  for (const node of reached) {
    const tap = recordWord(tables, node, RecordWord.tap);
    if (tap > 0) ids.add(tap);
    for (let link = Math.max(-tap, 0); link !== 0; link = tables.link[LINK_WORDS * link + 1] ?? 0) {
      ids.add(Math.abs(tables.link[LINK_WORDS * link] ?? 0));
    }
  }
  return ids;
}
