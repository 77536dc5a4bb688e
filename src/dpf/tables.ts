/**
 * Tables of the merged program on the compile side. Every write goes through a log, so that what the
 * data plane lacks can be told as a patch; a table that grew, or of which much changed, is told whole.
 */

/** Numbers of the tables in an update; dispatch tables and trees follow from `FIRST_NUMBERED` on. */
export const TableNumber = { record: 0, detail: 1, link: 2, entry: 3 } as const;
export const FIRST_NUMBERED = 4;

/** `content[index[i]] = value[i]`, in order; or, where it is told whole, the new content. */
export type TablePatch =
  | { readonly table: number; readonly index: Int32Array; readonly value: Int32Array }
  | { readonly table: number; readonly whole: Int32Array };

export class LoggedTable {
  #content: Int32Array;
  #index: number[] = [];
  #value: number[] = [];
  #whole = false;

  constructor(length: number) {
    this.#content = new Int32Array(length);
  }

  get length(): number {
    return this.#content.length;
  }

  get octets(): number {
    return this.#content.byteLength;
  }

  get(index: number): number {
    return this.#content[index] ?? 0;
  }

  set(index: number, value: number): void {
    if (this.#content[index] === value) return;
    this.#content[index] = value;
    if (this.#whole) return;
    this.#index.push(index);
    this.#value.push(value);
    if (this.#index.length > this.#content.length / 2) this.#tellWhole();
  }

  /** A double over two words, low word first. */
  setDouble(index: number, value: number): void {
    scratch[0] = value;
    this.set(index, scratchWords[0] ?? 0);
    this.set(index + 1, scratchWords[1] ?? 0);
  }

  getDouble(index: number): number {
    scratchWords[0] = this.get(index);
    scratchWords[1] = this.get(index + 1);
    return scratch[0] ?? 0;
  }

  /** At least `length` long from now on; what is there stays. */
  reserve(length: number): void {
    if (length <= this.#content.length) return;
    const content = new Int32Array(Math.max(length, 2 * this.#content.length));
    content.set(this.#content);
    this.#content = content;
    this.#tellWhole();
  }

  /** Zeroes it, in a new length. */
  reset(length: number): void {
    this.#content = new Int32Array(length);
    this.#tellWhole();
  }

  #tellWhole(): void {
    this.#whole = true;
    this.#index = [];
    this.#value = [];
  }

  copy(): Int32Array {
    return this.#content.slice();
  }

  /** What changed since the last time it was asked. */
  take(table: number): TablePatch | undefined {
    const [index, value, whole] = [this.#index, this.#value, this.#whole];
    this.settle();
    if (whole) return { table, whole: this.copy() };
    if (index.length === 0) return undefined;
    return { table, index: Int32Array.from(index), value: Int32Array.from(value) };
  }

  /** Everything was told. */
  settle(): void {
    this.#index = [];
    this.#value = [];
    this.#whole = false;
  }
}

/** Words of a double, in the machine's order, which is the host's of VCODE. */
const scratch = new Float64Array(1);
const scratchWords = new Int32Array(scratch.buffer);
