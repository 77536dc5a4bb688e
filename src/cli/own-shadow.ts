/** What `--target` and `--shadow` may not be together. */
import { DEFAULT_TARGET } from "../dpf/target.js";
import { InputError } from "./failure.js";

/** A target compared with itself says nothing. */
export function refuseOwnShadow({
  target = DEFAULT_TARGET,
  shadow,
}: {
  readonly target?: string;
  readonly shadow?: string;
}): void {
  if (shadow === target) throw new InputError("--shadow", `${target} is the target itself: name another`);
}
