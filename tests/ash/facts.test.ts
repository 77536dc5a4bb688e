/** Facts are what a Map would be, whatever is done to them in whatever order. */
import { expect, test } from "vitest";
import { areSameFacts, either, type Facts, factOf, pathsOf, withFact, withoutFact } from "../../src/ash/facts.js";
import { type Literals, oneLiteral, unionOf } from "../../src/ash/literals.js";
import { Chance } from "../seeded.js";

const PATHS = Array.from({ length: 15 }, (_, k) => ["", ".a", ".b.3", "[4]", "[11]"].map((end) => `${k}${end}`)).flat();
const VALUES = ["true", "false", "1", "2"].map((value) => oneLiteral(value));

interface Both {
  readonly facts: Facts;
  readonly map: ReadonlyMap<string, Literals>;
}

function changed({ facts, map }: Both, chance: Chance): Both {
  const path = chance.pick(PATHS);
  const next = new Map(map);
  if (chance.percent(40)) {
    next.delete(path);
    return { facts: withoutFact(facts, path), map: next };
  }
  const taken = chance.pick(VALUES);
  next.set(path, taken);
  return { facts: withFact(facts, path, taken), map: next };
}

function met(a: Both, b: Both): Both {
  const map = new Map<string, Literals>();
  for (const [path, taken] of a.map) {
    const union = unionOf(taken, b.map.get(path));
    if (union !== undefined) map.set(path, union);
  }
  return { facts: either(a.facts, b.facts), map };
}

/** Put in in the order of the map's paths: the shape is the same for all orders. */
function built(map: ReadonlyMap<string, Literals>): Facts {
  return [...map].reduce<Facts>((facts, [path, taken]) => withFact(facts, path, taken), undefined);
}

test("seeded changes and meetings, compared with maps", () => {
  const chance = new Chance(29);
  let one: Both = { facts: undefined, map: new Map() };
  let other = one;
  let meetings = 0;
  for (let step = 0; step < 2_000; step++) {
    one = changed(one, chance);
    if (chance.percent(3)) [one, other] = [other, one];
    if (chance.percent(2)) {
      [one, other] = [met(one, other), one];
      meetings += one.map.size;
    }
    const { facts, map } = one;
    expect(pathsOf(facts)).toEqual([...map.keys()].toSorted());
    const path = chance.pick(PATHS);
    expect(factOf(facts, path)?.of).toEqual(map.get(path)?.of);
    expect(pathsOf(facts, `${path}.`)).toEqual([...map.keys()].filter((key) => key.startsWith(`${path}.`)).toSorted());
    expect(areSameFacts(facts, built(map))).toBe(true);
    expect(areSameFacts(facts, withFact(facts, path, oneLiteral("3")))).toBe(false);
  }
  expect(meetings).toBeGreaterThan(200);
});
