/** What statements and expressions of a text are made of, for questions that are about what occurs anywhere. */
import type { Expression, Statement } from "./syntax.js";

export function bodiesOf(statement: Statement): readonly (readonly Statement[])[] {
  switch (statement.kind) {
    case "if":
      return [statement.chosen, statement.otherwise];
    case "loop":
      return [statement.initial, statement.body, statement.update];
    case "switch":
      return statement.cases.map(({ body }) => body);
    case "block":
      return [statement.body];
    default:
      return [];
  }
}

/** Those of the statement itself, not of the statements inside of it; the tests of cases are constants. */
export function expressionsOf(statement: Statement): readonly Expression[] {
  switch (statement.kind) {
    case "declare":
      return statement.declaration.value === undefined ? [] : [statement.declaration.value];
    case "assign":
      return [statement.target, statement.value];
    case "expression":
      return [statement.expression];
    case "if":
      return [statement.condition];
    case "loop":
      return statement.condition === undefined ? [] : [statement.condition];
    case "switch":
      return [statement.subject];
    case "return":
      return statement.value === undefined ? [] : [statement.value];
    default:
      return [];
  }
}

export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "member":
      return [expression.object];
    case "index":
      return [expression.object, expression.index];
    case "call":
      return [expression.callee, ...expression.args];
    case "unary":
      return [expression.operand];
    case "binary":
    case "compare":
    case "logical":
      return [expression.left, expression.right];
    case "conditional":
      return [expression.condition, expression.chosen, expression.otherwise];
    case "object":
      return expression.fields.map(({ value }) => value);
    case "arrow":
      return [expression.body];
    default:
      return [];
  }
}
