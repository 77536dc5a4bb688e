/** Frames, octets and pipelines of the evaluator against node's own CRC, and what is done by hand with a DataView. */
import { crc32 } from "node:zlib";
import { describe, expect, test } from "vitest";
import { FRAME_AT, LayoutBuilder } from "../../src/ash/layout.js";
import type { Expr, Octets, Pipe, Scalar, Stmt } from "../../src/ash/tree.js";
import { Chance } from "../seeded.js";
import { compute, doing, func, give, handlerOf, local, NOWHERE, PASSED, run, when, word } from "./hand-trees.js";

const builder = new LayoutBuilder();
const at = {
  buffer: builder.add("buffer", { kind: "array", of: "u8", count: 160 }).offset,
  first: builder.add("first", { kind: "accumulator", of: "u32" }).offset,
  second: builder.add("second", { kind: "accumulator", of: "u64" }).offset,
  frame: builder.add("frame", { kind: "frame" }).offset,
};
const LAYOUT = builder.end();
const BUFFER: Octets = { kind: "buffer", base: { kind: "state", offset: at.buffer }, steps: [], length: 160 };
const FRAME: Octets = { kind: "frame" };

const chance = new Chance(11);
const MESSAGE = Uint8Array.from({ length: 133 }, () => chance.below(256));

const pipe = (gauge: 1 | 2 | 4, work: Pipe["work"]): Pipe => ({ name: "by hand", gauge, order: "kept", work });
const u32 = (number: number) => local("u32", number);
const CHECKSUM = pipe(2, { kind: "checksum", accumulator: at.first });
const CRC = pipe(1, { kind: "crc32", accumulator: at.first });
const XOR = pipe(4, { kind: "xor", key: at.first });
const SWAP = pipe(2, { kind: "byteswap" });
const INCREMENT = pipe(1, { kind: "map", body: compute("u32", u32(0), "add", word(1)) });
const WEIGHED = pipe(4, {
  kind: "fold",
  accumulator: at.second,
  type: "u64",
  body: compute("u64", compute("u64", local("u64", 0), "mul", { ...word(31), type: "u64" }), "add", {
    ...NOWHERE,
    kind: "convert",
    type: "u64",
    operand: u32(1),
  }),
});

const through = (length: number, from = 14, offset = 0, to = BUFFER): Stmt =>
  doing({
    ...NOWHERE,
    kind: "pipeline-run",
    type: "void",
    pipeline: 0,
    from: word(from),
    length: word(length),
    to,
    at: word(offset),
  });

function ran(statements: readonly Stmt[], pipes: readonly Pipe[] = [], begin: (view: DataView) => void = () => {}) {
  const state = new Uint8Array(LAYOUT.octets);
  const view = new DataView(state.buffer);
  begin(view);
  const body = [...statements, give(PASSED)];
  const told = run(handlerOf(LAYOUT, [func("outcome", 0, body)], pipes, [pipes.map((_, n) => n)]), state, MESSAGE);
  return { ...told, view, state, buffer: Buffer.from(state.subarray(at.buffer, at.buffer + 160)) };
}

describe("pipelines", () => {
  test("a CRC is zlib's, of all octets so far, whatever their number", () => {
    for (const length of [0, 1, 7, 100]) {
      expect(ran([through(length)], [CRC]).view.getUint32(at.first, true)).toBe(
        crc32(MESSAGE.subarray(14, 14 + length)),
      );
    }
    expect(ran([through(20), through(33, 34)], [CRC]).view.getUint32(at.first, true)).toBe(
      crc32(MESSAGE.subarray(14, 67)),
    );
  });

  test("a checksum is the sum of words in network order with its carries added in, zeros behind the last", () => {
    let sum = 77;
    for (let n = 14; n < 14 + 31; n += 2) sum += (MESSAGE[n] ?? 0) * 256 + (n + 1 < 45 ? (MESSAGE[n + 1] ?? 0) : 0);
    const { view, buffer } = ran([through(31)], [CHECKSUM], (state) => state.setUint32(at.first, 77, true));
    expect(view.getUint32(at.first, true)).toBe(((sum - 1) % 0xffff) + 1);
    expect(buffer.subarray(0, 32)).toEqual(Buffer.from([...MESSAGE.subarray(14, 45), 0]));
  });

  test("pipes work one after the other on what the one before left", () => {
    const begin = (view: DataView) => view.setUint32(at.first, 0x0102_0304, true);
    const { buffer, view } = ran([through(40, 3, 8)], [SWAP, XOR, INCREMENT, WEIGHED], begin);
    const by = Buffer.from(MESSAGE.subarray(3, 43))
      .swap16()
      .map((octet, n) => (octet ^ ((n % 4) + 1)) + 1);
    expect(buffer).toEqual(Buffer.concat([new Uint8Array(8), by, new Uint8Array(112)]));
    let sum = 0n;
    for (let n = 0; n < 40; n += 4) sum = BigInt.asUintN(64, sum * 31n + BigInt(Buffer.from(by).readUInt32BE(n)));
    expect(view.getBigUint64(at.second, true)).toBe(sum);
  });

  test("what it cannot have kills, and touches nothing", () => {
    const reason = (statement: Stmt, ...pipes: readonly Pipe[]) => {
      const { end, state } = ran([statement], pipes);
      expect(state.every((octet) => octet === 0)).toBe(true);
      return end.kind === "fault" ? end.reason : end.kind;
    };
    expect(reason(through(6), CRC, XOR)).toBe("length");
    expect(reason(through(7), SWAP)).toBe("length");
    expect(reason(through(120), CRC)).toBe("message");
    expect(reason(through(0, 134), CRC)).toBe("message");
    expect(reason(through(8, 0, 2), CRC)).toBe("unaligned");
    expect(reason(through(8, 0, 156), CRC)).toBe("index");
    expect(reason(through(7, 0, 158), SWAP)).toBe("unaligned");
    expect(reason(through(7, 0, 156), SWAP)).toBe("index");
  });
});

