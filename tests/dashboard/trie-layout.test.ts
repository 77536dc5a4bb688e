/** The layout of the trie's picture, on tries of random filters: nothing overlaps, and everything can be reached. */
import { describe, expect, test } from "vitest";
import type { TriePicture } from "../../src/control/protocol.js";
import { edgePath, layoutTrie, PILL_HEIGHT, type Pill, testsTo, wayThrough } from "../../src/dashboard/trie-layout.js";
import { Classifier } from "../../src/dpf/dpf.js";
import { drawTrie, UNFOLDED } from "../../src/dpf/draw-trie.js";
import { randomFilter, randomFrame } from "../dpf/samples.js";
import { Chance } from "../seeded.js";

const TRIES = 60;
const SEED = 4_711;

function pictureOf(classifier: Classifier, at?: string, from = 0, limit = 400): TriePicture {
  classifier.update();
  const picture = drawTrie(classifier, { at, from, limit });
  if (picture === undefined) throw new Error(`no place ${at}`);
  return picture;
}

function overlap(a: Pill, b: Pill): boolean {
  const apartX = a.x + a.width <= b.x || b.x + b.width <= a.x;
  return !apartX && Math.abs(a.y - b.y) < PILL_HEIGHT;
}

function connections(count: number): Classifier {
  const classifier = new Classifier();
  for (let value = 0; value < count; value++) {
    const equal = { kind: "equal", width: 16, mask: 0xffff } as const;
    const atoms = [
      { ...equal, offset: 12, value: 0x0800 },
      { ...equal, offset: 34, value },
      { ...equal, offset: 36, value: 80 },
    ];
    classifier.insert(value + 1, { conjunctions: [atoms] }, "tap", 0, 0);
  }
  return classifier;
}

describe("the trie's layout", () => {
  test(`${TRIES} tries: pills do not overlap, stand right of their parents and inside the picture (seed ${SEED})`, () => {
    const chance = new Chance(SEED);
    const kinds = new Map<string, number>();
    for (let round = 0; round < TRIES; round++) {
      const classifier = new Classifier();
      const frames = Array.from({ length: 4 }, () => randomFrame(chance, 40));
      for (let id = 1; id <= 1 + chance.below(40); id++)
        classifier.insert(id, randomFilter(chance, frames), "tap", 0, 0);
      const limit = chance.pick([20, 400]);
      const layout = layoutTrie(pictureOf(classifier, undefined, 0, limit), () => "some name, another name");
      const { pills, columns, width, height } = layout;
      for (const [at, pill] of pills.entries()) {
        kinds.set(pill.kind, (kinds.get(pill.kind) ?? 0) + 1);
        expect(pills.slice(at + 1).filter((other) => overlap(pill, other))).toEqual([]);
        if (pill.parent !== null) expect(pill.x).toBeGreaterThan(pill.parent.x + pill.parent.width);
        expect([pill.x >= 0, pill.y >= 0, pill.x + pill.width <= width, pill.y <= height]).not.toContain(false);
        expect(edgePath(pill).includes("NaN")).toBe(false);
      }
      const lefts = columns.map(({ x }) => x);
      expect(lefts).toEqual(lefts.toSorted((a, b) => a - b));
    }
    expect(Object.fromEntries(kinds)).toEqual({
      node: expect.any(Number),
      ends: expect.any(Number),
      more: expect.any(Number),
      folded: expect.any(Number),
    });
    for (const count of kinds.values()) expect(count).toBeGreaterThan(20);
  });

  test("the way through a pill is what is above and what is below it, and nothing beside", () => {
    const { pills } = layoutTrie(pictureOf(connections(3)), ({ filters }) => `f${filters}`);
    const value = pills.find(({ text }) => text === "0x0001");
    if (value === undefined) throw new Error("no such pill");
    const way = pills.filter(({ key }) => wayThrough(pills, value).has(key)).map(({ text }) => text);
    expect(way).toEqual(["every packet", "0x0800", "0x0001", "0x0050", "f2"]);
    expect(testsTo(value)).toEqual(["12:16 == 0x0800", "34:16 == 0x0001"]);
  });

  test("many values are one pill that says where they are; opened, it says what is before and after", () => {
    const classifier = connections(330);
    const { pills, captions } = layoutTrie(pictureOf(classifier), () => "");
    const folded = pills.at(-1);
    expect(folded).toMatchObject({ kind: "folded", text: "hash of 330 ▸", ends: 330, test: "34:16, hash of 330" });
    expect(captions).toEqual([]);
    const place = folded?.place ?? "";
    const mores = (from: number) =>
      layoutTrie(pictureOf(classifier, place, from), () => "")
        .pills.filter(({ kind }) => kind === "more")
        .map(({ text, place: to }) => [text, to]);
    expect(mores(0)).toEqual([["▾ 230 more", `${place}/100`]]);
    expect(mores(150)).toEqual([
      ["▴ 150 before", `${place}/50`],
      ["▾ 80 more", `${place}/250`],
    ]);
    expect(mores(300)).toEqual([["▴ 300 before", `${place}/200`]]);
    expect(UNFOLDED).toBeLessThan(330);
  });

  test("values of one field have a caption that says how they are told apart, above the first", () => {
    const { pills, captions } = layoutTrie(pictureOf(connections(2)), () => "");
    expect(captions).toMatchObject([{ text: "chain of 2" }]);
    const first = pills.find(({ text }) => text === "0x0000");
    expect(captions[0]?.key).toBe(first?.key);
    expect(captions[0]?.y).toBeLessThan((first?.y ?? 0) - PILL_HEIGHT / 2);
  });
});
