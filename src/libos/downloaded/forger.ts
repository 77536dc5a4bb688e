/**
 * A downloaded environment that tries what it may not. It is told what to try: m1 is the number of an attempt, m2 … m7 its words,
 * and what its entry gives back, and tells in the trace beside m1 and m2, is what the kernel answered, or, for an instruction that
 * trapped, `TRAPPED` minus the kind of the trap. What became of a change that it asked for it tells as `CHANGED`, beside the outcome
 * and the change's number.
 */
import { Cause, ContextPage, ExceptionAnswer } from "../../kernel/abi.js";
import { READABLE, WRITABLE } from "../../vcode/image.js";
import type { Program, Register } from "../../vcode/insn.js";
import { Entry } from "./entry.js";

/** What an attempt gives back that trapped: this minus the kind (vcode/image.ts, Trap). */
export const TRAPPED = -100_000;

export const Try = {
  /** m2: a call's number; m3 … m7 its words: any call at all, with any words. */
  call: 0,
  /** Loads the word at the virtual address m2. */
  load: 1,
  /** Stores m3 into it, and tells how that went. */
  store: 2,
  /** Maps the physical page m2 at the virtual page m3 to read and write, and stores there all the same. */
  mapAndStore: 3,
  /** Allocates a page, maps it, writes to it, frees it, and reads it through the mapping that it had. */
  useAfterFree: 4,
  /** Maps a page of its own to be read, and writes to it. */
  writeReadable: 5,
  /** Loads from RETRIED, which its handler answers `retry` for ever. */
  retryForEver: 6,
  /** Loads from NESTED, which its handler loads from in turn. */
  nestForEver: 7,
  /** Sends itself a message from within a message, and so on: what the deepest was answered. */
  callItself: 8,
  /** Maps every physical page from m2 to m3 with both rights: how many it could. */
  mapAll: 9,
  /** Presents m3 octets at the virtual address m2 as a capability, of which it changes a bit of octet m4, and changes it back. */
  presentEdited: 10,
  /** m2: a call's number, whose six words lie at the virtual address m3. */
  callAt: 11,
} as const;

/** In place of an attempt's number, where it is told what became of a change. */
export const CHANGED = 100;

/** Virtual addresses that its handler knows. */
export const RETRIED = 0x10_0000;
export const NESTED = 0x20_0000;
/** Virtual page that it uses for its own. */
const OWN = 7;
/** In the last save area: only the deepest handler would write there. */
const KIND = ContextPage.save + 7 * 256;
const UNITS = 32;

