/** Files that were dropped or chosen: sent one after the other, then played together. */
import { signal } from "@preact/signals";
import type { Capture, DamageReport } from "../control/protocol.js";
import { RequestError, request, send, type Transfer, words } from "./http.js";
import { captureName, freeName } from "./names.js";
import { tell } from "./notices.js";
import { open } from "./player.js";
import { captures } from "./store.js";

export type UploadState = "waiting" | "sending" | "reading" | "exists" | "failed" | "stored";

export interface Upload {
  readonly id: number;
  readonly file: File;
  readonly name: string;
  readonly state: UploadState;
  readonly sent: number;
  /** Octets a second since it began. */
  readonly rate: number;
  /** Why it failed, and where in the file. */
  readonly error: string | null;
  readonly capture: Capture | null;
}

export const uploads = signal<readonly Upload[]>([]);
/** How long the facts of a whole capture stay in sight; damage stays until dismissed. */
const TOLD_MS = 20_000;
const transfers = new Map<number, Transfer>();
let next = 1;

export function upload(files: Iterable<File>): void {
  const added = [...files].map(
    (file): Upload => ({
      id: next++,
      file,
      name: captureName(file.name),
      state: "waiting",
      sent: 0,
      rate: 0,
      error: null,
      capture: null,
    }),
  );
  // A new drop is a new matter: what was stored or failed before is no longer news.
  uploads.value = [...uploads.value.filter((one) => one.state === "sending" || one.state === "exists"), ...added];
  void sendAll(added.map((one) => one.id));
}

async function sendAll(ids: readonly number[]): Promise<void> {
  for (const id of ids) await sendOne(id, false);
  await openStored(ids);
}

async function openStored(ids: readonly number[]): Promise<void> {
  const names = uploads.value.filter((one) => ids.includes(one.id) && one.state === "stored").map((one) => one.name);
  // Whoever drops a capture wants to see it, also after another one has ended.
  if (names.length > 0) await open(names, true);
}

async function sendOne(id: number, replace: boolean): Promise<void> {
  const found = find(id);
  if (found === undefined) return;
  const began = performance.now();
  const path = `captures/${encodeURIComponent(found.name)}${replace ? "?replace=yes" : ""}`;
  patch(id, { state: "sending", sent: 0, error: null });
  const transfer = send(path, found.file, (sent) => {
    const seconds = Math.max(0.05, (performance.now() - began) / 1000);
    patch(id, { sent, rate: sent / seconds, state: sent >= found.file.size ? "reading" : "sending" });
  });
  transfers.set(id, transfer);
  try {
    // The decoder of this answer: 201 carries a Capture.
    const capture = JSON.parse(await transfer.done) as Capture;
    patch(id, { state: "stored", sent: found.file.size, capture });
    if (capture.info.damage.length === 0 && !capture.info.truncated) setTimeout(() => forget(id), TOLD_MS);
  } catch (error) {
    refused(id, error);
  } finally {
    transfers.delete(id);
  }
}

function refused(id: number, error: unknown): void {
  if (error instanceof RequestError && error.code === "CANCELLED") return forget(id);
  if (error instanceof RequestError && error.status === 409) return patch(id, { state: "exists" });
  patch(id, { state: "failed", error: words(error) });
}

export async function replace(id: number): Promise<void> {
  await sendOne(id, true);
  await openStored([id]);
}

export async function keepBoth(id: number): Promise<void> {
  const found = find(id);
  if (found === undefined) return;
  patch(id, { name: freeName(found.name, new Set(captures.value.map((capture) => capture.name))) });
  await sendOne(id, false);
  await openStored([id]);
}

export function cancel(id: number): void {
  const transfer = transfers.get(id);
  if (transfer === undefined) forget(id);
  else transfer.cancel();
}

/** Damage of these captures that the cards of their uploads tell. */
export function damageInSight(names: readonly string[]): readonly DamageReport[] {
  return uploads.value.flatMap((one) => (names.includes(one.name) ? (one.capture?.info.damage ?? []) : []));
}

export function forget(id: number): void {
  uploads.value = uploads.value.filter((one) => one.id !== id);
}

export async function remove(name: string): Promise<void> {
  try {
    await request("DELETE", `captures/${encodeURIComponent(name)}`);
    tell("info", `${name} is deleted.`);
  } catch (error) {
    tell("error", `${name} was not deleted. ${words(error)}`);
  }
}

function find(id: number): Upload | undefined {
  return uploads.value.find((one) => one.id === id);
}

function patch(id: number, change: Partial<Upload>): void {
  uploads.value = uploads.value.map((one) => (one.id === id ? { ...one, ...change } : one));
}
