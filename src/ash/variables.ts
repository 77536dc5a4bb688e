/** The names of a text resolved, and what TypeScript knows of each wherever it stands: of what is constant, and of what is assigned to. */
import type { Taken } from "./literals.js";
import { expressionsOf, partsOf } from "./parts.js";
import type { Declaration, Expression, Name, Parameter, Statement, Text } from "./syntax.js";
import { TELLS_NOTHING, type Told } from "./told.js";

export class Variable {
  /** Begins the paths of what lies in it. */
  readonly path: string;
  readonly constant: boolean;
  /** Undefined of parameters. */
  readonly declaration: Declaration | undefined;
  assigned = false;
  /** What it can be, as its declaration says: known once that was come to, as the rest is. */
  taken: Taken = undefined;
  /** The number that stands for it as an index. */
  index: string | undefined = undefined;
  /** Where it is a condition. */
  told: Told = TELLS_NOTHING;

  constructor(path: string, declaration?: Declaration) {
    this.path = path;
    this.constant = declaration?.constant === true;
    this.declaration = declaration;
  }

  /** TypeScript: a const, or a parameter or let that nothing is assigned to. */
  get lasts(): boolean {
    return this.constant || !this.assigned;
  }
}

/** By the name where it is declared, and by each expression that names it. What is imported, and functions, are none. */
export class Variables {
  readonly #declared = new Map<Name, Variable>();
  readonly #named = new Map<Expression, Variable>();
  readonly #scopes: Map<string, Variable>[] = [];

  constructor({ constants, functions }: Text) {
    this.#within(() => {
      for (const declaration of constants) this.#declare(declaration);
      for (const { value } of constants) if (value !== undefined) this.#resolve(value);
      for (const { parameters, body } of functions) {
        this.#within(() => {
          this.#take(parameters);
          this.#list(body);
        });
      }
    });
  }

  declared(name: Name): Variable | undefined {
    return this.#declared.get(name);
  }

  named(expression: Expression): Variable | undefined {
    return this.#named.get(expression);
  }

  #within(work: () => void): void {
    this.#scopes.push(new Map());
    work();
    this.#scopes.pop();
  }

  #enter(name: Name, declaration?: Declaration): void {
    const variable = new Variable(`${this.#declared.size}`, declaration);
    this.#declared.set(name, variable);
    this.#scopes.at(-1)?.set(name.name, variable);
  }

  #declare(declaration: Declaration): void {
    this.#enter(declaration.name, declaration);
  }

  #take(parameters: readonly Parameter[]): void {
    for (const { name } of parameters) this.#enter(name);
  }

  #list(statements: readonly Statement[]): void {
    for (const statement of statements) if (statement.kind === "declare") this.#declare(statement.declaration);
    for (const statement of statements) this.#statement(statement);
  }

  #statement(statement: Statement): void {
    const expressions = (): void => {
      for (const expression of expressionsOf(statement)) this.#resolve(expression);
    };
    switch (statement.kind) {
      case "if":
        expressions();
        for (const body of [statement.chosen, statement.otherwise]) this.#within(() => this.#list(body));
        return;
      case "loop":
        return this.#within(() => {
          this.#list(statement.initial);
          expressions();
          this.#within(() => this.#list(statement.body));
          this.#list(statement.update);
        });
      case "switch":
        expressions();
        for (const { test } of statement.cases) if (test !== undefined) this.#resolve(test);
        return this.#within(() => this.#list(statement.cases.flatMap(({ body }) => body)));
      case "block":
        return this.#within(() => this.#list(statement.body));
      case "assign": {
        expressions();
        const target = this.#named.get(statement.target);
        if (target !== undefined) target.assigned = true;
        return;
      }
      default:
        return expressions();
    }
  }

  #resolve(expression: Expression): void {
    if (expression.kind === "name") {
      const variable = this.#scopes.findLast((scope) => scope.has(expression.name))?.get(expression.name);
      if (variable !== undefined) this.#named.set(expression, variable);
    }
    this.#within(() => {
      if (expression.kind === "arrow") this.#take(expression.parameters);
      for (const part of partsOf(expression)) this.#resolve(part);
    });
  }
}
