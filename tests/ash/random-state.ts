/** State of chance for handlers of chance: what is declared at the top, as text and as what may be done with it. */
import type { Scalar } from "../../src/ash/tree.js";
import type { Chance } from "../seeded.js";

export const SCALARS: readonly Scalar[] = ["i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "bool"];
export const isLong = (type: Scalar) => type === "i64" || type === "u64";
export const isSigned = (type: Scalar) => type.startsWith("i");

/** A scalar that can be stored to, by its text up to the indexes that it needs. */
export interface RandomField {
  readonly name: string;
  readonly type: Scalar;
  /** Undefined: one scalar; else an array of so many. */
  readonly count: number | undefined;
}

export interface RandomTable {
  readonly name: string;
  /** Undefined for the name of a scalar key. */
  readonly key: readonly { readonly name: string | undefined; readonly type: Scalar }[];
  readonly fields: readonly RandomField[];
}

/** Octets that the language's `Octets` can be asked of. */
export interface RandomOctets {
  readonly text: string;
  /** Undefined: a frame's, asked at its run. */
  readonly count: number | undefined;
}

export interface RandomPipeline {
  readonly name: string;
  /** The length must be a multiple of it. */
  readonly gauge: 1 | 2 | 4;
}

/** What the functions of a handler share. */
export interface RandomState {
  readonly lines: string[];
  /** By the text that leads to one: records' names; references are added by those who have them. */
  readonly records: { readonly text: string; readonly fields: readonly RandomField[] }[];
  readonly arrays: { readonly name: string; readonly type: Scalar; readonly count: number }[];
  readonly places: { readonly name: string; readonly fields: readonly RandomField[]; readonly count: number }[];
  readonly tables: RandomTable[];
  readonly buffers: RandomOctets[];
  readonly pipelines: RandomPipeline[];
  /** Scalars of pipes: values gathered, and keys. */
  readonly gathered: { readonly text: string; readonly type: Scalar }[];
  readonly constants: { readonly name: string; readonly type: Scalar | "word" | "long"; readonly value: bigint }[];
}

export class StateWriter {
  readonly state: RandomState = {
    lines: [],
    records: [],
    arrays: [],
    places: [],
    tables: [],
    buffers: [],
    pipelines: [],
    gathered: [],
    constants: [],
  };
  readonly #chance: Chance;
  readonly #count: (construct: string) => void;
  #names = 0;

  constructor(chance: Chance, count: (construct: string) => void) {
    this.#chance = chance;
    this.#count = count;
  }

  /** Some of everything. */
  write(): RandomState {
    const some = (percent: number, most: number, add: () => void) => {
      if (this.#chance.percent(percent)) for (let n = this.#chance.below(most); n >= 0; n--) add();
    };
    some(70, 2, () => this.#constant());
    some(80, 2, () => this.#record());
    some(50, 2, () => this.#array());
    some(40, 1, () => this.#buffer());
    some(35, 1, () => this.#placesOf());
    some(45, 2, () => this.#table());
    some(30, 1, () => this.#pipeline());
    if (this.state.pipelines.length > 0) this.#buffer();
    return this.state;
  }

  #name(of: string): string {
    return `${of}${this.#names++}`;
  }

  #constant(): void {
    const { constants, lines } = this.state;
    const name = this.#name("LIMIT");
    const value = this.#chance.pick([3, 7, 12, 100]);
    const typed = this.#chance.percent(40);
    const type = typed ? this.#chance.pick(SCALARS.filter((scalar) => scalar !== "bool")) : undefined;
    const before = constants.find((constant) => constant.type === "word");
    this.#count(typed ? "a typed constant" : "a constant");
    if (type !== undefined) {
      lines.push(`const ${name}: ${type} = ${value}${isLong(type) ? "n" : ""};`);
      constants.push({ name, type, value: BigInt(value) });
    } else if (this.#chance.percent(30)) {
      lines.push(`const ${name} = ${value}n * 3n + 1n;`);
      constants.push({ name, type: "long", value: BigInt(value * 3 + 1) });
    } else if (before !== undefined) {
      this.#count("a constant of constants");
      lines.push(`const ${name} = (${before.name} + ${value}) * 2;`);
      constants.push({ name, type: "word", value: (before.value + BigInt(value)) * 2n });
    } else {
      lines.push(`const ${name} = ${value};`);
      constants.push({ name, type: "word", value: BigInt(value) });
    }
  }

  #fields(): { text: string; fields: RandomField[] } {
    const fields = Array.from({ length: 1 + this.#chance.below(4) }, () => this.#field());
    const text = fields.map(
      ({ name, type, count }) => `${name}: ${count === undefined ? type : `array(${type}, ${count})`}`,
    );
    return { text: `{ ${text.join(", ")} }`, fields };
  }

  #field(): RandomField {
    if (this.#chance.percent(15)) {
      this.#count("a field of octets");
      return { name: this.#name("octets"), type: "u8", count: 4 + this.#chance.below(12) };
    }
    const type = this.#chance.pick(SCALARS);
    if (!this.#chance.percent(20)) return { name: this.#name("field"), type, count: undefined };
    this.#count("a field of several");
    return { name: this.#name("list"), type, count: 1 + this.#chance.below(6) };
  }

  /** The text of a shape, in place or declared before. */
  #shape(): { text: string; fields: RandomField[] } {
    const { text, fields } = this.#fields();
    if (this.#chance.percent(50)) return { text: `shape(${text})`, fields };
    const name = this.#name("Shape");
    this.#count("a shape");
    this.state.lines.push(`const ${name} = shape(${text});`);
    return { text: name, fields };
  }

  #record(): void {
    const name = this.#name("record");
    const named = this.#chance.percent(30);
    const { text, fields } = named ? this.#shape() : this.#fields();
    this.#count("a record");
    this.state.lines.push(`const ${name} = record(${text});`);
    this.state.records.push({ text: name, fields });
    this.#octetsIn(name, fields);
  }

  #octetsIn(of: string, fields: readonly RandomField[]): void {
    for (const { name, type, count } of fields) {
      if (type === "u8" && count !== undefined) this.state.buffers.push({ text: `${of}.${name}`, count });
    }
  }

  #array(): void {
    const [name, type] = [this.#name("array"), this.#chance.pick(SCALARS)];
    const count = this.#chance.pick([1, 2, 5, 8, 13]);
    this.#count(`an array of ${type}`);
    this.state.lines.push(`const ${name} = array(${type}, ${count});`);
    this.state.arrays.push({ name, type, count });
    if (type === "u8") this.state.buffers.push({ text: name, count });
  }

  #buffer(): void {
    const [name, count] = [this.#name("buffer"), this.#chance.pick([64, 128, 131])];
    this.state.lines.push(`const ${name} = array(u8, ${count});`);
    this.state.buffers.push({ text: name, count });
  }

  #placesOf(): void {
    const { text, fields } = this.#shape();
    const [name, count] = [this.#name("places"), this.#chance.pick([1, 3, 4, 6])];
    this.#count("an array of shapes");
    this.state.lines.push(`const ${name} = array(${text}, ${count});`);
    this.state.places.push({ name, fields, count });
  }

  #table(): void {
    const { text, fields } = this.#shape();
    const name = this.#name("table");
    const scalar = this.#chance.percent(50);
    const key = Array.from({ length: scalar ? 1 : 1 + this.#chance.below(3) }, () => ({
      name: scalar ? undefined : this.#name("part"),
      type: this.#chance.pick(SCALARS),
    }));
    const parts = key.map((part) => (part.name === undefined ? part.type : `${part.name}: ${part.type}`)).join(", ");
    this.#count(scalar ? "a table by a scalar" : "a table by a shape");
    const capacity = this.#chance.pick([1, 2, 3, 4, 7]);
    this.state.lines.push(`const ${name} = table(${scalar ? parts : `shape({ ${parts} })`}, ${text}, ${capacity});`);
    this.state.tables.push({ name, key, fields });
  }

  #pipeline(): void {
    const pipes = Array.from({ length: 1 + this.#chance.below(4) }, () => this.#pipe());
    const names = pipes.map(({ name }) => name).filter((name, at, all) => all.indexOf(name) === at);
    const gauge = pipes.reduce<1 | 2 | 4>((most, pipe) => (pipe.gauge > most ? pipe.gauge : most), 1);
    const name = this.#name("pipeline");
    this.#count("a pipeline");
    if (names.length > 2) this.#count("a pipeline of several");
    this.state.lines.push(`const ${name} = pipeline(${names.join(", ")});`);
    this.state.pipelines.push({ name, gauge });
  }

  /** With the gauge that it asks of lengths: 1 where it changes nothing. */
  #pipe(): { name: string; gauge: 1 | 2 | 4 } {
    const { lines, gathered } = this.state;
    const name = this.#name("pipe");
    const gauge = this.#chance.pick([1, 2, 4] as const);
    const kind = this.#chance.pick([
      "checksum",
      "crc32",
      "byteswap16",
      "byteswap32",
      "xor",
      "copy",
      "map",
      "fold",
    ] as const);
    this.#count(kind);
    switch (kind) {
      case "checksum":
      case "crc32":
        lines.push(`const ${name} = ${kind}();`);
        gathered.push({ text: `${name}.value`, type: "u32" });
        return { name, gauge: 1 };
      case "byteswap16":
      case "byteswap32":
      case "copy":
        lines.push(`const ${name} = ${kind}();`);
        return { name, gauge: kind === "copy" ? 1 : kind === "byteswap16" ? 2 : 4 };
      case "xor":
        lines.push(`const ${name} = xor(0);`);
        gathered.push({ text: `${name}.key`, type: "u32" });
        return { name, gauge: 4 };
      case "map":
        lines.push(`const ${name} = map(u${gauge * 8}, (word) => ${this.#change(`u${gauge * 8}`)}${this.#order()});`);
        return { name, gauge };
      case "fold":
        this.#fold(name, gauge);
        return { name, gauge: 1 };
    }
  }

  #change(type: string): string {
    const body = this.#chance.pick([
      "word + 1",
      "~word",
      "word * 3 ^ 0x55",
      "word < 7 ? word << 1 : word >>> 1",
      "255 - word",
    ]);
    return `${type}(${body})`;
  }

  #fold(name: string, gauge: 1 | 2 | 4): void {
    const type = this.#chance.pick(["u32", "i32", "u64", "i64"] as const);
    const body = this.#chance.pick([
      `sum + ${type}(word)`,
      `sum * ${isLong(type) ? "31n" : "31"} ^ ${type}(word)`,
      `word > 9 ? ${type}(word) : sum`,
    ]);
    this.state.lines.push(`const ${name} = fold(u${gauge * 8}, ${type}, (sum, word) => ${body}${this.#order()});`);
    this.state.gathered.push({ text: `${name}.value`, type });
  }

  #order(): string {
    if (!this.#chance.percent(30)) return "";
    this.#count("an order of a pipe");
    return `, { order: "${this.#chance.pick(["kept", "free"])}" }`;
  }
}
