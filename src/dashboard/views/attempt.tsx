/** Something that a person asked for: under way, done, or refused with words that stand where it was asked. */
import { type Signal, signal } from "@preact/signals";
import { words } from "../http.js";

export interface Attempts {
  /** What the last thing asked for did not come to. */
  readonly problem: Signal<string | null>;
  readonly busy: Signal<boolean>;
  /** Whether it was done. */
  readonly attempt: (act: () => Promise<unknown>) => Promise<boolean>;
}

export function createAttempts(): Attempts {
  const problem = signal<string | null>(null);
  const busy = signal(false);
  const attempt = async (act: () => Promise<unknown>) => {
    problem.value = null;
    busy.value = true;
    try {
      await act();
      return true;
    } catch (error) {
      problem.value = sentence(words(error));
      return false;
    } finally {
      busy.value = false;
    }
  };
  return { problem, busy, attempt };
}

/** The kernel's meanings begin small and end without a stop. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");
}

export function Problem(props: { of: Attempts }) {
  const text = props.of.problem.value;
  return text === null ? null : (
    <p class="trouble inset" role="alert">
      {text}
    </p>
  );
}
