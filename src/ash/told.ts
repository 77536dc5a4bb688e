/**
 * What a condition tells TypeScript of references, where it holds and where it does not. Of each reference it tells which constants it can be, or
 * which ones it cannot, whatever was known before.
 */
import { closed, type Knowledge, knowing, knownOf } from "./knowledge.js";
import { common, isNever, oneLiteral, type Taken, unionOf, unitOf, without, withoutAll } from "./literals.js";

export interface Told {
  readonly yes: Way;
  readonly no: Way;
}

interface Way {
  readonly of: ReadonlyMap<string, Telling>;
  /** Nothing goes that way. */
  readonly closed: boolean;
}

interface Telling {
  readonly reference: Reference;
  readonly only: Taken;
  /** Where `only` is undefined. */
  readonly not: ReadonlySet<string>;
}

export interface Reference {
  readonly path: string;
  /** What it is, whatever is known. */
  readonly declared: Taken;
  /** Nothing is ever assigned to it. */
  readonly constant: boolean;
}

const NONE: ReadonlySet<string> = new Set();
const OPEN: Way = { of: new Map(), closed: false };
const CLOSED: Way = { of: new Map(), closed: true };
export const TELLS_NOTHING: Told = { yes: OPEN, no: OPEN };
const TRUE: Taken = oneLiteral("true");

/** The word itself as a condition: nothing comes the other way. */
export function word(value: boolean): Told {
  return value ? { yes: OPEN, no: CLOSED } : { yes: CLOSED, no: OPEN };
}

/** A reference as a condition. */
export function holding(reference: Reference): Told {
  return equality(reference, TRUE);
}

/** Whether what is there equals what `to` says. */
export function equality(reference: Reference, to: Taken): Told {
  if (to === undefined || isNever(to)) return TELLS_NOTHING;
  const unit = unitOf(to);
  const yes = { reference, only: common(undefined, to), not: NONE };
  if (unit === undefined) return { yes: telling(yes), no: OPEN };
  return { yes: telling(yes), no: telling({ reference, only: without(undefined, unit), not: new Set([unit]) }) };
}

function telling(one: Telling): Way {
  return { of: new Map([[one.reference.path, one]]), closed: false };
}

export function opposite({ yes, no }: Told): Told {
  return { yes: no, no: yes };
}

export function and(left: Told, right: Told): Told {
  return { yes: together(left.yes, right.yes), no: eitherOf(left.no, together(left.yes, right.no)) };
}

export function or(left: Told, right: Told): Told {
  return opposite(and(opposite(left), opposite(right)));
}

/** Both of what a condition tells. */
export function also(a: Told, b: Told): Told {
  return { yes: together(a.yes, b.yes), no: together(a.no, b.no) };
}

/** What stays true of a condition after other statements: what it tells of constants. */
export function lasting({ yes, no }: Told): Told {
  return { yes: constantsOf(yes), no: constantsOf(no) };
}

function constantsOf(way: Way): Way {
  return { of: new Map([...way.of].filter(([, { reference }]) => reference.constant)), closed: false };
}

function together(a: Way, b: Way): Way {
  if (b.of.size === 0 && !b.closed) return a;
  const of = new Map(a.of);
  for (const [path, one] of b.of) {
    const other = of.get(path);
    of.set(path, other === undefined ? one : bothOf(other, one));
  }
  return { of, closed: a.closed || b.closed };
}

function bothOf(a: Telling, b: Telling): Telling {
  if (a.only === undefined && b.only === undefined) return { ...a, not: new Set([...a.not, ...b.not]) };
  const [first, second] = a.only === undefined ? [b, a] : [a, b];
  const only = second.only === undefined ? withoutAll(first.only, second.not) : common(first.only, second.only);
  return { ...a, only, not: NONE };
}

function eitherOf(a: Way, b: Way): Way {
  if (a.closed) return b;
  if (b.closed) return a;
  const of = new Map<string, Telling>();
  for (const [path, one] of a.of) {
    const other = b.of.get(path);
    const either = other && eitherTelling(one, other);
    if (either !== undefined) of.set(path, either);
  }
  return { of, closed: false };
}

/** Undefined where that is nothing. */
function eitherTelling(a: Telling, b: Telling): Telling | undefined {
  if (a.only !== undefined && b.only !== undefined) {
    const only = unionOf(a.only, b.only);
    return only && { ...a, only };
  }
  const [first, second] = a.only === undefined ? [a, b] : [b, a];
  const may = (value: string): boolean => second.only?.of.has(value) ?? !second.not.has(value);
  const not = [...first.not].filter((value) => !may(value));
  return not.length === 0 ? undefined : { ...a, only: undefined, not: new Set(not) };
}

/** The way on which the condition held, or did not. */
export function assuming(knowledge: Knowledge, told: Told, held: boolean): Knowledge {
  const way = held ? told.yes : told.no;
  let then = knowledge;
  for (const [path, { reference, only, not }] of way.of) {
    const now = knownOf(knowledge, path) ?? reference.declared;
    const taken = only === undefined ? withoutAll(now, not) : common(now, only);
    if (taken !== now) then = knowing(then, path, taken);
  }
  return way.closed ? closed(then) : then;
}
