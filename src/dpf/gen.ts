/**
 * Plan → VCODE. Each block becomes code that walks all its alternatives; a test that fails leaves its
 * alternative and goes on with the next. Per region two registers: the base, and the octets left there.
 *
 * Bounds: before an alternative one compare covers the octets that *every* match below it needs in this
 * region. Valid since a filter that ends earlier is a leaf, and leaves set that need to what was known.
 */
import type { Insn, Label, Lambda, Operand, Program, Register, Type } from "../vcode/insn.js";
import { Assembler } from "../vcode/vcode.js";
import { type Fact, MAX_LENGTH } from "./atom.js";
import {
  type Block,
  type Branching,
  childrenOf,
  isStatic,
  type SharedBranching,
  type TablePlace,
} from "./branching.js";
import { Cut } from "./cut.js";
import { emitChain, emitJump, emitSearch, type StaticBranching } from "./gen-static.js";
import { type Facts, load, octetsOf, registerOf } from "./load.js";
import type { Plan } from "./plan.js";
import { TAKEN } from "./residual.js";
import type { Traits } from "./traits.js";
import type { Field } from "./trie.js";

const MAX_WORD = 0x7fffffff;
/**
 * Parameters of a piece of code: where it begins, the octets left there, and, each where it is needed, how far behind the
 * frame's first octet its base lies, facts, its node.
 */
const [FRAME, FRAME_LEFT, MOVED] = [0, 1, 2];

/** A point of the code: which node is reached, and where the base is. */
export interface Place {
  readonly node: Operand;
  readonly base: Register;
  readonly left: Register;
  /** Octets that are known to be left. */
  readonly have: number;
  readonly facts: Facts;
}

export interface GenerateOptions {
  /** Count how often each node is reached. */
  readonly heat: boolean;
  /** By number: what residual fields call. */
  readonly residuals: readonly Lambda[];
}

export function generate(plan: Plan, options: GenerateOptions): Program {
  const lambdas = new Generator(new Cut(plan.root), plan.traits, options).run(plan.root);
  return { lambdas, tables: plan.numbered.length };
}

/** What code of a static branching asks of the generator. */
export interface BlockCode {
  readonly v: Assembler;
  /** Neighbouring tests may become one: nobody counts how often each passes. */
  readonly mayFuse: boolean;
  isApart(block: Block): boolean;
  block(block: Block, place: Place, exit: Label): void;
  enter(field: Field, block: Block, place: Place, exit: Label): void;
}

type Lookup = Extract<SharedBranching, { form: "hash" | "match" | "goto" }>;

class Generator implements BlockCode {
  readonly #cut: Cut;
  readonly #options: GenerateOptions;
  readonly #need = new Map<Block, number>();
  /** Code that is still to be written, each piece a lambda of its own; grows while it is worked off. */
  readonly #pieces: { readonly branchings: readonly Branching[]; readonly block: Block }[] = [];
  /**
   * Residuals ask for the frame as a whole: where there are any, every piece of code has it in its first two registers,
   * and is told besides by how much the base has moved.
   */
  readonly #asksForFrame: boolean;
  /** Facts that the program asks for: every piece of code has them, as its entry does. */
  readonly #facts: readonly Fact[];
  v = new Assembler([]);

  constructor(cut: Cut, traits: Traits, options: GenerateOptions) {
    this.#cut = cut;
    this.#facts = TAKEN.filter((fact) => traits[fact]);
    this.#options = options;
    this.#asksForFrame = options.residuals.length > 0;
  }

  get mayFuse(): boolean {
    return !this.#options.heat;
  }

