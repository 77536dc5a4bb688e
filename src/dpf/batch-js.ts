/**
 * A merged program as JavaScript that judges a batch: verified VCODE in the loop over rows, primitives in line. Every
 * character of it is ours; of a program only numbers and opcodes are taken.
 *
 * Shape, as measured: dispatch is a hash probe in line and not a switch, few tables are fetched once a batch. State
 * of a row (best claim, end of the tap list) lies in locals, or, where there are several functions, one scope
 * further out.
 */

import { type EmittedJs, emitJs, type JsPrimitive } from "../vcode/js.js";
import type { DispatchPrimitive } from "../vcode/primitive.js";
import type { Verified } from "../vcode/verify.js";
import { FRAME_FUEL, MAX_HOISTED } from "./batch.js";
import {
  DETAIL_WORDS,
  DetailWord,
  ENTRY_WORDS,
  EntryWord,
  LINK_WORDS,
  MAX_WAY,
  NODE_MULTIPLIER,
  RANK_AT,
  RANK_STEP,
  RECORD_WORDS,
  RecordWord,
  SLOT_WORDS,
  SlotWord,
  shapeOf,
  TREE_WORDS,
  TreeWord,
} from "./layout.js";
import type { Traits } from "./traits.js";

export interface BatchSource {
  /** For vcode/js.ts: a function of the batch's environment (batch.ts) that gives the run. */
  readonly source: string;
  /** Estimated octets of bytecode of the largest function. */
  readonly largest: number;
}

export function emitBatchJs(program: Verified, traits: Traits): BatchSource {
  const hoist = program.lambdas.length === 1 && program.tables <= MAX_HOISTED;
  const emitted = emitJs(program, primitives(hoist, traits));
  const several = emitted.functions.length > 0;
  const source = [
    '"use strict";',
    "const { view, tables, winner, tapStart, tapCount, taps, tapReserve, seen, heat } = environment;",
    'const exhausted = new RangeError("demux: a frame took more fuel than any can");',
    "let base = 0;",
    MORE,
    ...(several ? [STATE, SCRATCH] : []),
    emitted.prelude,
    ...emitted.functions,
    run(emitted, several, hoist ? program.tables : 0, traits),
  ].join("\n");
  return { source, largest: emitted.largest };
}

const STATE = "let best = 0, rank = -1, at = 0, mark = 0;";

/** Lists the taps of a list of links from `at` on, but those that were listed for this row before; the new end. */
const MORE = `function more(next, at, mark) {
  const link = tables.link;
  for (; next !== 0; next = link[${LINK_WORDS} * next + 1]) {
    const id = link[${LINK_WORDS} * next];
    if (id > 0) { taps[at] = id; at = (at + 1) | 0; }
    else if (seen[-id] !== mark) { seen[-id] = mark; taps[at] = -id; at = (at + 1) | 0; }
  }
  return at;
}`;

/** Tables and scratch that primitives use. */
const SCRATCH = "let record, detail, ranks, entry, numbered, counts, h = 0, c = 0, w = 0, k = 0, t = null;";
const FETCH = "({ record, detail, rank: ranks, entry, numbered } = tables); ({ counts } = heat);";

function run(emitted: EmittedJs, several: boolean, hoisted: number, traits: Traits): string {
  const { taps, claims } = traits;
  const facts = factsOf(traits);
  const tables = Array.from(
    { length: hoisted },
    (_, t) =>
      `const t${t} = numbered[${t}], s${t} = ${shiftText(`t${t}`)}, m${t} = t${t}[t${t}.length - 2], w${t} = t${t}[t${t}.length - 1];`,
  );
  return `return function run(address, captured, from, to${facts.parameters}) {
${several ? "" : `${STATE}\n${SCRATCH}`}
${FETCH}
${tables.join("\n")}
${emitted.entry.locals}
const last = taps.length - tapReserve;
at = 0;
for (let row = from; row < to; row++) {
${taps ? "if (at > last) { base += row - from; return row; }" : ""}
r0 = address[row]; r1 = captured[row];
if (r1 < 0) r1 = 0;${facts.reads}
best = 0; rank = -1; mark = base + row - from + 1; fuel = ${FRAME_FUEL};
const start = at;
${emitted.entry.body}
${claims ? "winner[row] = best;" : ""}${taps ? "tapStart[row] = start; tapCount[row] = at - start;" : ""}
}
base += to - from;
return to;
};`;
}

/** What a row's facts are read from, and into which registers: those behind the packet and its count. */
function factsOf({ wire, link }: Traits): { parameters: string; reads: string } {
  if (!wire && !link) return { parameters: "", reads: "" };
  const columns = [...(wire ? ["wire"] : []), ...(link ? ["linkType"] : [])];
  const reads = columns.map((column, at) => `r${2 + at} = ${column}[row] | 0;`);
  return { parameters: ", wire, linkType", reads: `\n${reads.join(" ")}` };
}

/** As layout.ts has it: slots are half the words, less the tail and the longest way. */
function shiftText(table: string): string {
  return `Math.clz32((${table}.length >> 1) - ${MAX_WAY + 1}) + 1`;
}

