/** What handlers of chance do beside assignments: entries, places that a const holds, octets, frames, pipelines, wake and transfer. */
import type { Chance } from "../seeded.js";
import type { RandomExpressions } from "./random-expression.js";
import type { Scope } from "./random-scope.js";
import { type RandomOctets, SCALARS } from "./random-state.js";
import type { Written } from "./random-statement.js";

const onwards = (...lines: readonly string[]): Written => ({ lines, goesOn: true });

type Action = (scope: Scope) => Written | undefined;

export class RandomActions {
  readonly #chance: Chance;
  readonly #count: (construct: string) => void;
  readonly #expressions: RandomExpressions;
  readonly #actions: readonly Action[];

  constructor(chance: Chance, count: (construct: string) => void, expressions: RandomExpressions) {
    this.#chance = chance;
    this.#count = count;
    this.#expressions = expressions;
    this.#actions = [
      (scope) => this.#call(scope),
      (scope) => this.#enter(scope),
      (scope) => this.#slot(scope),
      (scope) => this.#delete(scope),
      (scope) => this.#octets(scope),
      (scope) => this.#octets(scope),
      (scope) => this.#walk(scope),
      (scope) => this.#oneOfTwo(scope),
      (scope) => this.#vector(scope),
      ...Array.from({ length: 4 }, () => (scope: Scope) => this.#frame(scope)),
      (scope) => this.#pipeline(scope),
      (scope) => this.#pipeline(scope),
      (scope) => this.#wake(scope),
      (scope) => this.#transfer(scope),
      (scope) => this.#chain(scope),
    ];
  }

  /** Undefined where chance asked for what there is not. */
  action(scope: Scope): Written | undefined {
    return this.#chance.pick(this.#actions)(scope);
  }

