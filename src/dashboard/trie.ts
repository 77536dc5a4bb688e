/** The merged trie as the page knows it: fetched while somebody looks, with rates of its nodes from one answer to the next. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Trie } from "../control/protocol.js";
import { RequestError, request, words } from "./http.js";
import { connection, rows, target } from "./store.js";

export const trie = signal<Trie | null>(null);
export const trieError = signal<string | null>(null);
/** Entries a second by node number, of the last second; empty where nothing is counted. */
export const heatRates = signal<ReadonlyMap<number, number>>(new Map());

const EVERY_MS = 1_000;

let before: { readonly at: number; readonly counts: ReadonlyMap<number, number> } | null = null;

/**
 * Keeps `trie` fresh from a place on ("" is the root, `17.0/100` the dispatch 17.0 from its value 100 on): once a
 * second with heat, else when the filters change.
 */
export function useTrie(place: string): void {
  const hot = trie.value?.heat === true;
  const changes = [rows.value, target.value?.target];
  useEffect(() => {
    const stop = new AbortController();
    let timer = 0;
    const ask = async () => {
      if (connection.value.state === "live" && document.visibilityState === "visible")
        await fetchTrie(place, stop.signal);
      if (hot && !stop.signal.aborted) timer = window.setTimeout(() => void ask(), EVERY_MS);
    };
    void ask();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [place, hot, ...changes]);
}

async function fetchTrie(place: string, stop: AbortSignal): Promise<void> {
  try {
    const next = await request<Trie>("GET", pathOf(place), undefined, stop);
    measure(next, performance.now());
    trie.value = next;
    trieError.value = null;
  } catch (error) {
    if (stop.aborted) return;
    const gone = error instanceof RequestError && error.code === "E_NO_NODE";
    trieError.value = gone ? "This place of the trie is gone: the filters have changed." : words(error);
  }
}

function pathOf(place: string): string {
  const [at = "", from = "0"] = place.split("/");
  return at === "" ? "trie" : `trie?at=${encodeURIComponent(at)}&from=${encodeURIComponent(from)}`;
}

function measure({ nodes, heat }: Trie, now: number): void {
  const counts = new Map(nodes.flatMap((point) => (point.kind === "node" ? [[point.node, point.reached ?? 0]] : [])));
  const seconds = before === null ? 0 : (now - before.at) / 1000;
  const rates = [...counts].map(([node, count]): [number, number] => {
    const last = before?.counts.get(node);
    return [node, last === undefined || seconds <= 0 ? 0 : Math.max(0, count - last) / seconds];
  });
  heatRates.value = new Map(heat ? rates : []);
  before = heat ? { at: now, counts } : null;
}

/** Counts nodes from now on, or no more; rejects with RequestError. */
export async function setHeat(on: boolean): Promise<void> {
  await request("PUT", "trie/heat", { json: { on } });
  if (trie.value !== null) trie.value = { ...trie.value, heat: on };
  if (!on) heatRates.value = new Map();
}
