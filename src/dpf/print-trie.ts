/**
 * A trie as indented text, stable enough for golden files:
 *
 *   12:16, chain of 2                 a field with several values, and how they are told apart
 *     0x0800                          a value
 *       23:8 == 0x11                  a field with one value
 *         shift 14:8 & 0x0f << 2      a move of the base
 *           16:16 == 0x0035 → tap 1   who ends here
 *
 * Beyond KEYS_SHOWN values the others are told as a number.
 */

import type { Node, Trie } from "./trie.js";
import { type Dispatch, dispatchesOf, endsOf, stepText } from "./trie-view.js";

export const KEYS_SHOWN = 16;
/** Filters named at one node; those beyond are told as a number. */
const ENDS_SHOWN = 8;

export function printTrie(trie: Trie): string {
  return lines(trie.root, "every packet", 0).join("\n").concat("\n");
}

function lines(node: Node, title: string, depth: number): string[] {
  const below = dispatchesOf(node).flatMap((dispatch) => dispatchLines(dispatch, depth + 1));
  return [indented(depth, title + endsText(node)), ...below];
}

function dispatchLines({ field, kind, count, branches }: Dispatch, depth: number): string[] {
  const [only] = branches;
  if (count === 1 && only !== undefined) {
    const form = kind === "single" || kind === "move" || kind === "length" ? "" : `, ${kind}`;
    return lines(only.node, `${stepText(only.node)}${form}`, depth);
  }
  const shown = branches.slice(0, KEYS_SHOWN).flatMap(({ value, node }) => lines(node, value, depth + 1));
  const more = count > KEYS_SHOWN ? [indented(depth + 1, `… ${count - KEYS_SHOWN} more`)] : [];
  return [indented(depth, `${field}, ${kind} of ${count}`), ...shown, ...more];
}

function endsText(node: Node): string {
  const { claims, taps } = endsOf(node);
  const ends = [...claims.map((id) => `claim ${id}`), ...taps.map((id) => `tap ${id}`)];
  if (ends.length === 0) return "";
  const more = ends.length > ENDS_SHOWN ? `, … ${ends.length - ENDS_SHOWN} more` : "";
  return ` → ${ends.slice(0, ENDS_SHOWN).join(", ")}${more}`;
}

function indented(depth: number, text: string): string {
  return "  ".repeat(depth) + text;
}
