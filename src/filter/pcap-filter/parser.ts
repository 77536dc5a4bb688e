/**
 * pcap-filter(7) text to its tree, as libpcap 1.10.3's grammar reads it. Primitives are in primitives.ts and special.ts,
 * arithmetic in arithmetic.ts.
 *
 *   expression = term { ( "and" | "or" ) ( term | id ) }
 *   term       = "not" term | "(" expression ")" | head id | arithmetic comparison arithmetic | primitive
 *   id         = "not" id | "(" ids ")" | any number | name | address
 *   ids        = first { ( "and" | "or" ) id }             first: an id without parentheses, but "not" may have some
 *   any number = number | "(" any number ")"
 *
 * An id takes over the qualifiers of what stands before it: `tcp port 80 or 443`. What has none (a relation, a protocol
 * alone) leaves none to take over; parentheses around an expression leave those from before them.
 *
 * Where a parenthesis begins after "and" or "or", only its first part tells whether it has an expression, ids or
 * arithmetic inside. So an operand is read as what it may be at its place (`Position`), and the place decides.
 *
 * After an error reading goes on at the next "and", "or" or closing parenthesis, so one reading tells several.
 */
import type { ErrorList } from "../error.js";
import { arithmetic, arithmeticFrom, beginsLoad, type Operations, takeRelation } from "./arithmetic.js";
import type { Arithmetic, Chain, Expression } from "./ast.js";
import { Abandoned, Cursor, Refused } from "./cursor.js";
import { atValue, type Inherited, identity, identityOf } from "./identity.js";
import { primitive } from "./primitives.js";

/** What may stand at a place. */
interface Position {
  readonly term: boolean;
  readonly id: boolean;
  /** Of what is first inside of parentheses here; what is behind a "not" here, undefined where none may be. */
  readonly inside: PositionName;
  readonly negated: PositionName | undefined;
  readonly expected: string;
}

type PositionName = "start" | "after" | "first" | "id" | "first id" | "number";

const PRIMITIVE = 'a primitive such as "host", "port" or "tcp"';
const POSITIONS: Readonly<Record<PositionName, Position>> = {
  /** A text, or parentheses at a place where no id may be. */
  start: { term: true, id: false, inside: "start", negated: "start", expected: `${PRIMITIVE}, "not" or "("` },
  /** After "and" and "or". */
  after: { term: true, id: true, inside: "first", negated: "after", expected: `${PRIMITIVE}, a value, "not" or "("` },
  /** First in parentheses at such a place. */
  first: { term: true, id: true, inside: "start", negated: "after", expected: `${PRIMITIVE}, a value, "not" or "("` },
  /** After qualifiers, and after "and" and "or" among ids. */
  id: { term: false, id: true, inside: "first id", negated: "id", expected: "a name, a number or an address" },
  "first id": { term: false, id: true, inside: "number", negated: "id", expected: "a name, a number or an address" },
  number: { term: false, id: false, inside: "number", negated: undefined, expected: "a number" },
};

/** What was read: arithmetic that nothing was compared with (perhaps a number, which may be an id), or all else. */
type Operand = Settled | { readonly kind: "arithmetic"; readonly value: Arithmetic; readonly operations: Operations };

interface Settled {
  /** After an error it may be either. */
  readonly kind: "term" | "id";
  readonly expression: Expression;
  /** What it leaves to those behind it. */
  readonly qualifiers: Inherited;
}

