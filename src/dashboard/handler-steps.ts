/** Going through a trial's steps: by instruction, by line of the text, and to where a line or an instruction is run next. */
import type { HandlerRun } from "../control/protocol.js";

type Ran = Pick<HandlerRun, "steps" | "lambdas">;

/** A trial's steps with the line that each belongs to: its own, or else that of the step before it; 0 before there was any. */
export interface Walk extends Ran {
  readonly lines: readonly number[];
}

export function walkOf({ steps, lambdas }: Ran): Walk {
  let line = 0;
  const lines = steps.map(({ lambda, insn }) => {
    const own = lambdas[lambda]?.lines[insn] ?? 0;
    if (own > 0) line = own;
    return line;
  });
  return { steps, lambdas, lines };
}

/** The first step after this one on another line, or the first one on the line before; else the last or the first of all. */
export function otherLine({ lines }: Walk, step: number, direction: 1 | -1): number {
  const end = direction === 1 ? lines.length - 1 : 0;
  let at = step;
  while (at !== end && lines[at] === lines[step]) at += direction;
  if (direction === 1) return Math.max(0, at);
  while (at > 0 && lines[at - 1] === lines[at]) at--;
  return at;
}

/** The next step, and after the last the first one again, for which this holds; null where there is none. */
function nextWhere({ steps }: Ran, step: number, holds: (at: number) => boolean): number | null {
  for (let distance = 1; distance <= steps.length; distance++) {
    const at = (step + distance) % steps.length;
    if (holds(at)) return at;
  }
  return null;
}

/** The next time that this line is come to. */
export function nextOfLine(walk: Walk, step: number, line: number): number | null {
  const { lines } = walk;
  return nextWhere(walk, step, (at) => lines[at] === line && (at === 0 || lines[at - 1] !== line));
}

export function nextOfInsn(walk: Walk, step: number, lambda: number, insn: number): number | null {
  return nextWhere(walk, step, (at) => walk.steps[at]?.lambda === lambda && walk.steps[at]?.insn === insn);
}

export interface ListingLine {
  readonly lambda: number;
  /** -1: the lambda's name. */
  readonly insn: number;
  readonly text: string;
  /** How often it was run among the steps that are told. */
  readonly ran: number;
}

/** All lambdas, one after the other, each beneath its name. */
export function listingOf({ steps, lambdas }: Ran): ListingLine[] {
  const ran = lambdas.map(({ insns }) => new Uint32Array(insns.length));
  for (const { lambda, insn } of steps) {
    const counts = ran[lambda];
    if (counts?.[insn] !== undefined) counts[insn]++;
  }
  return lambdas.flatMap(({ name, insns }, lambda) => [
    { lambda, insn: -1, text: name, ran: ran[lambda]?.[0] ?? 0 },
    ...insns.map((text, insn) => ({ lambda, insn, text, ran: ran[lambda]?.[insn] ?? 0 })),
  ]);
}

/** A register's value as numbers and in hex; what is not a whole number stays as it is. */
export function valueWords(value: string): string {
  if (!/^-?\d+$/.test(value)) return value;
  const number = BigInt(value);
  const isWord = number >= -(1n << 31n) && number < 1n << 32n;
  const hex = BigInt.asUintN(isWord ? 32 : 64, number).toString(16);
  return `${value} · 0x${hex}`;
}

/** Octets as a person writes or pastes them: hex digits, with anything between pairs. null where they are none. */
export function hexOf(text: string): string | null {
  const digits = text.replace(/0x/gi, "").replace(/[\s:,;.-]/g, "");
  return /^([0-9a-f]{2})+$/i.test(digits) ? digits.toLowerCase() : null;
}
