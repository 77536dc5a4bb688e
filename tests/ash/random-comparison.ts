/**
 * Handlers of chance, dense in what TypeScript narrows by: comparisons with few constants, switches, conditions that have names, loops that are left early,
 * fields and elements. Their types are right; whether their comparisons are, they do not ask.
 */
import type { Chance } from "../seeded.js";
import { atTop } from "./cases.js";

type Kind = "number" | "long" | "bool";

interface Named {
  readonly name: string;
  readonly kind: Kind;
  readonly assignable: boolean;
  /** It may be an index: it is a name, and no place. */
  readonly index: boolean;
}

const STATE = `const K = 2;
const L: u32 = 1;
const ON = true;
const WIDE = 2n;
const seen = record({ n: u32, m: u32, wide: u64, on: bool, off: bool, length: u32 });
const counts = array(u32, 16);
const flags = array(bool, 4);
const Entry = shape({ last: u32, hot: bool });
const entries = table(u32, Entry, 16);
const slots = array(Entry, 4);
const isOne = map(u8, (word) => (word === 1 ? K : word === 2 || word === K ? 3 : word));
function pick(of: u32): u32 { return of; }
function test(of: u32): bool { return of > 3; }
`;

function place(name: string, kind: Kind, assignable = true): Named {
  return { name, kind, assignable, index: false };
}

const PLACES: readonly Named[] = [
  place("seen.n", "number"),
  place("seen.m", "number"),
  place("seen.length", "number"),
  place("seen.wide", "long"),
  place("seen.on", "bool"),
  place("seen.off", "bool"),
  place("counts[2]", "number"),
  place("counts[K]", "number"),
  place("counts[L]", "number"),
  place("counts[1]!", "number"),
  place("flags[1]", "bool"),
  place("flags[L]", "bool"),
  place("slots[1].last", "number"),
  place("slots[K].hot", "bool"),
  place("message.length", "number", false),
  place("message.port", "number", false),
  place("message.time", "long", false),
  place("entries.size", "number", false),
  place("counts.length", "number", false),
];

const PARAMETERS: readonly Named[] = [
  { name: "x", kind: "number", assignable: true, index: true },
  { name: "y", kind: "number", assignable: false, index: true },
  { name: "w", kind: "long", assignable: true, index: false },
  { name: "p", kind: "bool", assignable: true, index: false },
  { name: "q", kind: "bool", assignable: false, index: false },
  { name: "K", kind: "number", assignable: false, index: true },
  { name: "ON", kind: "bool", assignable: false, index: false },
  { name: "WIDE", kind: "long", assignable: false, index: false },
];

const TYPES: Readonly<Record<Kind, string>> = { number: "u32", long: "u64", bool: "bool" };

/** A handler, most of whose statements are about few references, so that they meet. */
export function randomComparisons(chance: Chance): string {
  const few = Array.from({ length: 3 }, () => chance.pick([...PARAMETERS, ...PLACES]));
  const text = new Text(chance, [...few, ...few, ...few, ...PARAMETERS, ...PLACES]);
  const body = text.statements(2 + chance.below(2), 2 + chance.below(5));
  return atTop(`${STATE}function work(message: Message, x: u32, y: u32, w: u64, p: bool, q: bool): void {\n${body}}`);
}

class Text {
  readonly #chance: Chance;
  #names: readonly Named[];
  #named = 0;
  #loops = 0;
  #breakable = 0;

  constructor(chance: Chance, names: readonly Named[]) {
    this.#chance = chance;
    this.#names = names;
  }

  /** Each on a line of its own; what they declare is seen in them only. */
  statements(depth: number, count: number): string {
    const before = this.#names;
    let text = "";
    for (let k = 0; k < count; k++) text += `${this.#statement(depth)}\n`;
    this.#names = before;
    return text;
  }

