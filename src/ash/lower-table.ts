/**
 * A table's operations as lambdas, over the memory that layout.ts describes: buckets of chains, a list by use, a list of freed entries.
 * Parameters: the key's fields, in their order. Nothing of it is trusted to be as these lambdas left it: chains pay fuel at each entry, and where
 * links lead is translated when it is used. What pays fuel comes before the first store, so that a message that is out of fuel leaves a table as
 * it was before the operation or as it is after it.
 */
import { STATE_BASE } from "../vcode/handler.js";
import type { Register, Type } from "../vcode/insn.js";
import { bucketsOf, EntryHead, MOST_IN_BUCKET, partsOf, type Table, TableHead } from "./layout.js";
import type { Whole } from "./lower-context.js";
import { Lowering } from "./lower-expr.js";
import type { Routine } from "./lower-routines.js";
import { type Settled, settle } from "./lower-settle.js";
import { isLongType, MEMORY, registerOf } from "./lower-types.js";
import { HASH_FACTOR, HASH_LAST_SHIFT, HASH_SHIFT } from "./table-steps.js";

/** Octets of an entry's value that are cleared in line. */
const SHORT_VALUE = 64;

export function tableLambda(whole: Whole, routine: Extract<Routine, { kind: "table" }>): Settled {
  const table = whole.handler.layout.items[routine.index]!;
  if (table.kind !== "table") throw new Error("ash: an operation of what is no table");
  const parameters = table.key.fields.map(({ type }): Type => registerOf(type));
  const cx = new Lowering(whole, { regions: [], result: "u", parameters });
  const writer = new TableWriter(cx, table);
  if (routine.operation === "find") writer.find();
  else if (routine.operation === "enter") writer.enter();
  else writer.delete();
  cx.end();
  return settle(cx);
}

class TableWriter {
  readonly #cx: Lowering;
  readonly #table: Table;
  readonly #parts: ReturnType<typeof partsOf>;
  readonly #hash: Register;
  /** Address of the word that leads to the entry. */
  readonly #link: Register;
  readonly #entry: Register;
  /** Where a key is entered: entries of its bucket, and the address of the word that ends them. */
  readonly #count: Register;
  readonly #tail: Register;

  constructor(cx: Lowering, table: Table) {
    this.#cx = cx;
    this.#table = table;
    this.#parts = partsOf(table);
    this.#hash = cx.asm.getreg("u");
    this.#link = cx.asm.getreg("u");
    this.#entry = cx.asm.getreg("u");
    this.#count = cx.asm.getreg("u");
    this.#tail = cx.asm.getreg("u");
  }

  find(): void {
    const { asm } = this.#cx;
    this.#giveFound();
    asm.ret({ imm: 0 });
  }

  enter(): void {
    const { asm } = this.#cx;
    asm.set("u", this.#count, 0);
    this.#giveFound(true);
    asm.mov("u", this.#tail, this.#link);
    this.#choose();
    const zero = asm.getreg("u");
    asm.set("u", zero, 0);
    this.#clear(zero);
    this.#take();
    this.#fill(zero);
    asm.putreg(zero);
    this.#giveValue();
  }

  delete(): void {
    const { asm } = this.#cx;
    const none = asm.genlabel();
    this.#locate(none);
    const next = asm.getreg("u");
    this.#load(next, this.#entry, EntryHead.next);
    this.#store(next, this.#link, 0);
    this.#unlist();
    this.#loadHead(next, "free");
    this.#store(next, this.#entry, EntryHead.next);
    this.#storeHead(this.#entry, "free");
    asm.putreg(next);
    this.#resize(-1);
    asm.ret({ imm: 1 });
    asm.label(none);
    asm.ret({ imm: 0 });
  }

  /** Returns where there is such an entry; else goes on. */
  #giveFound(counts = false): void {
    const { asm } = this.#cx;
    const none = asm.genlabel();
    this.#locate(none, counts);
    this.#use();
    this.#giveValue();
    asm.label(none);
  }

  // --- memory ---

  #load(rd: Register, base: Register, offset: number): void {
    this.#cx.asm.ldv("host", "u", rd, base, { imm: offset });
  }

