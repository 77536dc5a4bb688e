/**
 * Is this value a filter? Authors are not trusted: every field and limit of atom.ts is looked at, at
 * run time, on whatever came in. Unknown fields are refused, not dropped. A residual is judged by whoever
 * calls (the verifier knows programs); where nobody does, a filter that has one is refused.
 */
import {
  FACTS,
  fullMask,
  LINK,
  MAX_ATOMS,
  MAX_CONJUNCTIONS,
  MAX_LEFT,
  MAX_LENGTH,
  MAX_OFFSET,
  MAX_SHIFT,
  WIRE,
} from "./atom.js";

export type FilterProblemCode =
  | "E_SHAPE"
  | "E_CONJUNCTIONS"
  | "E_ATOMS"
  | "E_KIND"
  | "E_OF"
  | "E_OFFSET"
  | "E_WIDTH"
  | "E_MASK"
  | "E_VALUE"
  | "E_RANGE"
  | "E_LENGTH"
  | "E_SHIFT"
  | "E_LEFT"
  | "E_RESIDUAL";

export interface FilterProblem {
  readonly code: FilterProblemCode;
  /** JSON pointer of what is wrong. */
  readonly pointer: string;
  readonly reason: string;
}

/** What is wrong with a residual, in one sentence, or undefined. */
export type ResidualProblem = (program: unknown) => string | undefined;

type Fields = Readonly<Record<string, unknown>>;

/** The first problem, or undefined where the value is a filter. */
export function wellformed(value: unknown, residualProblem?: ResidualProblem): FilterProblem | undefined {
  const whole = isFields(value, ["conjunctions"]) || isFields(value, ["conjunctions", "residual"]);
  if (!whole || !Array.isArray(value.conjunctions)) {
    return problem("E_SHAPE", "", "a filter is {conjunctions: [...]} and perhaps a residual, nothing more");
  }
  const list: readonly unknown[] = value.conjunctions;
  if (list.length === 0 || list.length > MAX_CONJUNCTIONS) {
    const reason = `${list.length} conjunctions; 1 to ${MAX_CONJUNCTIONS} are possible`;
    return problem("E_CONJUNCTIONS", "/conjunctions", reason);
  }
  for (let index = 0; index < list.length; index++) {
    const wrong = conjunctionProblem(list[index], `/conjunctions/${index}`);
    if (wrong) return wrong;
  }
  if (!Object.hasOwn(value, "residual")) return undefined;
  const wrong = residualProblem ? residualProblem(value.residual) : "a residual is not possible here";
  return wrong === undefined ? undefined : problem("E_RESIDUAL", "/residual", wrong);
}

/** As `wellformed`, in one sentence. */
export function checkFilter(value: unknown, residualProblem?: ResidualProblem): string | undefined {
  const wrong = wellformed(value, residualProblem);
  return wrong && `${wrong.code} at ${wrong.pointer === "" ? "/" : wrong.pointer}: ${wrong.reason}`;
}

function problem(code: FilterProblemCode, pointer: string, reason: string): FilterProblem {
  return { code, pointer, reason };
}

function isFields(value: unknown, names: readonly string[]): value is Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const keys = Object.keys(value);
  return keys.length === names.length && names.every((name) => Object.hasOwn(value, name));
}

function conjunctionProblem(value: unknown, pointer: string): FilterProblem | undefined {
  if (!Array.isArray(value)) return problem("E_SHAPE", pointer, "a conjunction is a list of atoms");
  if (value.length > MAX_ATOMS) return problem("E_ATOMS", pointer, `${value.length} atoms; the limit is ${MAX_ATOMS}`);
  for (let index = 0; index < value.length; index++) {
    const wrong = atomProblem(value[index], `${pointer}/${index}`);
    if (wrong) return wrong;
  }
  return undefined;
}

const FIELD = ["kind", "offset", "width", "mask"] as const;

