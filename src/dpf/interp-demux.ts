/** The same verdicts from the VCODE interpreter: slow, row by row, for comparison and `--target interpreter`. */
import type { Program } from "../vcode/insn.js";
import { Interpreter, type PrimitiveTable } from "../vcode/interp.js";
import { type BatchEnvironment, type BatchRun, FRAME_FUEL } from "./batch.js";
import {
  DETAIL_WORDS,
  DetailWord,
  ENTRY_WORDS,
  EntryWord,
  LINK_WORDS,
  RANK_AT,
  RANK_STEP,
  RECORD_WORDS,
  RecordWord,
  SLOT_WORDS,
  SlotWord,
  shapeOf,
  shiftOf,
  slotOf,
  slotsOf,
  type Tables,
  TREE_WORDS,
  TreeWord,
} from "./layout.js";
import {
  HALF_COST,
  HASH_COST,
  HEAT_COST,
  LEAF_COST,
  LINK_COST,
  MATCH_COST,
  NODE_COST,
  PARENT_COST,
  RANK_COST,
  SCAN_COST,
  SLOT_COST,
  SPAN_COST,
  TAP_COST,
  WORD_COST,
} from "./primitive-cost.js";
import type { Traits } from "./traits.js";

export interface InterpretedBatch {
  readonly run: BatchRun;
  /** Simulated cycles since it was made (vcode/cost.ts, primitive-cost.ts). */
  cycles(): number;
}

export function interpretBatch(program: Program, environment: BatchEnvironment, traits: Traits): InterpretedBatch {
  const { view, tables, winner, tapStart, tapCount, taps, tapReserve, heat } = environment;
  const work = new Work(tables, heat);
  const interpreter = new Interpreter(program, view, work.primitives);
  const run: BatchRun = (address, captured, from, to, wire, linkType) => {
    let end = 0;
    for (let row = from; row < to; row++) {
      if (end > taps.length - tapReserve) return row;
      work.reached = [];
      const length = Math.max(captured[row] ?? 0, 0);
      const facts = [...(traits.wire ? [wire[row] ?? 0] : []), ...(traits.link ? [linkType[row] ?? 0] : [])];
      interpreter.run([address[row] ?? 0, length, ...facts], FRAME_FUEL);
      winner[row] = work.best();
      tapStart[row] = end;
      for (const id of work.taps()) taps[end++] = id;
      tapCount[row] = end - (tapStart[row] ?? 0);
    }
    return to;
  };
  return { run, cycles: () => interpreter.cycles + work.cycles };
}

/** What primitives do, with what they cost. */
class Work {
  readonly #tables: Tables;
  readonly #heat: BatchEnvironment["heat"];
  /** Nodes where filters end that the frame has reached, in order. */
  reached: number[] = [];
  cycles = 0;

  constructor(tables: Tables, heat: BatchEnvironment["heat"]) {
    this.#tables = tables;
    this.#heat = heat;
  }

  readonly primitives: PrimitiveTable = {
    leaf: (node = 0) => this.#pay(LEAF_COST, this.reached.push(node)),
    heat: (node = 0) => this.#pay(HEAT_COST, this.#count(node)),
    probe: (table = 0, node = 0, value = 0) => this.#pay(NODE_COST, this.#seek(table, node, value)),
    lookup: (table = 0, value = 0) => this.#seek(table, undefined, value),
    match: (node = 0, value = 0) =>
      this.#pay(MATCH_COST, this.#record(node, RecordWord.value) === value ? this.#record(node, RecordWord.step) : 0),
    step: (node = 0) => this.#pay(WORD_COST, this.#record(node, RecordWord.step)),
    present: (node = 0) => this.#pay(WORD_COST, this.#detail(node, DetailWord.present)),
    span: (table = 0, root = 0, value = 0, shape = 0) => this.#longest(table, root, value, shape),
    scan: (entry = 0, value = 0) => this.#scan(entry, value),
    child: (entry = 0) => this.#pay(WORD_COST, this.#entry(entry, EntryWord.child)),
    next: (entry = 0) => this.#pay(WORD_COST, this.#entry(entry, EntryWord.next)),
  };

