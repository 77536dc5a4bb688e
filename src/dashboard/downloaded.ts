/** Downloaded environments: the text that is being written, which outlives its view and a reload; making one; running it. */
import { effect, signal } from "@preact/signals";
import type { Activated, ProblemPlace } from "../control/protocol.js";
import { RequestError, request, words } from "./http.js";

const KEY = "exonet.vcode";

interface Draft {
  readonly name: string;
  readonly text: string;
}

const NOTHING: Draft = { name: "", text: "" };

export const draft = signal<Draft>(stored());
/** Whether the text is open. */
export const writing = signal(false);
export const codeErrors = signal<readonly ProblemPlace[]>([]);
/** What has no place in the text. */
export const codeProblem = signal<string | null>(null);

function stored(): Draft {
  try {
    const { name, text } = JSON.parse(sessionStorage.getItem(KEY) ?? "{}");
    return { name: String(name ?? ""), text: String(text ?? "") };
  } catch {
    return NOTHING;
  }
}

effect(() => {
  const text = JSON.stringify(draft.value);
  try {
    sessionStorage.setItem(KEY, text);
  } catch {
    return;
  }
});

/** What was said of another text is not said of this one. */
export function write(change: Partial<Draft>): void {
  draft.value = { ...draft.value, ...change };
  codeProblem.value = null;
  if (change.text !== undefined) codeErrors.value = [];
}

export function startWriting(change: Partial<Draft> = {}): void {
  write(change);
  writing.value = true;
}

export function discard(): void {
  write(NOTHING);
  writing.value = false;
}

/** Its number; null where it was refused, which `codeErrors` and `codeProblem` say. */
export async function download(): Promise<number | null> {
  codeErrors.value = [];
  codeProblem.value = null;
  const { name, text } = draft.value;
  try {
    const json = { name, program: "vcode", code: text };
    const { environment } = await request<{ environment: number }>("POST", "environments", { json });
    discard();
    return environment;
  } catch (error) {
    const places = error instanceof RequestError ? error.errors.filter((place) => place.line !== undefined) : [];
    codeErrors.value = places;
    if (places.length === 0) codeProblem.value = words(error);
    return null;
  }
}

export function codeOf(environment: number): Promise<string> {
  return request<string>("GET", `environments/${environment}/code`);
}

/** Why an entry is called, of what may be said from outside. */
export const CAUSES: readonly { readonly cause: number; readonly name: string }[] = [
  { cause: 3, name: "a message" },
  { cause: 1, name: "start" },
  { cause: 2, name: "end of slice" },
  { cause: 7, name: "revocation" },
  { cause: 8, name: "repossession" },
  { cause: 9, name: "wakeup" },
];
/** The machine's limits, as the form says them. */
const MOST_WORDS = 7;
export const MOST_FUEL = 1 << 22;

export function activate(
  environment: number,
  wanted: { readonly cause: number; readonly message: readonly number[]; readonly fuel: number },
): Promise<Activated> {
  return request<Activated>("POST", `environments/${environment}/activations`, { json: wanted });
}

/** Words apart by spaces or commas; a sentence where they are none. */
export function wordsOf(text: string): readonly number[] | string {
  const parts = text.split(/[\s,]+/).filter((part) => part !== "");
  const wrong = parts.find((part) => !/^-?(\d+|0x[\da-f]+)$/i.test(part) || (Number(part) | 0) !== Number(part));
  if (wrong !== undefined) return `${wrong} is no word of 32 bits.`;
  if (parts.length > MOST_WORDS) return `A message has at most ${MOST_WORDS} words.`;
  return parts.map(Number);
}