/** Undefined for the text without tokens, which every packet matches, and where `errors` has any. */
export function parsePcapFilter(text: string, errors: ErrorList): Expression | undefined {
  const cursor = new Cursor(text, errors);
  if (cursor.token.kind === "end") return undefined;
  try {
    const first = recovering(cursor, false, () => settled(cursor, "start", "none"));
    const expression = chain(cursor, false, first, "after");
    return errors.any ? undefined : expression;
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

/** `first` and all that follows it; stands at the end afterwards, or at ")" inside of parentheses. */
function chain(cursor: Cursor, inParentheses: boolean, first: Settled, position: PositionName): Expression {
  const links: Chain["rest"][number][] = [];
  let { qualifiers } = first;
  while (cursor.is("and") || cursor.is("or")) {
    const operator = cursor.is("and") ? "and" : "or";
    cursor.next();
    const inherited = qualifiers;
    const next = recovering(cursor, inParentheses, () => settled(cursor, position, inherited));
    links.push({ operator, term: next.expression });
    qualifiers = next.qualifiers;
  }
  if (links.length === 0) return first.expression;
  return { kind: "chain", first: first.expression, rest: links, ...cursor.placeFrom(first.expression.start) };
}

/** What was read, with a boundary behind it; after an error something stands in for it. */
function recovering<T extends Operand>(cursor: Cursor, inParentheses: boolean, read: () => T): T | Settled {
  const { start, end } = cursor.token;
  const { index } = cursor;
  try {
    const found = read();
    if (!atBoundary(cursor, inParentheses)) return cursor.expected(boundary(found, inParentheses));
    return found;
  } catch (error) {
    if (!(error instanceof Abandoned)) throw error;
    cursor.skip(index, inParentheses);
    return { kind: "term", expression: { kind: "inbound", start, end }, qualifiers: "unknown" };
  }
}

function atBoundary(cursor: Cursor, inParentheses: boolean): boolean {
  return cursor.is("and") || cursor.is("or") || (inParentheses ? cursor.is(")") : cursor.token.kind === "end");
}

function boundary(found: Operand, inParentheses: boolean): string {
  const alone = found.kind === "term" && found.expression.kind === "named";
  return `${alone ? 'a qualifier such as "host" or "port", ' : ""}"and", "or" or ${inParentheses ? '")"' : "the end"}`;
}

function settled(cursor: Cursor, position: PositionName, inherited: Inherited): Settled {
  return settle(cursor, operand(cursor, position, inherited), position, inherited);
}

/** Numbers become ids where those may be; other arithmetic needs a comparison. */
function settle(cursor: Cursor, found: Operand, position: PositionName, inherited: Inherited): Settled {
  if (found.kind !== "arithmetic") return found;
  const { value } = found;
  if (value.kind !== "number" || !POSITIONS[position].id)
    return cursor.expected(position === "number" ? '")"' : "an operator or a comparison");
  return idOf(
    identityOf(cursor, inherited, { kind: "number", value: value.value }, { start: value.start, end: value.end }),
    inherited,
  );
}

function idOf(expression: Expression, inherited: Inherited): Settled {
  // That there were none to take over was told, and once is enough.
  return { kind: "id", expression, qualifiers: inherited === "none" ? "unknown" : inherited };
}

function operand(cursor: Cursor, name: PositionName, inherited: Inherited): Operand {
  const position = POSITIONS[name];
  const { token } = cursor;
  if (cursor.is("(")) return parentheses(cursor, position, inherited);
  if (cursor.is("not") && position.negated) return negation(cursor, position.negated, inherited);
  if (position.term && (token.kind === "number" || beginsLoad(cursor))) {
    const operations = { count: 0 };
    return relation(cursor, arithmetic(cursor, operations), operations);
  }
  if (token.kind === "number") {
    cursor.next();
    const { value, start, end } = token;
    return { kind: "arithmetic", value: { kind: "number", value, start, end }, operations: { count: 0 } };
  }
  if (position.id && atValue(cursor)) return idOf(identity(cursor, inherited), inherited);
  return (position.term ? word(cursor) : undefined) ?? cursor.expected(position.expected, hint(cursor, position));
}

function hint(cursor: Cursor, { id }: Position): string | undefined {
  const { token } = cursor;
  const isWord = token.kind === "protocol" || token.kind === "keyword";
  if (id && isWord) return `as a name it is written \\${cursor.source(token)}`;
  return !id && token.kind === "ipv4" ? 'write "host" or "net" before it' : undefined;
}

/** Undefined where no primitive begins. */
function word(cursor: Cursor): Operand | undefined {
  const { start } = cursor.token;
  const found = primitive(cursor);
  if (!found) return undefined;
  if ("whole" in found) return { kind: "term", expression: found.whole, qualifiers: "none" };
  const { qualifiers } = found;
  const { expression } = settled(cursor, "id", qualifiers);
  return { kind: "term", expression: { ...expression, start }, qualifiers };
}

/** Behind `left` there may be a comparison. */
function relation(cursor: Cursor, left: Arithmetic, operations: Operations): Operand {
  const operator = takeRelation(cursor);
  if (!operator) return { kind: "arithmetic", value: left, operations };
  const right = arithmetic(cursor, operations);
  const expression: Expression = { kind: "relation", operator, left, right, start: left.start, end: right.end };
  return { kind: "term", expression, qualifiers: "none" };
}

function negation(cursor: Cursor, negated: PositionName, inherited: Inherited): Operand {
  const { start } = cursor.token;
  const { kind, expression, qualifiers } = cursor.nested(() => {
    cursor.next();
    return settled(cursor, negated, inherited);
  });
  return { kind, expression: { kind: "not", of: expression, ...cursor.placeFrom(start) }, qualifiers };
}

function parentheses(cursor: Cursor, { term, inside }: Position, inherited: Inherited): Operand {
  const { start } = cursor.token;
  const found = cursor.nested(() => {
    cursor.next();
    return contents(cursor, inside, inherited);
  });
  cursor.take(")", '"and", "or" or ")"');
  const place = cursor.placeFrom(start);
  if (found.kind !== "arithmetic") return { ...found, expression: { ...found.expression, ...place } };
  const { operations } = found;
  const value = { ...found.value, ...place };
  if (!term) return { kind: "arithmetic", value, operations };
  return relation(cursor, arithmeticFrom(cursor, operations, value), operations);
}

/** Stands at ")" afterwards, or at the end. */
function contents(cursor: Cursor, position: PositionName, inherited: Inherited): Operand {
  const first = recovering(cursor, true, () => {
    const found = operand(cursor, position, inherited);
    return cursor.is(")") ? found : settle(cursor, found, position, inherited);
  });
  if (first.kind === "arithmetic") return first;
  const expression = chain(cursor, true, first, first.kind === "id" ? "id" : "after");
  return { kind: first.kind, expression, qualifiers: inherited };
}