describe("the frame", () => {
  const length: Expr = { ...NOWHERE, kind: "octets-length", type: "u32", octets: FRAME };
  const reply = doing({ ...NOWHERE, kind: "reply", type: "void" });
  const resize = (octets: number) => doing({ ...NOWHERE, kind: "frame-resize", type: "void", length: word(octets) });
  const swap = (a: number, b: number, octets: number) =>
    doing({ ...NOWHERE, kind: "frame-swap", type: "void", a: word(a), b: word(b), octets: word(octets) });
  const put = (octets: Octets, offset: number, width: 1 | 2 | 4 | 8, value: Expr) =>
    doing({ ...NOWHERE, kind: "octets-store", type: "void", octets, width, offset: word(offset), value });
  const get = (type: Scalar, octets: Octets, offset: number): Expr => ({
    ...NOWHERE,
    kind: "octets-load",
    type,
    octets,
    offset: word(offset),
  });
  const send = (port?: number): Expr => ({
    ...NOWHERE,
    kind: "frame-send",
    type: "bool",
    port: port === undefined ? undefined : word(port),
  });

  test("a reply is edited and sent; the port's answer is heard", () => {
    const edited = [
      reply,
      swap(0, 6, 6),
      put(FRAME, 40, 4, word(0x0102_0304)),
      when(send(), [put(FRAME, 0, 1, word(9))]),
    ];
    const { sends } = ran([...edited, when(send(2), [put(FRAME, 1, 1, word(8))]), doing(send(7))]);
    const whole = Buffer.from(MESSAGE);
    const frame = Buffer.concat([whole.subarray(6, 12), whole.subarray(0, 6), whole.subarray(12)]);
    frame.writeUInt32BE(0x0102_0304, 40);
    expect(sends.map(({ port }) => port)).toEqual([-1, 2, 7]);
    expect(Buffer.from(sends[0]?.frame ?? [])).toEqual(frame);
    frame[0] = 9;
    expect(Buffer.from(sends[2]?.frame ?? [])).toEqual(frame);
  });

  test("what it grows by is zeros, whatever was there", () => {
    const { sends, view } = ran([reply, resize(20), resize(24), doing(send()), put(BUFFER, 3, 2, length)]);
    expect(Buffer.from(sends[0]?.frame ?? [])).toEqual(Buffer.from([...MESSAGE.subarray(0, 20), 0, 0, 0, 0]));
    expect([view.getUint16(at.buffer + 3), view.getUint32(at.frame, true)]).toEqual([24, 24]);
    expect(view.getUint8(at.frame + FRAME_AT + 24), "behind it all is as it was").toBe(MESSAGE[24]);
  });

  test("numbers in octets are in network order, at any offset; beyond their end they kill", () => {
    const long: Expr = { ...word(0), type: "u64", kind: "constant", value: 0x0102_0304_0506_0708n };
    const { buffer } = ran([put(BUFFER, 5, 8, long), put(BUFFER, 20, 2, get("u16", BUFFER, 6))]);
    expect([buffer.readBigUInt64BE(5), buffer.readUInt16BE(20)]).toEqual([0x0102_0304_0506_0708n, 0x0203]);
    for (const statement of [put(BUFFER, 157, 4, word(1)), put(BUFFER, 0, 1, get("u64", FRAME, 0)), swap(0, 1, 1)]) {
      expect(ran([statement]).end).toEqual({ kind: "fault", reason: "index" });
    }
    expect(ran([resize(20), swap(3, 5, 3)]).end).toEqual({ kind: "fault", reason: "length" });
    expect(ran([resize(2049)]).end).toEqual({ kind: "fault", reason: "length" });
    expect(ran([resize(2048)]).end.kind).toBe("outcome");
  });

  test("vectors go where they have room, and no further than the message", () => {
    const vector = (from: number, octets: number, offset: number, to: Octets = BUFFER) =>
      doing({ ...NOWHERE, kind: "vector", type: "void", from: word(from), length: word(octets), to, at: word(offset) });
    expect(ran([vector(33, 100, 60)]).buffer.subarray(60)).toEqual(Buffer.from(MESSAGE.subarray(33)));
    expect(ran([vector(34, 100, 0)]).end).toEqual({ kind: "fault", reason: "message" });
    expect(ran([vector(0, 100, 61)]).end).toEqual({ kind: "fault", reason: "index" });
    expect(ran([resize(10), vector(0, 5, 6, FRAME)]).end).toEqual({ kind: "fault", reason: "index" });
  });
});
