/** What a person should be told once: a short list at the edge of the page, newest last. */
import { signal } from "@preact/signals";

export interface Notice {
  readonly id: number;
  readonly level: "info" | "warning" | "error";
  readonly text: string;
  /** What can be done about it, as a button. */
  readonly action: { readonly label: string; readonly run: () => void } | null;
}

const LIFE_MS = { info: 6_000, warning: 12_000, error: 20_000 } as const;
const ACTION_LIFE_MS = 15_000;
const MOST = 5;

export const notices = signal<readonly Notice[]>([]);
let next = 1;

export function tell(level: Notice["level"], text: string, action: Notice["action"] = null): void {
  const id = next++;
  // The same words again replace the older ones: a repeated failure is one notice.
  const others = notices.value.filter((notice) => notice.text !== text);
  notices.value = [...others.slice(-(MOST - 1)), { id, level, text, action }];
  setTimeout(() => dismiss(id), action === null ? LIFE_MS[level] : ACTION_LIFE_MS);
}

export function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}
