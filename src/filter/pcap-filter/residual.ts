/**
 * The whole predicate as VCODE, for what atoms cannot say: decisions one after the other, each number computed when it is
 * asked for and kept in a register of its own. Every load is checked first; a load that is not there, and a division by
 * 0, go to no. A number that all ways here have computed is not computed again, and octets that all ways have checked are
 * not checked again.
 *
 *   parameters: packet (p), octets captured (i) [, octets on the wire (u) [, link type (u)]]       result: 1 or 0
 */
import type { Branch, Label, Lambda, Program } from "../../vcode/insn.js";
import { Assembler } from "../../vcode/vcode.js";
import { Computation, common, type Done, LINK, WIRE } from "./computation.js";
import { type Decision, type Graph, NO, type Place, YES } from "./decision.js";
import type { NumberNode } from "./number.js";
import type { Comparison } from "./predicate.js";
import { emitProtochain } from "./protochain.js";

/** The branch of a comparison that holds, and of one that does not. */
const BRANCHES: Readonly<Record<Comparison, readonly [Branch, Branch]>> = {
  "==": ["beq", "bne"],
  ">": ["bgt", "ble"],
  ">=": ["bge", "blt"],
  "&": ["bne", "beq"],
};
/** The same with its sides swapped. */
const SWAPPED: Readonly<Record<Branch, Branch>> = {
  beq: "beq",
  bne: "bne",
  bgt: "blt",
  ble: "bge",
  bge: "ble",
  blt: "bgt",
};

type Compared = Extract<Decision, { kind: "comparison" }>;

export function residualOf(graph: Graph): Program {
  return { lambdas: [new Residual(graph).write()], tables: 0 };
}

const PARAMETERS = ["p", "i", "u", "u"] as const;

/** As many as the numbers ask for: behind the length on the wire the link type. */
function parametersOf(graph: Graph): number {
  const kinds = new Set([...numbersIn(graph)].map(({ kind }) => kind));
  return kinds.has("link") ? LINK + 1 : kinds.has("wire") ? WIRE + 1 : WIRE;
}

class Residual {
  readonly #v: Assembler;
  readonly #graph: Graph;
  readonly #computation: Computation;
  /** By place, of those that something jumps to. */
  readonly #labels: (Label | undefined)[] = [];
  readonly #before: (Done | undefined)[] = [];

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#v = new Assembler([...PARAMETERS].slice(0, parametersOf(graph)), { result: "i" });
    this.#computation = new Computation(this.#v, () => this.#labelOf(NO));
  }

  write(): Lambda {
    const { entry, decisions } = this.#graph;
    this.#clearCells();
    const order = orderOf(this.#graph);
    if (order.length === 0) this.#v.ret({ imm: entry });
    for (const [index, place] of order.entries()) {
      const decision = decisions[place];
      const [before, label] = [this.#before[place], this.#labels[place]];
      this.#before[place] = undefined;
      if (before !== undefined) this.#computation.done = before;
      if (label !== undefined) this.#v.label(label);
      if (decision !== undefined) this.#decide(decision, order[index + 1]);
    }
    for (const place of [YES, NO]) {
      const label = this.#labels[place];
      if (label === undefined) continue;
      this.#v.label(label);
      this.#v.ret({ imm: place });
    }
    return this.#v.end();
  }

  #clearCells(): void {
    const cells = new Set<number>();
    for (const number of numbersIn(this.#graph)) if (number.kind === "cell") cells.add(number.cell);
    for (const decision of this.#graph.decisions) if (decision?.kind === "store") cells.add(decision.cell);
    for (const cell of cells) this.#v.set("u", this.#computation.cell(cell), 0);
  }

  #decide(decision: Decision, next: Place | undefined): void {
    const computation = this.#computation;
    switch (decision.kind) {
      case "comparison":
        return this.#compare(decision, next);
      case "store":
        this.#v.mov("u", computation.cell(decision.cell), computation.number(decision.number));
        return this.#go(decision.yes, next);
      case "protochain": {
        const base = decision.base && computation.number(decision.base);
        emitProtochain(computation, decision.of, base, { yes: this.#to(decision.yes), no: this.#to(decision.no) });
      }
    }
  }

  #labelOf(place: Place): Label {
    const label = this.#labels[place] ?? this.#v.genlabel();
    this.#labels[place] = label;
    return label;
  }

  /** What was done on the way comes with whoever goes there. */
  #to(place: Place): Label {
    this.#note(place);
    return this.#labelOf(place);
  }

  #go(place: Place, next: Place | undefined): void {
    if (place === next) this.#note(place);
    else this.#v.j(this.#to(place));
  }

  #note(place: Place): void {
    if (place > YES) this.#before[place] = common(this.#before[place], this.#computation.done);
  }

  #compare({ operator, left, right, yes, no }: Compared, next: Place | undefined): void {
    const turned = next === yes;
    const branch = BRANCHES[operator][turned ? 1 : 0];
    const [target, other] = turned ? [no, yes] : [yes, no];
    const number = (of: NumberNode) => this.#computation.number(of);
    if (operator === "&") {
      const bits = this.#v.getreg("u");
      this.#computation.apply("&", bits, left, right);
      this.#v.bri(branch, "u", bits, 0, this.#to(target));
      this.#v.putreg(bits);
    } else if (right.kind === "constant") {
      const register = number(left);
      this.#v.bri(branch, "u", register, right.value, this.#to(target));
    } else if (left.kind === "constant") {
      const register = number(right);
      this.#v.bri(SWAPPED[branch], "u", register, left.value, this.#to(target));
    } else {
      const [one, two] = [number(left), number(right)];
      this.#v.br(branch, "u", one, two, this.#to(target));
    }
    this.#go(other, next);
  }
}

/** Each decision behind all that lead to it, and right behind one of them if it can be: then nobody jumps. */
function orderOf({ entry, decisions }: Graph): Place[] {
  const waiting: number[] = [];
  for (const decision of decisions) for (const next of nextOf(decision)) waiting[next] = (waiting[next] ?? 0) + 1;
  const order: Place[] = [];
  const ready = entry > YES ? [entry] : [];
  for (let place = ready.pop(); place !== undefined; place = ready.pop()) {
    order.push(place);
    for (const next of nextOf(decisions[place])) {
      const left = (waiting[next] ?? 0) - 1;
      waiting[next] = left;
      if (left === 0 && next > YES) ready.push(next);
    }
  }
  return order;
}

/** The way of no is the last: it goes on to the next alternative. */
function nextOf(decision: Decision | undefined): readonly Place[] {
  if (decision === undefined) return [];
  return "no" in decision ? [decision.yes, decision.no] : [decision.yes];
}

function numbersOf(decision: Decision): readonly NumberNode[] {
  if (decision.kind === "comparison") return [decision.left, decision.right];
  if (decision.kind === "protochain") return decision.base ? [decision.base] : [];
  return [decision.number];
}

/** All that is computed somewhere, each once. */
function numbersIn({ decisions }: Graph): ReadonlySet<NumberNode> {
  const found = new Set<NumberNode>();
  const add = (number: NumberNode) => {
    if (found.has(number)) return;
    found.add(number);
    if (number.kind === "load" && number.base) add(number.base);
    if (number.kind !== "operation") return;
    add(number.left);
    add(number.right);
  };
  for (const decision of decisions) for (const number of decision ? numbersOf(decision) : []) add(number);
  return found;
}
