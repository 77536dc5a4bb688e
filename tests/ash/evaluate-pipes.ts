/** Pipelines as the evaluator does them: one pass over all octets for each pipe, in their order. */

import type { Expr, Gauge, Pipe } from "../../src/ash/tree.js";
import { STATE_BASE } from "../../src/vcode/handler.js";
import { HandlerFaulted, type Memory, numberOf, octetsOf } from "./evaluate-memory.js";
import { fold16, swapped, type Value } from "./evaluate-value.js";

/** The value of a pipe's expression in its locals. */
export type Body = (body: Expr, locals: readonly Value[]) => Value;

/** CRC-32 of IEEE 802.3, least significant bit first. */
const CRC_POLYNOMIAL = 0xedb8_8320;

function changes({ work }: Pipe): boolean {
  return work.kind === "map" || work.kind === "xor" || work.kind === "byteswap";
}

/** A fault "length" where one of them would change a part of a word. */
export function checkGauges(pipes: readonly Pipe[], length: number): void {
  if (pipes.some((pipe) => changes(pipe) && length % pipe.gauge !== 0)) throw new HandlerFaulted("length");
}

/** What the octets are behind all of them; what they gather goes into state. */
export function through(pipes: readonly Pipe[], octets: Uint8Array, memory: Memory, body: Body): Uint8Array {
  return pipes.reduce((data, pipe) => passed(pipe, data, memory, body), octets);
}

function passed(pipe: Pipe, data: Uint8Array, memory: Memory, body: Body): Uint8Array {
  const { work, gauge } = pipe;
  switch (work.kind) {
    case "copy":
      return data;
    case "byteswap":
      return changed(data, gauge, (word) => swapped(gauge, word));
    case "xor": {
      const key = memory.word(STATE_BASE + work.key);
      return changed(data, gauge, (word) => Number(BigInt(word) ^ BigInt(key)));
    }
    case "map":
      return changed(data, gauge, (word) => body(work.body, [word]));
    case "checksum":
    case "crc32":
    case "fold":
      gather(pipe, data, memory, body);
      return data;
  }
}

function gather({ work, gauge }: Pipe, data: Uint8Array, memory: Memory, body: Body): void {
  if (work.kind !== "checksum" && work.kind !== "crc32" && work.kind !== "fold") return;
  const type = work.kind === "fold" ? work.type : "u32";
  const address = STATE_BASE + work.accumulator;
  const step = (had: Value, word: number): Value => {
    if (work.kind === "fold") return body(work.body, [had, word]);
    return work.kind === "checksum" ? fold16(Number(had) + word) : crcOf(Number(had), word);
  };
  const words = wordsOf(data, work.kind === "checksum" ? 2 : work.kind === "crc32" ? 1 : gauge);
  const before = memory.load(type, address);
  // A checksum has its carries added in, also where there was nothing to gather.
  memory.store(type, address, words.reduce<Value>(step, work.kind === "checksum" ? fold16(Number(before)) : before));
}

/** In network order; octets that the last one has not are zeros. */
function wordsOf(data: Uint8Array, gauge: Gauge): number[] {
  return Array.from({ length: Math.ceil(data.length / gauge) }, (_, word) =>
    Number(numberOf(Array.from({ length: gauge }, (_, octet) => data[word * gauge + octet] ?? 0))),
  );
}

function changed(data: Uint8Array, gauge: Gauge, change: (word: number) => Value): Uint8Array {
  return Uint8Array.from(wordsOf(data, gauge).flatMap((word) => octetsOf(change(word), gauge)));
}

/** The CRC-32 of all octets before and of one more. */
function crcOf(before: number, octet: number): number {
  let rest = ~before ^ octet;
  for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest % 2 === 0 ? 0 : CRC_POLYNOMIAL);
  return ~rest >>> 0;
}