export function forger(pageSize: number): Program {
  const entry = new Entry(pageSize);
  const { v } = entry;
  const rd = v.getreg("i");
  const address = v.getreg("i");
  const attempt = (number: number, body: () => void) => {
    const next = v.genlabel();
    v.bri("bne", "i", entry.m(1), number, next);
    v.fuel(UNITS);
    body();
    entry.kernel(address, "tell", { reg: entry.m(1) }, { reg: rd }, { reg: entry.m(2) });
    v.ret({ reg: rd });
    v.label(next);
  };
  /** What the handler left of a store that trapped; 0 where it did not. */
  const trapped = (store: () => void) => {
    v.set("i", address, -pageSize);
    v.set("i", rd, 0);
    v.stv("host", "i", rd, address, { imm: KIND });
    store();
    v.set("i", address, -pageSize);
    v.ldv("host", "i", rd, address, { imm: KIND });
  };
  const onMessage = () => {
    attempt(Try.call, () => {
      const words = [2, 3, 4, 5, 6, 7].map((number) => ({ reg: entry.m(number) }));
      v.scalli(rd, "kernel", ...words, { imm: 0 });
    });
    attempt(Try.load, () => v.ldv("host", "i", rd, entry.m(2), { imm: 0 }));
    attempt(Try.store, () => trapped(() => v.stv("host", "i", entry.m(3), entry.m(2), { imm: 0 })));
    attempt(Try.mapAndStore, () => {
      entry.kernel(rd, "map", { reg: entry.m(3) }, { reg: entry.m(2) }, { imm: READABLE | WRITABLE });
      trapped(() => {
        v.alui("mul", "i", address, entry.m(3), pageSize);
        v.stv("host", "i", entry.m(3), address, { imm: 0 });
      });
    });
    attempt(Try.useAfterFree, () => {
      const page = v.getreg("i");
      entry.kernel(page, "alloc", { imm: -1 });
      entry.kernel(rd, "map", { imm: OWN }, { reg: page }, { imm: READABLE | WRITABLE });
      v.set("i", address, OWN * pageSize);
      v.stv("host", "i", page, address, { imm: 0 });
      entry.kernel(rd, "free", { reg: page });
      v.ldv("host", "i", rd, address, { imm: 0 });
    });
    attempt(Try.writeReadable, () => {
      const page = v.getreg("i");
      entry.kernel(page, "alloc", { imm: -1 });
      entry.kernel(rd, "map", { imm: OWN }, { reg: page }, { imm: READABLE });
      trapped(() => {
        v.set("i", address, OWN * pageSize);
        v.stv("host", "i", page, address, { imm: 0 });
      });
      const kept = v.getreg("i");
      v.mov("i", kept, rd);
      entry.kernel(rd, "free", { reg: page });
      v.mov("i", rd, kept);
    });
    const loads = (from: number) => () => {
      v.set("i", address, from);
      v.ldv("host", "i", rd, address, { imm: 0 });
    };
    attempt(Try.presentEdited, () => presentEdited(entry, rd, address));
    attempt(Try.callAt, () => callAt(entry, rd));
    attempt(Try.retryForEver, loads(RETRIED));
    attempt(Try.nestForEver, loads(NESTED));
    attempt(Try.callItself, () => callItself(entry, rd));
    attempt(Try.mapAll, () => {
      const [again, refused] = [v.genlabel(), v.genlabel()];
      const [page, count] = [v.getreg("i"), v.getreg("i")];
      v.mov("i", page, entry.m(2));
      v.set("i", count, 0);
      v.label(again);
      v.fuel(UNITS);
      entry.kernel(rd, "map", { imm: OWN }, { reg: page }, { imm: READABLE | WRITABLE });
      v.bri("blt", "i", rd, 0, refused);
      v.alui("add", "i", count, count, 1);
      v.label(refused);
      v.alui("add", "i", page, page, 1);
      v.br("blt", "i", page, entry.m(3), again);
      entry.kernel(rd, "unmap", { imm: OWN });
      v.mov("i", rd, count);
    });
  };
  entry.on(Cause.message, UNITS, onMessage);
  const told = [{ imm: CHANGED }, { reg: entry.m(2) }, { reg: entry.m(1) }] as const;
  entry.on(Cause.changed, UNITS, () => entry.kernel(rd, "tell", ...told));
  // By a transfer to itself words begin at m2, after the caller.
  entry.on(Cause.syncCall, UNITS, () => callItself(entry, rd), { reg: rd });
  handler(entry);
  return entry.end();
}

function callItself(entry: Entry, rd: Register): void {
  entry.kernel(rd, "self");
  entry.kernel(rd, "transfer", { reg: rd }, { imm: Try.callItself });
}

function presentEdited(entry: Entry, rd: Register, address: Register): void {
  const { v } = entry;
  const octet = v.getreg("i");
  const flip = () => {
    v.ldv("host", "uc", octet, address, { imm: 0 });
    v.alui("xor", "i", octet, octet, 1);
    v.stv("host", "uc", octet, address, { imm: 0 });
  };
  v.alu("add", "i", address, entry.m(2), entry.m(4));
  flip();
  entry.kernel(rd, "present", { reg: entry.m(2) }, { reg: entry.m(3) });
  flip();
}

function callAt(entry: Entry, rd: Register): void {
  const { v } = entry;
  const words = Array.from({ length: 6 }, (_, at) => {
    const word = v.getreg("i");
    v.ldv("host", "i", word, entry.m(3), { imm: at * 4 });
    return { reg: word };
  });
  v.scalli(rd, "kernel", { reg: entry.m(2) }, ...words);
}

/** Answers `retry` or traps again where an attempt wants that; else leaves the instruction out and says which trap it was. */
function handler(entry: Entry): void {
  const { v } = entry;
  entry.on(
    Cause.exception,
    UNITS,
    () => {
      const [retried, nested] = [v.genlabel(), v.genlabel()];
      const [value, context] = [v.getreg("i"), v.getreg("i")];
      v.bri("beq", "i", entry.m(2), RETRIED, retried);
      v.bri("beq", "i", entry.m(2), NESTED, nested);
      v.set("i", value, TRAPPED);
      v.alu("sub", "i", value, value, entry.m(1));
      v.set("i", context, -entry.pageSize);
      v.stv("host", "i", value, context, { imm: KIND });
      entry.kernel(context, "exceptionValue", { reg: value }, { imm: -1 });
      v.ret({ imm: ExceptionAnswer.skip });
      v.label(nested);
      v.ldv("host", "i", value, entry.m(2), { imm: 0 });
      v.ret({ imm: ExceptionAnswer.skip });
      v.label(retried);
    },
    { imm: ExceptionAnswer.retry },
  );
}