  #pay(cycles: number, result: number): number {
    this.cycles += cycles;
    return result;
  }

  #count(node: number): number {
    const { counts } = this.#heat;
    counts[node] = (counts[node] ?? 0) + 1;
    return 0;
  }

  #record(node: number, word: number): number {
    return this.#tables.record[RECORD_WORDS * node + word] ?? 0;
  }

  #detail(node: number, word: number): number {
    return this.#tables.detail[DETAIL_WORDS * node + word] ?? 0;
  }

  #entry(entry: number, word: number): number {
    return this.#tables.entry[ENTRY_WORDS * entry + word] ?? 0;
  }

  /** `node`: undefined in a table of one node. */
  #seek(number: number, node: number | undefined, value: number): number {
    const table = this.#tables.numbered[number] ?? new Int32Array();
    const slots = slotsOf(table.length);
    const home = slotOf(node ?? 0, value, table[table.length - 2] ?? 0, shiftOf(slots));
    const longestWay = table[table.length - 1] ?? 0;
    this.cycles += HASH_COST;
    for (let way = 0; way <= longestWay; way++) {
      const at = SLOT_WORDS * (home + way);
      const child = table[at + SlotWord.child] ?? 0;
      this.cycles += SLOT_COST;
      if (child === 0) return 0;
      if (table[at + SlotWord.value] !== value) continue;
      if (node === undefined || this.#pay(PARENT_COST, this.#detail(child, DetailWord.parent)) === node) return child;
    }
    return 0;
  }

  #longest(number: number, root: number, value: number, shape: number): number {
    const table = this.#tables.numbered[number] ?? new Int32Array();
    const { width, bits } = shapeOf(shape);
    const slot = root + TREE_WORDS * (bits === 0 ? 0 : value >>> (width - bits));
    const list = table[slot + TreeWord.bounds] ?? 0;
    this.cycles += SPAN_COST;
    if (list === 0) return table[slot + TreeWord.entry] ?? 0;
    let [from, to] = [0, table[list] ?? 0];
    while (to - from > 1) {
      this.cycles += HALF_COST;
      const middle = (from + to) >>> 1;
      if ((table[list + 1 + 2 * middle] ?? 0) >>> 0 <= value >>> 0) from = middle;
      else to = middle;
    }
    return table[list + 2 + 2 * from] ?? 0;
  }

  #scan(first: number, value: number): number {
    let entry = first;
    for (; entry !== 0; entry = this.#entry(entry, EntryWord.next)) {
      this.cycles += SCAN_COST;
      const above = (value - this.#entry(entry, EntryWord.low)) >>> 0;
      if (above <= this.#entry(entry, EntryWord.size) >>> 0) break;
    }
    return entry;
  }

  /** The claim of the greatest rank. */
  best(): number {
    let best = 0;
    let rank = -1;
    for (const node of this.reached) {
      const claim = this.#record(node, RecordWord.claim);
      const its = this.#tables.rank[RANK_AT + RANK_STEP * node] ?? 0;
      if (claim !== 0 && this.reached.length > 1) this.cycles += RANK_COST;
      if (claim === 0 || its <= rank) continue;
      best = claim;
      rank = its;
    }
    return best;
  }

  /** Each once. */
  taps(): Set<number> {
    const { link } = this.#tables;
    const ids = new Set<number>();
    for (const node of this.reached) {
      const tap = this.#record(node, RecordWord.tap);
      if (tap > 0) ids.add(tap);
      for (let at = Math.max(-tap, 0); at !== 0; at = link[LINK_WORDS * at + 1] ?? 0) {
        this.cycles += LINK_COST;
        ids.add(Math.abs(link[LINK_WORDS * at] ?? 0));
      }
    }
    this.cycles += TAP_COST * ids.size;
    return ids;
  }
}
