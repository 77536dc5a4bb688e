/** Whatever the checker accepts, TypeScript accepts: of what was compared before, both know the same. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkHandler } from "../../src/ash/check.js";
import { MAX_ROUNDS, MAX_STEPS } from "../../src/ash/narrow-statement.js";
import { READONLY } from "../../src/ash/reference.js";
import { Chance } from "../seeded.js";
import { atTop, type Case, inside, marked } from "./cases.js";
import { randomComparisons } from "./random-comparison.js";

/** Within the package, so that its own name leads to its declaration. */
const FOLDER = "dist/narrowing";
const TEXTS = 400;

const OVERLAP = "TS2367";
const CASE = "TS2678";
const ASSIGNED = "TS2322";
const CIRCLE = "TS7022";

/** What both refuse: the checker where the mark is, TypeScript by its code. */
const REFUSED = [
  ["E_REDUNDANT", OVERLAP, "if (seen.n === 1 || seen.n === 2) { if (⟦seen.n === 3⟧) seen.small = 1; }"],
  ["E_REDUNDANT", OVERLAP, "const x = seen.n; const is = x === 1; if (is) seen.on = ⟦x === 2⟧;"],
  [
    "E_REDUNDANT",
    OVERLAP,
    "const x = seen.n; const a = x === 1 || x === 2; const b = !a; if (!b) seen.on = ⟦x === 3⟧;",
  ],
  ["E_REDUNDANT", OVERLAP, "const is = message.length === 60; if (is) seen.on = ⟦message.length === 61⟧;"],
  ["E_REDUNDANT", OVERLAP, "const x = seen.n; if (x === 1) { const y = x; seen.on = ⟦y === 2⟧; }"],
  ["E_REDUNDANT", OVERLAP, "const k = seen.on ? 1 : 2; seen.on = ⟦k === 3⟧;"],
  ["E_REDUNDANT", OVERLAP, "const N = 5; const k = seen.on ? N : 6; seen.on = ⟦7 === k⟧;"],
  ["E_REDUNDANT", OVERLAP, "const k = seen.on || true; seen.on = ⟦k === false⟧;"],
  ["E_REDUNDANT", OVERLAP, "const k = seen.on && false; seen.on = ⟦k === true⟧;"],
  ["E_REDUNDANT", OVERLAP, "const k = !true; seen.on = ⟦k === true⟧;"],
  ["E_REDUNDANT", OVERLAP, "const K = 5; if (counts[K] === 1) seen.on = ⟦counts[5] === 2⟧;"],
  ["E_REDUNDANT", OVERLAP, "const i = seen.n; if (counts[i] === 1) seen.on = ⟦counts[i] === 2⟧;"],
  ["E_REDUNDANT", OVERLAP, "let i = seen.n; if (counts[i] === 1) seen.on = ⟦counts[i] === 2⟧;"],
  [
    "E_REDUNDANT",
    OVERLAP,
    "const x = seen.n; if (x === 2) { const i = x; if (counts[i] === 1) seen.on = ⟦counts[2] === 2⟧; }",
  ],
  ["E_REDUNDANT", OVERLAP, "if (slots[1].last === 1) { counts[1] = 3; half(1); seen.on = ⟦slots[1].last === 2⟧; }"],
  ["E_REDUNDANT", OVERLAP, "const f = flows.enter(1); if (f.last === 1) { f.packets = 2n; seen.on = ⟦f.last === 2⟧; }"],
  ["E_REDUNDANT", OVERLAP, "const x = seen.n; if (x === 1 && seen.small === x) seen.on = ⟦seen.small === 2⟧;"],
  ["E_REDUNDANT", OVERLAP, "if ((seen.n === 1) === true) seen.on = ⟦seen.n === 2⟧;"],
  ["E_REDUNDANT", OVERLAP, "if ((seen.n === 1) !== false) seen.on = ⟦seen.n === 2⟧;"],
  ["E_REDUNDANT", OVERLAP, "if (!(seen.n !== 1 && seen.n !== 2)) seen.on = ⟦seen.n === 3⟧;"],
  ["E_REDUNDANT", OVERLAP, "if (seen.wide !== 1n) return pass; seen.on = ⟦seen.wide === 2n⟧;"],
  ["E_REDUNDANT", OVERLAP, "if (!seen.on) return pass; if (⟦seen.on === false⟧) seen.n = 1;"],
  ["E_REDUNDANT", OVERLAP, "seen.on = true; if (⟦seen.on === false⟧) seen.n = 1;"],
  ["E_REDUNDANT", OVERLAP, "let b = true; if (seen.n < 3) b = true; seen.n = ⟦b === false⟧ ? 1 : 2;"],
  ["E_REDUNDANT", OVERLAP, "for (;;) { if (seen.n === 1) break; if (seen.n === 2) break; } seen.on = ⟦seen.n === 3⟧;"],
  ["E_REDUNDANT", OVERLAP, "do { seen.n++; } while (seen.n !== 4); seen.on = ⟦seen.n === 3⟧;"],
  ["E_REDUNDANT", OVERLAP, "if (seen.n === 1) { for (let i = 0; i < 3; i++) { if (⟦seen.n === 2⟧) seen.small = 1; } }"],
  [
    "E_REDUNDANT",
    OVERLAP,
    "for (let i = 0; i < 3; i++) { if (seen.n !== i) continue; if (i !== 1) continue; seen.on = ⟦i === 2⟧; }",
  ],
  ["E_REDUNDANT", OVERLAP, "switch (seen.n) { case 1: case 2: seen.on = ⟦seen.n === 3⟧; break; default: break; }"],
  [
    "E_REDUNDANT",
    OVERLAP,
    "switch (seen.n) { case 1: break; case 2: break; default: return pass; } seen.on = ⟦seen.n === 3⟧;",
  ],
  [
    "E_REDUNDANT",
    OVERLAP,
    "const k = seen.on ? 1 : 2; switch (k) { case 1: if (seen.n !== 5) return pass; break; case 2: if (seen.n !== 5) return pass; break; } seen.on = ⟦seen.n === 6⟧;",
  ],
  ["E_REDUNDANT", CASE, "if (seen.n === 1) { switch (seen.n) { case 1: break; case ⟦2⟧: break; default: break; } }"],
  ["E_REDUNDANT", CASE, "const k = seen.on ? 1n : 2n; switch (k) { case ⟦3n⟧: return pass; default: break; }"],
  ["E_TYPE", ASSIGNED, "if (seen.on) { let b = ⟦seen.on⟧; b = seen.n > 1; seen.on = b; }"],
  ["E_TYPE", ASSIGNED, "switch (seen.n) { case 1: { let n = ⟦seen.n⟧; n = 4; seen.n = n; break; } default: break; }"],
  ["E_TYPE", ASSIGNED, "const b = seen.on && false; let c = ⟦b⟧; c = true; seen.on = c;"],
  ["E_UNREACHABLE", ASSIGNED, "const x = seen.n; if (x === 1) { if (x !== 1) { let y = ⟦x⟧; y = 5; seen.n = y; } }"],
  [
    "E_UNREACHABLE",
    ASSIGNED,
    "const k = seen.on ? 1 : 2; switch (k) { case 1: return pass; case 2: return consume; } let n = ⟦k⟧; n = 4; seen.n = n;",
  ],
  [
    "E_TYPE",
    CIRCLE,
    "let done = false; while (seen.n > 1) { const ⟦hit⟧ = done || seen.n > 3; seen.n--; done = hit; }",
  ],
  [
    "E_TYPE",
    CIRCLE,
    "let v = true; let p = seen.on; while (v && (v === seen.on) === p) { const ⟦w⟧ = p; p = seen.n > 1; seen.n--; v = w; }",
  ],
] as const;

