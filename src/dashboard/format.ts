/**
 * Figures as text. Everything here is pure: a value in, a short text out, the same width class for the
 * same magnitude, so that columns of tabular numerals do not jump. Times are ns since 1970 in bigint.
 */

const PREFIXES = ["", "k", "M", "G", "T", "P"] as const;
const NARROW_SPACE = "\u202f";
export const NO_VALUE = "–";

/** Three significant digits with an SI prefix: 0, 7, 0.25, 999, 1.24 M. Integers below 1,000 stay whole. */
export function si(value: number, unit = ""): string {
  if (!Number.isFinite(value)) return NO_VALUE;
  const size = Math.abs(value);
  let step = 0;
  let scaled = size;
  // 999.6 would print as 1000: the prefix is chosen after rounding.
  while (Number(scaled.toPrecision(3)) >= 1000 && step < PREFIXES.length - 1) {
    scaled /= 1000;
    step++;
  }
  const digits = step === 0 && Number.isInteger(size) ? String(size) : threeDigits(scaled);
  const suffix = `${PREFIXES[step] ?? ""}${unit}`;
  return `${value < 0 ? "−" : ""}${digits}${suffix === "" ? "" : ` ${suffix}`}`;
}

function threeDigits(scaled: number): string {
  if (scaled === 0) return "0";
  const rounded = Number(scaled.toPrecision(3));
  if (rounded >= 100) return rounded.toFixed(0);
  if (rounded >= 10) return rounded.toFixed(1);
  return rounded.toFixed(2);
}

/** Packets a second. Below a thousandth it is nothing that a person should look at. */
export function packetRate(perSecond: number): string {
  return si(perSecond < 0.001 ? 0 : perSecond, "pps");
}

/** Octets a second, said as bits a second, as links are. */
export function bitRate(octetsPerSecond: number): string {
  return si(octetsPerSecond < 0.001 ? 0 : octetsPerSecond * 8, "b/s");
}

export function octets(count: number): string {
  return si(count, "B");
}

/** Every digit, in groups of three. */
export function exact(value: number): string {
  if (!Number.isFinite(value)) return NO_VALUE;
  const [whole = "", fraction] = String(value).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, NARROW_SPACE);
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** A part of a whole in per cent; an empty whole has no parts. */
export function share(part: number, whole: number): string {
  if (whole <= 0) return NO_VALUE;
  const percent = (part / whole) * 100;
  if (part > 0 && percent < 0.1) return "<0.1 %";
  return `${percent.toFixed(percent >= 99.95 ? 0 : 1)} %`;
}

/** At most `limit` characters, the middle left out: names often differ at their ends. */
export function middleCut(text: string, limit: number): string {
  const characters = Array.from(text);
  if (characters.length <= limit) return text;
  if (limit <= 1) return "…";
  const tail = Math.floor((limit - 1) / 2);
  const head = limit - 1 - tail;
  return `${characters.slice(0, head).join("")}…${characters.slice(characters.length - tail).join("")}`;
}

export function parseTime(time: string | null | undefined): bigint | null {
  return time !== null && time !== undefined && /^\d+$/.test(time) ? BigInt(time) : null;
}

const SECOND = 1_000_000_000n;

/** Digits after the second that matter when the whole lasts `span` ns. */
export function fractionDigits(span: bigint): number {
  if (span < 10_000_000n) return 9;
  if (span < 10n * SECOND) return 6;
  if (span < 36_000n * SECOND) return 3;
  return 0;
}

/** A length of time as [h:]m:ss with the digits that matter. */
export function clock(ns: bigint, digits: number): string {
  const negative = ns < 0n;
  const size = negative ? -ns : ns;
  const seconds = size / SECOND;
  const hours = seconds / 3600n;
  const minutes = (seconds / 60n) % 60n;
  const head = hours > 0n ? `${hours}:${String(minutes).padStart(2, "0")}` : String(minutes);
  const fraction = String(size % SECOND)
    .padStart(9, "0")
    .slice(0, digits);
  const tail = String(seconds % 60n).padStart(2, "0");
  return `${negative ? "−" : ""}${head}:${tail}${digits > 0 ? `.${fraction}` : ""}`;
}

/** How long a whole capture is. */
export function spanLength(span: bigint): string {
  return clock(span, span < 10_000_000n ? 9 : span < SECOND ? 6 : 3);
}

/** pcap-be-ns-modified → pcap, big-endian, ns, modified. What nearly all captures are is not said. */
export function formatWords(format: string): string {
  const words: Record<string, string> = { le: "", us: "", be: "big-endian", gz: "gzip" };
  return format
    .split("-")
    .map((part) => words[part] ?? part)
    .filter((part) => part !== "")
    .join(", ");
}

/** A moment in UTC: 2026-03-01 12:00:01.250. Years beyond what Date can say do not occur in 64 bits of ns. */
export function utc(ns: bigint, digits: number): string {
  const date = new Date(Number(ns / 1_000_000n)).toISOString();
  const fraction = String(ns % SECOND)
    .padStart(9, "0")
    .slice(0, digits);
  return `${date.slice(0, 10)} ${date.slice(11, 19)}${digits > 0 ? `.${fraction}` : ""}`;
}

/** A wall clock's time of day, local. */
export function timeOfDay(ms: number): string {
  const date = new Date(ms);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}

/** How long ago or how long yet, for people: 0.4 s, 12 s, 3 min, 2 h. */
export function roughly(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  if (seconds < 6000) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}

/** A small span of wall time: 0, 850 ns, 12.3 µs, 4.56 ms, 1.20 s. */
export function drift(ns: number): string {
  if (ns <= 0) return "0";
  if (ns < 1e3) return `${Math.round(ns)} ns`;
  if (ns < 1e6) return `${threeDigits(ns / 1e3)} µs`;
  if (ns < 1e9) return `${threeDigits(ns / 1e6)} ms`;
  return `${threeDigits(ns / 1e9)} s`;
}

export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${exact(count)} ${count === 1 ? noun : nouns}`;
}

/** A count of causes in words, the largest first; "" where nothing was counted. */
export function causes(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .sort((a, b) => b[1] - a[1])
    .map(([cause, count]) => `${causeWords(cause)} ${si(count)}`)
    .join(", ");
}

/** ringFull → ring full */
export function causeWords(cause: string): string {
  return cause.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
}

export function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
