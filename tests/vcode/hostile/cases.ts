/**
 * Programs with the verdict that their author wrote down beforehand, one a line:
 *
 *   case = code [ "@" [ lambda ":" ] instruction ] "|" what it is "|" line { "|" line }
 *
 * `code` is that of the first refusal, or ok. The lines are VCODE's text (src/vcode/parse.ts). Where they begin with no
 * lambda, they are the body of HEAD below: r0 and r1 are the packet, r2 and r3 the environment, r4–r11 unsigned words,
 * r12–r15 signed ones, r16–r19 addresses, r20–r23 longs. Of IMAGE_HEAD, an image's entry: r0 and r1 are the packet, r2–r9 its
 * words, r10–r14 signed words, r15–r19 unsigned ones, r20–r22 longs, r23–r25 addresses. Lines that begin with # say nothing.
 */
import { readFileSync } from "node:fs";
import type { Program } from "../../../src/vcode/insn.js";
import { parse } from "../../../src/vcode/parse.js";

const HEAD = `v_lambda f0(r0:p, r1:i, r2:p, r3:i) in packet, environment
v_getreg r4..r11:u, r12..r15:i, r16..r19:p, r20..r23:l`;

export const IMAGE_HEAD = `v_lambda f0(r0:p, r1..r9:i): i in packet
v_getreg r10..r14:i, r15..r19:u, r20..r22:l, r23..r25:p`;

export interface Case {
  readonly name: string;
  readonly code: string;
  /** `lambda:instruction`, or undefined where it does not matter. */
  readonly place: string | undefined;
  readonly program: Program;
}

export function casesOf(file: string, head = HEAD): Case[] {
  const text = readFileSync(new URL(file, import.meta.url), "utf8");
  const lines = text.split("\n").filter((line) => line.length > 0 && !line.startsWith("#"));
  return lines.map((line) => caseOf(line, head));
}

function caseOf(line: string, head: string): Case {
  const [verdict = "", name = "", ...lines] = line.split(" | ");
  const [code = "", place] = verdict.split("@");
  const body = lines.join("\n");
  const parsed = parse(/^(v_lambda|v_tables)/.test(body) ? body : `${head}\n${body}\nv_end`);
  if (!parsed.ok) throw new Error(`${name}: ${JSON.stringify(parsed.error)}\n${body}`);
  return { name, code, place: place?.replace(/^(\d+)$/, "0:$1"), program: parsed.program };
}
