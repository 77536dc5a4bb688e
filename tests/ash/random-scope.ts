/** What a function of chance may name at a point: grows with declarations, and is left behind with its block. */
import type { Scalar } from "../../src/ash/tree.js";
import type { RandomField, RandomState } from "./random-state.js";

export interface RandomFunction {
  readonly name: string;
  readonly message: boolean;
  readonly parameters: readonly Scalar[];
  readonly result: Scalar | "Outcome" | "void";
  /** It loops: it is called outside of loops only, so that runs have an end. */
  readonly loops: boolean;
  /** Tables that it enters into or deletes from, and "frame" where it begins one. */
  readonly touches: ReadonlySet<string>;
  /** A place of its result's type that it changes whenever it is called. */
  readonly changes?: string;
}

export interface Variable {
  readonly name: string;
  readonly type: Scalar;
  /** Not where a loop counts by it. */
  readonly settable: boolean;
  /** A const with a literal for its value: the checker knows it, as it knows a literal. */
  readonly constant?: boolean;
}

export interface Reference {
  readonly name: string;
  readonly fields: readonly RandomField[];
}

/** What is the same in all of a function. */
export interface Around {
  readonly state: RandomState;
  readonly callable: readonly RandomFunction[];
  readonly result: RandomFunction["result"];
  readonly message: boolean;
  /** Grown by who touches a table, or loops. */
  readonly touched: Set<string>;
  loops: boolean;
  names: number;
}

export class Scope {
  readonly around: Around;
  readonly variables: Variable[];
  readonly references: Reference[];
  /** Tables an entry of which is held: no enter or delete now. "frame": the same of reply and frame. */
  readonly held: Set<string>;
  /** The name of the frame that there is. */
  frame: string | undefined;
  /** It began in an outer block, and is used there still: no other one begins here. */
  readonly outerFrame: boolean;
  readonly loops: number;
  readonly inSwitch: boolean;

  constructor(around: Around, outer?: Scope, into: { loop?: boolean; switch?: boolean } = {}) {
    this.around = around;
    this.variables = [...(outer?.variables ?? [])];
    this.references = [...(outer?.references ?? [])];
    this.held = new Set(outer?.held);
    this.frame = outer?.frame;
    this.outerFrame = this.frame !== undefined;
    this.loops = (outer?.loops ?? 0) + (into.loop === true ? 1 : 0);
    this.inSwitch = into.switch === true || (outer?.inSwitch === true && into.loop !== true);
  }

  inner(into: { loop?: boolean; switch?: boolean } = {}): Scope {
    return new Scope(this.around, this, into);
  }

  /** For what is stored to a place: the entry in which it lies is held meanwhile. */
  holding(place: string): Scope {
    const inside = this.inner();
    for (const { name } of this.around.state.tables) if (place.startsWith(`${name}.enter(`)) inside.held.add(name);
    return inside;
  }

  name(of: string): string {
    return `${of}${this.around.names++}`;
  }

  /** Functions that may be called here. */
  callable(result: RandomFunction["result"]): RandomFunction[] {
    return this.around.callable.filter(
      (func) =>
        func.result === result &&
        (this.around.message || !func.message) &&
        (this.loops === 0 || !func.loops) &&
        [...func.touches].every((table) => !this.held.has(table)),
    );
  }

  called({ touches, loops }: RandomFunction): void {
    for (const table of touches) this.around.touched.add(table);
    if (loops) this.around.loops = true;
  }
}
