/**
 * What a node's record says of the filters that end at it: the best claim with its rank, and the taps as
 * one word and a list of links. An id that may occur at other nodes too is stored negative.
 */
import { LINK_WORDS, RECORD_WORDS, RecordWord } from "../vcode/primitive.js";
import type { LoggedTable } from "./tables.js";
import type { Node } from "./trie.js";

export interface LeafTables {
  readonly record: LoggedTable<Int32Array>;
  readonly key: LoggedTable<Float64Array>;
  readonly link: LoggedTable<Int32Array>;
  readonly freeLinks: number[];
  nextLink: number;
}

export function writeClaim(tables: LeafTables, node: Node): void {
  const best = node.claims[0];
  tables.record.set(RECORD_WORDS * node.number + RecordWord.claim, best?.id ?? 0);
  tables.key.set(node.number, best?.rank ?? 0);
}

/** All taps of a node whose record has none yet. */
export function writeTaps(tables: LeafTables, node: Node): void {
  for (const [id, several] of node.taps) addTap(tables, node, several ? -id : id);
}

/** In front of the list: the tap that was first moves to a link. */
export function addTap(tables: LeafTables, node: Node, id: number): void {
  const { record, link } = tables;
  const at = RECORD_WORDS * node.number;
  const first = record.get(at + RecordWord.tap);
  if (first !== 0) {
    const index = tables.freeLinks.pop() ?? tables.nextLink++;
    link.reserve(LINK_WORDS * (index + 1));
    link.set(LINK_WORDS * index, first);
    link.set(LINK_WORDS * index + 1, record.get(at + RecordWord.link));
    record.set(at + RecordWord.link, index);
  }
  record.set(at + RecordWord.tap, id);
}

/** The tap leaves its place to the first of the list, whose link goes. */
export function removeTap(tables: LeafTables, node: Node, id: number): void {
  const { record, link } = tables;
  const at = RECORD_WORDS * node.number;
  const head = record.get(at + RecordWord.link);
  let place = record.get(at + RecordWord.tap) === id ? 0 : head;
  while (place !== 0 && link.get(LINK_WORDS * place) !== id) place = link.get(LINK_WORDS * place + 1);
  const next = head === 0 ? 0 : link.get(LINK_WORDS * head);
  // The head's tap fills the gap, wherever it is; order among taps has no meaning.
  if (place === 0) record.set(at + RecordWord.tap, next);
  else link.set(LINK_WORDS * place, next);
  if (head === 0) return;
  record.set(at + RecordWord.link, link.get(LINK_WORDS * head + 1));
  link.set(LINK_WORDS * head, 0);
  link.set(LINK_WORDS * head + 1, 0);
  tables.freeLinks.push(head);
}
