/** The packets that are looked at: which capture, which listing of it, and what is known of the chosen packet. */
import { computed, signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import type { Capture, PacketDetail, PacketPage } from "../control/protocol.js";
import { go, place } from "./address.js";
import { drafts } from "./drafts.js";
import { request, words } from "./http.js";
import { isEdited, NEW } from "./kept-drafts.js";
import { type Listing, MatchListing, WholeListing } from "./listing.js";
import { filterName, freeName } from "./names.js";
import { tell } from "./notices.js";
import { type PacketPlace, packetSelection, parsePacketPlace } from "./packet-place.js";
import { captures, filters, replay } from "./store.js";

export const packetPlace = computed(() => parsePacketPlace(place.value.selection));

/** The capture by its name; without one that which is replayed, else the first. */
export function captureNamed(name: string): Capture | undefined {
  const wanted = name === "" ? replay.value?.captures[0] : name;
  const found = captures.value.find((one) => one.name === wanted);
  return found ?? (name === "" ? captures.value[0] : undefined);
}

/** Where packets of a capture are asked for. */
export function capturePath(name: string, rest: string): string {
  return `captures/${encodeURIComponent(name)}/${rest}`;
}

/** The address of a file with the packets of a capture that a stored filter matches; the appliance names it. */
export function matchingFile(capture: string, filter: string): string {
  return `api/v1/${capturePath(capture, `file?filter=${encodeURIComponent(filter)}`)}`;
}

/** Goes to a place of the view; `quietly` adds no step to the browser's history. */
export function goToPacket(change: Partial<PacketPlace>, quietly = false): void {
  const now = packetPlace.peek();
  const capture = change.capture ?? (now.capture || (captureNamed("")?.name ?? ""));
  go("packets", packetSelection({ ...now, ...change, capture }), quietly);
}

interface Listed {
  readonly key: string;
  readonly listing: Listing;
}

let listed: Listed | null = null;
const beginning = signal({ capture: "", filter: "", from: 1 });

/** The number that the listing of a filter's packets begins with. */
export function listedFrom(capture: string, filter: string): number {
  const { value } = beginning;
  return value.capture === capture && value.filter === filter ? value.from : 1;
}

export function listFrom(capture: string, filter: string, from: number): void {
  beginning.value = { capture, filter, from };
}

/** The listing of a capture, or of what a filter matches in it; another one takes its place. */
export function listingOf(capture: Capture, filter: string): Listing {
  const from = filter === "" ? 1 : listedFrom(capture.name, filter);
  const key = [capture.name, capture.sha256, filter, from].join("\n");
  if (listed?.key === key) return listed.listing;
  listed?.listing.stop();
  const fetchPage = (first: number, limit: number, stop: AbortSignal) => {
    const matching = filter === "" ? "" : `&filter=${encodeURIComponent(filter)}`;
    const path = capturePath(capture.name, `packets?from=${first}&limit=${limit}${matching}`);
    return request<PacketPage>("GET", path, undefined, stop);
  };
  const listing = filter === "" ? new WholeListing(capture.info.packets, fetchPage) : new MatchListing(from, fetchPage);
  listed = { key, listing };
  return listing;
}

/** Forgets what was listed: a filter's text may be another when it is listed again. */
export function forgetListing(): void {
  listed?.listing.stop();
  listed = null;
}

export interface Detail {
  readonly packet: PacketDetail | null;
  readonly error: string | null;
  /** Another one has been asked for and is not there yet. */
  readonly stale: boolean;
}

/** Packets that a held arrow key passes by are not worth asking for: the appliance reads the capture for each. */
const SETTLE_MS = 80;

/** What is known of a packet; the one before stays until the next is there. */
export function usePacket(capture: Capture, number: number): Detail {
  const [detail, setDetail] = useState<Detail>({ packet: null, error: null, stale: false });
  useEffect(() => {
    const stop = new AbortController();
    const ask = async () => {
      const path = capturePath(capture.name, `packets/${number}`);
      try {
        const packet = await request<PacketDetail>("GET", path, undefined, stop.signal);
        if (!stop.signal.aborted) setDetail({ packet, error: null, stale: false });
      } catch (error) {
        if (!stop.signal.aborted) setDetail({ packet: null, error: words(error), stale: false });
      }
    };
    const timer = setTimeout(() => void ask(), detail.stale ? SETTLE_MS : 0);
    setDetail((before) => ({ ...before, stale: true }));
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [capture.sha256, capture.name, number]);
  return detail;
}

/** Opens the filter editor with a new filter of this text; a text that was being written there can be put back. */
export function filterBy(text: string): void {
  const before = drafts.peek(NEW);
  const name = freeName(filterName(text), new Set(filters.peek().map((one) => one.name)));
  drafts.replace(NEW, { stored: null, text, name, language: "pcap-filter" });
  go("filters", NEW);
  // The field is there when the view was drawn anew; on a narrow page it may be far below.
  requestAnimationFrame(() => {
    const field = document.getElementById("filter-name");
    field?.focus();
    field?.closest("section")?.scrollIntoView({ block: "start" });
  });
  if (before === undefined || !isEdited(before) || before.text === text) return;
  tell("info", "The new filter that was being written has made room.", {
    label: "Put it back",
    run: () => {
      drafts.replace(NEW, before);
      go("filters", NEW);
    },
  });
}

/** Stored filters in the order of their names. */
export const filterNames = computed(() => filters.value.map(({ name }) => name).sort((a, b) => a.localeCompare(b)));
