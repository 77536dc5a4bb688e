import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync, appendFileSync } from "node:fs";
import { test } from "vitest";
import { checkHandler } from "../../src/ash/check.js";
import { Chance } from "../seeded.js";
import { ACCEPTED } from "./accepted.js";
import { mutated } from "./mutations.js";
import { randomComparisons } from "./random-comparison.js";
import { randomHandler } from "./random-handler.js";

const N = Number(process.env.N ?? 3000);
const S = Number(process.env.S ?? 1);
test("dev", () => {
  const folder = "dist/narrow2";
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const chance = new Chance(S);
  const files = [...readdirSync("tests/ash/right").map((f) => `tests/ash/right/${f}`), ...readdirSync("filters").filter((f) => f.endsWith(".ash.ts")).map((f) => `filters/${f}`)].map((f) => readFileSync(f, "utf8"));
  const base = [...ACCEPTED, ...files, ...Array.from({ length: 100 }, (_, k) => randomHandler(S + k, new Map())), ...Array.from({ length: 300 }, (_, k) => randomComparisons(new Chance(S + k))).filter((t) => checkHandler(t).ok)];
  const texts: string[] = [];
  for (let k = 0; k < N; k++) {
    const from = chance.pick(base);
    const text = mutated(chance, from, base);
    if (text !== from && checkHandler(text).ok) texts.push(text);
  }
  texts.forEach((t, k) => writeFileSync(`${folder}/h${k}.ash.ts`, t));
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions: { noEmit: true, strict: true, skipLibCheck: true, target: "es2023", module: "nodenext", moduleResolution: "nodenext", types: [] }, include: ["*.ts"] }));
  let out = "";
  try { out = execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", folder], { encoding: "utf8", maxBuffer: 1 << 30 }); } catch (e) { out = String((e as { stdout: string }).stdout); }
  writeFileSync("dist/report2.txt", `${base.length} bases, accepted ${texts.length} of ${N}\n`);
  for (const line of out.split("\n").slice(0, 60)) {
    const m = /h(\d+)\.ash\.ts\((\d+),(\d+)\): error (.*)/.exec(line);
    if (m) appendFileSync("dist/report2.txt", `h${m[1]}:${m[2]} ${m[4]}\n      ${texts[Number(m[1])]!.split("\n")[Number(m[2]) - 1]}\n`);
    else if (line.trim()) appendFileSync("dist/report2.txt", `${line}\n`);
  }
}, 600000);
