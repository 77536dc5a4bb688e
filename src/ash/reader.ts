/** What the readers of acorn's tree share: whom to complain to, how deep they are, and the names that refused declarations would have declared. */
import type { Complaints } from "./complaints.js";
import { MAX_HANDLER_NESTING } from "./diagnostic.js";
import { MAX_DEPTH } from "./limits.js";
import { childOf, isSet, type Node, needed, textOf } from "./node.js";
import { REFUSED, type Refusal } from "./refused.js";
import type { Name, TypeText } from "./syntax.js";
import type { Span } from "./tree.js";

export class Reader {
  readonly complaints: Complaints;
  #depth = 0;
  #nesting = 0;

  constructor(complaints: Complaints) {
    this.complaints = complaints;
  }

  /** What `read` gives, or undefined where it nests too deep. */
  within<T>(node: Node, read: () => T): T | undefined {
    if (this.#depth >= MAX_DEPTH) {
      this.complaints.add("E_NESTING", node, "it nests too deep", "give parts of it names");
      return undefined;
    }
    this.#depth++;
    const result = read();
    this.#depth--;
    return result;
  }

  /** The same, of what nests as brackets do: operators before operators. */
  nested<T>(node: Node, read: () => T): T | undefined {
    if (this.#nesting >= MAX_HANDLER_NESTING) {
      this.complaints.add("E_NESTING", node, `operators nest more than ${MAX_HANDLER_NESTING} deep`, "leave some out");
      return undefined;
    }
    this.#nesting++;
    const result = read();
    this.#nesting--;
    return result;
  }

  /** Complains of what handlers have not. */
  refuse(span: Span, { code, what, hint }: Refusal): void {
    this.complaints.add(code, span, `${what} is not part of the language`, hint);
  }

  /** Complains of a node of a type that nothing is known of here. */
  refuseNode(node: Node): void {
    const hint = "keep state in a record";
    if (node.type === "MetaProperty") {
      return this.refuse(node, { code: "E_NEW", what: this.complaints.quote(node), hint });
    }
    const refusal = REFUSED.get(node.type);
    if (refusal !== undefined) this.refuse(node, refusal);
    else this.complaints.add("E_SYNTAX", node, `"${this.complaints.quote(node)}" is not possible here`);
  }
}

/** A name that is declared, or undefined where it was a pattern, and refused. */
export function readBinding(reader: Reader, node: Node): Name | undefined {
  if (node.type === "Identifier") {
    const name = textOf(node, "name") ?? "";
    const span = { start: node.start, end: node.start + name.length };
    if (name !== "this" && name !== "undefined") return { name, ...span };
    if (name === "this") reader.refuse(span, { code: "E_NEW", what: "this", hint: "keep state in a record" });
    else reader.refuse(span, { code: "E_NULL", what: "another undefined", hint: "choose another name" });
    return undefined;
  }
  reader.refuseNode(node);
  return undefined;
}

const KEYWORDS: ReadonlyMap<string, string> = new Map([
  ["TSBooleanKeyword", "boolean"],
  ["TSVoidKeyword", "void"],
]);

/** The type behind a name or a parameter list; undefined where none is written. */
export function readType(reader: Reader, node: Node, field: "typeAnnotation" | "returnType"): TypeText | undefined {
  const annotation = childOf(node, field);
  if (annotation === undefined) return undefined;
  const type = needed(annotation, "typeAnnotation");
  const { start, end } = type;
  const keyword = KEYWORDS.get(type.type);
  if (keyword !== undefined) return { name: keyword, start, end };
  const name = childOf(type, "typeName");
  if (isSet(type, "typeArguments") || isSet(type, "typeParameters")) {
    reader.refuse(type, {
      code: "E_GENERIC",
      what: "a type with arguments",
      hint: "write one of i8 … u64, bool, Message, Outcome, void",
    });
  } else if (type.type === "TSTypeReference" && name?.type === "Identifier") {
    return { name: textOf(name, "name") ?? "", start, end };
  } else {
    const hint = typeHint(type);
    reader.complaints.add("E_TYPE_NAME", type, `a handler has no type "${reader.complaints.quote(type)}"`, hint);
  }
  return { name: undefined, start, end };
}

function typeHint(type: Node): string {
  if (type.type === "TSNumberKeyword") return "write how wide it is: u32, i32, u16, …";
  if (type.type === "TSBigIntKeyword") return "write u64 or i64";
  return "write one of i8 … u64, bool, Message, Outcome, void";
}
