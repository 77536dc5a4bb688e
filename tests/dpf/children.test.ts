import { expect, test } from "vitest";
import { Children } from "../../src/dpf/children.js";
import { Trie } from "../../src/dpf/trie.js";
import { Chance } from "../seeded.js";

test("children by key are what a map has, in its order, from none to many and back", () => {
  const chance = new Chance(4);
  const trie = new Trie();
  const nodes = Array.from({ length: 6 }, () => trie.create(undefined, undefined));
  for (let run = 0; run < 200; run++) {
    const [children, map] = [new Children(), new Map<number | string, (typeof nodes)[number]>()];
    for (let step = 0; step < 30; step++) {
      const [key, node] = [chance.pick([0, 1, "0", "1-2", 7]), chance.pick(nodes)];
      if (chance.percent(55)) {
        children.set(key, node);
        map.set(key, node);
      } else {
        children.delete(key);
        map.delete(key);
      }
      expect(children.get(key)).toBe(map.get(key));
      expect([...children]).toEqual([...map]);
      expect([[...children.keys()], [...children.values()]]).toEqual([[...map.keys()], [...map.values()]]);
      expect(children.size).toBe(map.size);
    }
  }
});
