/**
 * Walks records of a classic capture, whose lengths lie in the machine's own order and are as they should be, in
 * WebAssembly: 3 ns a record, where JavaScript takes 8. Its columns lie in the same memory as the records, so it is for memory
 * that no environment sees: elsewhere somebody could change a descriptor behind the machine's back.
 *
 *   until to - at < 16
 *     captured = [at + 8], wire = [at + 12]           each octet is loaded once
 *     where captured > most, or captured > wire, or at + 16 + captured > to: ends     lengths are unsigned
 *     time = [at] * 10⁹ + [at + 4] * unit             of 64 bits: both products fit them, and so does their sum
 *     a row is described; at = at + 16 + captured
 */
import { type Descriptors, PLACED_COLUMNS, type Placed } from "../machine/descriptor.js";
import { MACHINE_MEMORY, PREAMBLE, positive, section, text, unsigned } from "../machine/module-octets.js";

/** Octets of a record's header. */
export const PLAIN_RECORD = 16;
const GIGA = 1_000_000_000;

/** The address where the next row would be described, in the first column. `row`: where the first one is. */
type Walk = (at: number, to: number, most: number, row: number) => number;

/** Walks records into those columns; undefined where they lie in no memory that a module could write. */
export function plainWalkOf(into: Descriptors, unit: 1 | 1000): PlainWalk | undefined {
  return into.placed && new PlainWalk(into.placed, unit);
}

export class PlainWalk {
  readonly #address: number;
  readonly #walk: Walk;

  constructor({ memory, address, pitch }: Placed, unit: 1 | 1000) {
    const module = new WebAssembly.Module(moduleFor(pitch, unit));
    const { walk } = new WebAssembly.Instance(module, { machine: { memory: memory.memory } }).exports;
    if (!isWalk(walk)) throw new Error("walk: the module has no function");
    this.#walk = walk;
    this.#address = address;
  }

  /**
   * Describes records in `[at, to)` from `row` on, as far as they are plain, with frames of at most `most` octets; the row behind
   * the last. There must be a row for every 16 octets.
   */
  run(at: number, to: number, most: number, row: number): number {
    return (this.#walk(at, to, most, this.#address + 4 * row) - this.#address) / 4;
  }
}

function isWalk(value: unknown): value is Walk {
  return typeof value === "function";
}

// --- octets of the module ---

const [I32, I64, VOID] = [0x7f, 0x7e, 0x40];
const [AT, TO, MOST, ROW, CAPTURED, WIRE, TIME] = [0, 1, 2, 3, 4, 5, 6];
const [LOAD, LOAD_LONG_32, STORE, STORE_LONG_32] = [0x28, 0x35, 0x36, 0x3e];
const [ADD, SUB, GT_U, GT_S, LT_S] = [0x6a, 0x6b, 0x4b, 0x4a, 0x48];
const [ADD_LONG, MUL_LONG, SHR_U_LONG] = [0x7c, 0x7e, 0x88];
const [BLOCK, LOOP, BR, BR_IF, END] = [0x02, 0x03, 0x0c, 0x0d, 0x0b];
/** Of a load or store, as a power of two: octets lie anywhere. */
const ALIGNED = 0;

const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const word = (value: number) => [0x41, ...positive(value)];
const long = (value: number) => [0x42, ...positive(value)];
const at = (operation: number, offset: number) => [operation, ALIGNED, ...unsigned(offset)];
/** Out of the loop, and of the block around it. */
const leaveIf = (...condition: readonly number[]) => [...condition, BR_IF, 1];

function moduleFor(pitch: number, unit: 1 | 1000): Uint8Array {
  const body = bodyFor((column) => column * pitch, unit);
  const code = [2, 2, I32, 1, I64, ...body];
  return Uint8Array.from([
    ...PREAMBLE,
    ...section(1, 1, 0x60, 4, I32, I32, I32, I32, 1, I32),
    ...MACHINE_MEMORY,
    ...section(3, 1, 0),
    ...section(7, 1, ...text("walk"), 0, 0),
    ...section(10, 1, ...unsigned(code.length), ...code),
  ]);
}

function bodyFor(offsetOf: (column: number) => number, unit: number): number[] {
  const describe = (column: number, operation: number, ...value: readonly number[]) => [
    ...get(ROW),
    ...value,
    ...at(operation, offsetOf(column)),
  ];
  const next = [...get(AT), ...word(PLAIN_RECORD), ADD, ...get(CAPTURED), ADD];
  return [
    [BLOCK, VOID, LOOP, VOID],
    leaveIf(...get(TO), ...get(AT), SUB, ...word(PLAIN_RECORD), LT_S),
    [...get(AT), ...at(LOAD, 8), ...set(CAPTURED), ...get(AT), ...at(LOAD, 12), ...set(WIRE)],
    leaveIf(...get(CAPTURED), ...get(MOST), GT_U),
    leaveIf(...get(CAPTURED), ...get(WIRE), GT_U),
    leaveIf(...next, ...get(TO), GT_S),
    [...get(AT), ...at(LOAD_LONG_32, 0), ...long(GIGA), MUL_LONG],
    [...get(AT), ...at(LOAD_LONG_32, 4), ...long(unit), MUL_LONG, ADD_LONG, ...set(TIME)],
    describe(PLACED_COLUMNS.timeLow, STORE_LONG_32, ...get(TIME)),
    describe(PLACED_COLUMNS.timeHigh, STORE_LONG_32, ...get(TIME), ...long(32), SHR_U_LONG),
    describe(PLACED_COLUMNS.address, STORE, ...get(AT), ...word(PLAIN_RECORD), ADD),
    describe(PLACED_COLUMNS.captured, STORE, ...get(CAPTURED)),
    describe(PLACED_COLUMNS.wire, STORE, ...get(WIRE)),
    [...next, ...set(AT), ...get(ROW), ...word(4), ADD, ...set(ROW), BR, 0],
    [END, END, ...get(ROW), END],
  ].flat();
}
