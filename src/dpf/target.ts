/** What can run a merged program: WebAssembly or JavaScript made from it, or the interpreter, slow and obvious. */
export const TARGETS = ["wasm", "js", "interpreter"] as const;
export type Target = (typeof TARGETS)[number];

/** The fastest, as measured (`exonet bench demux`). */
export const DEFAULT_TARGET: Target = "wasm";

/** Throws a RangeError where there is no target of that name. */
export function targetOf(name: string): Target {
  const target = TARGETS.find((each) => each === name);
  if (target === undefined) throw new RangeError(`dpf: no target ${name}; there are ${TARGETS.join(", ")}`);
  return target;
}
