/**
 * By path, which constants a reference can be: maps that are never changed, of which a changed one shares with the other all that is the same in both.
 * They are treaps (Seidel and Aragon 1996) whose priorities are hashes of the paths, so that what has the same paths has the same shape: to compare
 * two, or to have them meet, takes as long as they differ.
 */
import { areSame, type Literals, type Taken, unionOf } from "./literals.js";

/** Undefined: there is none. */
export type Facts = Fact | undefined;

/** The order of paths holds from left to right, that of priorities from the top down. */
interface Fact {
  readonly path: string;
  readonly priority: number;
  readonly taken: Literals;
  readonly left: Facts;
  readonly right: Facts;
}

export function factOf(facts: Facts, path: string): Taken {
  let fact = facts;
  while (fact !== undefined && fact.path !== path) fact = path < fact.path ? fact.left : fact.right;
  return fact?.taken;
}

export function withFact(facts: Facts, path: string, taken: Literals): Facts {
  return areSame(factOf(facts, path), taken) ? facts : put(facts, path, priorityOf(path), taken);
}

function put(facts: Facts, path: string, priority: number, taken: Literals): Fact {
  if (facts?.path === path) return { ...facts, taken };
  if (facts === undefined || isAbove(priority, path, facts)) {
    const { left, right } = split(facts, path);
    return { path, priority, taken, left, right };
  }
  return path < facts.path
    ? { ...facts, left: put(facts.left, path, priority, taken) }
    : { ...facts, right: put(facts.right, path, priority, taken) };
}

export function withoutFact(facts: Facts, path: string): Facts {
  return factOf(facts, path) === undefined ? facts : cut(facts, path);
}

function cut(facts: Facts, path: string): Facts {
  if (facts === undefined) return undefined;
  if (facts.path === path) return joined(facts.left, facts.right);
  return path < facts.path ? { ...facts, left: cut(facts.left, path) } : { ...facts, right: cut(facts.right, path) };
}

/** The paths, in their order; where told, only those that begin so. */
export function pathsOf(facts: Facts, begin = ""): readonly string[] {
  if (facts === undefined) return [];
  const { path, left, right } = facts;
  const within = path.startsWith(begin);
  return [
    ...(path >= begin ? pathsOf(left, begin) : []),
    ...(within ? [path] : []),
    ...(within || path < begin ? pathsOf(right, begin) : []),
  ];
}

/** Where two ways meet: what either tells of what both tell something of. */
export function either(a: Facts, b: Facts): Facts {
  if (a === b || a === undefined || b === undefined) return b && a;
  const of = split(b, a.path);
  const [left, right] = [either(a.left, of.left), either(a.right, of.right)];
  const taken = unionOf(a.taken, of.taken);
  if (taken === undefined) return joined(left, right);
  return left === a.left && right === a.right && areSame(taken, a.taken) ? a : { ...a, taken, left, right };
}

export function areSameFacts(a: Facts, b: Facts): boolean {
  if (a === b || a === undefined || b === undefined) return a === b;
  return (
    a.path === b.path && areSame(a.taken, b.taken) && areSameFacts(a.left, b.left) && areSameFacts(a.right, b.right)
  );
}

/** What is before a path, what is behind it, and the fact itself where there is one. */
function split(facts: Facts, path: string): { readonly left: Facts; readonly right: Facts; readonly taken: Taken } {
  if (facts === undefined) return { left: undefined, right: undefined, taken: undefined };
  if (facts.path === path) return facts;
  if (path < facts.path) {
    const { left, right, taken } = split(facts.left, path);
    return { left, right: { ...facts, left: right }, taken };
  }
  const { left, right, taken } = split(facts.right, path);
  return { left: { ...facts, right: left }, right, taken };
}

/** All paths of `a` are before those of `b`. */
function joined(a: Facts, b: Facts): Facts {
  if (a === undefined || b === undefined) return a ?? b;
  return isAbove(a.priority, a.path, b) ? { ...a, right: joined(a.right, b) } : { ...b, left: joined(a, b.left) };
}

function isAbove(priority: number, path: string, other: Fact): boolean {
  return priority === other.priority ? path < other.path : priority > other.priority;
}

/** FNV-1a of the path's units, its bits mixed once more (MurmurHash3's end): paths are short, and differ in their last units. */
function priorityOf(path: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < path.length; at++) hash = Math.imul(hash ^ path.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