  run(root: Block): Lambda[] {
    this.#pieces.push({ branchings: root.branchings, block: root });
    const lambdas = [];
    for (let index = 0; index < this.#pieces.length; index++) lambdas.push(this.#piece(index));
    const { residuals } = this.#options;
    return [...lambdas.map((lambda) => withResiduals(lambda, lambdas.length)), ...residuals];
  }

  isApart(block: Block): boolean {
    return this.#cut.isApart(block);
  }

  #piece(index: number): Lambda {
    const { block, branchings } = this.#pieces[index]!;
    const moves = index > 0 && this.#asksForFrame;
    const packet: Type[] = moves ? ["p", "i", "u"] : ["p", "i"];
    const facts = Object.fromEntries(this.#facts.map((fact, at) => [fact, packet.length + at]));
    const given = [...packet, ...this.#facts.map((): Type => "u")];
    const isShared = block.constant === undefined;
    this.v = new Assembler(isShared ? [...given, "i"] : given);
    const node = isShared ? { reg: given.length } : { imm: block.constant ?? 0 };
    const exit = this.v.genlabel();
    const start = { node, base: FRAME, left: FRAME_LEFT, have: 0, facts };
    const place = moves ? this.#moved(start, MOVED, exit) : start;
    if (branchings === block.branchings) this.#whole(block, place, exit);
    else this.#code(block, branchings, place, exit);
    this.v.label(exit);
    this.v.ret();
    return this.v.end();
  }

  /** Code of a block where it is used; control goes to `exit` or falls through, which is the same. */
  block(block: Block, place: Place, exit: Label): void {
    if (this.#cut.isApart(block)) this.#call(block, block.branchings, place);
    else this.#whole(block, place, exit);
  }

  #whole(block: Block, place: Place, exit: Label): void {
    if (this.#options.heat) this.v.scallv("heat", place.node);
    if (block.leaf) this.v.scallv("leaf", place.node);
    const bundles = this.#cut.bundles(block);
    if (bundles === undefined) this.#code(block, block.branchings, place, exit);
    else for (const bundle of bundles) this.#call(block, bundle, place);
  }

  #call(block: Block, branchings: readonly Branching[], { base, left, node, facts }: Place): void {
    const { v } = this;
    const lambda = this.#pieces.push({ branchings, block }) - 1;
    const rest: Operand[] = this.#facts.map((fact) => ({ reg: registerOf(facts, fact) }));
    if (block.constant === undefined) rest.push(node);
    if (!this.#asksForFrame) return v.callv(lambda, { reg: base }, { reg: left }, ...rest);
    const moved = v.getreg("u");
    v.alu("sub", "u", moved, FRAME_LEFT, left);
    v.callv(lambda, { reg: FRAME }, { reg: FRAME_LEFT }, { reg: moved }, ...rest);
    v.putreg(moved);
  }

  #code(block: Block, branchings: readonly Branching[], place: Place, exit: Label): void {
    const { v } = this;
    const isGated = block.branchings.length > 1 && branchings.some((each) => bitOf(each) !== undefined);
    const present = isGated ? v.getreg("i") : undefined;
    if (present !== undefined) v.scalli(present, "present", place.node);
    branchings.forEach((branching, index) => {
      const last = index === branchings.length - 1;
      const out = last ? exit : v.genlabel();
      const bit = bitOf(branching);
      if (present !== undefined && bit !== undefined) {
        const flag = v.getreg("i");
        v.alui("and", "i", flag, present, 1 << bit);
        v.bri("beq", "i", flag, 0, out);
        v.putreg(flag);
      }
      this.#branching(branching, place, out);
      if (!last) v.label(out);
    });
    if (present !== undefined) v.putreg(present);
  }

  #branching(branching: Branching, place: Place, out: Label): void {
    const need = this.#needOf(branching);
    if (need > place.have) this.v.bri("blt", "i", place.left, need, out);
    const here = { ...place, have: Math.max(need, place.have) };
    if (isStatic(branching)) this.#static(branching, here, out);
    else if (branching.form === "list" || branching.form === "tree") this.#span(branching, here, out);
    else if (branching.form === "alias") this.enter(branching.field, branching.child, here, out);
    else this.#lookup(branching, here, out);
  }

  #static(branching: StaticBranching, place: Place, out: Label): void {
    if (branching.form === "chain") emitChain(this, branching, place, out);
    else if (branching.form === "search") emitSearch(this, branching, place, out);
    else emitJump(this, branching, place, out);
  }

