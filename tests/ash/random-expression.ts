/**
 * Expressions of chance, of the type that is asked for, in the language's own terms: no mixing, nothing narrower than it may be, no constant
 * beyond what it is put into. TypeScript, too, complains of comparisons that it can see through: what it would know is not compared.
 */
import type { Scalar } from "../../src/ash/tree.js";
import type { Chance } from "../seeded.js";
import { EDGES, shiftCounts, WIDENS } from "./random-literal.js";
import { RandomPlaces } from "./random-place.js";
import type { RandomFunction, Scope } from "./random-scope.js";
import { isLong, isSigned, type RandomField, type RandomOctets, type RandomTable, SCALARS } from "./random-state.js";

type Net = "fold16" | "patch16" | "patch32" | "swap16" | "swap32";
type Maker = () => string | undefined;

export class RandomExpressions {
  readonly #chance: Chance;
  readonly #count: (construct: string) => void;
  readonly places: RandomPlaces;

  constructor(chance: Chance, count: (construct: string) => void) {
    this.#chance = chance;
    this.#count = count;
    this.places = new RandomPlaces(chance, count);
  }

  /** Of the type, or what becomes of it; `depth`: how far it may nest. */
  of(type: Scalar, scope: Scope, depth: number): string {
    if (this.#chance.percent(depth <= 0 ? 45 : 12)) return this.literal(type, scope);
    const unlike = WIDENS[type].filter((narrow) => isSigned(narrow) !== isSigned(type));
    if (unlike.length === 0 || !this.#chance.percent(10)) return this.computed(type, scope, depth);
    this.#count("an unsigned value that becomes signed");
    return this.computed(this.#chance.pick(unlike), scope, depth);
  }

  /** The same, signed where the type is, and no constant: nobody knows its value before. */
  computed(type: Scalar, scope: Scope, depth: number): string {
    const makers = depth < 0 ? this.#atoms(type, scope) : this.#leaves(type, scope);
    if (depth > 0) makers.push(...this.#inner(type, scope, depth));
    for (let attempt = 0; attempt < 6; attempt++) {
      const text = this.#chance.pick(makers)();
      if (text !== undefined) return text;
    }
    return this.#last(type, scope);
  }

  /** An expression of u32 or less. */
  word(scope: Scope, depth: number): string {
    return this.computed(this.#chance.pick(["u32", "u32", "u8", "u16"]), scope, depth);
  }

  condition(scope: Scope, depth: number): string {
    return this.computed("bool", scope, depth);
  }

  /** A constant: a literal, or what stands for one. */
  literal(type: Scalar, scope: Scope): string {
    const { around } = scope;
    const named = scope.variables.filter((variable) => variable.constant && variable.type === type);
    if (named.length > 0 && this.#chance.percent(25)) return this.#chance.pick(named).name;
    if (type === "u32" && this.#chance.percent(20)) return this.#length(scope) ?? "9";
    const constants = around.state.constants.filter(
      (constant) => constant.type === type || constant.type === (isLong(type) ? "long" : "word"),
    );
    const fits = constants.filter(({ value }) => type !== "bool" && (value < 128n || !type.endsWith("8")));
    if (fits.length > 0 && this.#chance.percent(40)) return this.#chance.pick(fits).name;
    if (type === "bool") return this.#chance.pick(["true", "false"]);
    this.#count(`a literal of ${type}`);
    return this.#chance.pick(EDGES[type]);
  }

  /** By field of the table's key, as find, enter and delete take it; of few values, so that they come again. */
  key({ key }: RandomTable, scope: Scope, depth: number): string {
    const parts = key.map(({ name, type }) => {
      const few = `${this.word(scope, depth)} % ${3 + this.#chance.below(5)}`;
      const part = type === "u32" ? few : `${type}(${few})`;
      return name === undefined ? part : `${name}: ${part}`;
    });
    const [first, second] = key;
    if (first?.name === undefined) return parts.join("");
    const func = second === undefined ? undefined : this.#changing(scope);
    if (second !== undefined && func !== undefined) {
      const call = `${second.name}: ${second.type}(${this.args(func, scope, depth)})`;
      parts.splice(0, 2, `${first.name}: ${first.type}(${func.changes})`, call);
    }
    if (second !== undefined && this.#chance.percent(40)) {
      this.#count("a key's fields in another order");
      parts.reverse();
    }
    return `{ ${parts.join(", ")} }`;
  }

  entered(name: string, scope: Scope): string {
    const table = scope.around.state.tables.find((table) => table.name === name);
    if (table === undefined) throw new Error(`no table ${name}`);
    scope.around.touched.add(name);
    this.#count("an entry used in place");
    return `${name}.enter(${this.key(table, scope, -1)})`;
  }

  place(type: Scalar, scope: Scope): string | undefined {
    const word = () => this.word(scope, -1);
    const text = this.places.place(scope, type, word, (table) => this.entered(table, scope));
    if (text !== undefined) this.#count(`a place of ${type}`);
    return text;
  }

  args({ name, message, parameters }: RandomFunction, scope: Scope, depth: number): string {
    const args = parameters.map((type) => this.of(type, scope, depth - 1));
    return `${name}(${[...(message ? ["message"] : []), ...args].join(", ")})`;
  }

  /** A call of one of the handler's functions with this result. */
  call(result: RandomFunction["result"], scope: Scope, depth: number): string | undefined {
    const callable = scope.callable(result);
    if (callable.length === 0) return undefined;
    const func = this.#chance.pick(callable);
    scope.called(func);
    this.#count(func.message ? "a call with the message" : "a call");
    return this.args(func, scope, depth);
  }

  /** Octets to load from or to store to: buffers and the frame. */
  octets(scope: Scope): RandomOctets | undefined {
    const { buffers, places } = scope.around.state;
    const octetsOf = (text: () => string, fields: readonly RandomField[]) =>
      fields
        .filter(({ type, count }) => type === "u8" && count !== undefined)
        .map(({ name, count }) => () => ({ text: `${text()}.${name}`, count }));
    const all = [
      ...buffers.map((buffer) => () => buffer),
      ...scope.references.flatMap(({ name, fields }) => octetsOf(() => name, fields)),
      ...places.flatMap(({ name, fields, count }) => octetsOf(() => `${name}[${this.#index(count, scope)}]`, fields)),
    ];
    const frame = { text: scope.frame ?? "", count: undefined };
    if (scope.frame !== undefined && (all.length === 0 || this.#chance.percent(60))) return frame;
    return all.length === 0 ? undefined : this.#chance.pick(all)();
  }

  #index(count: number, scope: Scope): string {
    this.#count("octets of a place");
    return this.places.index(count, () => this.word(scope, -1));
  }

  /** With what is always there, where chance found nothing. */
  #last(type: Scalar, scope: Scope): string {
    const all = scope.variables.filter((variable) => !variable.constant);
    const variables = all.filter((variable) => variable.type === type);
    if (variables.length > 0) return this.#chance.pick(variables).name;
    const others = all.map(({ name }) => name);
    if (scope.around.message)
      others.push("message.length", "message.number", "message.time", "message.u8(7)", "message.u32(8)");
    return `${type}(${this.#chance.pick(others)})`;
  }

  /** What stands for itself. */
  #atoms(type: Scalar, scope: Scope): Maker[] {
    const variables = scope.variables.filter((variable) => variable.type === type && !variable.constant);
    const variable = () => (variables.length === 0 ? undefined : this.#chance.pick(variables).name);
    const atoms: Maker[] = [variable, variable];
    if (type === "u32") atoms.push(() => this.#count32(scope));
    if (type === "u64" && scope.around.message) atoms.push(() => this.#named("message.time"));
    return atoms;
  }

  #leaves(type: Scalar, scope: Scope): Maker[] {
    const leaves = this.#atoms(type, scope);
    leaves.push(
      () => this.place(type, scope),
      () => this.#messageLoad(type, scope),
    );
    const octetTypes: readonly Scalar[] = ["u8", "u16", "u32", "u64"];
    if (octetTypes.includes(type)) leaves.push(() => this.#octetsLoad(type, scope));
    return leaves;
  }

  /** What is known of tables, arrays and buffers before anything runs. */
  #length({ around: { state } }: Scope): string | undefined {
    const all = [
      ...state.tables.map(({ name }) => `${name}.capacity`),
      ...state.arrays.map(({ name }) => `${name}.length`),
      ...state.places.map(({ name }) => `${name}.length`),
      ...state.buffers.map(({ text }) => `${text}.length`),
    ];
    if (all.length === 0) return undefined;
    const text = this.#chance.pick(all);
    this.#count(text.replace(/.*\./, "its "));
    return text;
  }

  /** Of a type that is narrower, and as signed. */
  #wider(type: Scalar, scope: Scope, depth: number): string | undefined {
    const like = WIDENS[type].filter((narrow) => isSigned(narrow) === isSigned(type));
    return like.length === 0 ? undefined : this.computed(this.#chance.pick(like), scope, depth - 1);
  }

  #named(text: string): string {
    this.#count(text);
    return text;
  }

  #count32(scope: Scope): string | undefined {
    const { state, message } = scope.around;
    const all = [
      ...(message ? ["length", "wire", "port", "link", "number"].map((field) => `message.${field}`) : []),
      ...state.tables.map(({ name }) => `${name}.size`),
      ...(scope.frame === undefined ? [] : [`${scope.frame}.length`]),
    ];
    if (all.length === 0) return undefined;
    const text = this.#chance.pick(all);
    this.#count(text.startsWith("message.") ? text : text.replace(/.*\./, "its "));
    return text;
  }

  #messageLoad(type: Scalar, scope: Scope): string | undefined {
    if (!scope.around.message || type === "bool") return undefined;
    const offset = this.places.offset(undefined, Number(type.slice(1)) / 8, () => this.word(scope, -1));
    this.#count(`message.${type}`);
    return `message.${type}(${offset})`;
  }

  #octetsLoad(type: Scalar, scope: Scope): string | undefined {
    const octets = this.octets(scope);
    if (octets === undefined) return undefined;
    const offset = this.places.offset(octets, Number(type.slice(1)) / 8, () => this.word(scope, -1));
    if (offset === undefined) return undefined;
    this.#count(`${octets.count === undefined ? "frame" : "octets"}.${type}`);
    return type === "u8" ? `${octets.text}[${offset}]` : `${octets.text}.${type}(${offset})`;
  }

  #inner(type: Scalar, scope: Scope, depth: number): Maker[] {
    const inner: Maker[] = [
      () => this.call(type, scope, depth),
      () => this.#converted(type, scope, depth),
      () => this.#chosen(type, scope, depth),
      () => this.#wider(type, scope, depth),
    ];
    if (type === "bool") return [...inner, ...this.#truths(scope, depth)];
    if (type === "u16") inner.push(() => this.#net(["fold16", "patch16", "patch32", "swap16"], scope, depth));
    if (type === "u32") inner.push(() => this.#net(["swap32"], scope, depth));
    if (isLong(type) || type === "u32" || type === "i32") {
      const some = () => this.#arithmetic(type, scope, depth);
      inner.push(
        some,
        some,
        some,
        () => this.#unary(type, scope, depth),
        () => this.#shift(type, scope, depth),
      );
    }
    return inner;
  }

  #net(names: readonly Net[], scope: Scope, depth: number): string {
    const name = this.#chance.pick(names);
    const some = (...types: readonly Scalar[]) => types.map((type) => this.of(type, scope, depth - 1)).join(", ");
    this.#count(name);
    switch (name) {
      case "fold16":
        return `fold16(${some("u32")})`;
      case "patch16":
        return `patch16(${some("u16", "u16", "u16")})`;
      case "patch32":
        return `patch32(${some("u16", "u32", "u32")})`;
      case "swap16":
        return `swap16(${some("u16")})`;
      case "swap32":
        return `swap32(${some("u32")})`;
    }
  }

  #converted(type: Scalar, scope: Scope, depth: number): string {
    const from = this.#chance.pick(SCALARS);
    this.#count(`${type}(${from})`);
    return `${type}(${this.computed(from, scope, depth - 1)})`;
  }

  #chosen(type: Scalar, scope: Scope, depth: number): string | undefined {
    if (this.#chance.percent(60)) return undefined;
    this.#count("? :");
    const one = this.computed(type, scope, depth - 1);
    // A literal has the other's type, which may be a narrower one.
    const arms = this.#chance.percent(25)
      ? [`${type}(${one})`, this.literal(type, scope)]
      : [one, this.computed(type, scope, depth - 1)];
    if (this.#chance.percent(50)) arms.reverse();
    return `(${this.condition(scope, depth - 1)} ? ${arms.join(" : ")})`;
  }

  /** Whether a table has an entry, or had it until now. */
  #ofTable(scope: Scope): string | undefined {
    const tables = scope.around.state.tables.filter(({ name }) => !scope.held.has(name));
    if (tables.length === 0) return undefined;
    const table = this.#chance.pick(tables);
    const key = this.key(table, scope, 0);
    if (this.#chance.percent(50)) {
      this.#count("whether one is found");
      return `(${table.name}.find(${key}) ${this.#chance.pick(["===", "!=="])} undefined)`;
    }
    this.#count("delete");
    scope.around.touched.add(table.name);
    return `${table.name}.delete(${key})`;
  }

  #arithmetic(type: Scalar, scope: Scope, depth: number): string {
    const op = this.#chance.pick(["+", "-", "*", "/", "%", "&", "|", "^"]);
    const [left, right] = this.#operands(type, scope, depth, op === "/" || op === "%");
    this.#count(`${type} ${op}`);
    return `(${this.#before(type, scope, depth) ?? `${left} ${op} ${right}`})`;
  }

  /** A place, and then a call that may change it: what is on the left is read first. */
  #before(type: Scalar, scope: Scope, depth: number): string | undefined {
    const func = this.#changing(scope);
    if (func === undefined) return undefined;
    this.#count("a call behind what it changes");
    const op = this.#chance.pick(["+", "-", "^"]);
    return `${type}(${func.changes}) ${op} ${type}(${this.args(func, scope, depth)})`;
  }

  /** Now and then a function whose calls change what can be read as well. */
  #changing(scope: Scope): RandomFunction | undefined {
    if (!this.#chance.percent(30)) return undefined;
    const all = SCALARS.flatMap((result) => scope.callable(result)).filter(({ changes }) => changes !== undefined);
    if (all.length === 0) return undefined;
    const func = this.#chance.pick(all);
    scope.called(func);
    return func;
  }

  /** One of them at least is no literal; nothing is divided by a constant 0. */
  #operands(type: Scalar, scope: Scope, depth: number, divides = false): [string, string] {
    const computed = () => this.computed(this.#signOf(type), scope, depth - 1);
    if (this.#chance.percent(30)) {
      const literal = this.literal(type, scope);
      return [computed(), divides && /^0n?$|^local/.test(literal) ? (isLong(type) ? "3n" : "3") : literal];
    }
    if (!divides && this.#chance.percent(15)) return [this.literal(type, scope), computed()];
    const operands: [string, string] = [computed(), this.computed(this.#narrower(type), scope, depth - 1)];
    if (this.#chance.percent(50)) operands.reverse();
    return operands;
  }

  /** The type, or sometimes one that becomes of it. */
  #narrower(type: Scalar): Scalar {
    if (WIDENS[type].length === 0 || this.#chance.percent(75)) return type;
    this.#count("an operand that widens");
    return this.#chance.pick(WIDENS[type]);
  }

  #unary(type: Scalar, scope: Scope, depth: number): string {
    const op = isSigned(type) && this.#chance.percent(50) ? "-" : "~";
    this.#count(`${type} ${op} of one`);
    return `(${op}${this.computed(this.#signOf(type), scope, depth - 1)})`;
  }

  /** What widens to the type and keeps its class by itself. */
  #signOf(type: Scalar): Scalar {
    const same = WIDENS[type].filter((narrow) => isSigned(narrow) === isSigned(type));
    return same.length === 0 || this.#chance.percent(75) ? type : this.#chance.pick(same);
  }

  #shift(type: Scalar, scope: Scope, depth: number): string {
    const op = this.#chance.percent(50) ? "<<" : type === "u32" ? ">>>" : ">>";
    this.#count(`${type} ${op}`);
    const left = this.computed(this.#signOf(type), scope, depth - 1);
    return `(${left} ${op} ${this.shiftCount(type, scope, depth)})`;
  }

  shiftCount(type: Scalar, scope: Scope, depth: number): string {
    if (this.#chance.percent(50)) return this.#chance.pick(shiftCounts(type));
    this.#count("a shift by any number");
    return this.computed(isLong(type) ? "u64" : "u32", scope, depth - 1);
  }

  #truths(scope: Scope, depth: number): Maker[] {
    const compare = () => this.#comparison(scope, depth);
    const both = () => {
      const op = this.#chance.pick(["&&", "||"]);
      this.#count(op);
      return `(${this.condition(scope, depth - 1)} ${op} ${this.condition(scope, depth - 1)})`;
    };
    // One of the two is computed anew, so that TypeScript knows nothing of it.
    const same = () => {
      this.#count("=== of booleans");
      return `(${this.#comparison(scope, depth - 1)} ${this.#chance.pick(["===", "!=="])} ${this.condition(scope, depth - 1)})`;
    };
    return [compare, compare, compare, both, both, () => this.#not(scope, depth), same, () => this.#ofTable(scope)];
  }

  #not(scope: Scope, depth: number): string {
    this.#count("!");
    return `!${this.condition(scope, depth - 1)}`;
  }

  #comparison(scope: Scope, depth: number): string {
    const type = this.#chance.pick(SCALARS.filter((scalar) => scalar !== "bool"));
    const op = this.#chance.pick(["<", "<=", ">", ">=", "===", "!=="]);
    this.#count(`${type} ${op}`);
    const left = this.computed(type, scope, depth - 1);
    if (!this.#chance.percent(40)) return `(${left} ${op} ${this.computed(this.#signOf(type), scope, depth - 1)})`;
    // By === a literal becomes what TypeScript knows of a name; of a sum it keeps nothing.
    const known = op.length === 3 && /^[\w.[\]!]+$/.test(left) && !left.includes("(");
    if (!known) return `(${left} ${op} ${this.literal(type, scope)})`;
    return `((${left} ^ ${isLong(type) ? "0n" : "0"}) ${op} ${this.literal(isLong(type) ? type : isSigned(type) ? "i32" : "u32", scope)})`;
  }
}