type Expansions = Readonly<Record<DispatchPrimitive, JsPrimitive>>;

function primitives(hoist: boolean, traits: Traits): Expansions {
  return {
    leaf: (_rd, [node]) => leaf(node, traits),
    heat: (_rd, [node]) => `counts[${node}] += 1;`,
    probe: (rd, [table, node, value]) => {
      const spread = `Math.imul(${node}, ${NODE_MULTIPLIER})`;
      const isChild = `detail[(c << ${Math.log2(DETAIL_WORDS)}) + ${DetailWord.parent}] === ${node}`;
      return search(hoist, rd, table, value, ` + ${spread}`, ` && ${isChild}`);
    },
    lookup: (rd, [table, value]) => search(hoist, rd, table, value, "", ""),
    match: (rd, [node, value]) => `h = ${node} << ${Math.log2(RECORD_WORDS)};
${rd} = record[h + ${RecordWord.value}] === ${value} ? record[h + ${RecordWord.step}] : 0;`,
    step: (rd, [node]) => `${rd} = record[(${node} << ${Math.log2(RECORD_WORDS)}) + ${RecordWord.step}];`,
    present: (rd, [node]) => `${rd} = detail[(${node} << ${Math.log2(DETAIL_WORDS)}) + ${DetailWord.present}];`,
    span: (rd, [table, root, value, shape]) => span(hoist, rd, table, root, value, Number(shape)),
    scan: (rd, [first, value]) => {
      const at = `(k << ${Math.log2(ENTRY_WORDS)})`;
      return `for (k = ${first}; k !== 0; k = entry[${at} + ${EntryWord.next}]) if (((${value} - entry[${at} + ${EntryWord.low}]) >>> 0) <= entry[${at} + ${EntryWord.size}] >>> 0) break;
${rd} = k;`;
    },
    child: (rd, [first]) => `${rd} = entry[(${first} << ${Math.log2(ENTRY_WORDS)}) + ${EntryWord.child}];`,
    next: (rd, [first]) => `${rd} = entry[(${first} << ${Math.log2(ENTRY_WORDS)}) + ${EntryWord.next}];`,
  };
}

type Text = string | undefined;

/** What ends at the node; no more than the program's traits ask for. */
function leaf(node: Text, { taps, claims, several }: Traits): string {
  const lines = [`h = ${node} << ${Math.log2(RECORD_WORDS)};`];
  const rank = `ranks[${node} * ${RANK_STEP} + ${RANK_AT}]`;
  if (claims) lines.push(`c = record[h + ${RecordWord.claim}];`);
  if (claims && several) lines.push(`if (c !== 0 && ${rank} > rank) { best = c; rank = ${rank}; }`);
  else if (claims) lines.push("if (c !== 0) best = c;");
  if (taps) {
    lines.push(`c = record[h + ${RecordWord.tap}];`, "if (c > 0) { taps[at] = c; at = (at + 1) | 0; }");
    lines.push("else if (c !== 0) at = more(-c, at, mark);");
  }
  return lines.join("\n");
}

/** The child in a dispatch table whose slot has the value, and whatever else `fits` asks; `more`: what is added to the product. */
function search(hoist: boolean, rd: Text, table: Text, value: Text, more: string, fits: string): string {
  const [words, shift, multiplier, longest] = hoist
    ? [`t${table}`, `s${table}`, `m${table}`, `w${table}`]
    : ["t", shiftText("t"), "t[t.length - 2]", "t[t.length - 1]"];
  return `${hoist ? "" : `t = numbered[${table}];\n`}h = (Math.imul(${value}, ${multiplier})${more} >>> ${shift}) << ${Math.log2(SLOT_WORDS)}; c = ${words}[h + ${SlotWord.child}];
if (${words}[h] !== ${value}${fits === "" ? "" : ` || !(c !== 0${fits})`}) {
w = ${longest};
for (;;) {
if (c === 0 || w === 0) { c = 0; break; }
w--; h += ${SLOT_WORDS}; c = ${words}[h + ${SlotWord.child}];
if (${words}[h] === ${value}${fits}) break;
}
}
${rd} = c;`;
}

function span(hoist: boolean, rd: Text, table: Text, root: Text, value: Text, shape: number): string {
  const { width, bits } = shapeOf(shape);
  const words = hoist ? `t${table}` : "t";
  const slot = bits === 0 ? `${root}` : `${root} + ((${value} >>> ${width - bits}) << ${Math.log2(TREE_WORDS)})`;
  return `${hoist ? "" : `t = numbered[${table}];\n`}h = (${slot}) | 0; k = ${words}[h + ${TreeWord.bounds}];
if (k === 0) c = ${words}[h + ${TreeWord.entry}];
else {
h = 0; w = ${words}[k];
while (w - h > 1) { c = (h + w) >>> 1; if (${words}[k + 1 + 2 * c] >>> 0 <= ${value} >>> 0) h = c; else w = c; }
c = ${words}[k + 2 + 2 * h];
}
${rd} = c;`;
}
