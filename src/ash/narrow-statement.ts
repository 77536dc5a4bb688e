/**
 * Statements as TypeScript follows them: from what is known before one to what is known behind it. Loops are gone round until their rounds
 * begin with no more than was known; a text for which that takes too many is refused.
 */
import { complainOfCircle } from "./circle.js";
import { closed, forgettingWithin, isSameKnowledge, type Knowledge, knowing, meet } from "./knowledge.js";
import { areBooleans, type Taken, unitOf } from "./literals.js";
import type { Typing } from "./narrow-expression.js";
import { narrowSwitch } from "./narrow-switch.js";
import { pathOf } from "./reference.js";
import type { Declaration, Statement } from "./syntax.js";
import { assuming, lasting, TELLS_NOTHING, word } from "./told.js";

/** Of one loop. A value that is handed on from name to name needs one more than there are names. */
export const MAX_ROUNDS = 256;
/** Of all loops of a text, as Typing counts them: a second or two. */
export const MAX_STEPS = 2_000_000;

type Of<Kind extends Statement["kind"]> = Extract<Statement, { kind: Kind }>;

/** The ways that leave a loop's round, or a switch, before its end. */
export interface Leaving {
  readonly kind: "loop" | "switch";
  readonly breaks: Knowledge[];
  readonly continues: Knowledge[];
}

export class Narrowing {
  readonly typing: Typing;
  readonly leaving: Leaving[] = [];
  /** What the rounds of a loop begin with: where it stands in another one, also what those of its rounds began with that were gone before. */
  readonly #heads = new Map<Statement, Knowledge>();

  constructor(typing: Typing) {
    this.typing = typing;
  }

  list(knowledge: Knowledge, statements: readonly Statement[]): Knowledge {
    return statements.reduce((now, statement) => this.statement(now, statement), knowledge);
  }

  statement(knowledge: Knowledge, statement: Statement): Knowledge {
    switch (statement.kind) {
      case "wrong":
        return knowledge;
      case "declare":
        return this.declare(knowledge, statement.declaration);
      case "assign":
        return this.#assign(knowledge, statement);
      case "expression":
        this.typing.type(knowledge, statement.expression);
        return knowledge;
      case "if": {
        const { told } = this.typing.type(knowledge, statement.condition);
        const chosen = this.list(assuming(knowledge, told, true), statement.chosen);
        return meet(chosen, this.list(assuming(knowledge, told, false), statement.otherwise));
      }
      case "loop":
        return this.#loop(knowledge, statement);
      case "switch":
        return narrowSwitch(this, knowledge, statement);
      case "break":
      case "continue":
        return this.#leave(knowledge, statement.kind);
      case "return":
        if (statement.value !== undefined) this.typing.type(knowledge, statement.value);
        return closed(knowledge);
      case "block":
        return this.list(knowledge, statement.body);
    }
  }

  declare(knowledge: Knowledge, { constant, name, type, value }: Declaration): Knowledge {
    const variable = this.typing.variables.declared(name);
    if (variable === undefined || value === undefined) return knowledge;
    const typed = this.typing.type(knowledge, value);
    const { taken, told } = typed;
    if (!constant && type === undefined && variable.assigned) this.typing.mustBe(typed, value);
    variable.index = constant ? unitOf(taken) : undefined;
    variable.told = constant && type === undefined ? lasting(told) : TELLS_NOTHING;
    variable.taken = type !== undefined || (!constant && taken?.widens === true) ? undefined : taken;
    if (!constant && variable.assigned && variable.taken !== undefined)
      this.#complainOfConstant(name.name, taken, value);
    return assigned(knowledge, variable.path, taken);
  }

