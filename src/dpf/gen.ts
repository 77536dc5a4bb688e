/**
 * Plan → VCODE. Each block becomes code that walks all its alternatives; a test that fails leaves its
 * alternative and goes on with the next. Per region two registers: the base, and the octets left there.
 *
 * Bounds: before an alternative one compare covers the octets that *every* match below it needs in this
 * region. Valid since a filter that ends earlier is a leaf, and leaves set that need to what was known.
 */
import type { Label, Lambda, MemoryType, Operand, Program, Register, Type } from "../vcode/insn.js";
import { Assembler } from "../vcode/vcode.js";
import { Cut } from "./cut.js";
import { type Block, type Branching, type Plan, PRESENT_BITS } from "./plan.js";
import type { Field } from "./trie.js";

const MEMORY: Readonly<Record<8 | 16 | 32, MemoryType>> = { 8: "uc", 16: "us", 32: "u" };
const MAX_WORD = 0x7fffffff;

/** Where code stands: the node, and the region with what is known of its length. */
interface Place {
  readonly node: Operand;
  readonly base: Register;
  readonly left: Register;
  readonly have: number;
}

export function generate(plan: Plan): Program {
  const generator = new Generator(new Cut(plan.root));
  return { lambdas: generator.run(plan.root), tables: plan.dispatch.length };
}

class Generator {
  readonly #cut: Cut;
  readonly #need = new Map<Block, number>();
  /** Code that is still to be written, each piece a lambda of its own; grows while it is worked off. */
  readonly #pieces: { readonly branchings: readonly Branching[]; readonly block: Block }[] = [];
  #v = new Assembler([]);

  constructor(cut: Cut) {
    this.#cut = cut;
  }

  run(root: Block): Lambda[] {
    this.#pieces.push({ branchings: root.branchings, block: root });
    const lambdas = [];
    for (let index = 0; index < this.#pieces.length; index++) lambdas.push(this.#piece(index));
    return lambdas;
  }

  #piece(index: number): Lambda {
    const piece = this.#pieces[index]!;
    const parameters: Type[] = piece.block.constant === undefined ? ["p", "i", "i"] : ["p", "i"];
    this.#v = new Assembler(parameters);
    const node = piece.block.constant === undefined ? { reg: 2 } : { imm: piece.block.constant };
    const exit = this.#v.genlabel();
    const place = { node, base: 0, left: 1, have: 0 };
    if (piece.branchings === piece.block.branchings) this.#whole(piece.block, place, exit);
    else this.#code(piece.block, piece.branchings, false, place, exit);
    this.#v.label(exit);
    this.#v.ret();
    return this.#v.end();
  }

  /** Code of a block where it is used; control goes to `exit` or falls through, which is the same. */
  #block(block: Block, place: Place, exit: Label): void {
    if (this.#cut.isApart(block)) this.#call(block, block.branchings, place);
    else this.#whole(block, place, exit);
  }

