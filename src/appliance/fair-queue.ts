/**
 * What waits for one that serves a thing at a time, in turns by asker: whoever has put many in has one served, then everybody else who
 * waits has, whoever came while it was served among them, and then the next of the many. Of one asker, and of askers who come, the first
 * is first.
 */
export class FairQueue<T> {
  /** By asker; whose turn it is stands first. No list is empty. */
  readonly #waiting = new Map<string, T[]>();
  /** Whose was taken last: behind everybody else who waits when the next is taken. */
  #last = "";
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(asker: string, item: T): void {
    const own = this.#waiting.get(asker);
    if (own === undefined) this.#waiting.set(asker, [item]);
    else own.push(item);
    this.#size++;
  }

  /** Takes out whose turn it is; undefined where nothing waits. */
  next(): T | undefined {
    const lasts = this.#waiting.get(this.#last);
    if (lasts !== undefined) {
      this.#waiting.delete(this.#last);
      this.#waiting.set(this.#last, lasts);
    }
    for (const [asker, own] of this.#waiting) {
      const item = own.shift();
      if (own.length === 0) this.#waiting.delete(asker);
      this.#size--;
      this.#last = asker;
      return item;
    }
    return undefined;
  }

  /** If it waits. */
  remove(asker: string, item: T): void {
    const own = this.#waiting.get(asker) ?? [];
    const at = own.indexOf(item);
    if (at < 0) return;
    own.splice(at, 1);
    this.#size--;
    if (own.length === 0) this.#waiting.delete(asker);
  }
}
