/**
 * Statements as TypeScript follows them: from what is known before one to what is known behind it. Loops are gone round until their rounds
 * begin with no more than was known; where that takes too long, with what is known then, which is more than TypeScript knows.
 */
import { complainOfCircle } from "./circle.js";
import { closed, type Flow, forgetting, isSameFlow, knowing, meet } from "./flow.js";
import { areBooleans, type Taken, unitOf } from "./literals.js";
import type { Typing } from "./narrow-expression.js";
import { narrowSwitch } from "./narrow-switch.js";
import { pathOf } from "./reference.js";
import type { Declaration, Statement } from "./syntax.js";
import { assuming, lasting, TELLS_NOTHING, word } from "./told.js";

const MOST_ROUNDS = 8;

type Of<Kind extends Statement["kind"]> = Extract<Statement, { kind: Kind }>;

/** The ways that leave a loop's round, or a switch, before its end. */
export interface Leaving {
  readonly kind: "loop" | "switch";
  readonly breaks: Flow[];
  readonly continues: Flow[];
}

export class Narrowing {
  readonly typing: Typing;
  readonly leaving: Leaving[] = [];
  /** What the rounds of a loop begin with: where it stands in another one, also what those of its rounds began with that were gone before. */
  readonly #heads = new Map<Statement, Flow>();

  constructor(typing: Typing) {
    this.typing = typing;
  }

  list(flow: Flow, statements: readonly Statement[]): Flow {
    return statements.reduce((now, statement) => this.statement(now, statement), flow);
  }

  statement(flow: Flow, statement: Statement): Flow {
    switch (statement.kind) {
      case "wrong":
        return flow;
      case "declare":
        return this.declare(flow, statement.declaration);
      case "assign":
        return this.#assign(flow, statement);
      case "expression":
        this.typing.type(flow, statement.expression);
        return flow;
      case "if": {
        const { told } = this.typing.type(flow, statement.condition);
        const chosen = this.list(assuming(flow, told, true), statement.chosen);
        return meet(chosen, this.list(assuming(flow, told, false), statement.otherwise));
      }
      case "loop":
        return this.#loop(flow, statement);
      case "switch":
        return narrowSwitch(this, flow, statement);
      case "break":
      case "continue":
        return this.#leave(flow, statement.kind);
      case "return":
        if (statement.value !== undefined) this.typing.type(flow, statement.value);
        return closed(flow);
      case "block":
        return this.list(flow, statement.body);
    }
  }

  declare(flow: Flow, { constant, name, type, value }: Declaration): Flow {
    const variable = this.typing.variables.declared(name);
    if (variable === undefined || value === undefined) return flow;
    const typed = this.typing.type(flow, value);
    const { taken, told } = typed;
    if (!constant && type === undefined && variable.assigned) this.typing.mustBe(typed, value);
    variable.index = constant ? unitOf(taken) : undefined;
    variable.told = constant && type === undefined ? lasting(told) : TELLS_NOTHING;
    variable.taken = type !== undefined || (!constant && taken?.widens === true) ? undefined : taken;
    if (!constant && variable.assigned && variable.taken !== undefined)
      this.#complainOfConstant(name.name, taken, value);
    return assigned(forgetting(flow, variable.path), variable.path, taken);
  }

  #complainOfConstant(name: string, taken: Taken, span: Declaration["value"] & object): void {
    const [value] = taken?.of ?? [];
    if (value === undefined) return;
    const type = areBooleans(taken) ? "bool" : value.endsWith("n") ? "u64" : "u32";
    const message = `it is known here to be ${value}, and "${name}" could be nothing else, for TypeScript`;
    this.typing.complain("E_TYPE", span, message, `write its type: let ${name}: ${type} = …`);
  }

  #assign(flow: Flow, { target, op, value }: Of<"assign">): Flow {
    const { typing } = this;
    const within =
      target.kind === "index" ? [target.object, target.index] : target.kind === "member" ? [target.object] : [];
    for (const part of within) typing.mustBe(typing.type(flow, part), part);
    if (op !== undefined) typing.type(flow, target);
    const { taken } = typing.type(flow, value);
    const path = pathOf(typing.variables, target);
    return path === undefined ? flow : assigned(forgetting(flow, path), path, op === undefined ? taken : undefined);
  }

  #loop(flow: Flow, statement: Of<"loop">): Flow {
    const begun = this.list(flow, statement.initial);
    complainOfCircle(this.typing, begun, statement);
    const before = this.#heads.get(statement);
    let head = before === undefined ? begun : meet(begun, before);
    let behind = head;
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const gone = this.typing.quietly(() => this.#round(head, statement));
      behind = gone.behind;
      const next = meet(head, gone.back);
      if (isSameFlow(next, head)) break;
      head = next;
    }
    this.#heads.set(statement, head);
    // Once more only to complain: loops in loops would be gone round twice as often with each.
    return this.typing.muted ? behind : this.#round(head, statement).behind;
  }

  /** One round: what comes back to its begin, and what is behind the loop. */
  #round(head: Flow, { first, condition, body, update }: Of<"loop">): { readonly back: Flow; readonly behind: Flow } {
    const told = (flow: Flow) => (condition === undefined ? word(true) : this.typing.type(flow, condition).told);
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

  #leave(flow: Flow, kind: "break" | "continue"): Flow {
    if (kind === "break") this.leaving.at(-1)?.breaks.push(flow);
    else this.leaving.findLast((one) => one.kind === "loop")?.continues.push(flow);
    return closed(flow);
  }
}

/** Of a boolean TypeScript knows what was assigned last. */
function assigned(flow: Flow, path: string, taken: Taken): Flow {
  return areBooleans(taken) ? knowing(flow, path, taken) : flow;
}
