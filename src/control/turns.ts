/** Changes one after the other: each sees what the one before it has made, whoever asks for it. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work, work);
    // The next turn follows whatever came of this one; its caller hears of it.
    this.#last = result.catch(() => undefined);
    return result;
  }
}
