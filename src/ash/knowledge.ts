/** What TypeScript knows at a point of a function, whichever way led there. */
import { areSameFacts, either, type Facts, factOf, pathsOf, withFact, withoutFact } from "./facts.js";
import type { Taken } from "./literals.js";

export interface Knowledge {
  readonly facts: Facts;
  /** Nothing comes here, by what is written: it says nothing to where ways meet. */
  readonly closed: boolean;
}

export const BEGIN: Knowledge = { facts: undefined, closed: false };

export function closed({ facts }: Knowledge): Knowledge {
  return { facts, closed: true };
}

/** Undefined where nothing is known of it. */
export function knownOf({ facts }: Knowledge, path: string): Taken {
  return factOf(facts, path);
}

export function knowing(knowledge: Knowledge, path: string, taken: Taken): Knowledge {
  const { facts } = knowledge;
  return having(knowledge, taken === undefined ? withoutFact(facts, path) : withFact(facts, path, taken));
}

/** Nothing of what lies in what is there. */
export function forgettingWithin(knowledge: Knowledge, path: string): Knowledge {
  const { facts } = knowledge;
  const within = [...pathsOf(facts, `${path}.`), ...pathsOf(facts, `${path}[`)];
  return having(knowledge, within.reduce(withoutFact, facts));
}

function having(knowledge: Knowledge, facts: Facts): Knowledge {
  return facts === knowledge.facts ? knowledge : { facts, closed: knowledge.closed };
}

/** Where ways meet, of which there is one at least. */
export function meet(first: Knowledge, ...others: readonly Knowledge[]): Knowledge {
  const [one = first, ...more] = [first, ...others].filter((knowledge) => !knowledge.closed);
  return more.reduce((a, b) => having(a, either(a.facts, b.facts)), one);
}

export function isSameKnowledge(a: Knowledge, b: Knowledge): boolean {
  return a.closed === b.closed && areSameFacts(a.facts, b.facts);
}
