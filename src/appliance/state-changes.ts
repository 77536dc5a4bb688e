/** What of a handler's state is another than before, value by value: entries of tables by their keys, others by their place. */
import { type Item, type Layout, SCALAR_OCTETS } from "../ash/layout.js";
import { readItem, type StateItem, type StateScalar } from "./state-items.js";

export interface StateChange {
  readonly item: string;
  /** An index, or a table's key with commas; null: the item has one row only. */
  readonly at: string | null;
  readonly column: string;
  readonly type: string;
  /** Null: the entry was not there. */
  readonly before: StateScalar | null;
  /** Null: it is there no more. */
  readonly after: StateScalar | null;
}

/** The first `most`, in the order of the state. */
export function changesOf({ items }: Layout, before: Uint8Array, after: Uint8Array, most: number): StateChange[] {
  const changes: StateChange[] = [];
  for (const item of items) {
    const { offset, octets } = item;
    if (isSame(before, after, offset, octets)) continue;
    for (const change of changesOfItem(item, before, after)) {
      if (changes.length === most) return changes;
      changes.push(change);
    }
  }
  return changes;
}

function* changesOfItem(item: Item, before: Uint8Array, after: Uint8Array): Generator<StateChange> {
  switch (item.kind) {
    case "record":
    case "accumulator":
      yield* changesOfRow(item, 0, null, before, after);
      return;
    case "array":
    case "places": {
      const stride = item.kind === "array" ? SCALAR_OCTETS[item.of] : item.shape.octets;
      for (let index = 0; index < item.count; index++) {
        if (isSame(before, after, item.offset + index * stride, stride)) continue;
        yield* changesOfRow(item, index, `${index}`, before, after);
      }
      return;
    }
    case "table": {
      const whole = { from: 0, limit: item.capacity };
      yield* changesOfEntries(readItem(item, before, whole), readItem(item, after, whole));
      return;
    }
    case "frame":
      return;
  }
}

function* changesOfRow(
  item: Item,
  index: number,
  at: string | null,
  before: Uint8Array,
  after: Uint8Array,
): Generator<StateChange> {
  const one = { from: index, limit: 1 };
  const was = readItem(item, before, one);
  const is = readItem(item, after, one);
  yield* changesOfValues(is, at, was.rows[0], is.rows[0]);
}

function* changesOfEntries(was: StateItem, is: StateItem): Generator<StateChange> {
  const keyOf = (row: readonly StateScalar[]) => row.slice(0, is.keys).join(",");
  const left = new Map(was.rows.map((row) => [keyOf(row), row]));
  for (const row of is.rows) {
    const key = keyOf(row);
    yield* changesOfValues(is, key, left.get(key), row);
    left.delete(key);
  }
  for (const [key, row] of left) yield* changesOfValues(is, key, row, undefined);
}

/** Of a row that is new or gone, all values but its key. */
function* changesOfValues(
  { name, columns, types, keys }: StateItem,
  at: string | null,
  was: readonly StateScalar[] | undefined,
  is: readonly StateScalar[] | undefined,
): Generator<StateChange> {
  for (let index = keys; index < columns.length; index++) {
    const before = was?.[index] ?? null;
    const after = is?.[index] ?? null;
    if (before === after) continue;
    yield { item: name, at, column: columns[index] ?? "", type: types[index] ?? "", before, after };
  }
}

function isSame(before: Uint8Array, after: Uint8Array, from: number, octets: number): boolean {
  return Buffer.compare(before.subarray(from, from + octets), after.subarray(from, from + octets)) === 0;
}
