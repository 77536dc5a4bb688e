/**
 * Is this value a filter? Authors are not trusted: every field and limit of atom.ts is looked at, at
 * run time, on whatever came in. Unknown fields are refused, not dropped.
 */
import { fullMask, MAX_ATOMS, MAX_CONJUNCTIONS, MAX_LEFT, MAX_OFFSET, MAX_SHIFT } from "./atom.js";

export type FilterProblemCode =
  | "E_SHAPE"
  | "E_CONJUNCTIONS"
  | "E_ATOMS"
  | "E_KIND"
  | "E_OFFSET"
  | "E_WIDTH"
  | "E_MASK"
  | "E_VALUE"
  | "E_SHIFT"
  | "E_LEFT";

export interface FilterProblem {
  readonly code: FilterProblemCode;
  /** JSON pointer of what is wrong. */
  readonly pointer: string;
  readonly reason: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** The first problem, or undefined where the value is a filter. */
export function wellformed(value: unknown): FilterProblem | undefined {
  if (!isFields(value, ["conjunctions"]) || !Array.isArray(value.conjunctions)) {
    return problem("E_SHAPE", "", "a filter is {conjunctions: [...]}, nothing more");
  }
  const list: readonly unknown[] = value.conjunctions;
  if (list.length === 0 || list.length > MAX_CONJUNCTIONS) {
    return problem(
      "E_CONJUNCTIONS",
      "/conjunctions",
      `${list.length} conjunctions; 1 to ${MAX_CONJUNCTIONS} are possible`,
    );
  }
  for (let index = 0; index < list.length; index++) {
    const wrong = conjunctionProblem(list[index], `/conjunctions/${index}`);
    if (wrong) return wrong;
  }
  return undefined;
}

/** As `wellformed`, in one sentence. */
export function checkFilter(value: unknown): string | undefined {
  const wrong = wellformed(value);
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

function atomProblem(value: unknown, pointer: string): FilterProblem | undefined {
  if (isFields(value, ["kind", "offset", "width", "mask", "value"]) && value.kind === "equal") {
    return fieldProblem(value, pointer) ?? valueProblem(value, pointer);
  }
  if (isFields(value, ["kind", "octets"]) && value.kind === "shift") {
    const fits = isWithin(value.octets, 0, MAX_SHIFT);
    return fits ? undefined : problem("E_SHIFT", `${pointer}/octets`, `an integer within 0..${MAX_SHIFT}`);
  }
  if (isFields(value, ["kind", "offset", "width", "mask", "left"]) && value.kind === "shift-loaded") {
    const fits = isWithin(value.left, 0, MAX_LEFT);
    return (
      fieldProblem(value, pointer) ??
      (fits ? undefined : problem("E_LEFT", `${pointer}/left`, `an integer within 0..${MAX_LEFT}`))
    );
  }
  return problem(
    "E_KIND",
    pointer,
    "an atom is equal, shift or shift-loaded, with the fields of its kind and no others",
  );
}

function isWithin(value: unknown, low: number, high: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= low && value <= high;
}

function fieldProblem(atom: Fields, pointer: string): FilterProblem | undefined {
  const { offset, width, mask } = atom;
  if (!isWithin(offset, 0, MAX_OFFSET))
    return problem("E_OFFSET", `${pointer}/offset`, `an integer within 0..${MAX_OFFSET}`);
  if (width !== 8 && width !== 16 && width !== 32) return problem("E_WIDTH", `${pointer}/width`, "8, 16 or 32");
  if (!isWithin(mask, 1, fullMask(width)))
    return problem("E_MASK", `${pointer}/mask`, `an integer within 1..${fullMask(width)}`);
  return undefined;
}

function valueProblem(atom: Fields, pointer: string): FilterProblem | undefined {
  const { value, mask } = atom;
  if (!isWithin(value, 0, 0xffffffff)) return problem("E_VALUE", `${pointer}/value`, "an integer of the field's width");
  // As unsigned words: a value has no bit that its mask has not.
  if ((value & ~Number(mask)) !== 0)
    return problem("E_VALUE", `${pointer}/value`, "bits outside the mask can never be equal");
  return undefined;
}