const COMMENTS = [
  ["E_ASSERTION", "TS2578", "⟦// ⟧@ts-expect-error"],
  ["E_IMPORT", "TS6053", '⟦///⟧ <reference path="nothing.d.ts" />'],
  ["E_RETURN", "TS2366", "function ⟦f⟧(x: u32): u32 { while ((true)) { if (x > 3) return x; x++; } }"],
  ["E_REDUNDANT", OVERLAP, "const A = 5; const D = A > 3 ? 1 : 2; function f(): bool { return ⟦D === 3⟧; }"],
  [
    "E_REDUNDANT",
    OVERLAP,
    "const m = map(u8, (word) => (word === 1 ? 2 : word === 3 || word === 4 ? (⟦word === 5⟧ ? 1 : 0) : word));",
  ],
] as const;

/** What both accept, though it looks like the above. */
const ACCEPTED = [
  "if (seen.n === 1) { seen.n = 2; if (seen.n === 3) seen.n = 1; }",
  "if (seen.n === 1 || seen.on) { if (seen.n === 3) seen.n = 1; }",
  "let x = seen.n; const is = x === 1; if (is) { x = 4; } if (x === 2) seen.n = 1;",
  "let x = seen.n; x = 2; const is = x === 1; if (is) { if (x === 2) seen.n = 1; }",
  "const is = seen.n === 1; if (is) { if (seen.n === 2) seen.n = 3; }",
  "let i = seen.n; i++; if (counts[i] === 1) { if (counts[i] === 2) seen.n = 1; }",
  "if (counts[seen.n] === 1) { if (counts[seen.n] === 2) seen.n = 1; }",
  "let k = seen.on ? 1 : 2; k = 3; if (k === 4) seen.n = k;",
  "const K = 5; let k = K; k = 6; if (k === 7) seen.n = 1;",
  "const x = seen.n; if (x === 1) { let y = x; y = 2; seen.n = y; }",
  "const x = seen.n; if (x === 1 || x === 2) { let y = x; y++; seen.n = y; }",
  "if (seen.on) { let b: bool = seen.on; b = !b; seen.on = b; }",
  "let b = true; let c = b; c = false; seen.on = c; seen.on = b;",
  "let done = false; while (!done) { const hit: bool = done || seen.n > 3; seen.n++; done = hit; }",
  "let done = false; while (!done) { const hit = bool(seen.n) || seen.n > 3; seen.n++; done = hit; }",
  "let at = 14; while (at < message.length) { const next = at + message.u8(at); if (next === at) break; at = next; }",
  "const k = seen.on ? 1 : 2; switch (k) { case 1: seen.n = 1; break; case 2: seen.n = 2; break; } seen.small = 1;",
  "const k = seen.on ? 1 : 2; switch (k) { case 1: return pass; case 2: return consume; }",
  "const k = seen.on ? 1 : 2; switch (k) { case 1: return pass; case 2: return consume; } let n = seen.n; n = half(n);",
  "switch (seen.n) { case 1: seen.n = 2; break; default: break; } if (seen.n === 3) seen.n = 1;",
  "let n = 0; while (n < 5) { if (n === 2) n = 4; else if (n === 3) n = 5; else n++; }",
  "const f = flows.find(1); const there = f !== undefined; if (there) { if (f !== undefined) f.last = 2; }",
  "for (let i = 0; i < 4; i++) { const e = flows.enter(i); if (e.last === 1) continue; if (e.last === 2) e.last = 3; }",
  "if (seen.n !== 1) return pass; for (let i = 0; i < 3; i++) { seen.n += i; if (seen.n === 2) seen.small = 1; }",
  "const odd = (seen.n & 1) === 1; if (odd === true) seen.n = 1; else if (odd === false) seen.n = 2;",
];

