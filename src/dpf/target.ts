/** What can run a merged program: JavaScript made from it, or the interpreter, slow and obvious. */
export const TARGETS = ["js", "interpreter"] as const;
export type Target = (typeof TARGETS)[number];

/** Throws a RangeError where there is no target of that name. */
export function targetOf(name: string): Target {
  const target = TARGETS.find((each) => each === name);
  if (target === undefined) throw new RangeError(`dpf: no target ${name}; there are ${TARGETS.join(", ")}`);
  return target;
}
