/**
 * Stride scheduling (Waldspurger and Weihl, 1995) as SOSP'95 §7.3 has it: a scheduler of an application's own, above directed
 * yield. Each client has shares, and a pass that goes on by its stride, a constant over the shares, whenever it runs; whoever has
 * the smallest pass is next. So after any number of slices each has had what is due to it, to within one slice for clients that stay.
 *
 * The environment that schedules owns the slices. At the start of each it yields to next().
 */

/** Divided by shares it is a stride; large, so that little is lost in rounding down. */
const STRIDE_ONE = 1 << 20;
const MAX_SHARES = 1 << 16;

interface Client {
  readonly environment: number;
  stride: number;
  pass: number;
}

export class Stride {
  readonly #clients: Client[] = [];
  /** The pass of whoever was served last: what is due. */
  #due = 0;

  /** A client that comes is served after one stride; one that is there already has these shares from now on. 1 to MAX_SHARES. */
  share(environment: number, shares: number): void {
    if (!(Number.isInteger(shares) && shares >= 1 && shares <= MAX_SHARES))
      throw new RangeError(`stride: ${shares} shares`);
    const stride = Math.floor(STRIDE_ONE / shares);
    const client = this.#clients.find((each) => each.environment === environment);
    if (client === undefined) this.#clients.push({ environment, stride, pass: this.#due + stride });
    else {
      // What it has still to wait is worth more or less in strides of another length.
      client.pass = this.#due + Math.round(((client.pass - this.#due) * stride) / client.stride);
      client.stride = stride;
    }
  }

  remove(environment: number): void {
    const at = this.#clients.findIndex((each) => each.environment === environment);
    if (at >= 0) this.#clients.splice(at, 1);
  }

  /** Whose turn it is; of several the one that came first. Undefined where there are no clients. */
  next(): number | undefined {
    let least = this.#clients[0];
    for (const client of this.#clients) if (client.pass < least!.pass) least = client;
    if (least === undefined) return undefined;
    this.#due = least.pass;
    least.pass += least.stride;
    return least.environment;
  }
}
