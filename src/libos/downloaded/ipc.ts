/**
 * Communication of downloaded environments as library code (SOSP'95 §6.1): a counter in shared memory that two hand to and fro, a
 * pipe, and remote procedure calls. The kernel gives shared pages, directed yield and protected control transfer; all
 * else is here. Words of a shared page that decide something are loaded once.
 */
import { Cause } from "../../kernel/abi.js";
import type { Operand, Program, Register } from "../../vcode/insn.js";
import { Entry, type MappedPage } from "./entry.js";

const WORD = 4;
const LOOP_FUEL = 12;

/** Offsets, in octets, of what lies in a pipe's page. */
export const PipePage = {
  /** Words written, words read: modulo 2^32. */
  written: 0,
  read: 4,
  /** The reader's: what it has read, folded into a word. */
  digest: 8,
  buffer: 16,
} as const;

/** The word that a pipe's writer writes as the n-th: any that a lost or repeated one would show in. */
export const PIPE_FACTOR = 0x9e3779b1 | 0;
/** digest = digest * this + word. */
export const DIGEST_FACTOR = 31;

/**
 * Shared memory: whoever's turn it is adds 1 to the first word, in network order, and yields to the other. `parity`: of the counter in
 * its turn.
 */
export function pingPong(parity: 0 | 1, peer: number, page: MappedPage, pageSize: number): Program {
  const entry = new Entry(pageSize);
  const { v } = entry;
  entry.on(Cause.start, LOOP_FUEL, () => {
    const shared = entry.address(page);
    const [counter, turn] = [v.getreg("i"), v.getreg("i")];
    const others = v.genlabel();
    v.ldv("network", "i", counter, shared, { imm: 0 });
    v.alui("and", "i", turn, counter, 1);
    v.bri("bne", "i", turn, parity, others);
    v.alui("add", "i", counter, counter, 1);
    v.stv("network", "i", counter, shared, { imm: 0 });
    v.label(others);
    entry.kernel(turn, "yield", { imm: peer });
  });
  entry.pages(page);
  return entry.end();
}

export interface Pipe {
  readonly page: MappedPage;
  readonly pageSize: number;
  /** Words of the buffer: a power of two that fits into the page. */
  readonly capacity: number;
}

/** Writes so many words; where the buffer is full, yields to the reader. */
export function pipeWriter({ page, pageSize, capacity }: Pipe, words: number, reader: number): Program {
  const entry = new Entry(pageSize);
  const { v } = entry;
  entry.on(Cause.start, LOOP_FUEL, () => {
    const pipe = entry.address(page);
    const [written, read, value] = [v.getreg("i"), v.getreg("i"), v.getreg("i")];
    const [more, full] = [v.genlabel(), v.genlabel()];
    v.ldv("host", "i", written, pipe, { imm: PipePage.written });
    v.ldv("host", "i", read, pipe, { imm: PipePage.read });
    v.label(more);
    v.fuel(LOOP_FUEL);
    v.alu("sub", "i", value, written, read);
    v.bri("bge", "u", value, capacity, full);
    v.bri("bge", "u", written, words, full);
    v.alui("mul", "i", value, written, PIPE_FACTOR);
    v.stv("host", "i", value, slot(entry, pipe, written, capacity), { imm: PipePage.buffer });
    v.alui("add", "i", written, written, 1);
    v.j(more);
    v.label(full);
    v.stv("host", "i", written, pipe, { imm: PipePage.written });
    entry.kernel(value, "yield", { imm: reader });
  });
  entry.pages(page);
  return entry.end();
}

/** Reads whatever there is; where the buffer is empty, yields to the writer. */
export function pipeReader({ page, pageSize, capacity }: Pipe, writer: number): Program {
  const entry = new Entry(pageSize);
  const { v } = entry;
  entry.on(Cause.start, LOOP_FUEL, () => {
    const pipe = entry.address(page);
    const [written, read, value, digest] = [v.getreg("i"), v.getreg("i"), v.getreg("i"), v.getreg("i")];
    const [more, empty] = [v.genlabel(), v.genlabel()];
    v.ldv("host", "i", written, pipe, { imm: PipePage.written });
    v.ldv("host", "i", read, pipe, { imm: PipePage.read });
    v.ldv("host", "i", digest, pipe, { imm: PipePage.digest });
    v.label(more);
    v.fuel(LOOP_FUEL);
    v.br("beq", "i", read, written, empty);
    v.ldv("host", "i", value, slot(entry, pipe, read, capacity), { imm: PipePage.buffer });
    v.alui("mul", "i", digest, digest, DIGEST_FACTOR);
    v.alu("add", "i", digest, digest, value);
    v.alui("add", "i", read, read, 1);
    v.j(more);
    v.label(empty);
    v.stv("host", "i", digest, pipe, { imm: PipePage.digest });
    v.stv("host", "i", read, pipe, { imm: PipePage.read });
    entry.kernel(value, "yield", { imm: writer });
  });
  entry.pages(page);
  return entry.end();
}

