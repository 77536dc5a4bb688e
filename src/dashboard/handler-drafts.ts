/** Handlers' texts being written, checked and stored. */
import { signal } from "@preact/signals";
import type { HandlerCheck, HandlerComplaint } from "../control/protocol.js";
import { RequestError, request, words } from "./http.js";
import { type Draft, isEdited, KeptDrafts, NEW } from "./kept-drafts.js";
import { LateCheck } from "./late-check.js";
import { tell } from "./notices.js";

/** What a new handler may begin with. */
export const TEMPLATE = `import { type Message, pass, record, shape, table, u32, u64 } from "exonet/ash";

// Counts all messages, and those of each IPv4 source.
const seen = record({ packets: u64, octets: u64 });
const Source = shape({ packets: u64 });
const sources = table(u32, Source, 1024);

export default function count(message: Message) {
  seen.packets += 1n;
  seen.octets += u64(message.length);
  if (message.length >= 34 && message.u16(12) === 0x0800) {
    const source = sources.enter(message.u32(26));
    source.packets += 1n;
  }
  return pass;
}
`;

/** What becomes of state where a bound handler's text is replaced: kept where its layout is the same; or must be; or zeros. */
export type StateKeeping = "fit" | "keep" | "new";

export interface Saved {
  readonly name: string;
  readonly created: boolean;
  readonly bindings: readonly number[];
  /** Null where nothing ran it. */
  readonly stateKept: boolean | null;
}

const RIGHT: HandlerCheck = { ok: true, errors: [] };

export const handlerDrafts = new KeptDrafts<Draft>("exonet.handlers");
/** What has no place in the text. */
export const handlerProblem = signal<string | null>(null);
/** What the last save of the handler in view came to. */
export const saved = signal<Saved | null>(null);

// What was refused is said until the text is another: a check of it that comes later does not unsay it.
const late = new LateCheck<HandlerCheck>(() => {
  handlerProblem.value = null;
}, refused);
export const { result: handlerCheck, running: handlerChecking } = late;

function pathOf(name: string): string {
  return `handlers/${encodeURIComponent(name)}`;
}

/** Another handler is in view: what was said of the one before is not said of this one. */
export function openHandler(): void {
  handlerProblem.value = null;
  handlerCheck.value = null;
  saved.value = null;
}

/**
 * Fetches what is stored, which others may have put. A draft that is not edited follows it; of one that is, what it is compared with does.
 */
export async function loadHandler(name: string, stop: AbortSignal): Promise<void> {
  if (name === NEW) return;
  try {
    const text = await request<string>("GET", pathOf(name), undefined, stop);
    if (stop.aborted) return;
    const draft = handlerDrafts.get(name);
    if (draft?.stored === text) return;
    if (draft === undefined) handlerDrafts.set(name, { stored: text, text, name });
    else if (isEdited(draft)) handlerDrafts.set(name, { ...draft, stored: text });
    else handlerDrafts.replace(name, { stored: text, text, name });
  } catch (error) {
    if (!stop.aborted) handlerProblem.value = words(error);
  }
}

export function giveUpHandlerCheck(): void {
  late.giveUp();
}

export function checkHandlerSoon(text: string): void {
  late.soon(text, (stop) => request<HandlerCheck>("POST", "handlers/check", { json: { text } }, stop));
}

/** Errors with a place stand in the text, others beneath it. */
function refused(error: unknown): void {
  const complaints = error instanceof RequestError ? complaintsOf(error) : [];
  const isLayout = error instanceof RequestError && error.code === "E_LAYOUT";
  if (complaints.length > 0) handlerCheck.value = { ok: false, errors: complaints };
  else if (isLayout) handlerProblem.value = "It was not replaced: its state is laid out otherwise, and cannot be kept.";
  else handlerProblem.value = words(error);
}

function complaintsOf({ errors }: RequestError): HandlerComplaint[] {
  return errors.flatMap(({ code = "", message, hint = null, line, column = 1, length = 1 }) =>
    line === undefined ? [] : [{ code, message, hint, line, column, length }],
  );
}

/** Stores a text; where it is bound it is replaced in all its bindings at once. null where it was refused, with the errors where they belong. */
export async function save(name: string, text: string, state: StateKeeping): Promise<Saved | null> {
  handlerProblem.value = null;
  saved.value = null;
  const before = handlerDrafts.get(name)?.text;
  try {
    const path = `${pathOf(name)}.ash.ts${state === "fit" ? "" : `?state=${state}`}`;
    const done = await request<Saved>("PUT", path, { text });
    // What was typed meanwhile is an edit of what is stored now.
    const now = handlerDrafts.get(name)?.text;
    handlerDrafts.set(name, { stored: text, text: now === undefined || now === before ? text : now, name });
    handlerCheck.value = handlerCheck.value ?? RIGHT;
    saved.value = done;
    return done;
  } catch (error) {
    refused(error);
    return null;
  }
}

/** Deletes, and takes it from its bindings; the notice offers to put the text back, bound to nothing. */
export async function remove(name: string): Promise<boolean> {
  try {
    const text = await request<string>("GET", pathOf(name));
    await request("DELETE", `${pathOf(name)}?unbind=yes`);
    handlerDrafts.drop(name);
    const undo = async () => {
      if ((await save(name, text, "fit")) === null)
        tell("error", `${name} could not be put back. ${handlerProblem.value ?? ""}`);
    };
    tell("info", `${name} is deleted and bound to nothing.`, { label: "Undo", run: () => void undo() });
    return true;
  } catch (error) {
    handlerProblem.value = words(error);
    return false;
  }
}
