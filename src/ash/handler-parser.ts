/**
 * acorn with its TypeScript plugin, adapted: what the parser refuses and the checker tells better (a name declared twice, a const
 * without a value, a break outside of loops, …) it lets through, and it says what it has found. It raises SyntaxError with `pos`.
 */
import { tsPlugin } from "@sveltejs/acorn-typescript";
import { Parser } from "acorn";

/** Casts and generic arrow functions in each other: the parser tries each one in two ways, and all in them again. */
const MAX_ANGLES = 4;

/** Complaints that the checker makes, of all mistakes of the kind and in its own words. */
const TOLD_LATER = [
  /has already been declared$/,
  /^Argument name clash/,
  /^Export '.*' is not defined$/,
  /^Duplicate export/,
  /^Multiple default clauses/,
  /^Deleting local variable/,
  /^'new.target' can only/,
  /^Invalid use of 'super'/,
  /^Optional chaining cannot appear/,
];

/** The parser's own members have no types: they are taken from it by name. */
function inheritedFrom(Base: typeof Parser) {
  return (self: object, name: string, args: readonly unknown[]): unknown => {
    const method: unknown = Reflect.get(Base.prototype, name);
    if (typeof method !== "function") throw new Error(`the parser has no ${name}`);
    return Reflect.apply(method, self, args);
  };
}

/** Tries that may fail: so many, and so many for each character that begins one. */
const MORE_TRIES = 500;
const TRIES_EACH = 4;

class Raised extends SyntaxError {
  readonly pos: number;
  readonly loc = { line: 0, column: 0 };

  constructor(pos: number, message: string) {
    super(message);
    this.pos = pos;
  }
}

/**
 * Below the TypeScript plugin. A const without a value is let through. The plugin tries and fails often: acorn would count the text's lines
 * each time.
 */
function below(Base: typeof Parser): typeof Parser {
  const inherited = inheritedFrom(Base);
  return class extends Base {
    #raised = 0;
    readonly #tries = MORE_TRIES + TRIES_EACH * (this.input.match(/[<(?]/g)?.length ?? 0);

    raise(pos: number, message: string): never {
      this.#fail(pos, message);
    }

    raiseRecoverable(pos: number, message: string): never {
      this.#fail(pos, message);
    }

    /** What looks like type arguments in each other is tried in ways whose number doubles with each: such a text ends here. */
    #fail(pos: number, message: string): never {
      if (++this.#raised > this.#tries) throw new RangeError("too many tries");
      throw new Raised(pos, message);
    }

    parseVar(node: unknown, isFor: unknown, kind: unknown): unknown {
      return inherited(this, "parseVar", [node, isFor, kind, true]);
    }
  };
}

/** Above it. */
function above(Base: typeof Parser): typeof Parser {
  const inherited = inheritedFrom(Base);
  return class extends Base {
    #angles = 0;

    raiseRecoverable(pos: number, message: string): unknown {
      return TOLD_LATER.some((pattern) => pattern.test(message)) ? undefined : inherited(this, "raise", [pos, message]);
    }

    expect(type: { readonly label: string }): void {
      if (inherited(this, "eat", [type]) !== true) this.#notExpected(undefined, ` where "${type.label}" is expected`);
    }

    unexpected(pos?: number): void {
      this.#notExpected(pos, "");
    }

    /** As if it stood in a loop; that a label is none is still an error. */
    parseBreakContinueStatement(...args: readonly unknown[]): unknown {
      const labels: unknown = Reflect.get(this, "labels");
      if (!Array.isArray(labels)) throw new Error("the parser has no labels");
      labels.push({ kind: "loop" });
      const node = inherited(this, "parseBreakContinueStatement", args);
      labels.pop();
      return node;
    }

    parseMaybeAssign(...args: readonly unknown[]): unknown {
      if (!this.#token().startsWith("<")) return inherited(this, "parseMaybeAssign", args);
      if (this.#angles >= MAX_ANGLES) throw new RangeError("casts nest too deep");
      this.#angles++;
      try {
        return inherited(this, "parseMaybeAssign", args);
      } finally {
        this.#angles--;
      }
    }

    #token(): string {
      const start: unknown = Reflect.get(this, "start");
      const end: unknown = Reflect.get(this, "end");
      return typeof start === "number" && typeof end === "number" ? this.input.slice(start, end) : "";
    }

    #notExpected(pos: number | undefined, where: string): void {
      const token = this.#token();
      const found = pos === undefined && token !== "" ? `"${token.slice(0, 24)}"` : "the end";
      const at: unknown = pos ?? Reflect.get(this, "start");
      inherited(this, "raise", [at, pos === undefined ? `found ${found}${where}` : "this is not expected here"]);
    }
  };
}

export const HandlerParser = Parser.extend(below, tsPlugin(), above);
