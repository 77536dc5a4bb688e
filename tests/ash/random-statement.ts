/** Statements of chance: blocks that a way may leave, loops that end (nearly all), and all that a handler does to state and to others. */
import type { Scalar } from "../../src/ash/tree.js";
import type { Chance } from "../seeded.js";
import { RandomActions } from "./random-action.js";
import { RandomExpressions } from "./random-expression.js";
import type { Scope } from "./random-scope.js";
import { isLong, isSigned, type RandomTable, SCALARS } from "./random-state.js";

/** Lines, and whether a way leads to what follows. */
export interface Written {
  readonly lines: readonly string[];
  readonly goesOn: boolean;
}

const NUMBERS = SCALARS.filter((scalar) => scalar !== "bool");
const onwards = (...lines: readonly string[]): Written => ({ lines, goesOn: true });
const indented = (lines: readonly string[]) => lines.map((line) => `  ${line}`);

export class RandomStatements {
  readonly #chance: Chance;
  readonly #count: (construct: string) => void;
  readonly #expressions: RandomExpressions;
  readonly #actions: RandomActions;
  /** Of a hundred handlers, this one may run for ever. */
  readonly #endless: boolean;

  constructor(chance: Chance, count: (construct: string) => void, endless: boolean) {
    this.#chance = chance;
    this.#count = count;
    this.#expressions = new RandomExpressions(chance, count);
    this.#actions = new RandomActions(chance, count, this.#expressions);
    this.#endless = endless;
  }

  /** A function's body, which ends with what it gives back. */
  body(scope: Scope, statements: number): string[] {
    const { lines, goesOn } = this.#some(scope, statements, 2);
    if (!goesOn) return [...lines];
    const end = scope.around.result === "void" ? [] : [this.#return(scope)];
    return [...lines, ...this.#told(scope), ...end];
  }

  /** Some of what was computed is told, so that nothing is computed in vain. */
  #told({ variables }: Scope): string[] {
    const some = variables.filter(({ constant }) => constant !== true && this.#chance.percent(50)).slice(-4);
    return some.map(({ name, type }) =>
      isLong(type) ? `wake(u32(${name} ^ (${name} >> 32n)));` : `wake(u32(${name}));`,
    );
  }

  /** So many at most, in a scope of their own. */
  #some(scope: Scope, statements: number, depth: number): Written {
    const lines: string[] = [];
    for (let n = 0; n < statements; n++) {
      const written = this.#statement(scope, depth);
      lines.push(...written.lines);
      if (!written.goesOn) return { lines, goesOn: false };
    }
    if (depth < 2 && this.#chance.percent(30)) lines.push(...this.#told(scope).slice(0, 1));
    return { lines, goesOn: true };
  }

  #block(scope: Scope, depth: number): Written {
    return this.#some(scope, 1 + this.#chance.below(3), depth - 1);
  }

  /** Of a loop: rounds often end before their end. */
  #round(scope: Scope, depth: number): Written {
    if (!this.#chance.percent(40)) return this.#block(scope, depth);
    const before = this.#assignment(scope).lines;
    const way = this.#chance.pick(["continue", "continue", "break"]);
    this.#count(way);
    const left = `if (${this.#expressions.condition(scope, 1)}) ${way};`;
    const { lines, goesOn } = this.#block(scope, depth);
    return { lines: [...before, left, ...lines], goesOn };
  }

  #statement(scope: Scope, depth: number): Written {
    const kind = this.#chance.below(100);
    if (kind < 22) return this.#declaration(scope);
    if (kind < 45) return this.#assignment(scope);
    if (kind < 65 || depth <= 0) return this.#actions.action(scope) ?? this.#assignment(scope);
    if (kind < 76) return this.#if(scope, depth);
    if (kind < 84) return this.#loop(scope, depth);
    if (kind < 88) return this.#switch(scope, depth);
    if (kind < 92) return this.#leave(scope, depth);
    if (kind < 94) return this.#inBraces(scope, depth);
    return this.#ofEntry(scope, depth);
  }