  #block(depth: number): string {
    return `{\n${this.statements(depth - 1, 1 + this.#chance.below(3))}}`;
  }

  #statement(depth: number): string {
    const chance = this.#chance;
    const kinds = ["assign", "assign", "declare", "declare", "use", "entry"];
    if (depth > 0) kinds.push("if", "if", "if", "leave", "leave", "switch", "loop", "if", "begin", "circle");
    switch (chance.pick(kinds)) {
      case "assign":
        return this.#assign();
      case "declare":
        return this.#declare();
      case "if":
        return `if (${this.#condition(2)}) ${this.#block(depth)}${chance.percent(40) ? ` else ${this.#block(depth)}` : ""}`;
      case "leave":
        return `if (${this.#condition(2)}) ${this.#leave()}`;
      case "switch":
        return this.#switch(depth);
      case "loop":
        return this.#loop(depth);
      case "entry":
        return this.#entry();
      case "begin":
        return this.#begin();
      case "circle":
        return this.#circle();
      default:
        return `seen.m = pick(${this.#value("number", 1)});`;
    }
  }

  #leave(): string {
    const ways = ["return;"];
    if (this.#loops > 0) ways.push("continue;");
    if (this.#breakable > 0) ways.push("break;", "break;");
    return this.#chance.pick(ways);
  }

  #assign(): string {
    const chance = this.#chance;
    const { name, kind } = chance.pick(this.#names.filter(({ assignable }) => assignable));
    if (kind === "number" && chance.percent(30))
      return chance.pick([`${name}++;`, `${name} += ${this.#value(kind, 1)};`]);
    return `${name} = ${this.#value(kind, 2)};`;
  }

  #declare(): string {
    const chance = this.#chance;
    const kind = chance.pick(["number", "bool", "bool", "long"] as const);
    const constant = chance.percent(65);
    const name = `v${this.#named++}`;
    const value = chance.percent(25) ? this.#reference(kind) : this.#value(kind, 2);
    this.#names = [...this.#names, ...this.#seenOften({ name, kind, assignable: !constant, index: kind === "number" })];
    return `${constant ? "const" : "let"} ${name}${chance.percent(25) ? `: ${TYPES[kind]}` : ""} = ${value};`;
  }

  #seenOften(named: Named): readonly Named[] {
    const element = (name: string, kind: Kind): Named => ({ name, kind, assignable: true, index: false });
    const elements = [element(`counts[${named.name}]`, "number"), element(`flags[${named.name}]`, "bool")];
    return [named, named, named, ...(named.index ? elements : [])];
  }

  #entry(): string {
    const name = `v${this.#named++}`;
    const found = this.#chance.percent(50);
    const key = this.#value("number", 1);
    const fields = [place(`${name}.last`, "number"), place(`${name}.hot`, "bool")];
    this.#names = [...this.#names, ...fields, ...fields];
    if (!found) return `const ${name} = entries.enter(${key});`;
    const test = this.#chance.pick([
      `if (${name} === undefined) ${this.#leave()}`,
      `const ${name}t = ${name} !== undefined;\nif (${name}t) if (${name} !== undefined) ${name}.last = 2;\nif (${name} === undefined) ${this.#leave()}`,
      `const ${name}t = ${name} === undefined || ${this.#condition(1)};\nif (!${name}t) ${this.#leave()}\nif (${name} === undefined) ${this.#leave()}`,
      `if (${name} === undefined || ${name}.last ${this.#equals()} 2) ${this.#leave()}`,
    ]);
    return `const ${name} = entries.find(${key});\n${test}`;
  }

  /** A let that begins with what was just compared, or switched on. */
  #begin(): string {
    const chance = this.#chance;
    const kind = chance.pick(["number", "bool", "long"] as const);
    const of = this.#reference(kind);
    const name = `v${this.#named++}`;
    const value = chance.percent(60) ? of : this.#value(kind, 2);
    const type = chance.percent(20) ? `: ${TYPES[kind]}` : "";
    const then = `let ${name}${type} = ${value};\n${chance.percent(80) ? `${name} = ${this.#value(kind, 1)};\n` : ""}seen.on = ${name} === ${of};`;
    if (kind === "bool" && chance.percent(50)) return `if (${chance.percent(50) ? "!" : ""}${of}) {\n${then}\n}`;
    const literal = kind === "bool" ? chance.pick(["true", "false"]) : this.#value(kind, 0);
    if (kind !== "bool" && chance.percent(40))
      return `switch (${of}) {\ncase ${kind === "long" ? "1n" : "1"}: {\n${then}\nbreak;\n}\n}`;
    return `if (${of} ${this.#equals()} ${literal}) {\n${then}\n}`;
  }

  /** A loop whose names may depend on what it assigned in the round before. */
  #circle(): string {
    const chance = this.#chance;
    const [a, b, c] = [`v${this.#named++}`, `v${this.#named++}`, `v${this.#named++}`];
    const type = (kind: Kind): string => (chance.percent(25) ? `: ${TYPES[kind]}` : "");
    const before = this.#names;
    const begin = this.#value("bool", 1);
    this.#names = [
      ...before,
      ...Array.from({ length: 6 }, () => ({ name: a, kind: "bool", assignable: true, index: false }) as const),
    ];
    const condition = this.#condition(1);
    let text = `let ${a}${type("bool")} = ${begin};\nwhile (${condition}) {\n`;
    text += `const ${b}${type("bool")} = ${this.#value("bool", 2)};\n`;
    this.#names = [
      ...this.#names,
      ...Array.from({ length: 6 }, () => ({ name: b, kind: "bool", assignable: false, index: false }) as const),
    ];
    text += `const ${c}${type("number")} = ${this.#value("number", 2)};\n`;
    this.#names = [
      ...this.#names,
      ...Array.from({ length: 6 }, () => ({ name: c, kind: "number", assignable: false, index: true }) as const),
    ];
    text += `if (${this.#condition(1)}) ${chance.pick(["break;", "continue;", `${a} = ${this.#value("bool", 1)};`])}\n`;
    text += `${this.#assign()}\n${chance.percent(70) ? `${a} = ${chance.pick([b, this.#value("bool", 1)])};\n` : ""}}`;
    this.#names = before;
    return text;
  }

  #switch(depth: number): string {
    const chance = this.#chance;
    const kind = chance.pick(["number", "number", "long"] as const);
    const subject = chance.percent(80) ? this.#reference(kind) : this.#value(kind, 1);
    const tests = ["1", "2", "3", "K"]
      .filter(() => chance.percent(60))
      .map((test) => (kind === "long" ? longOf(test) : test));
    const arms = new Set(
      tests.filter((test) => test !== (kind === "long" ? "2n" : "2") || !tests.some((other) => /K|WIDE/.test(other))),
    );
    this.#breakable++;
    let text = `switch (${subject}) {\n`;
    for (const test of arms) {
      text += `case ${test}:\n`;
      if (chance.percent(25)) continue;
      text += this.#arm(depth);
    }
    if (chance.percent(40) || text.endsWith(":\n")) text += `default:\n${this.#arm(depth)}`;
    this.#breakable--;
    return `${text}}`;
  }

  #arm(depth: number): string {
    return `{\n${this.statements(depth - 1, 1 + this.#chance.below(2))}${this.#chance.percent(75) ? "break;" : "return;"}\n}\n`;
  }

  #loop(depth: number): string {
    const chance = this.#chance;
    const condition = this.#condition(1);
    this.#loops++;
    this.#breakable++;
    const i = `v${this.#named++}`;
    const kind = chance.below(4);
    const before = this.#names;
    if (kind === 0)
      this.#names = [...before, ...this.#seenOften({ name: i, kind: "number", assignable: true, index: true })];
    const body = this.#block(depth);
    const update = kind === 0 && chance.percent(30) ? this.#assign().slice(0, -1) : `${i}++`;
    this.#names = before;
    this.#loops--;
    this.#breakable--;
    if (kind === 0)
      return `for (let ${i} = ${chance.percent(70) ? "0" : this.#value("number", 1)}; ${i} < 4; ${update}) ${body}`;
    if (kind === 1) return `do ${body} while (${condition});`;
    return `while (${condition}) ${body}`;
  }

  /** A boolean, most often a comparison of a reference. */
  #condition(depth: number): string {
    const chance = this.#chance;
    const ways = ["compare", "compare", "compare", "compare", "reference", "reference", "less"];
    if (depth > 0) ways.push("and", "or", "or", "not", "word", "choose");
    switch (chance.pick(ways)) {
      case "and":
        return `(${this.#condition(depth - 1)} && ${this.#condition(depth - 1)})`;
      case "or":
        return `(${this.#condition(depth - 1)} || ${this.#condition(depth - 1)})`;
      case "not":
        return `!${this.#operand(depth - 1)}`;
      case "word":
        return `${this.#operand(depth - 1)} ${this.#equals()} ${chance.pick(["true", "false"])}`;
      case "choose":
        return `(${this.#condition(depth - 1)} ? ${this.#condition(depth - 1)} : ${this.#condition(depth - 1)})`;
      case "less":
        return chance.pick([`${this.#reference("number")} < 2`, `test(${this.#reference("number")})`]);
      case "reference":
        return this.#reference("bool");
      default: {
        const kind = chance.pick(["number", "number", "number", "long", "bool"] as const);
        const sides = [this.#reference(kind), this.#value(kind, chance.percent(85) ? 0 : 1)];
        if (chance.percent(15)) sides.reverse();
        return sides.join(` ${this.#equals()} `);
      }
    }
  }

  #operand(depth: number): string {
    const condition = this.#condition(depth);
    return /^[\w.[\]]+$/.test(condition) ? condition : `(${condition})`;
  }

  #equals(): string {
    return this.#chance.percent(65) ? "===" : "!==";
  }

  #reference(kind: Kind): string {
    return this.#chance.pick(this.#names.filter((one) => one.kind === kind)).name;
  }

  #value(kind: Kind, depth: number): string {
    const chance = this.#chance;
    if (kind === "bool")
      return chance.percent(35) ? chance.pick(["true", "false"]) : this.#condition(Math.max(depth - 1, 0));
    const literal = (): string => chance.pick(kind === "long" ? ["1n", "2n", "3n", "WIDE"] : ["1", "2", "3", "K"]);
    if (depth === 0 || chance.percent(45)) return chance.percent(75) ? literal() : this.#reference(kind);
    const ways = [() => this.#reference(kind), () => this.#reference(kind)];
    ways.push(
      () => `(${this.#condition(depth - 1)} ? ${this.#value(kind, depth - 1)} : ${this.#value(kind, depth - 1)})`,
    );
    ways.push(() => `${this.#reference(kind)} + ${literal()}`);
    if (kind === "number") ways.push(() => `pick(${this.#reference(kind)})`);
    return chance.pick(ways)();
  }
}

function longOf(test: string): string {
  return test === "K" ? "WIDE" : `${test}n`;
}
