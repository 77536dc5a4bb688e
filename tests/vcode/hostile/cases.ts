/**
 * Programs with the verdict that their author wrote down beforehand, one a line:
 *
 *   case = code [ "@" [ lambda ":" ] instruction ] "|" what it is "|" line { "|" line }
 *
 * `code` is that of the first refusal, or ok. The lines are VCODE's text (src/vcode/parse.ts). Where they begin with no
 * lambda, they are the body of HEAD below: r0 and r1 are the packet, r2 and r3 the environment, r4–r11 unsigned words,
 * r12–r15 signed ones, r16–r19 addresses, r20–r23 longs. Lines that begin with # say nothing.
 */
import { readFileSync } from "node:fs";
import type { Program } from "../../../src/vcode/insn.js";
import { parse } from "../../../src/vcode/parse.js";

const HEAD = `v_lambda f0(r0:p, r1:i, r2:p, r3:i) in packet, environment
v_getreg r4..r11:u, r12..r15:i, r16..r19:p, r20..r23:l`;

export interface Case {
  readonly name: string;
  readonly code: string;
  /** `lambda:instruction`, or undefined where it does not matter. */
  readonly place: string | undefined;
  readonly program: Program;
}

export function casesOf(file: string): Case[] {
  const text = readFileSync(new URL(file, import.meta.url), "utf8");
  const lines = text.split("\n").filter((line) => line.length > 0 && !line.startsWith("#"));
  return lines.map(caseOf);
}

function caseOf(line: string): Case {
  const [verdict = "", name = "", ...lines] = line.split(" | ");
  const [code = "", place] = verdict.split("@");
  const body = lines.join("\n");
  const parsed = parse(/^(v_lambda|v_tables)/.test(body) ? body : `${HEAD}\n${body}\nv_end`);
  if (!parsed.ok) throw new Error(`${name}: ${JSON.stringify(parsed.error)}\n${body}`);
  return { name, code, place: place?.replace(/^(\d+)$/, "0:$1"), program: parsed.program };
}
