/**
 * CRC-32 (IEEE 802.3) by a table of 256 words, which lies behind the handler's own state and is filled where it is first needed: in about
 * a thousand units of fuel, and then a word of the data takes 25 instructions. Without a table it takes 130; four tables would take as many as one.
 */
import type { Register } from "../vcode/insn.js";
import { type ItemKind, type Layout, laidBehind } from "./layout.js";
import type { Context, Whole } from "./lower-context.js";
import { Lowering } from "./lower-expr.js";
import { type Settled, settle } from "./lower-settle.js";
import type { Handler } from "./tree.js";

/** Reflected. */
const POLYNOMIAL = 0xedb8_8320;
const ENTRIES = 256;
const TABLE: ItemKind = { kind: "array", of: "u32", count: ENTRIES };
/** No name of a handler has a space. */
const NAME = "crc32 table";

/** The layout with the table behind all else. */
export function withTable(layout: Layout): Layout {
  return laidBehind(layout, NAME, TABLE);
}

function tableOf({ layout }: Handler): number {
  const item = layout.items.at(-1);
  if (item?.name !== NAME) throw new Error("ash: a CRC without its table");
  return item.offset;
}

function entryOf(octet: number): number {
  let crc = octet;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc & 1) * POLYNOMIAL);
  return crc | 0;
}

/** Jumps there where the table is filled: no other entry than the first is 0, and the last is written last. */
export function ifTable(cx: Context, filled: number): void {
  const last = cx.asm.getreg("u");
  cx.asm.ldv("host", "u", last, cx.stateRegister(), { imm: tableOf(cx.whole.handler) + 4 * (ENTRIES - 1) });
  cx.asm.bri("bne", "u", last, 0, filled);
  cx.asm.putreg(last);
}

/** Entries that a round fills. */
const ROUND = 8;

/** The entry of a sum (exclusive-or) is the sum of the entries: each power of two doubles what is there. */
export function crcTableLambda(whole: Whole): Settled {
  const cx = new Lowering(whole, { regions: [], result: undefined, parameters: [] });
  const { asm } = cx;
  const table = tableOf(whole.handler);
  const word = asm.getreg("u");
  for (let octet = 0; octet < ROUND; octet++) {
    asm.set("u", word, entryOf(octet));
    asm.stv("host", "u", word, cx.stateRegister(), { imm: table + 4 * octet });
  }
  const at = asm.getreg("u");
  for (let power = ROUND; power < ENTRIES; power *= 2) {
    const [head, end] = [asm.genlabel(), asm.genlabel()];
    asm.mov("u", at, cx.stateRegister());
    const last = asm.getreg("u");
    asm.alui("add", "u", last, at, 4 * power);
    asm.label(head);
    asm.fuel(1);
    asm.br("bge", "u", at, last, end);
    for (let octet = 0; octet < ROUND; octet++) {
      asm.ldv("host", "u", word, at, { imm: table + 4 * octet });
      asm.alui("xor", "u", word, word, entryOf(power));
      asm.stv("host", "u", word, at, { imm: table + 4 * (power + octet) });
    }
    asm.alui("add", "u", at, at, 4 * ROUND);
    asm.j(head);
    asm.label(end);
    asm.putreg(last);
  }
  cx.end();
  return settle(cx);
}

/** The data's next octets, which are the low ones of the word. */
export function crcOctets(cx: Context, crc: Register, word: Register, octets: number): void {
  const { asm } = cx;
  const [table, at] = [tableOf(cx.whole.handler), asm.getreg("u")];
  const whole = octets === 4;
  const rest = asm.getreg("u");
  if (whole) asm.alu("xor", "u", crc, crc, word);
  for (let octet = 0; octet < octets; octet++) {
    if (whole) asm.alui("lsh", "u", at, crc, 2);
    else {
      if (octet > 0) asm.alui("rsh", "u", at, word, 8 * octet);
      asm.alu("xor", "u", at, octet > 0 ? at : word, crc);
      asm.alui("lsh", "u", at, at, 2);
    }
    asm.alui("and", "u", at, at, 4 * (ENTRIES - 1));
    asm.alu("add", "u", at, at, cx.stateRegister());
    asm.ldv("host", "u", at, at, { imm: table });
    asm.alui("rsh", "u", rest, crc, 8);
    asm.alu("xor", "u", crc, rest, at);
  }
  asm.putreg(rest);
  asm.putreg(at);
}
