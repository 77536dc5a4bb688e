import type { Whole } from "./lower-context.js";
import type { Settled } from "./lower-settle.js";
import type { Unit } from "./lower-units.js";

export function pipelineLambda(_whole: Whole, unit: Extract<Unit, { kind: "pipeline" }>): Settled {
  throw new Error(`ash: ${unit.kind}`);
}
