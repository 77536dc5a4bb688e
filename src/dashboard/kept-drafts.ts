/** Texts being written: each name has a draft that outlives its view, and the reload of the page (session storage). */
import { effect, type Signal, signal } from "@preact/signals";

export interface Draft {
  /** As stored on the server; null where it is not stored yet. */
  readonly stored: string | null;
  readonly text: string;
  /** The name typed; only a new text's may change. */
  readonly name: string;
}

/** The name of the draft that is not stored yet. */
export const NEW = "";

export function isEdited(draft: Draft | undefined): boolean {
  return (
    draft !== undefined &&
    (draft.stored === null ? draft.text !== "" || draft.name !== "" : draft.text !== draft.stored)
  );
}

/** By name; those that are edited are kept under `key`. */
export class KeptDrafts<D extends Draft> {
  readonly #all: Signal<ReadonlyMap<string, D>>;
  /** Bumped when a draft's text comes from elsewhere than from the editor, which otherwise leads. */
  readonly replaced = signal(0);

  constructor(key: string) {
    this.#all = signal(stored<D>(key));
    effect(() => {
      const edited = [...this.#all.value].filter(([, draft]) => isEdited(draft));
      try {
        sessionStorage.setItem(key, JSON.stringify(edited));
      } catch {
        return;
      }
    });
  }

  /** Whoever asks while something is drawn is drawn anew with it; not so with `peek`. */
  get(name: string): D | undefined {
    return this.#all.value.get(name);
  }

  peek(name: string): D | undefined {
    return this.#all.peek().get(name);
  }

  set(name: string, draft: D): void {
    this.#all.value = new Map(this.#all.peek()).set(name, draft);
  }

  /** Sets it where the editor does not know of it. */
  replace(name: string, draft: D): void {
    this.set(name, draft);
    this.replaced.value++;
  }

  drop(name: string): void {
    const next = new Map(this.#all.peek());
    next.delete(name);
    this.#all.value = next;
  }
}

function stored<D>(key: string): ReadonlyMap<string, D> {
  try {
    return new Map(JSON.parse(sessionStorage.getItem(key) ?? "[]") as [string, D][]);
  } catch {
    return new Map();
  }
}
