/** What TypeScript knows at a point of a function, whichever way led there: by the path of a reference, which constants it can be. */
import { areSame, type Literals, type Taken, unionOf } from "./literals.js";

export interface Flow {
  readonly facts: ReadonlyMap<string, Literals>;
  /** Nothing comes here, by what is written: it says nothing to where ways meet. */
  readonly closed: boolean;
}

export const BEGIN: Flow = { facts: new Map(), closed: false };

export function closed({ facts }: Flow): Flow {
  return { facts, closed: true };
}

export function knowing(flow: Flow, path: string, taken: Taken): Flow {
  const facts = new Map(flow.facts);
  if (taken === undefined) facts.delete(path);
  else facts.set(path, taken);
  return { facts, closed: flow.closed };
}

/** Nothing of what is there, nor of what lies in it. */
export function forgetting(flow: Flow, path: string): Flow {
  const kept = [...flow.facts].filter(
    ([other]) => other !== path && !other.startsWith(`${path}.`) && !other.startsWith(`${path}[`),
  );
  return kept.length === flow.facts.size ? flow : { facts: new Map(kept), closed: flow.closed };
}

/** Where ways meet, of which there is one at least. */
export function meet(first: Flow, ...others: readonly Flow[]): Flow {
  const [one = first, ...more] = [first, ...others].filter((flow) => !flow.closed);
  return more.reduce(both, one);
}

function both(a: Flow, b: Flow): Flow {
  const facts = new Map<string, Literals>();
  for (const [path, taken] of a.facts) {
    const either = unionOf(taken, b.facts.get(path));
    if (either !== undefined) facts.set(path, either);
  }
  return { facts, closed: false };
}

export function isSameFlow(a: Flow, b: Flow): boolean {
  if (a.closed !== b.closed || a.facts.size !== b.facts.size) return false;
  return [...a.facts].every(([path, taken]) => b.facts.has(path) && areSame(taken, b.facts.get(path)));
}
