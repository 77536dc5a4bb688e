/** What TypeScript knows at a point of a function, whichever way led there: by the path of a reference, which constants it can be. */
import { areSame, type Literals, type Taken, unionOf } from "./literals.js";

export interface Flow {
  readonly facts: ReadonlyMap<string, Literals>;
  /**
   * "closed": nothing comes here, by what is written; it says nothing to where ways meet. "never": nothing comes here by what is known,
   * since the cases of a switch were all that there are: of nothing can there be a value.
   */
  readonly come: "open" | "closed" | "never";
}

export const BEGIN: Flow = { facts: new Map(), come: "open" };

export function closed({ facts }: Flow): Flow {
  return { facts, come: "closed" };
}

export function never({ facts, come }: Flow): Flow {
  return { facts, come: come === "closed" ? come : "never" };
}

export function knowing(flow: Flow, path: string, taken: Taken): Flow {
  const facts = new Map(flow.facts);
  if (taken === undefined) facts.delete(path);
  else facts.set(path, taken);
  return { facts, come: flow.come };
}

/** Nothing of what is there, nor of what lies in it. */
export function forgetting(flow: Flow, path: string): Flow {
  const kept = [...flow.facts].filter(
    ([other]) => other !== path && !other.startsWith(`${path}.`) && !other.startsWith(`${path}[`),
  );
  return kept.length === flow.facts.size ? flow : { facts: new Map(kept), come: flow.come };
}

/** Where ways meet, of which there is one at least. */
export function meet(first: Flow, ...others: readonly Flow[]): Flow {
  const all = [first, ...others];
  const open = all.filter(({ come }) => come === "open");
  const [one, ...more] = open.length > 0 ? open : all.filter(({ come }) => come === "never");
  return more.reduce(both, one ?? first);
}

function both(a: Flow, b: Flow): Flow {
  const facts = new Map<string, Literals>();
  for (const [path, taken] of a.facts) {
    const either = unionOf(taken, b.facts.get(path));
    if (either !== undefined) facts.set(path, either);
  }
  return { facts, come: a.come };
}

export function isSameFlow(a: Flow, b: Flow): boolean {
  if (a.come !== b.come || a.facts.size !== b.facts.size) return false;
  return [...a.facts].every(([path, taken]) => b.facts.has(path) && areSame(taken, b.facts.get(path)));
}