  #word(scope: Scope): string {
    return this.#expressions.word(scope, 1);
  }

  #call(scope: Scope): Written | undefined {
    const call = this.#expressions.call("void", scope, 2);
    if (call !== undefined) this.#count("a call of void");
    return call === undefined ? undefined : onwards(`${call};`);
  }

  #enter(scope: Scope): Written | undefined {
    const tables = scope.around.state.tables.filter(({ name }) => !scope.held.has(name));
    if (tables.length === 0) return undefined;
    const table = this.#chance.pick(tables);
    const [key, name] = [this.#expressions.key(table, scope, 1), scope.name("entry")];
    this.#count("enter");
    scope.around.touched.add(table.name);
    scope.held.add(table.name);
    scope.references.push({ name, fields: table.fields });
    return onwards(`const ${name} = ${table.name}.enter(${key});`);
  }

  #slot(scope: Scope): Written | undefined {
    const { places } = scope.around.state;
    if (places.length === 0) return undefined;
    const { name, fields, count } = this.#chance.pick(places);
    const index = this.#expressions.places.index(count, () => this.#word(scope));
    const slot = scope.name("slot");
    this.#count("a place held by a const");
    scope.references.push({ name: slot, fields });
    return onwards(`const ${slot} = ${name}[${index}];`);
  }

  #delete(scope: Scope): Written | undefined {
    const tables = scope.around.state.tables.filter(({ name }) => !scope.held.has(name));
    if (tables.length === 0) return undefined;
    const table = this.#chance.pick(tables);
    scope.around.touched.add(table.name);
    this.#count("delete");
    return onwards(`${table.name}.delete(${this.#expressions.key(table, scope, 1)});`);
  }

  #build(scope: Scope, frame: string): Written | undefined {
    if (this.#chance.percent(30)) return this.#vector(scope);
    if (this.#chance.percent(25)) return this.#frame(scope);
    return this.#octets(scope, { text: scope.frame ?? frame, count: undefined });
  }

  #octets(scope: Scope, octets = this.#expressions.octets(scope)): Written | undefined {
    if (octets === undefined) return undefined;
    const type = this.#chance.pick(["u8", "u16", "u32", "u64"] as const);
    const offset = this.#expressions.places.offset(octets, Number(type.slice(1)) / 8, () => this.#word(scope));
    if (offset === undefined) return undefined;
    const of = octets.count === undefined ? "frame" : "octets";
    if (type !== "u8") {
      this.#count(`${of}.set${type}`);
      return onwards(`${octets.text}.setU${type.slice(1)}(${offset}, ${this.#expressions.of(type, scope, 2)});`);
    }
    const kind = this.#chance.pick(["=", "+=", "++"]);
    this.#count(`${of} ${kind}`);
    const value = kind === "++" ? "++" : ` ${kind} ${this.#expressions.of("u8", scope, 2)}`;
    return onwards(`${octets.text}[${offset}]${value};`);
  }

  /** Stores at a constant and multiples of a step, from the first that is there to the last. */
  #walk(scope: Scope): Written | undefined {
    const octets = this.#expressions.octets(scope);
    if (octets === undefined || scope.loops > 1) return undefined;
    const width = this.#chance.pick([2, 4, 8]);
    const room = Math.min(octets.count ?? 40, 40) - width;
    const step = this.#chance.pick([1, 2, 4, 8, 8]);
    const begin = this.#chance.below(10);
    const more = this.#chance.below(5);
    if (room < begin + more + step) return undefined;
    this.#count("a walk over octets");
    const inner = scope.inner({ loop: true });
    const name = scope.name("at");
    inner.variables.push({ name, type: "u32", settable: false });
    scope.around.loops = true;
    const store = this.#setting(octets, width, more === 0 ? name : `${name} + ${more}`, inner);
    return onwards(`for (let ${name} = ${begin}; ${name} <= ${room - more}; ${name} += ${step}) {`, `  ${store}`, "}");
  }

  #setting({ text }: RandomOctets, width: number, offset: string, scope: Scope): string {
    const bits = 8 * width;
    const type = width === 8 ? "u64" : width === 4 ? "u32" : "u16";
    return `${text}.setU${bits}(${offset}, ${this.#expressions.of(type, scope, 1)});`;
  }

  /** A store at one of two offsets. */
  #oneOfTwo(scope: Scope): Written | undefined {
    const octets = this.#expressions.octets(scope);
    if (octets === undefined) return undefined;
    const width = this.#chance.pick([2, 4, 8]);
    const room = Math.min(octets.count ?? 40, 40) - width;
    if (room < 0) return undefined;
    this.#count("a store at one of two offsets");
    const offset = () => {
      const any = this.#chance.below(room + 1);
      return this.#chance.percent(70) ? any & ~3 : any;
    };
    const name = scope.name("at");
    const condition = this.#expressions.condition(scope, 1);
    if (this.#chance.percent(50)) {
      const either = `const ${name}: u32 = ${condition} ? ${offset()} : ${offset()};`;
      return onwards(either, this.#setting(octets, width, name, scope));
    }
    const lines = [`let ${name} = ${offset()};`, `if (${condition}) ${name} = ${offset()};`];
    return onwards(...lines, this.#setting(octets, width, name, scope));
  }

  /** A stretch of most messages, and where it goes. */
  #vector(scope: Scope): Written | undefined {
    const octets = this.#expressions.octets(scope);
    if (octets === undefined || !scope.around.message) return undefined;
    const room = octets.count ?? 40;
    const length = this.#chance.below(Math.min(room, 40) + 1);
    const at = this.#chance.below(Math.min(room, 40) - length + 1);
    const from = this.#chance.percent(50)
      ? `${this.#chance.below(41 - length)}`
      : `${this.#word(scope)} % ${41 - length}`;
    const many = this.#chance.percent(60) ? `${length}` : `${this.#word(scope)} % ${length + 1}`;
    if (octets.count === undefined && this.#chance.percent(60)) {
      this.#count("frame.copy");
      return onwards(`${octets.text}.copy(message, ${from}, ${many}, ${at});`);
    }
    this.#count(octets.count === undefined ? "vector to a frame" : "vector");
    return onwards(`message.vector(${from}, ${many}, ${octets.text}, ${at});`);
  }

  #frame(scope: Scope): Written | undefined {
    if (scope.frame === undefined) return this.#begin(scope);
    const { frame } = scope;
    const kind = this.#chance.pick(["swap", "resize", "send", "send", "begin"] as const);
    this.#count(`frame.${kind}`);
    switch (kind) {
      case "begin":
        return scope.outerFrame ? undefined : this.#begin(scope);
      case "swap": {
        const octets = 1 + this.#chance.below(8);
        const a = this.#chance.below(8);
        const b = a + (this.#chance.percent(95) ? octets : 0) + this.#chance.below(8);
        const many = this.#chance.percent(70) ? `${octets}` : `${this.#word(scope)} % ${octets + 1}`;
        return onwards(`${frame}.swap(${this.#chance.percent(50) ? `${a}, ${b}` : `${b}, ${a}`}, ${many});`);
      }
      case "resize":
        return onwards(`${frame}.resize(${this.#length(scope)});`);
      case "send":
        return this.#send(frame, scope);
    }
  }

  #length(scope: Scope): string {
    if (this.#chance.percent(9))
      return this.#chance.pick([
        "2048",
        "2047",
        `2040 + (${this.#word(scope)} & 15)`,
        `2048 + (${this.#word(scope)} & 3)`,
      ]);
    return this.#chance.percent(50) ? `${40 + this.#chance.below(40)}` : `40 + (${this.#word(scope)} & 31)`;
  }

  #begin(scope: Scope): Written {
    const name = scope.name("frame");
    const replies = scope.around.message && this.#chance.percent(60);
    this.#count(replies ? "reply" : "frame");
    const value = replies ? "reply(message)" : `frame(${this.#length(scope)})`;
    scope.frame = name;
    scope.held.add("frame");
    scope.around.touched.add("frame");
    // A frame is there to be built.
    const building = Array.from({ length: this.#chance.below(4) }, () => this.#build(scope, name)?.lines ?? []);
    return onwards(`const ${name} = ${value};`, ...building.flat());
  }

  #send(frame: string, scope: Scope): Written {
    const port = this.#chance.percent(50) ? "" : this.#word(scope);
    this.#count(port === "" ? "send" : "send by a port");
    if (this.#chance.percent(50)) return onwards(`${frame}.send(${port});`);
    const name = scope.name("sent");
    scope.variables.push({ name, type: "bool", settable: false });
    return onwards(`const ${name} = ${frame}.send(${port});`);
  }

  #pipeline(scope: Scope): Written | undefined {
    const { pipelines } = scope.around.state;
    if (pipelines.length === 0 || !scope.around.message) return undefined;
    const { name, gauge } = this.#chance.pick(pipelines);
    const from = this.#chance.below(15);
    const room = 40 - from;
    const to = this.#roomy(scope);
    const small = to !== undefined && (to.count ?? 64) < 64;
    const length = this.#lengthOf(scope, room, gauge, small);
    if (to === undefined || this.#chance.percent(30)) {
      this.#count("pipeline.read");
      return onwards(`${name}.read(message, ${from}, ${length});`);
    }
    this.#count("pipeline.run");
    return onwards(`${name}.run(message, ${from}, ${length}, ${to.text}, ${this.#at(small)});`);
  }

  /** `varies`: a constant might be known to be too large. */
  #lengthOf(scope: Scope, room: number, gauge: number, varies: boolean): string {
    if (this.#chance.percent(12)) return this.#word(scope);
    const most = Math.floor(room / gauge);
    if (!varies && this.#chance.percent(50)) return `${gauge * this.#chance.below(most + 1)}`;
    return gauge === 1 ? `${this.#word(scope)} % ${most}` : `(${this.#word(scope)} % ${most}) * ${gauge}`;
  }

  /** Where it goes to: rarely where it may not. */
  #at(small: boolean): number {
    if (this.#chance.percent(10)) return 2;
    return small ? 0 : 4 * this.#chance.below(4);
  }

  /** With room for all of it, or a frame, which has it mostly. */
  #roomy(scope: Scope): RandomOctets | undefined {
    const all = scope.around.state.buffers.filter(({ count }) => (count ?? 0) >= 64 || this.#chance.percent(10));
    if (scope.frame !== undefined) all.push({ text: scope.frame, count: undefined });
    return all.length === 0 ? undefined : this.#chance.pick(all);
  }

  #wake(scope: Scope): Written {
    this.#count("wake");
    return onwards(`wake(${this.#expressions.of("u32", scope, 2)});`);
  }

  /** One value through several types, each in a local: what is known of one must not be believed of the next. */
  #chain(scope: Scope): Written {
    const types = Array.from({ length: 3 }, () => this.#chance.pick(SCALARS));
    const names = types.map(() => scope.name("link"));
    this.#count("a chain of conversions");
    const lines = types.map((type, n) => {
      const from = names[n - 1] ?? this.#expressions.computed(this.#chance.pick(SCALARS), scope, 1);
      return `const ${names[n]} = ${type}(${from});`;
    });
    return onwards(...lines, `wake(u32(${names.at(-1)}));`);
  }

  #transfer(scope: Scope): Written {
    this.#count("transfer");
    const words = Array.from({ length: 3 }, () => this.#expressions.of("u32", scope, 1));
    const call = `transfer(${this.#word(scope)} & 3, ${words.join(", ")})`;
    if (this.#chance.percent(50)) return onwards(`${call};`);
    const name = scope.name("taken");
    scope.variables.push({ name, type: "bool", settable: false });
    return onwards(`const ${name} = ${call};`);
  }

  /** What a function whose result is one gives back. */
  outcome(scope: Scope, depth: number): string {
    const kind = this.#chance.below(100);
    if (kind < 30) return this.#named("pass");
    if (kind < 60) return this.#named("consume");
    if (kind < 75)
      return `${this.#named("passTo")}(${this.#expressions.word(scope, 1)} ${this.#chance.percent(95) ? "& 15" : "| 16"})`;
    const call = this.#expressions.call("Outcome", scope, 1);
    if (call !== undefined) return call;
    if (depth <= 0) return this.#named("pass");
    this.#count("an outcome of two");
    return `${this.#expressions.condition(scope, 1)} ? ${this.outcome(scope, depth - 1)} : ${this.outcome(scope, depth - 1)}`;
  }

  #named(outcome: string): string {
    this.#count(outcome);
    return outcome;
  }
}
