/**
 * The bundled files of the command line (vite.cli.config.ts), CommonJS, each read with the code that V8 made of it when
 * exonet was built, as far as commands need it: to make that again takes a command longer than anything else it does on a
 * small capture. Such code is V8's own matter: another version than the one that made it, or other flags, do not take
 * it, and compile the source, which lies beside it.
 *
 *   image = octets of the source, and of V8's code (u32, little-endian), the source (ASCII), V8's code
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Script } from "node:vm";

const LENGTHS = 8;
/** Behind a file's name, where it has an image. */
export const IMAGE = ".image";

type Require = (name: string) => unknown;
type Import = (name: string) => Promise<unknown>;
type Wrapped = (exports: object, require: Require, imported: Import, filename: string) => void;

interface Source {
  readonly text: string;
  readonly code: Buffer | undefined;
}

export class Bundle {
  /** Of each file that was loaded, what V8 has compiled. */
  readonly scripts = new Map<string, Script>();
  readonly #folder: string;
  readonly #given: ReadonlyMap<string, unknown>;
  readonly #exports = new Map<string, object>();
  readonly #require = createRequire(import.meta.url);

  /** `given`: modules that are shared with files outside of the bundle, by how those inside ask for them. */
  constructor(folder: string, given: ReadonlyMap<string, unknown>) {
    this.#folder = folder;
    this.#given = given;
  }

  /** Runs the file, if nobody has yet; what it exports. */
  load(file: string): object {
    const known = this.#exports.get(file);
    if (known !== undefined) return known;
    const exports = {};
    this.#exports.set(file, exports);
    const script = this.scripts.get(file) ?? this.#compile(file);
    const run: unknown = script.runInThisContext();
    if (!isWrapped(run)) throw new Error(`bundle: ${file} is none of its files`);
    run(exports, (name) => this.#required(name), imported, this.#folder + file);
    return exports;
  }

  /** It will run again. */
  forget(file: string): void {
    this.#exports.delete(file);
  }

  #required(name: string): unknown {
    if (this.#given.has(name)) return this.#given.get(name);
    return name.startsWith("./") ? this.load(name.slice(2)) : this.#require(name);
  }

  #compile(file: string): Script {
    const { text, code } = sourceOf(this.#folder + file);
    const script = new Script(text, {
      filename: this.#folder + file,
      ...(code === undefined ? {} : { cachedData: code }),
    });
    this.scripts.set(file, script);
    return script;
  }
}

/** What is outside of the bundle lies beside this file, as it does beside the bundle's. */
function imported(name: string): Promise<unknown> {
  return import(name);
}

/** The image of a file, of its source and what V8 made of it. */
export function imageOf(path: string, script: Script): Buffer {
  const text = Buffer.from(wrapped(readFileSync(path, "utf8")), "latin1");
  const code = script.createCachedData();
  const lengths = Buffer.alloc(LENGTHS);
  lengths.writeUInt32LE(text.length, 0);
  lengths.writeUInt32LE(code.length, 4);
  return Buffer.concat([lengths, text, code]);
}

/** One that is not whole is none. */
function sourceOf(path: string): Source {
  const image = imageAt(path + IMAGE);
  if (image !== undefined && image.length >= LENGTHS) {
    const end = LENGTHS + image.readUInt32LE(0);
    if (image.length === end + image.readUInt32LE(4))
      return { text: image.toString("latin1", LENGTHS, end), code: image.subarray(end) };
  }
  return { text: wrapped(readFileSync(path, "utf8")), code: undefined };
}

function imageAt(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/**
 * As a function of what it needs. `import` is not to be had in a script whose code was kept: it is ours. Other characters
 * than ASCII stand in strings, patterns and comments only.
 */
function wrapped(source: string): string {
  const plain = source.replace(/\bawait import\(/g, "await __imported(");
  const ascii = plain.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return `(function (exports, require, __imported, __filename) {${ascii}\n})`;
}

function isWrapped(value: unknown): value is Wrapped {
  return typeof value === "function";
}
