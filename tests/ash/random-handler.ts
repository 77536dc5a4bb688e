/**
 * Handlers of chance: texts of the language that are well typed, most of which come to an end on most messages, with counts of
 * what was written, so that a test sees that nothing went unwritten.
 */
import type { Scalar } from "../../src/ash/tree.js";
import { Chance } from "../seeded.js";
import { type Around, type RandomFunction, Scope } from "./random-scope.js";
import { SCALARS, StateWriter } from "./random-state.js";
import { RandomStatements } from "./random-statement.js";

/** Names of constructs, and how often each was written. */
export type Constructs = Map<string, number>;

/** What a handler may import; types alone are marked. */
const NAMES = [
  ...SCALARS,
  ...`array byteswap16 byteswap32 checksum consume copy crc32 fold fold16 frame map pass passTo patch16 patch32 pipeline
    record reply shape swap16 swap32 table transfer wake xor Message Outcome`.split(/\s+/),
];
const TYPES = ["Message", "Outcome"];

/** Of a hundred handlers, so many may loop for ever. */
const ENDLESS = 3;

/** The seed's text; what is in it is added to `constructs`. */
export function randomHandler(seed: number, constructs: Constructs): string {
  const chance = new Chance(seed);
  const count = (construct: string) => void constructs.set(construct, (constructs.get(construct) ?? 0) + 1);
  return new HandlerWriter(chance, count).text();
}

class HandlerWriter {
  readonly #chance: Chance;
  readonly #count: (construct: string) => void;
  readonly #statements: RandomStatements;
  readonly #functions: RandomFunction[] = [];
  #names = 0;

  constructor(chance: Chance, count: (construct: string) => void) {
    this.#chance = chance;
    this.#count = count;
    this.#statements = new RandomStatements(chance, count, chance.percent(ENDLESS));
  }

  text(): string {
    const state = new StateWriter(this.#chance, this.#count).write();
    const texts = [
      ...this.#change(state),
      ...Array.from({ length: this.#chance.below(4) }, () => this.#function(state)),
    ];
    const entry = this.#entry(state);
    // Functions are known wherever they stand.
    if (this.#chance.percent(30)) texts.reverse();
    const all = this.#chance.percent(50) ? [...texts, entry] : [entry, ...texts];
    const body = [state.lines, ...all].map((lines) => `${lines.join("\n")}\n`).join("\n");
    return `${importsOf(body)}\n\n${body}`;
  }

  #around(state: Around["state"], result: RandomFunction["result"], message: boolean): Around {
    const names = this.#names;
    this.#names += 100;
    return { state, callable: [...this.#functions], result, message, touched: new Set(), loops: false, names };
  }

  /** A function that changes a place and gives back what is there then. */
  #change(state: Around["state"]): string[][] {
    const places = [
      ...state.gathered,
      ...state.records.flatMap(({ text, fields }) =>
        fields
          .filter(({ type, count }) => type !== "bool" && count === undefined)
          .map(({ name, type }) => ({ text: `${text}.${name}`, type })),
      ),
    ];
    if (places.length === 0 || this.#chance.percent(40)) return [];
    const { text, type } = this.#chance.pick(places);
    const name = `function${this.#functions.length}`;
    this.#functions.push({
      name,
      message: false,
      parameters: [type],
      result: type,
      loops: false,
      touches: new Set(),
      changes: text,
    });
    return [[`function ${name}(by: ${type}): ${type} {`, `  ${text} += by;`, `  return ${text};`, "}"]];
  }

  #function(state: Around["state"]): string[] {
    const name = `function${this.#functions.length}`;
    const result = this.#chance.pick([...SCALARS, "u32", "bool", "Outcome", "void"] as const);
    const message = this.#chance.percent(60);
    // There is something that varies in each.
    const fewest = message ? 0 : 1;
    const parameters = Array.from({ length: fewest + this.#chance.below(3) }, () => this.#chance.pick(SCALARS));
    const around = this.#around(state, result, message);
    const scope = new Scope(around);
    const texts = parameters.map((type) => this.#parameter(type, scope));
    this.#count(`a function with a result of ${result}`);
    const body = this.#statements.body(scope, this.#chance.below(4));
    this.#functions.push({ name, message, parameters, result, loops: around.loops, touches: around.touched });
    const list = [...(message ? ["message: Message"] : []), ...texts].join(", ");
    const written = result === "void" && this.#chance.percent(50) ? "" : `: ${result}`;
    return [`function ${name}(${list})${written} {`, ...body.map((line) => `  ${line}`), "}"];
  }

  #parameter(type: Scalar, scope: Scope): string {
    const name = scope.name("given");
    this.#count(`a parameter of ${type}`);
    scope.variables.push({ name, type, settable: this.#chance.percent(50) });
    return `${name}: ${type}`;
  }

  #entry(state: Around["state"]): string[] {
    const scope = new Scope(this.#around(state, "Outcome", true));
    const body = this.#statements.body(scope, 2 + this.#chance.below(5));
    const result = this.#chance.percent(50) ? "" : ": Outcome";
    return [`export default function handle(message: Message)${result} {`, ...body.map((line) => `  ${line}`), "}"];
  }
}

function importsOf(body: string): string {
  const words = new Set(body.match(/[A-Za-z][A-Za-z0-9]*/g));
  const names = NAMES.filter((name) => words.has(name)).map((name) => (TYPES.includes(name) ? `type ${name}` : name));
  return `import { ${names.join(", ")} } from "exonet/ash";`;
}
