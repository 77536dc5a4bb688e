/**
 * Octets of small WebAssembly modules that are written by hand: for what the machine and captures do for every frame, and
 * JavaScript does slowly. Generated ones are vcode's.
 */

/** Magic and version. */
export const PREAMBLE: readonly number[] = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** Of less than 128 octets. */
export function text(word: string): number[] {
  return [word.length, ...Buffer.from(word)];
}

export function section(id: number, ...content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

/** LEB128 of a whole number from 0 on. */
export function unsigned(value: number): number[] {
  const octets: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...octets, rest];
    octets.push((rest % 128) | 0x80);
  }
}

/** LEB128 of a whole number from 0 on where a signed one is read. */
export function positive(value: number): number[] {
  const octets = unsigned(value);
  const last = octets.pop() ?? 0;
  return last < 0x40 ? [...octets, last] : [...octets, last | 0x80, 0];
}

/** Section 2, `(import "machine" "memory" …)`: shared, from 0 to 65,536 pages: whatever size the machine's memory has. */
export const MACHINE_MEMORY: readonly number[] = section(
  2,
  1,
  ...text("machine"),
  ...text("memory"),
  2,
  3,
  0,
  0x80,
  0x80,
  4,
);
