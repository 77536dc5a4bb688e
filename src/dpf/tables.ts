/**
 * Tables of the merged program on the compile side. Every write goes through a log, so that what the
 * data plane lacks can be told as a patch; a table that grew, or of which much changed, is told whole.
 */

export type TableArray = Int32Array | Float64Array;

/** Numbers of the tables in an update; dispatch tables follow from `FIRST_DISPATCH` on. */
export const TableNumber = { record: 0, key: 1, present: 2, link: 3 } as const;
export const FIRST_DISPATCH = 4;

/** `content[index[i]] = value[i]`, in order; or, where it is told whole, the new content. */
export type TablePatch =
  | { readonly table: number; readonly index: Int32Array; readonly value: TableArray }
  | { readonly table: number; readonly whole: TableArray };

export class LoggedTable<A extends TableArray> {
  readonly #make: (length: number) => A;
  #content: A;
  #index: number[] = [];
  #value: number[] = [];
  #whole = false;

  constructor(make: (length: number) => A, length: number) {
    this.#make = make;
    this.#content = make(length);
  }

  static ofWords(length: number): LoggedTable<Int32Array> {
    return new LoggedTable((words) => new Int32Array(words), length);
  }

  static ofDoubles(length: number): LoggedTable<Float64Array> {
    return new LoggedTable((doubles) => new Float64Array(doubles), length);
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

  /** At least `length` long from now on; what is there stays. */
  reserve(length: number): void {
    if (length <= this.#content.length) return;
    const content = this.#make(Math.max(length, 2 * this.#content.length));
    content.set(this.#content);
    this.#content = content;
    this.#tellWhole();
  }

  /** Zeroes it, in a new length. */
  reset(length: number): void {
    this.#content = this.#make(length);
    this.#tellWhole();
  }

  #tellWhole(): void {
    this.#whole = true;
    this.#index = [];
    this.#value = [];
  }

  copy(): TableArray {
    return this.#content.slice();
  }

  /** What changed since the last time it was asked. */
  take(table: number): TablePatch | undefined {
    const [index, value, whole] = [this.#index, this.#value, this.#whole];
    this.settle();
    if (whole) return { table, whole: this.copy() };
    if (index.length === 0) return undefined;
    const values = this.#make(value.length);
    values.set(value);
    return { table, index: Int32Array.from(index), value: values };
  }

  /** Everything was told. */
  settle(): void {
    this.#index = [];
    this.#value = [];
    this.#whole = false;
  }
}
