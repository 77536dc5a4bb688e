/** What a text reads as, or a thrown error; and trees without their places, so that tests can write them. */
import { ErrorList } from "../../../src/filter/error.js";
import type { Expression } from "../../../src/filter/pcap-filter/ast.js";
import { parsePcapFilter } from "../../../src/filter/pcap-filter/parser.js";

export function parsed(text: string): Expression | undefined {
  const errors = new ErrorList(text);
  const expression = parsePcapFilter(text, errors);
  if (errors.any) throw new Error(`${text}: ${errors.list().map(({ message }) => message)}`);
  return expression;
}

export function bareTree(text: string): unknown {
  return bare(parsed(text));
}

export function bare(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(bare);
  if (typeof node !== "object" || node === null) return node;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key]) => key !== "start" && key !== "end")
      .map(([key, value]) => [key, bare(value)]),
  );
}