/** Offsets of two pipes that lie in one page, from the first to the second environment and back; words in network order. */
export const TwoPipes = { there: 0, back: 1024 } as const;
const Half = { written: 0, read: 4, buffer: 16 } as const;
/** Words of a buffer in it: a power of two. */
const HALF_CAPACITY = 64;

/**
 * A word goes to and fro through two pipes: whoever finds one in its pipe adds 1 and writes it into the other, and yields. The
 * `first` writes one when its pipe has never had any.
 */
export function pipePingPong(first: boolean, peer: number, page: MappedPage, pageSize: number): Program {
  const entry = new Entry(pageSize);
  const { v } = entry;
  const [from, to] = first ? [TwoPipes.back, TwoPipes.there] : [TwoPipes.there, TwoPipes.back];
  entry.on(Cause.start, LOOP_FUEL * 2, () => {
    const pipes = entry.address(page);
    const [written, read, value] = [v.getreg("i"), v.getreg("i"), v.getreg("i")];
    const [some, full, write] = [v.genlabel(), v.genlabel(), v.genlabel()];
    v.ldv("network", "i", written, pipes, { imm: from + Half.written });
    v.ldv("network", "i", read, pipes, { imm: from + Half.read });
    v.br("bne", "i", read, written, some);
    if (first) {
      v.ldv("network", "i", value, pipes, { imm: to + Half.written });
      v.bri("beq", "i", value, 0, write);
    }
    v.j(full);
    v.label(some);
    v.ldv("network", "i", value, slot(entry, pipes, read, HALF_CAPACITY), { imm: from + Half.buffer });
    v.alui("add", "i", read, read, 1);
    v.stv("network", "i", read, pipes, { imm: from + Half.read });
    v.alui("add", "i", value, value, 1);
    v.label(write);
    v.fuel(LOOP_FUEL);
    v.ldv("network", "i", written, pipes, { imm: to + Half.written });
    v.ldv("network", "i", read, pipes, { imm: to + Half.read });
    v.alu("sub", "i", read, written, read);
    v.bri("bge", "u", read, HALF_CAPACITY, full);
    v.stv("network", "i", value, slot(entry, pipes, written, HALF_CAPACITY), { imm: to + Half.buffer });
    v.alui("add", "i", written, written, 1);
    v.stv("network", "i", written, pipes, { imm: to + Half.written });
    v.label(full);
    entry.kernel(value, "yield", { imm: peer });
  });
  entry.pages(page);
  return entry.end();
}

/** Address of a counter's slot, without the buffer's offset: always inside of it, whatever the counter. */
function slot({ v }: Entry, pipe: Register, counter: Register, capacity: number): Register {
  const at = v.getreg("i");
  v.alui("and", "i", at, counter, capacity - 1);
  v.alui("mul", "i", at, at, WORD);
  v.alu("add", "i", at, at, pipe);
  return at;
}

/** A procedure of two words. It asks for no permission: whoever is to be refused, m1 names. */
export function rpcServer(pageSize: number): Program {
  const entry = new Entry(pageSize);
  const sum = entry.m(2);
  entry.on(Cause.syncCall, LOOP_FUEL, () => entry.v.alu("add", "i", sum, sum, entry.m(3)), { reg: sum });
  return entry.end();
}

/** Registers that a procedure's caller expects to find as they were: those of a MIPS. */
const CALLEE_SAVED = 9;

/**
 * Calls the server with (result, step) so many times in a slice, beginning with 0; the result stands in the first word of the page then.
 * *lrpc* saves the registers that its caller needs again and loads them after the call, as a client must who does not trust its
 * server; *tlrpc* does not. (Here no transfer touches them, so what differs is the cost alone.)
 */
export function rpcClient(
  trusting: boolean,
  server: number,
  calls: number,
  page: MappedPage,
  pageSize: number,
): Program {
  const entry = new Entry(pageSize);
  const { v } = entry;
  entry.on(Cause.start, LOOP_FUEL + CALLEE_SAVED, () => {
    const own = entry.address(page);
    const saved = Array.from({ length: CALLEE_SAVED }, () => v.getreg("i"));
    const [result, left] = [v.getreg("i"), v.getreg("i")];
    const again = v.genlabel();
    for (const [at, register] of saved.entries()) v.set("i", register, at);
    v.set("i", result, 0);
    v.set("i", left, calls);
    v.label(again);
    v.fuel(LOOP_FUEL + (trusting ? 0 : 2 * CALLEE_SAVED));
    const place = (at: number): Operand => ({ imm: (at + 1) * WORD });
    if (!trusting) for (const [at, register] of saved.entries()) v.stv("network", "i", register, own, place(at));
    entry.kernel(result, "transfer", { imm: server }, { reg: result }, { reg: saved[1] ?? left });
    if (!trusting) for (const [at, register] of saved.entries()) v.ldv("network", "i", register, own, place(at));
    v.alui("sub", "i", left, left, 1);
    v.bri("bgt", "i", left, 0, again);
    v.stv("host", "i", result, own, { imm: 0 });
    entry.kernel(left, "yield", { imm: -1 });
  });
  entry.pages(page);
  return entry.end();
}
