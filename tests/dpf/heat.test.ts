/** Heat: how often each node of the trie is reached, by a naive walk of the trie over the same frames. */
import { expect, test } from "vitest";
import { MAX_LENGTH } from "../../src/dpf/atom.js";
import { type Field, intervalsOf, type Node } from "../../src/dpf/trie.js";
import { Chance } from "../seeded.js";
import { instance, template } from "./samples.js";
import { Engines, Rows } from "./support.js";

/** Longer than any filter of these looks at: no frame ends too early for what is below a node. */
const OCTETS = 96;

interface Frame {
  readonly octets: Uint8Array;
  readonly from: number;
  readonly to: number;
}

function load({ octets, from }: Frame, { offset, width, mask }: Field): number {
  let value = 0;
  for (let at = from + offset; at < from + offset + width / 8; at++) value = value * 256 + (octets[at] ?? 0);
  return (value & mask) >>> 0;
}

/** Is the node reached from a parent that was, and with what is left of the frame? */
function enter(frame: Frame, { step }: Node): Frame | undefined {
  if (step === undefined) return frame;
  const { field } = step;
  const left = frame.to - frame.from;
  if (field.kind === "length")
    return left >= field.least && (field.most === MAX_LENGTH || left <= field.most) ? frame : undefined;
  const value = load(frame, field);
  if (field.kind === "move") return { ...frame, from: frame.from + value * 2 ** field.left };
  const isIn =
    field.kind === "test"
      ? value === step.low
      : intervalsOf(step).some(({ low, high }) => low <= value && value <= high);
  return isIn ? frame : undefined;
}

function walk(node: Node, frame: Frame, counts: Map<Node, number>): void {
  const here = enter(frame, node);
  if (here === undefined) return;
  counts.set(node, (counts.get(node) ?? 0) + 1);
  for (const { children } of node.alternatives) for (const child of children.values()) walk(child, here, counts);
}

test("counts are those of a walk, on every target, through patches", () => {
  const seen = { nodes: 0, hot: 0, patches: 0 };
  for (let seed = 1; seed <= 25; seed++) {
    const chance = new Chance(seed);
    const frames = Array.from({ length: 12 }, () => Uint8Array.from({ length: OCTETS }, () => chance.below(4)));
    const forms = [template(chance, 4), template(chance, 3), template(chance, 2)];
    const first = template(chance, 1);
    const rows = new Rows(frames, false);
    const engines = new Engines(rows, { heat: true });
    const insert = (id: number) => {
      const atoms = [...first, ...(forms[id % 3] ?? [])];
      const filter = { conjunctions: [instance(chance, atoms, chance.pick(frames))] };
      engines.insert({ id, filter, mode: id % 2 ? "tap" : "claim", priority: 0, age: id });
    };
    for (let id = 1; id <= 25; id++) insert(id);
    const expected = new Map<Node, number>();
    engines.install();
    for (let step = 26; step <= 32; step++) {
      engines.verdicts();
      rows.address.forEach((address, row) => {
        const frame = { octets: rows.octets, from: address, to: address + (rows.captured[row] ?? 0) };
        walk(engines.classifier.trie.root, frame, expected);
      });
      insert(step);
      // A program begins to count anew.
      if (engines.install().kind === "program") expected.clear();
      else seen.patches++;
      for (const [target, demux] of engines.demuxes) {
        const counts = demux.heat.counts();
        for (const [node, count] of expected) {
          if (counts[node.record] !== count)
            expect.fail(`seed ${seed}, ${target}: node ${node.number} ${counts[node.record]} times, not ${count}`);
        }
        const sum = counts.reduce((total, count) => total + count, 0);
        expect(sum, `seed ${seed}, ${target}`).toBe([...expected.values()].reduce((total, count) => total + count, 0));
      }
      seen.nodes += expected.size;
      seen.hot += [...expected.values()].filter((count) => count > 3).length;
    }
  }
  expect(seen.nodes).toBeGreaterThan(500);
  expect(seen.hot).toBeGreaterThan(500);
  expect(seen.patches).toBeGreaterThan(30);
});

test("nothing is counted where nobody asked, and what counts judges alike", () => {
  const engines = new Engines(new Rows([Uint8Array.of(1, 2)], true));
  const atoms = [{ kind: "equal", offset: 0, width: 8, mask: 0xff, value: 1 } as const];
  engines.insert({ id: 1, filter: { conjunctions: [atoms] }, mode: "tap", priority: 0, age: 1 });
  engines.install();
  engines.verdicts();
  for (const demux of engines.demuxes.values()) {
    expect(demux.heat.on).toBe(false);
    expect(demux.heat.counts()).toHaveLength(0);
  }
  engines.classifier.run({ heat: true });
  engines.install();
  expect(engines.disagreement()).toBeUndefined();
  for (const demux of engines.demuxes.values()) {
    expect(demux.heat.on).toBe(true);
    expect(demux.heat.counts()[engines.classifier.trie.root.record]).toBe(3);
  }
});
