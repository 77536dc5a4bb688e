/**
 * Rates out of counters. Every sample keeps each row's counters for a window of one second, so a rate
 * is what happened in the last second of wall time, and the rates of the last minute for the charts.
 * Rows are found by id and live as long as their binding; no clock is read here.
 */

export const SAMPLE_MS = 200;
/** Samples in the history: one minute. */
export const HISTORY = 301;
const WINDOW = 6;
/** Samples before the first rate is told: over less than that it would be noise. */
const FEWEST = 2;

export interface Counted {
  readonly id: number;
  readonly packets: number;
  readonly octets: number;
  readonly dropped: number;
}

export interface Gauge {
  /** Per wall second, over the last second. */
  packetRate: number;
  octetRate: number;
  dropRate: number;
  /** Packet rates, a ring indexed as `Gauges.times`. */
  readonly history: Float64Array;
  readonly packets: Float64Array;
  readonly octets: Float64Array;
  readonly dropped: Float64Array;
}

export class Gauges {
  /** Wall times of the samples, ms since 1970; NaN where there was none yet. A ring. */
  readonly times = new Float64Array(HISTORY).fill(Number.NaN);
  readonly total = new Float64Array(HISTORY);
  readonly #rows = new Map<number, Gauge>();
  #count = 0;

  /** Samples taken since the start or the last reset. */
  get count(): number {
    return this.#count;
  }

  gauge(id: number): Gauge | undefined {
    return this.#rows.get(id);
  }

  reset(): void {
    this.times.fill(Number.NaN);
    this.total.fill(0);
    this.#rows.clear();
    this.#count = 0;
  }

  /** Whether a sample is due at `now`. */
  due(now: number): boolean {
    if (this.#count === 0) return true;
    const last = this.times[(this.#count - 1) % HISTORY] ?? Number.NaN;
    return !(now - last < SAMPLE_MS - 20);
  }

  sample(now: number, rows: readonly Counted[]): void {
    const at = this.#count % HISTORY;
    const kept = Math.min(this.#count, WINDOW - 1);
    const oldest = kept === 0 ? Number.NaN : (this.times[(this.#count - kept) % HISTORY] ?? Number.NaN);
    const seconds = (now - oldest) / 1000;
    this.times[at] = now;
    let total = 0;
    for (const row of rows) {
      const gauge = this.#rows.get(row.id) ?? this.#born(row);
      measure(gauge, row, this.#count, kept, seconds);
      gauge.history[at] = gauge.packetRate;
      total += gauge.packetRate;
    }
    this.total[at] = total;
    this.#count++;
    if (this.#rows.size > rows.length) this.#forget(rows);
  }

  // A row that was there before us has counted before: its past is taken as its present, not as 0.
  #born(row: Counted): Gauge {
    const gauge: Gauge = {
      packetRate: 0,
      octetRate: 0,
      dropRate: 0,
      history: new Float64Array(HISTORY),
      packets: new Float64Array(WINDOW).fill(row.packets),
      octets: new Float64Array(WINDOW).fill(row.octets),
      dropped: new Float64Array(WINDOW).fill(row.dropped),
    };
    this.#rows.set(row.id, gauge);
    return gauge;
  }

  #forget(rows: readonly Counted[]): void {
    const living = new Set(rows.map((row) => row.id));
    for (const id of this.#rows.keys()) if (!living.has(id)) this.#rows.delete(id);
  }

  /** The ring in the order of time: calls back with (position, index into the rings), oldest first. */
  walk(visit: (position: number, index: number) => void): number {
    const length = Math.min(this.#count, HISTORY);
    for (let position = 0; position < length; position++) visit(position, (this.#count - length + position) % HISTORY);
    return length;
  }
}

function measure(gauge: Gauge, row: Counted, count: number, kept: number, seconds: number): void {
  const slot = count % WINDOW;
  const oldest = (count - kept + WINDOW) % WINDOW;
  const per = (ring: Float64Array, value: number) =>
    kept < FEWEST || !(seconds > 0) ? 0 : Math.max(0, value - (ring[oldest] ?? value)) / seconds;
  gauge.packetRate = per(gauge.packets, row.packets);
  gauge.octetRate = per(gauge.octets, row.octets);
  gauge.dropRate = per(gauge.dropped, row.dropped);
  gauge.packets[slot] = row.packets;
  gauge.octets[slot] = row.octets;
  gauge.dropped[slot] = row.dropped;
}
