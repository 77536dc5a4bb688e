/** Checking that follows typing, late by a breath: a newer text supersedes an older one. */
import { signal } from "@preact/signals";

const AFTER_MS = 180;

export class LateCheck<Result> {
  /** The last one of the text in view; null while none is known. */
  readonly result = signal<Result | null>(null);
  readonly running = signal(false);
  readonly #begun: () => void;
  readonly #failed: (error: unknown) => void;
  #pending: AbortController | null = null;
  #timer = 0;

  /** `begun`: there is another text, of which nothing is known yet. `failed`: is told why there is no result, unless the check was superseded. */
  constructor(begun: () => void, failed: (error: unknown) => void) {
    this.#begun = begun;
    this.#failed = failed;
  }

  /** An empty text is not an error yet: nothing is asked. */
  soon(text: string, ask: (stop: AbortSignal) => Promise<Result>): void {
    this.giveUp();
    this.#begun();
    this.running.value = text.trim() !== "";
    if (!this.running.value) this.result.value = null;
    else this.#timer = window.setTimeout(() => void this.#now(ask), AFTER_MS);
  }

  /** The text is in view no more: nothing that is said of it comes to what is in view then. */
  giveUp(): void {
    clearTimeout(this.#timer);
    this.#pending?.abort();
    this.#pending = null;
    this.running.value = false;
  }

  async #now(ask: (stop: AbortSignal) => Promise<Result>): Promise<void> {
    const ours = new AbortController();
    this.#pending = ours;
    try {
      const result = await ask(ours.signal);
      if (this.#pending === ours) this.result.value = result;
    } catch (error) {
      if (this.#pending === ours) this.#failed(error);
    } finally {
      if (this.#pending === ours) this.running.value = false;
    }
  }
}