/** Booleans of which each is handed on to the one before, in so many loops one in the other: to know what they are takes a round for each. */
function handedOn(count: number, loops = 1): string {
  const held = Array.from({ length: count }, (_, k) => `held[${k}]`);
  const steps = held.map((one, k) => `${one} = ${held[k + 1] ?? "n > 3"};`);
  return atTop(
    `const held = array(bool, ${count}); function f(n: u32): void { ${held.map((one) => `${one} = false;`).join(" ")}
    ${"while (n < 20) { ".repeat(loops)} if (held[0] === true) n += 2; n += 1;
    ${steps.join("\n")} ${"}".repeat(loops)} }`,
  );
}

beforeAll(() => mkdirSync(FOLDER, { recursive: true }));
afterAll(() => rmSync(FOLDER, { recursive: true }));

test("each of these TypeScript refuses, and so does the checker, where it is", () => {
  const rows = [
    ...REFUSED.map(([code, theirs, text]) => ({ theirs, one: marked(code, inside(text)) })),
    ...COMMENTS.map(([code, theirs, text]) => ({ theirs, one: marked(code, atTop(text)) })),
  ].map((row) => ({ ...row, one: row.one.text.includes("///") ? first(row.one) : row.one }));
  const complaints = typescript(
    "refused",
    rows.map(({ one }) => one.text),
  );
  rows.forEach(({ theirs, one }, k) => {
    const excerpt = one.text.slice(one.start - 40, one.start + one.length + 20);
    expect.soft(complaints.get(k)?.has(theirs), `TypeScript of ${excerpt}`).toBe(true);
    expect.soft(oursOf(one.text), excerpt).toEqual([`${one.code} ${one.start}+${one.length}`]);
  });
});

test("each of these TypeScript accepts, and so does the checker", () => {
  const texts = [...ACCEPTED.map(inside), ...[10, 100, MAX_ROUNDS - 1].map((count) => handedOn(count))];
  expect([...typescript("accepted", texts).keys()].map((k) => texts[k])).toEqual([]);
  expect(texts.filter((text) => oursOf(text).length > 0)).toEqual([]);
});

