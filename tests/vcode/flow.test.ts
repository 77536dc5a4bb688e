/** Control flow against definitions taken literally: dominance by taking a block away, reducibility by collapsing. */
import { describe, expect, test } from "vitest";
import { type Flow, flowOf } from "../../src/vcode/flow.js";
import type { Insn, Lambda } from "../../src/vcode/insn.js";
import { Chance } from "../seeded.js";

function lambda(insns: readonly Insn[]): Lambda {
  const labels = insns.filter(({ op }) => op === "label").length;
  return { regions: ["packet"], parameters: 2, registers: ["p", "i"], result: undefined, labels, insns };
}

/** Block k is label k, then a jump to each of its targets; none: a return. */
function graph(targets: readonly (readonly number[])[]): Lambda {
  return lambda(
    targets.flatMap((to, label): Insn[] => {
      const [first, ...others] = to;
      const place: Insn = { op: "label", label };
      if (first === undefined) return [place, { op: "ret" }];
      return [place, { op: "jt", rs: 1, labels: others, other: first }];
    }),
  );
}

function reachable(flow: Flow, without?: number): Set<number> {
  const seen = new Set<number>();
  const work = without === 0 ? [] : [0];
  for (let block = work.pop(); block !== undefined; block = work.pop()) {
    if (seen.has(block)) continue;
    seen.add(block);
    work.push(...flow.successors[block]!.filter((to) => to !== without));
  }
  return seen;
}

/** Takes self-edges away and merges what has one predecessor into it, as long as there is something to do (T1 and T2). */
function isReducible(flow: Flow): boolean {
  const nodes = reachable(flow);
  const edges = new Map([...nodes].map((block) => [block, new Set(flow.successors[block]!)]));
  for (let changed = true; changed; ) {
    changed = false;
    for (const [node, targets] of edges) {
      targets.delete(node);
      const from = [...edges].filter(([, to]) => to.has(node)).map(([block]) => block);
      const only = from[0];
      if (node === 0 || only === undefined || from.length > 1) continue;
      edges.get(only)!.delete(node);
      for (const target of targets) edges.get(only)!.add(target);
      edges.delete(node);
      changed = true;
    }
  }
  return edges.size === 1;
}

describe("flow", () => {
  test("blocks of straight code, a branch and a join", () => {
    const flow = flowOf(
      lambda([
        { op: "bri", branch: "beq", type: "i", rs1: 1, imm: 0, label: 1 },
        { op: "j", label: 0 },
        { op: "label", label: 1 },
        { op: "fuel", units: 1 },
        { op: "label", label: 0 },
        { op: "ret" },
      ]),
    );
    expect([...flow.start]).toEqual([0, 1, 2, 4]);
    expect([...flow.end]).toEqual([1, 2, 4, 6]);
    expect([...flow.blockOf]).toEqual([0, 1, 2, 2, 3, 3]);
    expect([...flow.blockAt]).toEqual([3, 2]);
    expect(flow.successors).toEqual([[2, 1], [3], [3], []]);
    expect([...flow.dominator]).toEqual([0, 0, 0, 0]);
    expect([...flow.level]).toEqual([0, 1, 1, 1]);
    expect(flow.back).toEqual([]);
  });

  test("an end that is passed, a label that is nowhere, a block that nothing leads to, nothing at all", () => {
    const flow = flowOf(
      lambda([
        { op: "bri", branch: "beq", type: "i", rs1: 1, imm: 0, label: 9 },
        { op: "ret" },
        { op: "label", label: 0 },
      ]),
    );
    expect(flow.successors).toEqual([[1], [], []]);
    expect([...flow.rank]).toEqual([0, 1, -1]);
    expect([...flow.dominator]).toEqual([0, 0, -1]);
    expect([...flowOf(lambda([])).order]).toEqual([]);
  });

  test("two ways into a ring are irreducible, and the edge is named", () => {
    const flow = flowOf(graph([[1, 2], [2], [1]]));
    expect(flow.irreducible).toBeDefined();
    expect(flow.back).toEqual([]);
  });

  test("3,000 random graphs against the definitions", () => {
    const seen = { reducible: 0, irreducible: 0, loops: 0, unreachable: 0 };
    for (let seed = 1; seed <= 3000; seed++) {
      const chance = new Chance(seed);
      const size = 1 + chance.below(12);
      const flow = flowOf(
        graph(Array.from({ length: size }, () => Array.from({ length: chance.below(4) }, () => chance.below(size)))),
      );
      const nodes = reachable(flow);
      if (nodes.size < size) seen.unreachable++;
      expect(new Set(flow.order), `seed ${seed}`).toEqual(nodes);
      expect(flow.irreducible === undefined, `seed ${seed}`).toBe(isReducible(flow));
      if (flow.irreducible !== undefined) {
        seen.irreducible++;
        continue;
      }
      seen.reducible++;
      seen.loops += flow.back.length;
      checkDominators(flow, nodes, seed);
    }
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(200);
  });

  test("a ladder of 50,000 branches to one far label takes no longer than it is", () => {
    const insns: Insn[] = [];
    for (let rung = 0; rung < 50_000; rung++)
      insns.push({ op: "bri", branch: "beq", type: "i", rs1: 1, imm: rung, label: 0 });
    insns.push({ op: "ret" }, { op: "label", label: 0 }, { op: "ret" });
    const flow = flowOf(lambda(insns));
    expect(flow.order.length).toBe(50_002);
    expect(flow.dominator[50_001]).toBe(0);
    expect(flow.level[50_000]).toBe(50_000);
  });
});

function checkDominators(flow: Flow, nodes: ReadonlySet<number>, seed: number): void {
  const dominatedBy = new Map([...nodes].map((block) => [block, reachable(flow, block)]));
  const dominates = (a: number, b: number) => a === b || !dominatedBy.get(a)!.has(b);
  for (const block of nodes) {
    const strict = [...nodes].filter((other) => other !== block && dominates(other, block));
    expect(flow.level[block], `seed ${seed}`).toBe(strict.length);
    const immediate = strict.find((other) => strict.every((each) => dominates(each, other)));
    expect(flow.dominator[block], `seed ${seed}`).toBe(immediate ?? 0);
    for (const to of flow.successors[block]!) {
      const back = flow.back.some((edge) => edge.from === block && edge.to === to);
      expect(back, `seed ${seed}`).toBe(dominates(to, block));
      if (!back) expect(flow.rank[to]!, `seed ${seed}`).toBeGreaterThan(flow.rank[block]!);
      else expect(flow.head[to]).toBe(1);
    }
  }
}