  /** Most expressions are small. */
  #depth(): number {
    return this.#chance.pick([1, 1, 2, 2, 3]);
  }

  #inBraces(scope: Scope, depth: number): Written {
    this.#count("a block");
    const { lines, goesOn } = this.#block(scope.inner(), depth);
    return { lines: ["{", ...indented(lines), "}"], goesOn };
  }

  #declaration(scope: Scope): Written {
    const type = this.#chance.pick(SCALARS);
    const name = scope.name("local");
    const kind = this.#chance.below(100);
    const settable = kind >= 35;
    const keyword = settable ? "let" : "const";
    this.#count(keyword);
    const literals: Partial<Record<Scalar, string>> = { u32: "0", i32: "-1", u64: "0n", i64: "-1n" };
    const literal = literals[type];
    if (settable && literal !== undefined && kind < 50) {
      this.#count("a local of its literal's type");
      scope.variables.push({ name, type, settable });
      return onwards(`${keyword} ${name} = ${literal};`);
    }
    const constant = !settable && this.#chance.percent(30);
    const value = constant
      ? this.#expressions.literal(type, scope)
      : this.#expressions[settable ? "of" : "computed"](type, scope, this.#depth());
    scope.variables.push({ name, type, settable, constant });
    // A type that is not written is the value's, which may be a narrower one.
    if (!constant && this.#chance.percent(30) && (!settable || isLong(type) || type === "bool")) {
      this.#count("a local of its value's type");
      // A literal has the type that is asked for, and here none is.
      if (!/^(true|false|[-\d]\w*|LIMIT\d+|local\d+)$|\?/.test(value)) return onwards(`${keyword} ${name} = ${value};`);
    }
    return onwards(`${keyword} ${name}: ${type === "bool" && this.#chance.percent(50) ? "boolean" : type} = ${value};`);
  }

  #assignment(scope: Scope): Written {
    const type = this.#chance.pick(SCALARS);
    const locals = scope.variables.filter((variable) => variable.type === type && variable.settable);
    const local = this.#chance.percent(35) && locals.length > 0 ? this.#chance.pick(locals).name : undefined;
    const place = local ?? this.#expressions.place(type, scope);
    if (place === undefined) return this.#declaration(scope);
    const inside = scope.holding(place);
    if (type === "bool" || this.#chance.percent(40)) {
      this.#count(local === undefined ? "an assignment to a place" : "an assignment to a local");
      return onwards(`${place} = ${this.#expressions.of(type, inside, this.#depth())};`);
    }
    return this.#update(place, type, inside);
  }

  #update(place: string, type: Scalar, scope: Scope): Written {
    if (this.#chance.percent(25)) {
      const op = this.#chance.pick(["++", "--"]);
      this.#count(`${type} ${op}`);
      return onwards(this.#chance.percent(70) ? `${place}${op};` : `${op}${place};`);
    }
    const op = this.#chance.pick([
      "+=",
      "-=",
      "*=",
      "/=",
      "%=",
      "&=",
      "|=",
      "^=",
      "<<=",
      type === "u32" || type === "u16" || type === "u8" ? ">>>=" : ">>=",
    ]);
    this.#count(`${op}`);
    this.#count(`an update of ${type}`);
    if (op.length > 2) return onwards(`${place} ${op} ${this.#expressions.shiftCount(type, scope, 2)};`);
    return onwards(`${place} ${op} ${this.#expressions.computed(type, scope, 2)};`);
  }

  #if(scope: Scope, depth: number): Written {
    const condition = this.#expressions.condition(scope, 2);
    const then = this.#block(scope.inner(), depth);
    this.#count("if");
    const lines = [`if (${condition}) {`, ...indented(then.lines)];
    if (this.#chance.percent(50)) return { lines: [...lines, "}"], goesOn: true };
    if (this.#chance.percent(30)) {
      this.#count("else if");
      const other = this.#if(scope.inner(), depth - 1);
      const [first, ...rest] = other.lines;
      return { lines: [...lines, `} else ${first}`, ...rest], goesOn: then.goesOn || other.goesOn };
    }
    const otherwise = this.#block(scope.inner(), depth);
    this.#count("else");
    return {
      lines: [...lines, "} else {", ...indented(otherwise.lines), "}"],
      goesOn: then.goesOn || otherwise.goesOn,
    };
  }

  #loop(scope: Scope, depth: number): Written {
    if (scope.loops > 1) return this.#assignment(scope);
    scope.around.loops = true;
    if (this.#endless && this.#chance.percent(60)) return this.#forEver(scope);
    switch (this.#chance.below(4)) {
      case 0:
        return this.#while(scope, depth);
      case 1:
        return this.#do(scope, depth);
      case 2:
        return this.#until(scope, depth);
      default:
        return this.#for(scope, depth);
    }
  }

  /** How often: few times, or by the message. */
  #times(scope: Scope): string {
    return this.#chance.percent(60) ? `${1 + this.#chance.below(6)}` : `(${this.#expressions.word(scope, 1)} & 7)`;
  }

  #for(scope: Scope, depth: number): Written {
    const inner = scope.inner({ loop: true });
    const name = `i${scope.loops}`;
    const downwards = this.#chance.percent(25);
    const times = this.#times(scope);
    const value = { name, type: "u32" as const, settable: false };
    const others = inner.variables.filter((variable) => variable.name !== name);
    inner.variables.splice(0, inner.variables.length, ...others, value);
    this.#count(downwards ? "for, downwards" : "for");
    const head = downwards
      ? `for (let ${name}: u32 = ${times}; ${name} > 0; ${name}--) {`
      : `for (let ${name} = 0; ${name} < ${times}; ${this.#chance.percent(70) ? `${name}++` : `${name} += 2`}) {`;
    const body = this.#round(inner, depth);
    return onwards(head, ...indented(body.lines), "}");
  }

  #while(scope: Scope, depth: number): Written {
    const name = scope.name("round");
    this.#count("while");
    const condition = this.#chance.percent(50) ? ` && ${this.#expressions.condition(scope, 1)}` : "";
    scope.variables.push({ name, type: "u32", settable: false });
    const head = `while (${name} < ${this.#times(scope)}${condition}) {`;
    const body = this.#round(scope.inner({ loop: true }), depth);
    return onwards(`let ${name} = 0;`, head, `  ${name}++;`, ...indented(body.lines), "}");
  }

  #do(scope: Scope, depth: number): Written {
    const name = scope.name("round");
    scope.variables.push({ name, type: "u32", settable: false });
    const inner = scope.inner({ loop: true });
    const lines = this.#always(inner, depth);
    this.#count("do");
    return onwards(
      `let ${name} = 0;`,
      "do {",
      `  ${name} += 1;`,
      ...indented(lines),
      `} while (${name} < ${this.#times(scope)});`,
    );
  }

  /** Statements of which the last goes on. */
  #always(scope: Scope, depth: number): readonly string[] {
    for (;;) {
      const { lines, goesOn } = this.#block(scope.inner(), depth);
      if (goesOn) return lines;
    }
  }

  /** A loop without an end of its own, left by break. */
  #until(scope: Scope, depth: number): Written {
    const name = scope.name("round");
    scope.variables.push({ name, type: "u32", settable: false });
    const inner = scope.inner({ loop: true });
    const head = this.#chance.pick(["for (;;) {", "while (true) {", `for (; ; ) {`]);
    const times = this.#times(scope);
    const body = this.#round(inner, depth);
    this.#count("a loop that break ends");
    return onwards(
      `let ${name} = 0;`,
      head,
      `  if (${name} >= ${times}) break;`,
      `  ${name}++;`,
      ...indented(body.lines),
      "}",
    );
  }

  #forEver(scope: Scope): Written {
    this.#count("a loop for ever");
    const inner = scope.inner({ loop: true });
    const lines = [...this.#assignment(inner).lines, ...this.#assignment(inner).lines];
    return onwards(`while (${this.#expressions.condition(scope, 1)}) {`, ...indented(lines), "}");
  }

  #switch(scope: Scope, depth: number): Written {
    const type = this.#chance.pick(NUMBERS);
    const few = type === "u32" ? "" : type;
    const subject = isLong(type)
      ? `${this.#expressions.computed(type, scope, 1)} % 4n`
      : `${few}(${this.#expressions.word(scope, 1)} % 5)${isSigned(type) ? " - 2" : ""}`;
    const values = [...(isSigned(type) ? [-1, -2] : [3, 4]), 0, 1, 2, 100].filter(() => this.#chance.percent(60));
    const literal = (value: number) => `${value}${isLong(type) ? "n" : ""}`;
    const arms: Written[] = [];
    while (values.length > 0) {
      const cases = values.splice(0, this.#chance.percent(25) ? 2 : 1);
      if (cases.length > 1) this.#count("an arm of several cases");
      arms.push(
        this.#arm(
          cases.map((value) => `case ${literal(value)}:`),
          scope,
          depth,
        ),
      );
    }
    const hasDefault = arms.length === 0 || this.#chance.percent(60);
    if (hasDefault) arms.push(this.#arm(["default:"], scope, depth));
    this.#count(`switch of ${type}`);
    this.#count(hasDefault ? "default" : "switch without default");
    return {
      lines: [`switch (${subject}) {`, ...indented(arms.flatMap(({ lines }) => lines)), "}"],
      goesOn: !hasDefault || arms.some(({ goesOn }) => goesOn),
    };
  }

  #arm(cases: readonly string[], scope: Scope, depth: number): Written {
    const inner = scope.inner({ switch: true });
    // An if with a break in it goes on behind the switch, whatever follows.
    const { lines, goesOn } = this.#block(inner, depth);
    const heads = cases.slice(0, -1);
    const last = `${cases.at(-1)} {`;
    const breaks = lines.some((line) => /\bbreak;/.test(line));
    return {
      lines: [...heads, last, ...indented([...lines, ...(goesOn ? ["break;"] : [])]), "}"],
      goesOn: goesOn || breaks,
    };
  }

  /** return, break or continue, on a condition or always. */
  #leave(scope: Scope, depth: number): Written {
    const ways = ["return"];
    if (scope.loops > 0 || scope.inSwitch) ways.push("break", "break");
    if (scope.loops > 0) ways.push("continue", "continue");
    const way = this.#chance.pick(ways);
    const line = way === "return" ? this.#return(scope) : `${way};`;
    this.#count(way);
    // What leads nowhere stands at the end of an inner block only, so that most of a handler is come to.
    if (depth === 2 || this.#chance.percent(70))
      return onwards(`if (${this.#expressions.condition(scope, 1)}) ${line}`);
    return { lines: [line], goesOn: false };
  }

  #return(scope: Scope): string {
    const { result } = scope.around;
    if (result === "void") return "return;";
    if (result === "Outcome") return `return ${this.#actions.outcome(scope, 1)};`;
    this.#count(`a result of ${result}`);
    return `return ${this.#expressions.of(result, scope, this.#depth())};`;
  }

  /** What find gives, where there is one and where there is none. */
  #ofEntry(scope: Scope, depth: number): Written {
    const tables = scope.around.state.tables.filter(({ name }) => !scope.held.has(name));
    if (tables.length === 0) return this.#assignment(scope);
    const table = this.#chance.pick(tables);
    if (this.#chance.percent(60)) return this.#held(table, scope);
    const name = scope.name("entry");
    const declared = `const ${name} = ${table.name}.find(${this.#expressions.key(table, scope, 1)});`;
    const there = scope.inner();
    there.references.push({ name, fields: table.fields });
    there.held.add(table.name);
    const equal = this.#chance.percent(50);
    this.#count(equal ? "=== undefined" : "!== undefined");
    const [found, missing] = [this.#block(there, depth), this.#block(scope.inner(), depth)];
    const [then, otherwise] = equal ? [missing, found] : [found, missing];
    return {
      lines: [
        declared,
        `if (${name} ${equal ? "===" : "!=="} undefined) {`,
        ...indented(then.lines),
        "} else {",
        ...indented(otherwise.lines),
        "}",
      ],
      goesOn: then.goesOn || otherwise.goesOn,
    };
  }

  /** What is used of one only where it is there, without an else. */
  #held(table: RandomTable, scope: Scope): Written {
    const name = scope.name("entry");
    const declared = `const ${name} = ${table.name}.find(${this.#expressions.key(table, scope, 1)});`;
    const field = this.#chance.pick(table.fields);
    if (field.count === undefined && this.#chance.percent(50)) {
      const local = scope.name("local");
      const other = this.#expressions.of(field.type, scope, 1);
      scope.variables.push({ name: local, type: field.type, settable: false });
      this.#count("a field of what may be undefined");
      const value =
        field.type === "bool"
          ? `${name} !== undefined && ${name}.${field.name}`
          : `${name} === undefined ? ${other} : ${name}.${field.name}`;
      return onwards(declared, `const ${local}: ${field.type} = ${value};`);
    }
    const gone = this.#return(scope);
    this.#count("a return where it is undefined");
    scope.held.add(table.name);
    scope.references.push({ name, fields: table.fields });
    return onwards(declared, `if (${name} === undefined) ${gone}`);
  }
}
