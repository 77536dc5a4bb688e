/**
 * Arithmetic of relations.
 *
 *   arithmetic = primary { operator primary }
 *   primary    = number | "len" | protocol "[" arithmetic [ ":" size ] "]" | "-" primary | "(" arithmetic ")"
 *
 * `*` and `/` bind tighter than `+` and `-`, those tighter than `<<` and `>>`, then `&`, then `|`; each from left to
 * right. `%` and `^` have no precedence in libpcap: as soon as one is met, what stands before it is its left side as
 * far as it is not finished, and all that follows is its right side. So `1 % 2 + 3` is 1 % (2 + 3), and
 * `2 * 3 % 4` is 2 * (3 % 4).
 */
import type { Arithmetic, Place, Relation } from "./ast.js";
import type { Cursor } from "./cursor.js";

/** Operators of one relation: the tree is as deep as there are, and who reads it may recurse. */
export const MAX_OPERATIONS = 1000;

type Operator = Extract<Arithmetic, { kind: "binary" }>["operator"];

interface Binding {
  readonly operator: Operator;
  /** What binds less stays outside of its right side; undefined: nothing does. */
  readonly level: number | undefined;
}

const BINDINGS: ReadonlyMap<string, Binding> = new Map(
  (
    [
      ["|", 1],
      ["&", 2],
      ["<<", 3],
      [">>", 3],
      ["+", 4],
      ["-", 4],
      ["*", 5],
      ["/", 5],
      ["%", undefined],
      ["^", undefined],
    ] as const
  ).map(([operator, level]) => [operator, { operator, level }]),
);
const TIGHTEST = 6;

const RELATIONS: ReadonlyMap<string, Relation> = new Map(
  (["=", "!=", "<", "<=", ">", ">="] as const).map((relation) => [relation, relation]),
);

/** Counts the operators of one relation. */
export interface Operations {
  count: number;
}

/** Whether arithmetic begins here; numbers and parentheses may begin something else. */
export function beginsLoad(cursor: Cursor): boolean {
  const { kind } = cursor.token;
  return cursor.is("-") || cursor.isKeyword("len") || (kind === "protocol" && cursor.isNext("["));
}

/** Takes a comparison; undefined where there is none. */
export function takeRelation(cursor: Cursor): Relation | undefined {
  const { token } = cursor;
  const relation = token.kind === "symbol" ? RELATIONS.get(token.symbol) : undefined;
  if (relation) cursor.next();
  return relation;
}

export function arithmetic(cursor: Cursor, operations: Operations): Arithmetic {
  return operators(cursor, operations, primary(cursor, operations), 0);
}

/** What follows `left`, a primary that was read already. */
export function arithmeticFrom(cursor: Cursor, operations: Operations, left: Arithmetic): Arithmetic {
  return operators(cursor, operations, left, 0);
}

function operators(cursor: Cursor, operations: Operations, first: Arithmetic, least: number): Arithmetic {
  let left = first;
  for (;;) {
    const { token } = cursor;
    const binding = token.kind === "symbol" ? BINDINGS.get(token.symbol) : undefined;
    if (!binding || (binding.level ?? TIGHTEST) < least) return left;
    count(cursor, operations, token);
    cursor.next();
    const right = rightSide(cursor, operations, binding);
    left = { kind: "binary", operator: binding.operator, left, right, start: left.start, end: right.end };
  }
}

function rightSide(cursor: Cursor, operations: Operations, { level }: Binding): Arithmetic {
  if (level === undefined) return cursor.nested(() => arithmetic(cursor, operations));
  return operators(cursor, operations, primary(cursor, operations), level + 1);
}

function count(cursor: Cursor, operations: Operations, place: Place): void {
  operations.count++;
  if (operations.count > MAX_OPERATIONS)
    cursor.abandon("E_OPERATIONS", `a comparison has at most ${MAX_OPERATIONS} operators`, place);
}

function primary(cursor: Cursor, operations: Operations): Arithmetic {
  const { token } = cursor;
  const { start, end } = token;
  if (token.kind === "number") {
    cursor.next();
    return { kind: "number", value: token.value, start, end };
  }
  if (cursor.isKeyword("len")) {
    cursor.next();
    return { kind: "len", start, end };
  }
  if (cursor.is("-")) return negation(cursor, operations);
  if (cursor.is("(")) return parenthesised(cursor, operations);
  if (token.kind === "protocol" && cursor.isNext("[")) return load(cursor, operations);
  return cursor.expected('a number, "len", a load like tcp[0], "-" or "("');
}

function negation(cursor: Cursor, operations: Operations): Arithmetic {
  const { start } = cursor.token;
  cursor.next();
  const of = cursor.nested(() => operators(cursor, operations, primary(cursor, operations), TIGHTEST));
  return { kind: "negate", of, start, end: of.end };
}

function parenthesised(cursor: Cursor, operations: Operations): Arithmetic {
  const { start } = cursor.token;
  const inner = cursor.nested(() => {
    cursor.next();
    return arithmetic(cursor, operations);
  });
  cursor.take(")", 'an operator or ")"');
  return { ...inner, ...cursor.placeFrom(start) };
}

function load(cursor: Cursor, operations: Operations): Arithmetic {
  const { token } = cursor;
  if (token.kind !== "protocol") return cursor.expected("a protocol");
  const { protocol, start } = token;
  cursor.next();
  const offset = cursor.nested(() => {
    cursor.next();
    return arithmetic(cursor, operations);
  });
  const sized = cursor.is(":");
  const size = sized ? sizeOf(cursor) : 1;
  cursor.take("]", sized ? '"]"' : 'an operator, ":" or "]"');
  return { kind: "load", protocol, word: cursor.source(token), offset, size, ...cursor.placeFrom(start) };
}

function sizeOf(cursor: Cursor): 1 | 2 | 4 {
  cursor.next();
  const { token } = cursor;
  const size = cursor.number("a number of octets: 1, 2 or 4");
  if (size === 1 || size === 2 || size === 4) return size;
  cursor.tell("E_SIZE", `a load has 1, 2 or 4 octets, not ${size}`, token);
  return 1;
}
