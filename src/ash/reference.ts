/**
 * What TypeScript follows from statement to statement: names, fields of them, and elements at a literal or at a name that nothing is assigned to.
 * The same path is the same reference.
 */
import type { Expression } from "./syntax.js";
import type { Variables } from "./variables.js";

/** Undefined of what it does not follow. */
export function pathOf(variables: Variables, expression: Expression): string | undefined {
  switch (expression.kind) {
    case "name":
      return variables.named(expression)?.path;
    case "member": {
      const of = pathOf(variables, expression.object);
      return of === undefined ? undefined : `${of}.${expression.name.name}`;
    }
    case "index": {
      const of = pathOf(variables, expression.object);
      const at = indexIn(variables, expression.index);
      return of === undefined || at === undefined ? undefined : `${of}${at}`;
    }
    default:
      return undefined;
  }
}

function indexIn(variables: Variables, index: Expression): string | undefined {
  if (index.kind === "number") return `.${index.value}`;
  const variable = variables.named(index);
  if (variable === undefined || !variable.lasts) return undefined;
  return variable.index === undefined ? `[${variable.path}]` : `.${variable.index}`;
}

/** What exonet/ash declares as readonly, and is a number. */
export const READONLY: ReadonlySet<string> = new Set([
  "length",
  "wire",
  "time",
  "port",
  "link",
  "number",
  "size",
  "capacity",
]);

/** Whether TypeScript takes it for constant. A field of a record may be called so too, and is taken for it here. */
export function isConstant(variables: Variables, expression: Expression): boolean {
  switch (expression.kind) {
    case "name":
      return variables.named(expression)?.lasts === true;
    case "member":
      return READONLY.has(expression.name.name) && isConstant(variables, expression.object);
    default:
      return false;
  }
}
