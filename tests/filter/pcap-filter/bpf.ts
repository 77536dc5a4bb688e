/**
 * An interpreter of classic BPF (McCanne and Jacobson, "The BSD Packet Filter", USENIX 1993), for programs as
 * `tcpdump -ddd` prints them. Backward jumps are allowed, as libpcap's own interpreter does; a program that goes in a
 * circle gives undefined.
 */

export interface Instruction {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

/** Of lines of four numbers. */
export function readProgram(lines: readonly string[]): Instruction[] {
  return lines.map((line) => {
    const [code = 0, jt = 0, jf = 0, k = 0] = line.split(" ").map(Number);
    return { code, jt, jf, k };
  });
}

const MAX_STEPS = 100_000;

class Reject extends Error {}
const REJECT = new Reject("a load outside, or a division by zero");

/** Whether the program returns other than 0; undefined if it does not return. */
export function runProgram(program: readonly Instruction[], octets: Uint8Array, wire: number): boolean | undefined {
  try {
    return run(program, octets, wire);
  } catch (thrown) {
    if (thrown === REJECT) return false;
    throw thrown;
  }
}

function load(octets: Uint8Array, at: number, size: number): number {
  if (at + size > octets.length) throw REJECT;
  let sum = 0;
  for (let octet = at; octet < at + size; octet++) sum = sum * 256 + (octets[octet] ?? 0);
  return sum;
}

const SIZES: Record<number, number> = { 0: 4, 8: 2, 16: 1 };

function run(program: readonly Instruction[], octets: Uint8Array, wire: number): boolean | undefined {
  const memory = Array.from({ length: 16 }, () => 0);
  let a = 0;
  let x = 0;
  let pc = 0;
  for (let step = 0; step < MAX_STEPS; step++) {
    const instruction = program[pc++];
    if (instruction === undefined) throw new Error("bpf: ran off the program's end");
    const { code, jt, jf, k } = instruction;
    const size = SIZES[code & 0x18] ?? 0;
    switch (code & 0x07) {
      case 0x00:
        a = loaded(octets, code & 0xe0, size, k, x, memory, wire);
        break;
      case 0x01:
        x = (code & 0xe0) === 0xa0 ? (load(octets, k, 1) & 15) * 4 : loaded(octets, code & 0xe0, 4, k, x, memory, wire);
        break;
      case 0x02:
        memory[k] = a;
        break;
      case 0x03:
        memory[k] = x;
        break;
      case 0x04:
        a = alu(code & 0xf0, a, (code & 0x08) !== 0 ? x : k);
        break;
      case 0x05:
        // The offset of "always" is signed.
        if ((code & 0xf0) === 0) pc += k | 0;
        else pc += jumps(code & 0xf0, a, (code & 0x08) !== 0 ? x : k) ? jt : jf;
        break;
      case 0x06:
        return ((code & 0x18) === 0x10 ? a : k) !== 0;
      default:
        if ((code & 0xf8) === 0x80) a = x;
        else x = a;
    }
  }
  return undefined;
}

function loaded(
  octets: Uint8Array,
  mode: number,
  size: number,
  k: number,
  x: number,
  memory: readonly number[],
  wire: number,
): number {
  switch (mode) {
    case 0x00:
      return k;
    case 0x20:
      return load(octets, k, size);
    case 0x40:
      return load(octets, x + k, size);
    case 0x60:
      return memory[k] ?? 0;
    case 0x80:
      return wire;
    default:
      throw new Error(`bpf: mode ${mode}`);
  }
}

function alu(operation: number, a: number, b: number): number {
  switch (operation) {
    case 0x00:
      return (a + b) >>> 0;
    case 0x10:
      return (a - b) >>> 0;
    case 0x20:
      return Math.imul(a, b) >>> 0;
    case 0x30:
      if (b === 0) throw REJECT;
      return Math.floor(a / b);
    case 0x40:
      return (a | b) >>> 0;
    case 0x50:
      return (a & b) >>> 0;
    case 0x60:
      return b > 31 ? 0 : (a << b) >>> 0;
    case 0x70:
      return b > 31 ? 0 : a >>> b;
    case 0x80:
      return -a >>> 0;
    case 0x90:
      if (b === 0) throw REJECT;
      return a % b;
    case 0xa0:
      return (a ^ b) >>> 0;
    default:
      throw new Error(`bpf: operation ${operation}`);
  }
}

function jumps(test: number, a: number, b: number): boolean {
  switch (test) {
    case 0x10:
      return a === b;
    case 0x20:
      return a > b;
    case 0x30:
      return a >= b;
    case 0x40:
      return (a & b) !== 0;
    default:
      throw new Error(`bpf: jump ${test}`);
  }
}
