/** Names that users give to filters, captures, environments and bindings. Never a path: files have generated ids. */
import { StoreError } from "./errors.js";

export const NAME_PATTERN = "^[a-z0-9][a-z0-9._-]{0,63}$";

/** What that means, behind "is". */
export const NAME_WORDS = "1 to 64 of a-z, 0-9, dot, underscore and hyphen, and begins with a letter or a digit";

const NAME = new RegExp(NAME_PATTERN);

export function isName(text: string): boolean {
  return NAME.test(text);
}

/** The name itself; throws E_NAME. */
export function checkName(text: string): string {
  if (!isName(text)) throw new StoreError("E_NAME", JSON.stringify(text.slice(0, 80)));
  return text;
}