function atomProblem(value: unknown, pointer: string): FilterProblem | undefined {
  if (isTest(value, ["value"]) && (value.kind === "equal" || value.kind === "not-equal")) {
    return testedProblem(value, pointer) ?? valueProblem(value, pointer);
  }
  if (isTest(value, ["low", "high"]) && value.kind === "range") {
    return testedProblem(value, pointer) ?? rangeProblem(value, pointer);
  }
  if (isFields(value, [...FIELD, "left"]) && value.kind === "shift-loaded") {
    const wrong = fieldProblem(value, pointer);
    return wrong ?? numberProblem("E_LEFT", value.left, 0, MAX_LEFT, `${pointer}/left`);
  }
  if (isFields(value, ["kind", "least", "most"]) && value.kind === "length") {
    const wrong = numberProblem("E_LENGTH", value.least, 0, MAX_LENGTH, `${pointer}/least`);
    return wrong ?? numberProblem("E_LENGTH", value.most, Number(value.least), MAX_LENGTH, `${pointer}/most`);
  }
  if (isFields(value, ["kind", "octets"]) && value.kind === "shift") {
    return numberProblem("E_SHIFT", value.octets, 0, MAX_SHIFT, `${pointer}/octets`);
  }
  const kinds = "equal, not-equal, range, length, shift or shift-loaded";
  return problem("E_KIND", pointer, `an atom is ${kinds}, with the fields of its kind and no others`);
}

function isWithin(value: unknown, low: number, high: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= low && value <= high;
}

function numberProblem(code: FilterProblemCode, value: unknown, low: number, high: number, pointer: string) {
  return isWithin(value, low, high) ? undefined : problem(code, pointer, `an integer within ${low}..${high}`);
}

/** A test may be one of a fact. */
function isTest(value: unknown, names: readonly string[]): value is Fields {
  return isFields(value, [...FIELD, ...names]) || isFields(value, [...FIELD, "of", ...names]);
}

/** A fact is a field of its own width, at 0. */
function testedProblem(value: Fields, pointer: string): FilterProblem | undefined {
  if (!Object.hasOwn(value, "of")) return fieldProblem(value, pointer);
  const fact = [LINK, WIRE].find(({ of }) => of === value.of);
  if (fact === undefined)
    return problem("E_OF", `${pointer}/of`, `${FACTS.join(" or ")}; absent where octets are meant`);
  if (value.width !== fact.width) return problem("E_WIDTH", `${pointer}/width`, `${fact.of} has ${fact.width} bits`);
  return numberProblem("E_OFFSET", value.offset, 0, 0, `${pointer}/offset`) ?? fieldProblem(value, pointer);
}

function fieldProblem({ offset, width, mask }: Fields, pointer: string): FilterProblem | undefined {
  if (width !== 8 && width !== 16 && width !== 32) return problem("E_WIDTH", `${pointer}/width`, "8, 16 or 32");
  return (
    numberProblem("E_OFFSET", offset, 0, MAX_OFFSET, `${pointer}/offset`) ??
    numberProblem("E_MASK", mask, 1, fullMask(width), `${pointer}/mask`)
  );
}

function valueProblem({ value, mask }: Fields, pointer: string): FilterProblem | undefined {
  if (!isWithin(value, 0, 0xffffffff)) return problem("E_VALUE", `${pointer}/value`, "an integer of the field's width");
  // As unsigned words: a value has no bit that its mask has not.
  if ((value & ~Number(mask)) !== 0) {
    return problem("E_VALUE", `${pointer}/value`, "bits outside the mask can never be equal");
  }
  return undefined;
}

function rangeProblem({ width, low, high }: Fields, pointer: string): FilterProblem | undefined {
  const last = width === 8 ? fullMask(8) : width === 16 ? fullMask(16) : fullMask(32);
  return (
    numberProblem("E_RANGE", low, 0, last, `${pointer}/low`) ??
    numberProblem("E_RANGE", high, Number(low), last, `${pointer}/high`)
  );
}
