/** A handler that does with a table what each message asks. */
import { type ItemKind, shapeOf } from "../../src/ash/layout.js";
import type { Expr, Handler, Scalar } from "../../src/ash/tree.js";
import * as t from "./trees.js";

export const FIND = 0;
export const ENTER = 1;
export const DELETE = 2;

/** The results: whether there was one, what it held, the table's size. */
export const RESULTS = 3 * 4;

const NONE: Expr = { ...t.AT, kind: "constant", type: "reference", value: 0 };

function fields(types: readonly Scalar[]) {
  return shapeOf(types.map((type, number) => ({ name: `f${number}`, type, count: undefined })));
}

/** The message: an octet that says what to do, then the key's fields. Whatever is found counts how often it was. */
export function tabling(keys: readonly Scalar[], capacity: number, padding = 0): Handler {
  const value = shapeOf([
    { name: "uses", type: "u32", count: undefined },
    { name: "padding", type: "u8", count: padding + 1 },
  ]);
  const table: ItemKind = { kind: "table", key: fields(keys), value, capacity };
  const layout = t.stateOf(t.record("u32", "u32", "u32"), table);
  let offset = 1;
  const key = keys.map((type) => {
    const at = offset;
    offset += type === "i64" || type === "u64" ? 8 : type === "u32" || type === "i32" ? 4 : type === "u16" ? 2 : 1;
    return type === "bool" ? t.convert("bool", t.loaded("u8", at)) : t.loaded(type, at);
  });
  const call = (kind: "table-find" | "table-enter" | "table-delete", type: "reference" | "bool"): Expr => ({
    ...t.AT,
    kind,
    type,
    table: 1,
    keys: key,
    order: [...key.keys()],
  });
  const used = [
    t.increase(t.through("u32", 0), t.num(1)),
    t.store(t.at("u32", 0), t.num(1)),
    t.store(t.at("u32", 4), t.load(t.through("u32", 0))),
  ];
  const size: Expr = { ...t.AT, kind: "table-size", type: "u32", table: 1 };
  const find = [
    t.let_(0, call("table-find", "reference")),
    t.if_(t.compare("ne", t.local(0, "reference"), NONE), used),
  ];
  const enter = [t.let_(0, call("table-enter", "reference")), ...used];
  const remove = [t.store(t.at("u32", 0), t.convert("u32", call("table-delete", "bool")))];
  const body = [
    t.store(t.at("u32", 0), t.num(0)),
    t.store(t.at("u32", 4), t.num(0)),
    t.if_(t.compare("eq", t.loaded("u8", 0), t.num(FIND, "u8")), find, [
      t.if_(t.compare("eq", t.loaded("u8", 0), t.num(ENTER, "u8")), enter, remove),
    ]),
    t.store(t.at("u32", 8), size),
    t.CONSUMES,
  ];
  return t.handler([t.entry(body, ["reference"])], { layout });
}
