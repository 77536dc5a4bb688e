/** How long it takes until a filter holds: one more or one less among 10,000, and all at once from their texts. */

import type { Target } from "../dpf/target.js";
import { Exonet, GENERATED } from "./bench-exonet.js";
import { filterOf, flow, flowText, oddText, twelveText } from "./bench-filters.js";
import { LARGE } from "./bench-stations.js";
import { Traffic } from "./bench-traffic.js";
import { atMost, type Measured, median, type Table } from "./figure.js";

/** How often each change is made: a key more, a new shape, a build of all. */
const KEYS = 101;
const SHAPES = 7;
const BUILDS = 5;
/** What is promised of each, in ms. */
const KEY_MS = 1;
const SHAPE_MS = 50;
const LARGE_MS = 1000;
/** Filters of twelve conjunctions. */
const TWELVE = 1000;
const TWELVE_MS = 300;

export function benchChanges(): Table[] {
  const traffic = new Traffic(1, () => flow(1));
  const all = GENERATED.map((target) => ({ ...changes(target, traffic), ...builds(target, traffic) }));
  const names = Object.keys(all[0] ?? {});
  const rows = names.map((name) => ({ name, cells: all.map((each) => each[name] ?? "") }));
  return [{ title: "until it holds, ms", columns: [...GENERATED], rows }];
}

/** Each change is made, sent and run once, so that the code that it needs has been compiled. */
function changes(target: Target, traffic: Traffic): Record<string, Measured> {
  const engine = new Exonet(target, traffic);
  for (let k = 1; k <= LARGE; k++) engine.bind(k, filterOf(flowText(k)), "claim");
  settle(engine, traffic);
  const keys = pairs(engine, traffic, KEYS, (number) => flowText(LARGE + 1 + number));
  const shapes = pairs(engine, traffic, SHAPES, oddText);
  return {
    [`insert one among ${ten}, a key more`]: atMost(keys.insert, "ms", KEY_MS),
    "delete it": atMost(keys.remove, "ms", KEY_MS),
    [`insert one among ${ten}, a new shape`]: atMost(shapes.insert, "ms", SHAPE_MS),
    "delete that": atMost(shapes.remove, "ms", SHAPE_MS),
  };
}

const ten = LARGE.toLocaleString("en-US");

/** Medians of inserting one filter after the other, each deleted before the next. */
function pairs(engine: Exonet, traffic: Traffic, count: number, text: (number: number) => string) {
  const insert: number[] = [];
  const remove: number[] = [];
  // The first is for the compiler of the compiler.
  for (let number = 0; number <= count; number++) {
    const filter = filterOf(text(number));
    const began = performance.now();
    engine.checkOverlap(filter);
    engine.bind(LARGE + 1, filter, "claim");
    settle(engine, traffic);
    const inserted = performance.now();
    engine.classifier.remove(LARGE + 1);
    settle(engine, traffic);
    if (number === 0) continue;
    insert.push(inserted - began);
    remove.push(performance.now() - inserted);
  }
  return { insert: median(insert), remove: median(remove) };
}

function builds(target: Target, traffic: Traffic): Record<string, Measured> {
  const ones = Array.from({ length: LARGE }, (_, index) => flowText(index + 1));
  const twelves = Array.from({ length: TWELVE }, (_, index) => twelveText(index));
  return {
    [`build ${ten} of one conjunction, as taps, from text`]: atMost(build(target, traffic, ones), "ms", LARGE_MS),
    "build 1,000 of twelve conjunctions, as taps, from text": atMost(build(target, traffic, twelves), "ms", TWELVE_MS),
  };
}

function build(target: Target, traffic: Traffic, texts: readonly string[]): number {
  const spent = Array.from({ length: BUILDS + 1 }, () => {
    const began = performance.now();
    runOnce(Exonet.of(target, traffic, texts, "tap"), traffic);
    return performance.now() - began;
  });
  return median(spent.slice(1));
}

function settle(engine: Exonet, traffic: Traffic): void {
  engine.install();
  runOnce(engine, traffic);
}

function runOnce(engine: Exonet, traffic: Traffic): void {
  const [segment] = traffic.segments;
  if (segment !== undefined) engine.judge(segment, 1);
}