  /** At most one child: its node is looked up. */
  #lookup(branching: Lookup, place: Place, out: Label): void {
    const { v } = this;
    const { field, child } = branching;
    const node = v.getreg("i");
    if (branching.form === "goto") this.#find(branching.at, node, place.node);
    else {
      const value = load(v, field, "host", place);
      if (branching.form === "match") v.scalli(node, "match", place.node, { reg: value });
      else if (branching.own) v.scalli(node, "lookup", { imm: branching.at.table }, { reg: value });
      else v.scalli(node, "probe", { imm: branching.at.table }, place.node, { reg: value });
      v.putreg(value);
    }
    v.bri("beq", "i", node, 0, out);
    this.enter(field, child, { ...place, node: { reg: node } }, out);
    v.putreg(node);
  }

  /** What the node's place holds. */
  #find(at: TablePlace, rd: Register, node: Operand): void {
    if (at === "record") this.v.scalli(rd, "step", node);
    else this.v.scalli(rd, "lookup", { imm: at.table }, node);
  }

  /** Any number of children: a loop over the entries that contain the value. */
  #span(branching: Extract<SharedBranching, { form: "list" | "tree" }>, place: Place, out: Label): void {
    const { v } = this;
    const { field, child, at } = branching;
    const value = load(v, field, "network", place);
    const entry = v.getreg("i");
    if (at !== undefined) {
      this.#find(at, entry, place.node);
      if (branching.form === "tree") v.bri("beq", "i", entry, 0, out);
    }
    if (branching.form === "list") v.scalli(entry, "scan", { reg: entry }, { reg: value });
    else {
      const root = at === undefined ? { imm: branching.root } : { reg: entry };
      v.scalli(entry, "span", { imm: branching.table }, root, { reg: value }, { imm: branching.shape });
    }
    v.bri("beq", "i", entry, 0, out);
    const node = v.getreg("i");
    if (branching.form === "tree" && branching.nearest !== undefined) {
      v.scalli(node, "child", { reg: entry });
      this.enter(field, child, { ...place, node: { reg: node } }, out);
      for (const register of [value, entry, node]) v.putreg(register);
      return;
    }
    const [head, next] = [v.genlabel(), v.genlabel()];
    v.label(head);
    v.fuel(1);
    v.scalli(node, "child", { reg: entry });
    this.enter(field, child, { ...place, node: { reg: node } }, next);
    v.label(next);
    v.scalli(entry, "next", { reg: entry });
    if (branching.form === "list") v.scalli(entry, "scan", { reg: entry }, { reg: value });
    v.bri("bne", "i", entry, 0, head);
    for (const register of [value, entry, node]) v.putreg(register);
  }

  /** The field's way has been found: what it asks besides, and then the child. */
  enter(field: Field, child: Block, place: Place, out: Label): void {
    if (field.kind === "move") return this.#move(field, place, child, out);
    if (field.kind === "length" && field.most < MAX_LENGTH) this.v.bri("bgt", "i", place.left, field.most, out);
    if (field.kind === "residual") this.#residual(field, place, out);
    this.block(child, place, out);
  }

  /** A loaded shift opens a region. */
  #move(field: Field, place: Place, child: Block, out: Label): void {
    const { v } = this;
    const octets = load(v, field, "network", place);
    if (field.left > 0) {
      // What would not fit a word after scaling moves past every frame.
      const limit = MAX_WORD >>> field.left;
      if (field.mask > limit) v.bri("bgt", "u", octets, limit, out);
      v.alui("lsh", "u", octets, octets, field.left);
    }
    const there = this.#moved(place, octets, out);
    v.putreg(octets);
    this.block(child, there, out);
    v.putreg(there.left);
    v.putreg(there.base);
  }

  /** The place so many octets on, in registers of its own; to `out` where the frame ends before. */
  #moved({ node, base, left, facts }: Place, octets: Register, out: Label): Place {
    const { v } = this;
    v.br("bgt", "u", octets, left, out);
    const there = { node, left: v.getreg("i"), base: v.getreg("p"), have: 0, facts };
    v.alu("sub", "i", there.left, left, octets);
    v.alu("add", "p", there.base, base, octets);
    return there;
  }

  #residual({ residual, takes }: Field, { facts }: Place, out: Label): void {
    const { v } = this;
    const answer = v.getreg("i");
    // Residuals stand behind all pieces, whose number is not known yet: see withResiduals.
    const taken = takes.map((fact) => ({ reg: registerOf(facts, fact) }));
    v.call(answer, -1 - residual, { reg: FRAME }, { reg: FRAME_LEFT }, ...taken);
    v.bri("beq", "i", answer, 0, out);
    v.putreg(answer);
  }

  /** Octets of the region without which nothing below the branching can match. */
  #needOf(branching: Branching): number {
    const { field } = branching;
    const own = octetsOf(field);
    if (field.kind === "move") return own;
    return Math.max(own, Math.min(...childrenOf(branching).map((child) => this.#needOfBlock(child))));
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

function bitOf(branching: Branching): number | undefined {
  return isStatic(branching) ? undefined : branching.bit;
}

/** Calls of residuals, by number from -1 downwards, as calls of lambdas from `first` on. */
function withResiduals(lambda: Lambda, first: number): Lambda {
  const call = (insn: Insn): Insn =>
    insn.op === "call" && insn.lambda < 0 ? { ...insn, lambda: first - 1 - insn.lambda } : insn;
  return { ...lambda, insns: lambda.insns.map(call) };
}
