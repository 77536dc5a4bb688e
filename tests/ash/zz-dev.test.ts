import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { test } from "vitest";
import { checkHandler } from "../../src/ash/check.js";
import { Chance } from "../seeded.js";
import { randomComparisons } from "./random-comparison.js";

const N = Number(process.env.N ?? 2000);
const S = Number(process.env.S ?? 1);
test("dev", () => {
  const folder = "dist/narrow";
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const ours = new Map<number, string>();
  const texts = new Map<number, string>();
  const t0 = Date.now();
  for (let k = S; k < S + N; k++) {
    const text = randomComparisons(new Chance(k));
    texts.set(k, text);
    const r = checkHandler(text);
    ours.set(k, r.ok ? "" : r.errors.map((e) => `${e.line}:${e.column} ${e.code} ${e.message}`).join("\n"));
    writeFileSync(`${folder}/h${k}.ash.ts`, text);
  }
  const t1 = Date.now();
  writeFileSync(
    `${folder}/tsconfig.json`,
    JSON.stringify({
      compilerOptions: {
        noEmit: true,
        strict: true,
        skipLibCheck: true,
        target: "es2023",
        module: "nodenext",
        moduleResolution: "nodenext",
        types: [],
      },
      include: ["*.ts"],
    }),
  );
  let out = "";
  try {
    out = execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", folder], {
      encoding: "utf8",
      maxBuffer: 1 << 30,
    });
  } catch (e: any) {
    out = e.stdout;
  }
  const t2 = Date.now();
  const theirs = new Map<number, string>();
  for (const line of out.split("\n")) {
    const m = /h(\d+)\.ash\.ts\((\d+),(\d+)\): error (.*)/.exec(line);
    if (m) theirs.set(Number(m[1]), `${theirs.get(Number(m[1])) ?? ""}${m[2]}:${m[3]} ${m[4]}\n`);
  }
  let both = 0,
    bothNo = 0,
    bad: number[] = [],
    strict: number[] = [];
  const codes = new Map<string, number>();
  for (const [k, o] of ours) {
    const t = theirs.get(k) ?? "";
    if (o === "" && t === "") both++;
    else if (o !== "" && t !== "") bothNo++;
    else if (o === "") bad.push(k);
    else strict.push(k);
    for (const m of t.matchAll(/TS\d+/g)) codes.set(m[0], (codes.get(m[0]) ?? 0) + 1);
  }
  const oc = new Map<string, number>();
  for (const k of strict)
    for (const l of ours.get(k)!.split("\n").slice(0, 1)) {
      const c = l
        .split(" ")
        .slice(1)
        .join(" ")
        .replace(/"[^"]*"/g, "_")
        .slice(0, 60);
      oc.set(c, (oc.get(c) ?? 0) + 1);
    }
  writeFileSync(
    "dist/report.txt",
    `both ${both} bothNo ${bothNo} BAD ${bad.length} strict ${strict.length}\nours ${t1 - t0} ms tsc ${t2 - t1} ms\n${[...codes].join(" ")}\nstrict kinds ${JSON.stringify(
      [...oc].sort((a, b) => b[1] - a[1]),
      null,
      1,
    )}\nBAD\n`,
  );
  for (const k of bad.slice(0, 6))
    appendFileSync(
      "dist/report.txt",
      `--- ${k}\n${texts
        .get(k)!
        .slice(texts.get(k)!.indexOf("function work"))
        .split("\n")
        .map((l, i) => `${i + texts.get(k)!.slice(0, texts.get(k)!.indexOf("function work")).split("\n").length}: ${l}`)
        .join("\n")}\n${theirs.get(k)}\n`,
    );
  appendFileSync("dist/report.txt", "STRICT\n");
  for (const k of strict.filter((k) => /a boolean is needed|E_REDUNDANT "|constants are compared that differ|depends on itself/.test(ours.get(k)!)).slice(0, 25))
    appendFileSync(
      "dist/report.txt",
      `--- ${k}\n${texts
        .get(k)!
        .slice(texts.get(k)!.indexOf("function work"))
        .split("\n")
        .map((l, i) => `${i + texts.get(k)!.slice(0, texts.get(k)!.indexOf("function work")).split("\n").length}: ${l}`)
        .join("\n")}\n${ours.get(k)}\n`,
    );
}, 600000);
