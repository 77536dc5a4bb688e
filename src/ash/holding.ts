/**
 * How long a name may be used that holds an entry or the frame: until the next enter or delete of its table, the next reply or frame. What holds
 * is a fact of known.ts, which is lost on a way that ends it, and behind ways of which one has; loops lose at their head what a round may end.
 */
import type { Body } from "./body.js";
import { type Known, knowing } from "./known.js";
import type { Located, Meaning } from "./meaning.js";
import type { Expr, Octets, Span } from "./tree.js";

/** What entries and frames end with: a table, by its item, or whatever begins a frame. */
export type Owner = number | "frame";

/** What a name holds, and the path under which it is known to be held still. */
export interface Hold {
  readonly owner: Owner;
  readonly path: string;
}

/** Of what begins to be held here. */
export function holdNow(body: Body, owner: Owner): Hold {
  const hold = { owner, path: `${pathsOf(owner)}${body.holds++}` };
  body.known = knowing(body.known, hold.path, 1n);
  return hold;
}

const HELD = "&held ";

function pathsOf(owner: Owner): string {
  return `${HELD}${owner} `;
}

/** What is known where all that these owners gave may have ended. */
export function withoutHeld(known: Known, owners: Iterable<Owner>): Known {
  const ended = [...owners].map(pathsOf);
  if (ended.length === 0) return known;
  return new Map([...known].filter(([path]) => !ended.some((one) => path.startsWith(one))));
}

/** What was known before, without what is held no longer. */
export function stillHeld(before: Known, now: Known): Known {
  if (![...before.keys()].some((path) => path.startsWith(HELD) && !now.has(path))) return before;
  return new Map([...before].filter(([path]) => !path.startsWith(HELD) || now.has(path)));
}

/** What a place lies in, if that may end. */
export function ownerOf(body: Body, { base }: Pick<Located, "base">): Owner | undefined {
  switch (base.kind) {
    case "state":
      return undefined;
    case "reference":
      return body.holding.get(base.local)?.owner;
    case "entered":
      return tableOf(base.entry);
  }
}

export function ownerOfOctets(body: Body, octets: Octets | undefined): Owner | undefined {
  if (octets === undefined) return undefined;
  return octets.kind === "frame" ? "frame" : ownerOf(body, octets);
}

function tableOf(entry: Expr): Owner | undefined {
  return entry.kind === "table-enter" || entry.kind === "table-find" ? entry.table : undefined;
}

/** What a reference that a const is to hold is held by: that of the place in which it lies, or one that begins. */
export function holdOf(
  body: Body,
  meaning: Extract<Meaning, { kind: "aggregate" | "entry" | "held" }>,
): Hold | undefined {
  if (meaning.kind === "held") return body.holding.get(meaning.local);
  if (meaning.kind === "aggregate" && meaning.located.base.kind === "reference") {
    return body.holding.get(meaning.located.base.local);
  }
  const entry = meaning.kind === "entry" ? meaning.expr : undefined;
  const owner = entry ? tableOf(entry) : meaning.kind === "aggregate" ? ownerOf(body, meaning.located) : undefined;
  return owner === undefined ? undefined : holdNow(body, owner);
}

/** Complains, once, where what a name holds may have ended. */
export function mustHold(body: Body, hold: Hold | undefined, span: Span): void {
  if (hold === undefined || body.known.has(hold.path)) return;
  body.known = knowing(body.known, hold.path, 1n);
  complainOfEnd(body, hold.owner, span);
}

/** What `work` gives; complains where it ends what is used behind it: `span`, of that owner. */
export function holding<T>(body: Body, owner: Owner | undefined, span: Span, work: () => T): T {
  const before = owner === undefined ? 0 : body.endings(owner);
  const result = work();
  if (owner !== undefined && body.endings(owner) !== before) complainOfEnd(body, owner, span);
  return result;
}

function complainOfEnd(body: Body, owner: Owner, span: Span): void {
  const { complaints, items } = body.unit;
  if (owner === "frame") {
    const message = "this frame may have ended: reply or frame has begun another one since";
    return complaints.add("E_REFERENCE", span, message, "there is one frame at a time: send it first");
  }
  const name = items[owner]?.name ?? "the table";
  const message = `this entry may have left: ${name} has had an enter or a delete since; ask for it again`;
  complaints.add("E_REFERENCE", span, message, `${name}.find(…), or ${name}.enter(…)`);
}
