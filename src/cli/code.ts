/**
 * `exonet code`: the VCODE of a downloaded environment of the installation, as text, or as the body of the request that makes an
 * environment of it. Code is made for one size of pages; a machine says its own (`GET /api/v1/machine`).
 */
import { forger, Try } from "../libos/downloaded/forger.js";
import { printProgram } from "../vcode/print.js";
import { InputError } from "./failure.js";

export interface CodeCommand {
  /** Octets. */
  readonly pageSize: number;
  readonly json?: boolean;
}

const LARGEST_PAGE = 1 << 16;
const SMALLEST_PAGE = 1 << 12;

export function code(name: string, { pageSize, json }: CodeCommand): number {
  if (!(pageSize >= SMALLEST_PAGE && pageSize <= LARGEST_PAGE && (pageSize & (pageSize - 1)) === 0))
    throw new InputError("--page-size", `pages have ${SMALLEST_PAGE} to ${LARGEST_PAGE} octets, a power of two`);
  const text = `${attempts()}${printProgram(forger(pageSize))}`;
  process.stdout.write(json === true ? `${JSON.stringify({ name, program: "vcode", code: text })}\n` : text);
  return 0;
}

/** What it can be told to try, as a comment: src/libos/downloaded/forger.ts says what each needs. */
function attempts(): string {
  const lines = Object.entries(Try).map(([name, number]) => `#   ${number} ${name}\n`);
  return `# Tries what it may not: the first word of a message says what, the others with which words.\n${lines.join("")}`;
}
