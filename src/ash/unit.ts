/** A handler while it is checked: its names, types, state and functions, and what its functions ask of each other. */

import { MAX_STATE_OCTETS } from "../vcode/handler.js";
import { BUILTINS, TYPE_NAMES, type TypeMeaning } from "./builtin-names.js";
import type { Complaints } from "./complaints.js";
import type { Owner } from "./holding.js";
import { type Item, type ItemKind, LayoutBuilder } from "./layout.js";
import { MAX_ITEMS } from "./limits.js";
import { type Meaning, WRONG } from "./meaning.js";
import type { PipeDraft } from "./pipe-draft.js";
import type { Name, TypeText } from "./syntax.js";
import type { Pipeline, Scalar, Span } from "./tree.js";

export interface Signature {
  readonly name: string;
  readonly message: boolean;
  /** Scalars, in their order; "wrong" where the type was refused. */
  readonly parameters: readonly (Scalar | "wrong")[];
  /** Parameters were refused: nobody knows how many there are. */
  readonly loose: boolean;
  readonly result: Scalar | "outcome" | "void" | "wrong";
}

export interface CallSite extends Span {
  readonly from: number;
  readonly to: number;
}

export class Unit {
  readonly complaints: Complaints;
  readonly names = new Map<string, Meaning>();
  readonly types = new Map<string, TypeMeaning>();
  readonly layout = new LayoutBuilder();
  readonly items: Item[] = [];
  readonly pipes: PipeDraft[] = [];
  readonly pipelines: Pipeline[] = [];
  readonly signatures: Signature[] = [];
  readonly calls: CallSite[] = [];
  /** By function: whose entries and frames it may end. Known before a function is checked. */
  endings: readonly ReadonlySet<Owner>[] = [];
  /** It has reply or frame. */
  frames = false;
  readonly #unknown = new Set<string>();
  #full = false;

  constructor(complaints: Complaints) {
    this.complaints = complaints;
  }

  twice(name: Name): void {
    this.complaints.add("E_NAME_TWICE", name, `"${name.name}" is declared already`, "choose another name");
  }

  /** What a name at the top means; complains once of each that means nothing. */
  lookup(name: string, span: Span): Meaning {
    const meaning = this.names.get(name);
    if (meaning?.kind === "later") return this.later(name, span);
    if (meaning?.kind === "type") {
      this.complaints.add("E_NAME", span, `"${name}" is a type here, and no value`, `import { ${name} } without type`);
      return WRONG;
    }
    if (meaning !== undefined) return meaning;
    if (!this.#unknown.has(name)) {
      this.#unknown.add(name);
      const known = BUILTINS.has(name);
      const hint = known ? `import { ${name} } from "exonet/ash"` : "declare it, or import it from exonet/ash";
      this.complaints.add("E_NAME", span, `"${name}" ${known ? "is not imported" : "stands for nothing here"}`, hint);
    }
    return WRONG;
  }

  later(name: string, span: Span): Meaning {
    this.complaints.add("E_NAME", span, `"${name}" is declared only further down`, "declare it before");
    return WRONG;
  }

  typeOf({ name, start, end }: TypeText): TypeMeaning {
    if (name === undefined) return "wrong";
    if (name === "boolean") return "bool";
    if (name === "void") return "void";
    const type = this.types.get(name);
    if (type !== undefined) return type;
    if (TYPE_NAMES.has(name) && !this.#unknown.has(name)) {
      this.#unknown.add(name);
      this.complaints.add(
        "E_NAME",
        { start, end },
        `"${name}" is not imported`,
        `import { type ${name} } from "exonet/ash"`,
      );
    } else if (!TYPE_NAMES.has(name)) {
      const hint = "write one of i8 … u64, bool, Message, Outcome, void";
      this.complaints.add("E_TYPE_NAME", { start, end }, `a handler has no type "${name}"`, hint);
    }
    return "wrong";
  }

  /** Lays an item behind those that there are. */
  addItem(name: string, kind: ItemKind, span: Span): Item {
    const item = this.layout.add(name, kind);
    this.items.push(item);
    const declared = kind.kind !== "accumulator" && kind.kind !== "frame";
    if (declared && this.items.length === MAX_ITEMS + 1) {
      this.complaints.add(
        "E_TOO_MANY",
        span,
        `a handler has at most ${MAX_ITEMS} items of state`,
        "gather some in a record",
      );
    }
    if (this.layout.octets > MAX_STATE_OCTETS && !this.#full) {
      this.#full = true;
      const message = `with "${name}" the state has ${this.layout.octets} octets, at most ${MAX_STATE_OCTETS} are possible`;
      this.complaints.add("E_STATE_SIZE", span, message, "lower a length or a capacity");
    }
    return item;
  }
}