test("beyond as many rounds, or steps, as loops are gone round for, a text is refused for that, once", () => {
  expect(toldOf(handedOn(MAX_ROUNDS - 1))).toEqual([]);
  expect(toldOf(handedOn(MAX_ROUNDS))).toEqual([`E_TOO_COMPLEX ${MAX_ROUNDS} rounds`]);
  // Loops in loops keep what was known when they were gone round before.
  expect(toldOf(handedOn(200, 60))).toEqual([]);
  expect(toldOf(handedOn(1_200, 60))).toEqual([`E_TOO_COMPLEX ${MAX_STEPS} steps`]);
});

test("what is readonly, and a number or a bigint, is what exonet/ash declares so", () => {
  const declared = readFileSync("src/ash/language.d.ts", "utf8").matchAll(/^ {2}readonly (\w+): (?:u32|u64);$/gm);
  expect(new Set([...declared].map(([, name]) => name))).toEqual(new Set(READONLY));
});

test(`what the checker accepts of ${TEXTS} handlers full of comparisons, TypeScript accepts`, () => {
  const texts = Array.from({ length: TEXTS }, (_, seed) => randomComparisons(new Chance(seed + 1)));
  const theirs = typescript("random", texts);
  const ours = texts.map((text) => oursOf(text));
  expect(texts.filter((_, k) => ours[k]?.length === 0 && theirs.has(k))).toEqual([]);
  const accepted = ours.filter((codes) => codes.length === 0).length;
  expect(accepted).toBeGreaterThan(TEXTS / 4);
  expect(theirs.size).toBeGreaterThan(TEXTS / 3);
  // What the checker alone refuses says nothing, or names what may have left its table.
  const stricter = ours.filter((codes, k) => codes.length > 0 && !theirs.has(k));
  expect(stricter.length).toBeLessThan(TEXTS / 10);
  const kinds = new Set(stricter.flat().map((code) => code.split(" ")[0]));
  const known = ["E_REDUNDANT", "E_UNREACHABLE", "E_TYPE", "E_REFERENCE", "E_INDEX"];
  expect([...kinds].filter((code) => !known.includes(code ?? ""))).toEqual([]);
  const codes = new Set([...theirs.values()].flatMap((told) => [...told]));
  expect([OVERLAP, CASE, ASSIGNED, CIRCLE].filter((code) => !codes.has(code))).toEqual([]);
});

/** A comment that says something only where it begins the text. */
function first({ code, text, length }: Case): Case {
  const start = text.indexOf("///");
  const end = text.indexOf("\n", start) + 1;
  return { code, text: text.slice(start, end) + text.slice(0, start) + text.slice(end), start: 0, length };
}

/** The checker's complaints: code, offset and length. */
function oursOf(text: string): readonly string[] {
  const result = checkHandler(text);
  if (result.ok) return [];
  const starts = [0];
  for (const { index } of text.matchAll(/\n/g)) starts.push(index + 1);
  return result.errors.map(
    (error) => `${error.code} ${(starts[error.line - 1] ?? 0) + error.column - 1}+${error.length}`,
  );
}

/** Its codes, and of which limit they speak. */
function toldOf(text: string): readonly string[] {
  const result = checkHandler(text);
  if (result.ok) return [];
  return result.errors.map(({ code, message }) => `${code} ${message.match(/\d+ (rounds|steps)/)?.[0]}`);
}

/** By the index of the text, the codes of what TypeScript has against it. */
function typescript(name: string, texts: readonly string[]): ReadonlyMap<number, ReadonlySet<string>> {
  const folder = `${FOLDER}/${name}`;
  mkdirSync(folder, { recursive: true });
  for (const [k, text] of texts.entries()) writeFileSync(`${folder}/${k}.ash.ts`, text);
  const modules = { module: "nodenext", moduleResolution: "nodenext", types: [] };
  const compilerOptions = { noEmit: true, strict: true, skipLibCheck: true, target: "es2023", ...modules };
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions, include: ["*.ts"] }));
  const told = new Map<number, Set<string>>();
  for (const [, k, code] of printed(folder).matchAll(/(\d+)\.ash\.ts\(\d+,\d+\): error (TS\d+)/g)) {
    told.set(Number(k), (told.get(Number(k)) ?? new Set()).add(code ?? ""));
  }
  return told;
}

/** What it prints. */
function printed(folder: string): string {
  try {
    return execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", folder], {
      encoding: "utf8",
      maxBuffer: 1 << 28,
    });
  } catch (error) {
    if (error instanceof Error && "stdout" in error) return String(error.stdout);
    throw error;
  }
}
