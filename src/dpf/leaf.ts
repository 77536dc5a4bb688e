/**
 * What a node's record says of the filters that end at it: the best claim with its rank, and the taps, one
 * in the record or several in a list of links. An id that may occur at other nodes too is negative there.
 */
import { DETAIL_WORDS, DetailWord, LINK_WORDS, RECORD_WORDS, RecordWord } from "./layout.js";
import type { LoggedTable } from "./tables.js";
import type { Node } from "./trie.js";

export interface LeafTables {
  readonly record: LoggedTable;
  readonly detail: LoggedTable;
  readonly link: LoggedTable;
  readonly freeLinks: number[];
  nextLink: number;
}

export function writeClaim(tables: LeafTables, node: Node): void {
  const best = node.claims[0];
  tables.record.set(RECORD_WORDS * node.record + RecordWord.claim, best?.id ?? 0);
  tables.detail.setDouble(DETAIL_WORDS * node.record + DetailWord.rank, best?.rank ?? 0);
}

/** All taps of a node whose record has none yet. */
export function writeTaps(tables: LeafTables, node: Node): void {
  for (const [id, several] of node.taps) addTap(tables, node, several ? -id : id);
}

/** The only tap lies in the record; a second, or one that may be elsewhere too, makes it a list. */
export function addTap(tables: LeafTables, node: Node, id: number): void {
  const at = RECORD_WORDS * node.record + RecordWord.tap;
  const tap = tables.record.get(at);
  if (tap === 0 && id > 0) tables.record.set(at, id);
  else tables.record.set(at, -newLink(tables, id, tap > 0 ? newLink(tables, tap, 0) : -tap));
}

export function removeTap(tables: LeafTables, node: Node, id: number): void {
  const { record, link } = tables;
  const at = RECORD_WORDS * node.record + RecordWord.tap;
  // A negative word is a list: an id that may be elsewhere too is never alone in the record.
  if (id > 0 && record.get(at) === id) return record.set(at, 0);
  let before = 0;
  let place = -record.get(at);
  while (place > 0 && link.get(LINK_WORDS * place) !== id) [before, place] = [place, link.get(LINK_WORDS * place + 1)];
  if (place <= 0) throw new Error(`leaf: ${id} does not tap node ${node.number}`);
  const next = link.get(LINK_WORDS * place + 1);
  if (before === 0) record.set(at, -next);
  else link.set(LINK_WORDS * before + 1, next);
  link.set(LINK_WORDS * place, 0);
  link.set(LINK_WORDS * place + 1, 0);
  tables.freeLinks.push(place);
}

function newLink(tables: LeafTables, id: number, next: number): number {
  const index = tables.freeLinks.pop() ?? tables.nextLink++;
  tables.link.reserve(LINK_WORDS * (index + 1));
  tables.link.set(LINK_WORDS * index, id);
  tables.link.set(LINK_WORDS * index + 1, next);
  return index;
}