  #whole(block: Block, place: Place, exit: Label): void {
    const bundles = this.#cut.bundles(block);
    if (bundles === undefined) return this.#code(block, block.branchings, block.leaf, place, exit);
    if (block.leaf) this.#v.scallv("leaf", place.node);
    for (const bundle of bundles) this.#call(block, bundle, place);
  }

  #call(block: Block, branchings: readonly Branching[], { base, left, node }: Place): void {
    const lambda = this.#pieces.push({ branchings, block }) - 1;
    this.#v.callv(lambda, { reg: base }, { reg: left }, ...(block.constant === undefined ? [node] : []));
  }

  #code(block: Block, branchings: readonly Branching[], leaf: boolean, place: Place, exit: Label): void {
    const v = this.#v;
    if (leaf) v.scallv("leaf", place.node);
    const gated = block.constant === undefined && block.branchings.length > 1 && branchings.some(isGated);
    const present = gated ? v.getreg("i") : undefined;
    if (present !== undefined) v.scalli(present, "present", place.node);
    branchings.forEach((branching, index) => {
      const last = index === branchings.length - 1;
      const out = last ? exit : v.genlabel();
      if (present !== undefined && isGated(branching)) {
        const bit = v.getreg("i");
        v.alui("and", "i", bit, present, 1 << branching.bit);
        v.bri("beq", "i", bit, 0, out);
        v.putreg(bit);
      }
      this.#branching(branching, place, out);
      if (!last) v.label(out);
    });
    if (present !== undefined) v.putreg(present);
  }

  #branching(branching: Branching, place: Place, out: Label): void {
    const need = this.#needOf(branching);
    if (need > place.have) this.#v.bri("blt", "i", place.left, need, out);
    const here = { ...place, have: Math.max(need, place.have) };
    if (branching.form === "chain") this.#chain(branching, here, out);
    else this.#lookup(branching, here, out);
  }

  #chain({ field, cases }: Extract<Branching, { form: "chain" }>, place: Place, out: Label): void {
    const v = this.#v;
    if (field.kind !== "test") {
      for (const child of cases.values()) this.#move(field, place, child, constantOf(child), out);
      return;
    }
    const value = this.#load(field, place.base);
    let rest = cases.size;
    for (const [constant, child] of cases) {
      const next = --rest === 0 ? out : v.genlabel();
      v.bri("bne", "u", value, constant, next);
      this.#block(child, { ...place, node: constantOf(child) }, out);
      if (rest > 0) {
        v.j(out);
        v.label(next);
      }
    }
    v.putreg(value);
  }

  #lookup(branching: Exclude<Branching, { form: "chain" }>, place: Place, out: Label): void {
    const v = this.#v;
    const { field, child } = branching;
    const node = v.getreg("i");
    if (branching.form === "step") v.scalli(node, "step", place.node);
    else if (field.kind === "test") {
      const value = this.#load(field, place.base);
      v.scalli(node, "probe", { imm: branching.table }, place.node, { reg: value });
      v.putreg(value);
    } else v.scalli(node, "probe", { imm: branching.table }, place.node, { imm: 0 });
    v.bri("beq", "i", node, 0, out);
    if (field.kind === "test") this.#block(child, { ...place, node: { reg: node } }, out);
    else this.#move(field, place, child, { reg: node }, out);
    v.putreg(node);
  }

  /** The field's bits in a new register; one load, so that every use sees the same octets. */
  #load(field: Field, base: Register): Register {
    const v = this.#v;
    const value = v.getreg("u");
    v.ldn(MEMORY[field.width], value, base, field.offset);
    const full = field.width === 32 ? -1 : (1 << field.width) - 1;
    if ((field.mask | 0) !== full) v.alui("and", "u", value, value, field.mask);
    return value;
  }

  /** A least length was checked with the bounds; a loaded shift opens a region. */
  #move(field: Field, place: Place, child: Block, node: Operand, out: Label): void {
    const v = this.#v;
    if (field.kind === "length") return this.#block(child, { ...place, node }, out);
    const octets = this.#load(field, place.base);
    if (field.left > 0) {
      // What would not fit a word after scaling moves past every frame.
      const limit = MAX_WORD >>> field.left;
      if (field.mask > limit) v.bri("bgt", "u", octets, limit, out);
      v.alui("lsh", "u", octets, octets, field.left);
    }
    v.br("bgt", "u", octets, place.left, out);
    const left = v.getreg("i");
    const base = v.getreg("p");
    v.alu("sub", "i", left, place.left, octets);
    v.alu("add", "p", base, place.base, octets);
    v.putreg(octets);
    this.#block(child, { node, base, left, have: 0 }, out);
    v.putreg(left);
    v.putreg(base);
  }

  /** Octets of the region without which nothing below the branching can match. */
  #needOf(branching: Branching): number {
    const { field } = branching;
    const own = field.kind === "length" ? field.offset : field.offset + field.width / 8;
    if (field.kind === "move") return own;
    const children = branching.form === "chain" ? [...branching.cases.values()] : [branching.child];
    return Math.max(own, Math.min(...children.map((child) => this.#needOfBlock(child))));
  }

  #needOfBlock(block: Block): number {
    const known = this.#need.get(block);
    if (known !== undefined) return known;
    const need =
      block.leaf || block.branchings.length === 0 ? 0 : Math.min(...block.branchings.map((each) => this.#needOf(each)));
    this.#need.set(block, need);
    return need;
  }
}

function constantOf(block: Block): Operand {
  if (block.constant === undefined) throw new Error("gen: a block below a chain has no node of its own");
  return { imm: block.constant };
}

function isGated(branching: Branching): branching is Extract<Branching, { form: "hash" }> {
  return branching.form === "hash" && branching.bit < PRESENT_BITS;
}