  #complainOfConstant(name: string, taken: Taken, span: Declaration["value"] & object): void {
    const [value] = taken?.of ?? [];
    if (value === undefined) return;
    const type = areBooleans(taken) ? "bool" : value.endsWith("n") ? "u64" : "u32";
    const message = `it is known here to be ${value}, and "${name}" could be nothing else, for TypeScript`;
    this.typing.complain("E_TYPE", span, message, `write its type: let ${name}: ${type} = …`);
  }

  #assign(knowledge: Knowledge, { target, op, value }: Of<"assign">): Knowledge {
    const { typing } = this;
    const within =
      target.kind === "index" ? [target.object, target.index] : target.kind === "member" ? [target.object] : [];
    for (const part of within) typing.mustBe(typing.type(knowledge, part), part);
    if (op !== undefined) typing.type(knowledge, target);
    const { taken } = typing.type(knowledge, value);
    const path = pathOf(typing.variables, target);
    return path === undefined ? knowledge : assigned(knowledge, path, op === undefined ? taken : undefined);
  }

  #loop(knowledge: Knowledge, statement: Of<"loop">): Knowledge {
    const begun = this.list(knowledge, statement.initial);
    complainOfCircle(this.typing, begun, statement);
    const before = this.#heads.get(statement);
    const { head, behind } = this.#settled(before === undefined ? begun : meet(begun, before), statement);
    this.#heads.set(statement, head);
    // Once more only to complain: loops in loops would be gone round twice as often with each.
    return this.typing.muted ? behind : this.#round(head, statement).behind;
  }

  /** What all rounds begin with, and what is behind the loop then. Each round but the last knows less than the one before: there is a last one. */
  #settled(begun: Knowledge, statement: Of<"loop">): { readonly head: Knowledge; readonly behind: Knowledge } {
    let head = begun;
    for (let round = 1; !this.typing.ended; round++) {
      const { back, behind } = this.typing.quietly(() => this.#round(head, statement));
      const next = meet(head, back);
      if (isSameKnowledge(next, head)) return { head, behind };
      if (round === MAX_ROUNDS) this.#giveUp(statement, `${MAX_ROUNDS} rounds`);
      else if (this.typing.steps > MAX_STEPS) this.#giveUp(statement, `${MAX_STEPS} steps`);
      head = next;
    }
    return { head, behind: head };
  }

  #giveUp({ condition, start, end }: Of<"loop">, after: string): void {
    const message = `what is known in this loop still changes after ${after}, which is the limit`;
    this.typing.end("E_TOO_COMPLEX", condition ?? { start, end }, message, "hand on fewer values from one to the next");
  }

  /** One round: what comes back to its begin, and what is behind the loop. */
  #round(
    head: Knowledge,
    { first, condition, body, update }: Of<"loop">,
  ): { readonly back: Knowledge; readonly behind: Knowledge } {
    const told = (knowledge: Knowledge) =>
      condition === undefined ? word(true) : this.typing.type(knowledge, condition).told;
    const leaving: Leaving = { kind: "loop", breaks: [], continues: [] };
    const before = first ? told(head) : TELLS_NOTHING;
    this.leaving.push(leaving);
    const round = this.list(assuming(head, before, true), body);
    this.leaving.pop();
    const end = this.list(meet(round, ...leaving.continues), update);
    if (first) return { back: end, behind: meet(assuming(head, before, false), ...leaving.breaks) };
    const behind = told(end);
    return { back: assuming(end, behind, true), behind: meet(assuming(end, behind, false), ...leaving.breaks) };
  }

  #leave(knowledge: Knowledge, kind: "break" | "continue"): Knowledge {
    if (kind === "break") this.leaving.at(-1)?.breaks.push(knowledge);
    else this.leaving.findLast((one) => one.kind === "loop")?.continues.push(knowledge);
    return closed(knowledge);
  }
}

/** Of what lies in it nothing is known any more. Of a boolean TypeScript knows what was assigned last. */
function assigned(knowledge: Knowledge, path: string, taken: Taken): Knowledge {
  return knowing(forgettingWithin(knowledge, path), path, areBooleans(taken) ? taken : undefined);
}