  #store(rs: Register, base: Register, offset: number): void {
    this.#cx.asm.stv("host", "u", rs, base, { imm: offset });
  }

  #loadHead(rd: Register, word: Exclude<keyof typeof TableHead, "octets">): void {
    this.#load(rd, this.#cx.stateRegister(), this.#table.offset + TableHead[word]);
  }

  #storeHead(rs: Register, word: Exclude<keyof typeof TableHead, "octets">): void {
    this.#store(rs, this.#cx.stateRegister(), this.#table.offset + TableHead[word]);
  }

  #giveValue(): void {
    const { asm } = this.#cx;
    asm.alui("add", "u", this.#entry, this.#entry, this.#parts.value);
    asm.ret({ reg: this.#entry });
  }

  // --- buckets ---

  /** The key's entry, and the word that leads to it; to `none` where there is no such entry. */
  #locate(none: number, counts = false): void {
    const { asm } = this.#cx;
    this.#computeHash();
    const [head, next, other, found] = [asm.genlabel(), asm.genlabel(), asm.getreg("u"), asm.genlabel()];
    this.#bucketOf(this.#hash);
    asm.label(head);
    asm.fuel(1);
    this.#load(this.#entry, this.#link, 0);
    asm.bri("beq", "u", this.#entry, 0, none);
    this.#load(other, this.#entry, EntryHead.hash);
    asm.br("bne", "u", other, this.#hash, next);
    asm.putreg(other);
    for (const [index, { type, offset }] of this.#table.key.fields.entries()) {
      const held = asm.getreg(registerOf(type));
      asm.ldv("host", MEMORY[type], held, this.#entry, { imm: this.#parts.key + offset });
      asm.br("bne", isLongType(type) ? "ul" : "u", held, this.#cx.parameter(index), next);
      asm.putreg(held);
    }
    asm.j(found);
    asm.label(next);
    // An entry's first word is the link to the next.
    asm.mov("u", this.#link, this.#entry);
    if (counts) asm.alui("add", "u", this.#count, this.#count, 1);
    asm.j(head);
    asm.label(found);
  }

  /** Each word of the key mixed in by a multiplication, whose high bits are the good ones. */
  #computeHash(): void {
    const { asm } = this.#cx;
    const [hash, high] = [this.#hash, asm.getreg("u")];
    const mix = (word: Register, first: boolean) => {
      if (first) asm.alui("mul", "u", hash, word, HASH_FACTOR);
      else {
        asm.alu("xor", "u", hash, hash, word);
        asm.alui("mul", "u", hash, hash, HASH_FACTOR);
      }
      asm.alui("rsh", "u", high, hash, HASH_SHIFT);
      asm.alu("xor", "u", hash, hash, high);
    };
    let first = true;
    for (const [index, { type }] of this.#table.key.fields.entries()) {
      const key = this.#cx.parameter(index);
      for (const word of isLongType(type) ? this.#halvesOf(key) : [key]) {
        mix(word, first);
        first = false;
      }
    }
    // Once more, so that the low bits that choose a bucket depend on all of the last word.
    asm.alui("mul", "u", hash, hash, HASH_FACTOR);
    asm.alui("rsh", "u", high, hash, HASH_LAST_SHIFT);
    asm.alu("xor", "u", hash, hash, high);
    asm.putreg(high);
  }

  *#halvesOf(key: Register): Generator<Register> {
    const { asm } = this.#cx;
    const [long, word] = [asm.getreg("ul"), asm.getreg("u")];
    asm.cv("ul", "u", word, key);
    yield word;
    asm.alui("rsh", "ul", long, key, 32n);
    asm.cv("ul", "u", word, long);
    yield word;
    asm.putreg(long);
    asm.putreg(word);
  }

  /** The address of that hash's bucket, as the link. */
  #bucketOf(hash: Register): void {
    const { asm } = this.#cx;
    asm.alui("and", "u", this.#link, hash, bucketsOf(this.#table) - 1);
    asm.alui("lsh", "u", this.#link, this.#link, 2);
    asm.alui("add", "u", this.#link, this.#link, STATE_BASE + this.#table.offset + this.#parts.buckets);
  }

  // --- the list by use ---

  /** The entry has been used now. */
  #use(): void {
    const { asm } = this.#cx;
    const [newest, newer, older] = [asm.getreg("u"), asm.getreg("u"), asm.getreg("u")];
    const [is, last, then] = [asm.genlabel(), asm.genlabel(), asm.genlabel()];
    this.#loadHead(newest, "newest");
    asm.br("beq", "u", newest, this.#entry, is);
    // Something is newer than it.
    this.#load(newer, this.#entry, EntryHead.newer);
    this.#load(older, this.#entry, EntryHead.older);
    this.#store(older, newer, EntryHead.older);
    this.#store(newest, this.#entry, EntryHead.older);
    asm.bri("beq", "u", older, 0, last);
    this.#store(newer, older, EntryHead.newer);
    asm.j(then);
    asm.label(last);
    this.#storeHead(newer, "oldest");
    asm.label(then);
    asm.set("u", older, 0);
    this.#store(older, this.#entry, EntryHead.newer);
    this.#store(this.#entry, newest, EntryHead.newer);
    this.#storeHead(this.#entry, "newest");
    asm.label(is);
    for (const register of [newest, newer, older]) asm.putreg(register);
  }

  /** Takes the entry out of the list. */
  #unlist(): void {
    const { asm } = this.#cx;
    const [newer, older] = [asm.getreg("u"), asm.getreg("u")];
    const [first, then, last, end] = [asm.genlabel(), asm.genlabel(), asm.genlabel(), asm.genlabel()];
    this.#load(newer, this.#entry, EntryHead.newer);
    this.#load(older, this.#entry, EntryHead.older);
    asm.bri("beq", "u", newer, 0, first);
    this.#store(older, newer, EntryHead.older);
    asm.j(then);
    asm.label(first);
    this.#storeHead(older, "newest");
    asm.label(then);
    asm.bri("beq", "u", older, 0, last);
    this.#store(newer, older, EntryHead.newer);
    asm.j(end);
    asm.label(last);
    this.#storeHead(newer, "oldest");
    asm.label(end);
    asm.putreg(newer);
    asm.putreg(older);
  }

  /** Puts an entry that is in no list at the front of it. */
  #list(zero: Register): void {
    const { asm } = this.#cx;
    const [older, alone, end] = [asm.getreg("u"), asm.genlabel(), asm.genlabel()];
    this.#loadHead(older, "newest");
    this.#store(older, this.#entry, EntryHead.older);
    this.#store(zero, this.#entry, EntryHead.newer);
    this.#storeHead(this.#entry, "newest");
    asm.bri("beq", "u", older, 0, alone);
    this.#store(this.#entry, older, EntryHead.newer);
    asm.j(end);
    asm.label(alone);
    this.#storeHead(this.#entry, "oldest");
    asm.label(end);
    asm.putreg(older);
  }

  // --- entries ---

  /** The entry that a new key gets: the first of a full bucket, a freed one, a fresh one, or the least recently used. Its link is found where it is in use, else 0. */
  #choose(): void {
    const { asm } = this.#cx;
    const [fresh, [room, evict, chosen]] = [asm.getreg("u"), [asm.genlabel(), asm.genlabel(), asm.genlabel()]];
    asm.bri("blt", "u", this.#count, MOST_IN_BUCKET, room);
    this.#bucketOf(this.#hash);
    this.#load(this.#entry, this.#link, 0);
    asm.j(chosen);
    asm.label(room);
    asm.set("u", this.#link, 0);
    this.#loadHead(this.#entry, "free");
    asm.bri("bne", "u", this.#entry, 0, chosen);
    this.#loadHead(fresh, "fresh");
    asm.bri("bge", "u", fresh, this.#table.capacity, evict);
    asm.alui("mul", "u", this.#entry, fresh, this.#parts.stride);
    asm.alui("add", "u", this.#entry, this.#entry, STATE_BASE + this.#table.offset + this.#parts.entries);
    asm.j(chosen);
    asm.label(evict);
    asm.putreg(fresh);
    this.#loadHead(this.#entry, "oldest");
    this.#findLink();
    asm.label(chosen);
  }

  /** The word that leads to the entry, from its bucket on. */
  #findLink(): void {
    const { asm } = this.#cx;
    const [word, head, found] = [asm.getreg("u"), asm.genlabel(), asm.genlabel()];
    this.#load(word, this.#entry, EntryHead.hash);
    this.#bucketOf(word);
    asm.label(head);
    asm.fuel(1);
    this.#load(word, this.#link, 0);
    asm.br("beq", "u", word, this.#entry, found);
    asm.mov("u", this.#link, word);
    asm.j(head);
    asm.label(found);
    asm.putreg(word);
  }

  /** The chosen entry leaves the freed ones, the fresh ones, or its bucket and the list; the table's size is as with the new key. */
  #take(): void {
    const { asm } = this.#cx;
    const [word, [evict, fresh, taken]] = [asm.getreg("u"), [asm.genlabel(), asm.genlabel(), asm.genlabel()]];
    asm.bri("bne", "u", this.#link, 0, evict);
    this.#loadHead(word, "free");
    asm.bri("beq", "u", word, 0, fresh);
    this.#load(word, this.#entry, EntryHead.next);
    this.#storeHead(word, "free");
    this.#resize(1);
    asm.j(taken);
    asm.label(fresh);
    this.#loadHead(word, "fresh");
    asm.alui("add", "u", word, word, 1);
    this.#storeHead(word, "fresh");
    this.#resize(1);
    asm.j(taken);
    asm.label(evict);
    this.#load(word, this.#entry, EntryHead.next);
    this.#store(word, this.#link, 0);
    asm.putreg(word);
    this.#unlist();
    // The last of the new key's bucket leaves: then it is what led to it that ends the bucket.
    asm.br("bne", "u", this.#tail, this.#entry, taken);
    asm.mov("u", this.#tail, this.#link);
    asm.label(taken);
  }

  /** With the key, at the end of its bucket and the front of the list. */
  #fill(zero: Register): void {
    const { asm } = this.#cx;
    this.#store(zero, this.#entry, EntryHead.next);
    this.#store(this.#entry, this.#tail, 0);
    this.#store(this.#hash, this.#entry, EntryHead.hash);
    for (const [index, { type, offset }] of this.#table.key.fields.entries()) {
      asm.stv("host", MEMORY[type], this.#cx.parameter(index), this.#entry, { imm: this.#parts.key + offset });
    }
    this.#list(zero);
  }

  /** The entry's value. Nothing after it costs fuel. */
  #clear(zero: Register): void {
    const { asm } = this.#cx;
    const { octets } = this.#table.value;
    if (octets <= SHORT_VALUE) {
      for (let at = 0; at < octets; at += 4) this.#store(zero, this.#entry, this.#parts.value + at);
      return;
    }
    const to = asm.getreg("u");
    asm.alui("add", "u", to, this.#entry, this.#parts.value);
    this.#cx.callKernel("clear", { reg: to }, { imm: octets });
    asm.putreg(to);
  }

  #resize(by: 1 | -1): void {
    const { asm } = this.#cx;
    const size = asm.getreg("u");
    this.#loadHead(size, "size");
    asm.alui("add", "u", size, size, by);
    this.#storeHead(size, "size");
    asm.putreg(size);
  }
}
