/** Images by hand, on every target: accesses of each kind, each trap with each answer, nesting, fuel, machine checks. */
import { describe, expect, test } from "vitest";
import { type EmittedImage, READABLE, SAVE_OCTETS, Trap, TrapAnswer, WRITABLE } from "../../src/vcode/image.js";
import { compileImage, emitImage, linkImage } from "../../src/vcode/image-target.js";
import { type MemoryType, OCTETS, type Order } from "../../src/vcode/insn.js";
import { parse } from "../../src/vcode/parse.js";
import { TARGETS, type TargetName } from "../../src/vcode/target.js";
import { verify } from "../../src/vcode/verify.js";
import {
  Abandoned,
  entryOf,
  FACTS,
  FRAMES,
  Kernel,
  map,
  memory,
  octets,
  PACKET,
  PAGE,
  reset,
  SAVE,
  SPACE,
  savedAt,
  view,
} from "./image-machine.js";

const ENTRY = "v_lambda f0(r0:p, r1:i, r2:i, r3:i, r4:i, r5:i, r6:i, r7:i, r8:i, r9:i): i in packet";
const [FRAME = 0, OTHER = 0] = FRAMES;

/** r2 is the cause, r3 … r9 the message; r10 … r12 are words, r13 and r14 longs. */
function emitted(target: TargetName, lines: string, facts = FACTS): EmittedImage {
  const body = lines.split(" | ").join("\n");
  const parsed = parse(`${ENTRY}\nv_getreg r10..r12:i, r13..r14:l\n${body}${body.endsWith("v_end") ? "" : "\nv_end"}`);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  const verdict = verify(parsed.program, { image: true });
  if (!verdict.ok) throw new Error(JSON.stringify(verdict.rejections));
  return emitImage(verdict.program, target, facts);
}

function kernelOf(target: TargetName, lines: string): Kernel {
  reset();
  return new Kernel(emitted(target, lines));
}

interface Form {
  readonly memory: MemoryType;
  readonly order: Order;
  readonly offset: "constant" | "register";
}

const FORMS: Form[] = (["c", "uc", "s", "us", "i", "u", "l", "ul"] as const).flatMap((memory) =>
  (["host", "network"] as const).flatMap((order) =>
    (["constant", "register"] as const).map((offset) => ({ memory, order, offset })),
  ),
);
const BYTES = [0x81, 0x92, 0xa3, 0xb4, 0xc5, 0xd6, 0xe7, 0xf8];

function nameOf(operation: "ld" | "st", { memory, order, offset }: Form): string {
  return `v_${operation}v${order === "network" ? "n" : ""}${memory}${offset === "constant" ? "i" : ""}`;
}

/** What the octets mean, without any code of ours. */
function meaning({ memory, order }: Form): bigint {
  const some = BYTES.slice(0, OCTETS[memory]);
  const value = (order === "host" ? some.toReversed() : some).reduce((sum, octet) => (sum << 8n) | BigInt(octet), 0n);
  const signed = memory === "c" || memory === "s" || memory === "i" || memory === "l";
  return signed ? BigInt.asIntN(8 * OCTETS[memory], value) : value;
}

describe.each(TARGETS)("on %s", (target) => {
  test.each(FORMS)("a load of $memory, $order order, offset a $offset", (form) => {
    const long = OCTETS[form.memory] === 8;
    const into = long ? "r13" : "r10";
    const load = `${nameOf("ld", form)} ${into}, r3, ${form.offset === "constant" ? "16" : "r4"}`;
    // A long is told by the call of the kernel, in two words.
    const tell = long ? "v_cvl2i r10, r13 | v_rshuli r13, r13, 32 | v_cvl2i r11, r13" : "v_rshii r11, r10, 31";
    const kernel = kernelOf(target, `${load} | ${tell} | v_scalli r12, kernel, r10, r11, 0, 0, 0, 0, 0 | v_retii 5`);
    map(3, FRAME, READABLE);
    octets.set(BYTES, FRAME + 116);
    octets.set(BYTES, FRAME + 120);
    const at = OCTETS[form.memory] === 8 ? 120 : 116;
    const offset = form.offset === "constant" ? 16 : 40;
    expect(kernel.image.run(PACKET, 0, 1, 3 * PAGE + at - offset, offset)).toBe(5);
    const [low = 0, high = 0] = kernel.calls[0] ?? [];
    const value = BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt.asUintN(32, BigInt(low)));
    const expected = meaning(form);
    expect(long ? value : low).toBe(long ? BigInt.asIntN(64, expected) : Number(BigInt.asIntN(32, expected)));
    expect(kernel.image.accesses).toBe(1);
    expect(kernel.traps).toEqual([]);
  });

  test.each(FORMS)("a store of $memory, $order order, offset a $offset", (form) => {
    const long = OCTETS[form.memory] === 8;
    const at = 2 * PAGE - 64;
    const make = long ? "v_setl r13, 0x0123456789abcdef" : "v_seti r10, 0x01234567";
    const store = `${nameOf("st", form)} ${long ? "r13" : "r10"}, r3, ${form.offset === "constant" ? "-8" : "r4"}`;
    const kernel = kernelOf(target, `${make} | ${store} | v_retii 5`);
    map(1, FRAME, WRITABLE);
    const before = octets.slice();
    expect(kernel.image.run(PACKET, 0, 1, at + 8, -8)).toBe(5);
    const value = long ? 0x0123456789abcdefn : 0x01234567n;
    const wanted = Array.from({ length: OCTETS[form.memory] }, (_, octet) =>
      Number((value >> BigInt(8 * octet)) & 0xffn),
    );
    before.set(form.order === "host" ? wanted : wanted.toReversed(), FRAME + PAGE - 64);
    expect(Buffer.from(octets).equals(before)).toBe(true);
    expect(kernel.traps).toEqual([]);
  });

  test("an address wraps, and the highest page is one like others", () => {
    const kernel = kernelOf(target, "v_ldvuci r10, r3, 0x7fffffff | v_reti r10");
    map(0xfffff, FRAME, READABLE, 0);
    view.setInt32(entryOf(0xfffff), SPACE | 0xfffff, true);
    octets[FRAME + PAGE - 1] = 77;
    expect(kernel.image.run(PACKET, 0, 1, -0x80000000)).toBe(77);
    expect(kernel.image.accesses).toBe(1);
  });

  const LOAD = "v_ldvui r10, r3, 4 | v_reti r10";
  const STORE = "v_stvui r4, r3, 4 | v_retii 9";
  const LONG_LOAD = "v_ldvli r13, r3, 8 | v_stvli r13, r4, 0 | v_retii 9";

  test.each([
    ["page fault of a page that is nowhere", LOAD, Trap.pageFault, 0, () => undefined],
    ["page fault of another space", LOAD, Trap.pageFault, 0, () => map(2, FRAME, 3, 0x11100000)],
    ["page fault of another page in its place", LOAD, Trap.pageFault, 0, () => map(2 + FACTS.entries, FRAME, 3)],
    ["protection of a load", LOAD, Trap.protection, 0, () => map(2, FRAME, WRITABLE)],
    ["protection of a page without rights", LOAD, Trap.protection, 0, () => map(2, FRAME, 0)],
    ["page fault of a store", STORE, Trap.pageFault, 1, () => undefined],
    ["protection of a store", STORE, Trap.protection, 1, () => map(2, FRAME, READABLE)],
  ] as const)("%s: retry, skip, abandon", (_, lines, kind, write, prepare) => {
    const trap = { kind, address: 2 * PAGE + 4, write, place: 0 };
    const retry = kernelOf(target, lines);
    prepare();
    view.setInt32(OTHER + 4, 123, true);
    retry.trapped = () => {
      // The first time is for nothing.
      if (retry.traps.length === 2) map(2, OTHER, 3);
      return TrapAnswer.retry;
    };
    expect(retry.image.run(PACKET, 0, 1, 2 * PAGE, 55)).toBe(write === 1 ? 9 : 123);
    expect(retry.traps).toMatchObject([trap, trap]);
    expect(view.getInt32(OTHER + 4, true)).toBe(write === 1 ? 55 : 123);
    expect(retry.image.accesses).toBe(1);

    const skip = kernelOf(target, lines);
    prepare();
    const before = octets.slice();
    skip.trapped = () => TrapAnswer.skip;
    skip.skipValue = 0x1_8000_0001n;
    expect(skip.image.run(PACKET, 0, 1, 2 * PAGE, 55)).toBe(write === 1 ? 9 : -0x7fffffff);
    expect(skip.traps).toMatchObject([trap]);
    expect(Buffer.from(octets.slice(FRAME)).equals(before.slice(FRAME))).toBe(true);

    const abandon = kernelOf(target, lines);
    prepare();
    expect(() => abandon.image.run(PACKET, 0, 1, 2 * PAGE, 55)).toThrow(Abandoned);
    expect(abandon.traps).toMatchObject([trap]);
  });

  test.each([
    [1, "us", 2],
    [2, "u", 4],
    [1, "i", 4],
    [3, "s", 2],
    [4, "l", 8],
    [6, "ul", 8],
  ] as const)("unaligned by %i: %s", (by, memory, size) => {
    const into = size === 8 ? "r13" : "r10";
    const make = size === 8 ? "v_setl r13, 1" : "v_seti r10, 1";
    const lines = `v_ldv${memory}i ${into}, r3, 0 | ${make} | v_stvn${memory}i ${into}, r3, 0 | v_retii 3`;
    const kernel = kernelOf(target, lines);
    kernel.trapped = () => TrapAnswer.skip;
    // Whatever the page is: this is asked first.
    expect(kernel.image.run(PACKET, 0, 1, PAGE + by)).toBe(3);
    const trap = { kind: Trap.unaligned, address: PAGE + by };
    expect(kernel.traps).toMatchObject([
      { ...trap, write: 0, place: 0 },
      { ...trap, write: 1, place: 2 },
    ]);
    expect(kernel.image.accesses).toBe(2);
    expect(() => new Kernel(emitted(target, lines)).image.run(PACKET, 0, 1, PAGE + by)).toThrow(Abandoned);
  });

  test.each([
    [0x0123456789abcdefn, 0x0123456789abcdefn],
    [-(2n ** 63n), -(2n ** 63n)],
    [2n ** 64n + 5n, 5n],
    [-7, -7n],
    [2 ** 31, -(2n ** 31n)],
  ])("a long that is skipped gets %s", (value, expected) => {
    const kernel = kernelOf(target, LONG_LOAD);
    map(1, FRAME, WRITABLE);
    kernel.trapped = () => TrapAnswer.skip;
    kernel.skipValue = value;
    expect(kernel.image.run(PACKET, 0, 1, 2 * PAGE, PAGE)).toBe(9);
    expect(view.getBigInt64(FRAME, true)).toBe(expected);
  });

  test.each([
    ["add", 0x7fffffff, 1, undefined],
    ["add", 0x7ffffffe, 1, 0x7fffffff],
    ["add", -0x80000000, -1, undefined],
    ["sub", -0x80000000, 1, undefined],
    ["sub", 0, -0x80000000, undefined],
    ["sub", -1, -0x80000000, 0x7fffffff],
    ["mul", 46_341, 46_341, undefined],
    ["mul", 46_340, 46_341, 46_340 * 46_341],
    ["mul", -0x80000000, -1, undefined],
    ["mul", -0x80000000, 1, -0x80000000],
    ["mul", 0x7fffffff, 0x7fffffff, undefined],
    ["mul", -5, 0, 0],
  ] as const)("%s of %i and %i that traps", (alu, a, b, result) => {
    const kernel = kernelOf(
      target,
      `v_${alu}oi r10, r3, r4 | v_${alu}oii r11, r3, ${b} | v_bneii r11, 0, L0 | v_bltii r11, 0, L0 | L0: | v_subi r12, r10, r11 | v_scalli r12, kernel, r10, r12, 0, 0, 0, 0, 0 | v_retii 0`,
    );
    kernel.skipValue = -77;
    // Tried again it overflows again.
    kernel.trapped = () => (kernel.traps.length % 2 === 1 ? TrapAnswer.retry : TrapAnswer.skip);
    kernel.image.run(PACKET, 0, 1, a, b);
    expect(kernel.calls).toEqual([[result ?? -77, 0, 0, 0, 0, 0, 0]]);
    const trap = (place: number) => ({ kind: Trap.overflow, address: 0, write: 0, place });
    expect(kernel.traps).toMatchObject(result === undefined ? [trap(0), trap(0), trap(1), trap(1)] : []);
    expect(Object.is(kernel.calls[0]?.[0], -0)).toBe(false);
    expect(() =>
      new Kernel(emitted(target, "v_addoii r3, r3, 1 | v_reti r3")).image.run(PACKET, 0, 1, 0x7fffffff),
    ).toThrow(Abandoned);
  });

  const LOOP =
    "v_seti r10, 0 | L0: | v_fuel 10 | v_addii r10, r10, 1 | v_blti r10, r3, L0 | v_scalli r11, left | v_addi r11, r11, r10 | v_reti r11";

  test("fuel that is refilled, too little at first, and skipped, and not", () => {
    const retry = kernelOf(target, LOOP);
    retry.image.fuel = 25;
    retry.trapped = () => {
      retry.image.fuel += 9;
      return TrapAnswer.retry;
    };
    // 25 pays two rounds; 5 + 9 the third, 4 + 9 the fourth, 3 + 9 the fifth.
    expect(retry.image.run(PACKET, 0, 1, 5)).toBe(5 + 2);
    expect(retry.image.fuel).toBe(2);
    const trap = { kind: Trap.fuel, address: 0, write: 0, place: 2 };
    expect(retry.traps).toMatchObject([trap, trap, trap]);

    const twice = kernelOf(target, LOOP);
    twice.trapped = () => {
      twice.image.fuel += 5;
      return TrapAnswer.retry;
    };
    expect(twice.image.run(PACKET, 0, 1, 1)).toBe(1);
    expect(twice.traps.length).toBe(2);

    const skip = kernelOf(target, LOOP);
    skip.image.fuel = 12;
    skip.trapped = () => TrapAnswer.skip;
    expect(skip.image.run(PACKET, 0, 1, 4)).toBe(4 + 2);
    expect(skip.traps.length).toBe(3);

    const abandon = kernelOf(target, LOOP);
    abandon.image.fuel = 39;
    expect(() => abandon.image.run(PACKET, 0, 1, 5)).toThrow(Abandoned);
    expect(abandon.image.fuel).toBe(9);
    abandon.image.fuel = 100;
    expect(abandon.image.run(PACKET, 0, 1, 5)).toBe(5 + 50);
  });

  test("registers are saved: words with their sign, longs, what is not assigned yet and what there is not as 0", () => {
    const kernel = kernelOf(
      target,
      "v_seti r10, -3 | v_setl r13, -0x7edcba9876543210 | v_ldvui r11, r3, 0 | v_seti r12, 1 | v_ldvui r11, r3, 0 | v_reti r12",
    );
    kernel.trapped = () => TrapAnswer.skip;
    kernel.skipValue = -9;
    kernel.image.save = SAVE + 512;
    octets.fill(0xee, SAVE, SAVE + 2048);
    kernel.image.run(PACKET, 40, 7, -4, 4, 5, 6, 7, 8, 0x7fffffff);
    const before = [BigInt(PACKET), 40n, 7n, -4n, 4n, 5n, 6n, 7n, 8n, 0x7fffffffn, -3n, 0n, 0n, -0x7edcba9876543210n];
    const all = (registers: readonly bigint[]) => [
      ...registers,
      ...Array.from({ length: 32 - registers.length }, () => 0n),
    ];
    const after = before.with(11, -9n).with(12, 1n);
    expect(kernel.traps.map(({ saved }) => saved)).toEqual([all(before), all(after)]);
    expect(savedAt(SAVE + 512)).toEqual(all(after));
    // Nothing beside it.
    expect([octets[SAVE + 511], octets[SAVE + 512 + SAVE_OCTETS]]).toEqual([0xee, 0xee]);
  });

  test("registers of the lambda that trapped, and its place", () => {
    const callee = "v_lambda f1(r0:i, r1:l): i | v_getreg r2:u | v_setu r2, -1 | v_ldvui r0, r0, 0 | v_reti r0 | v_end";
    const kernel = kernelOf(target, `v_setl r13, -1 | v_calli r10, f1, r3, r13 | v_reti r10 | v_end | ${callee}`);
    kernel.trapped = () => TrapAnswer.skip;
    kernel.skipValue = 8;
    expect(kernel.image.run(PACKET, 0, 1, 4096)).toBe(8);
    const [trap] = kernel.traps;
    expect(trap).toMatchObject({ address: 4096, place: (1 << 20) | 1 });
    expect(trap?.saved.slice(0, 4)).toEqual([4096n, -1n, -1n, 0n]);
  });

  test("a trap runs the image again, which traps: fuel is shared, save areas are apart, registers stay", () => {
    const kernel = kernelOf(
      target,
      "v_fuel 10 | v_addii r10, r3, 100 | v_ldvui r11, r3, 0 | v_addi r10, r10, r11 | v_reti r10",
    );
    kernel.image.fuel = 35;
    const results: number[] = [];
    kernel.trapped = ({ kind, address }) => {
      if (kind === Trap.fuel) throw new Abandoned();
      const { save } = kernel.image;
      kernel.image.save = save + SAVE_OCTETS;
      try {
        results.push(kernel.image.run(PACKET, 0, 6, address + 4));
      } catch (error) {
        if (!(error instanceof Abandoned)) throw error;
        results.push(-1);
      }
      kernel.image.save = save;
      kernel.skipValue = address;
      return TrapAnswer.skip;
    };
    expect(kernel.image.run(PACKET, 0, 1, 4096)).toBe(4096 + 100 + 4096);
    // The innermost has no fuel; each told its own address and went on with its own registers.
    expect(results).toEqual([-1, 2 * 4104 + 100, 2 * 4100 + 100]);
    expect(kernel.image.fuel).toBe(5);
    expect(kernel.image.accesses).toBe(3);
    expect(savedAt(SAVE)[3]).toBe(4096n);
    expect(savedAt(SAVE + SAVE_OCTETS)[3]).toBe(4100n);
    expect(savedAt(SAVE + 2 * SAVE_OCTETS)[3]).toBe(4104n);
  });

  test("a call of the kernel: its arguments, its result as a word, and a run in its middle", () => {
    const kernel = kernelOf(
      target,
      "v_beqii r2, 6, L0 | v_scalli r10, kernel, r3, -2, r4, r5, r6, r7, 7 | v_addi r10, r10, r3 | v_reti r10 | L0: | v_retii 11",
    );
    kernel.called = () => kernel.image.run(PACKET, 0, 6) + 2 ** 32;
    expect(kernel.image.run(PACKET, 0, 1, 1000, 3, 4, 5, 6)).toBe(1011);
    expect(kernel.calls).toEqual([[1000, -2, 3, 4, 5, 6, 7]]);
    kernel.called = () => {
      throw new Abandoned();
    };
    expect(() => kernel.image.run(PACKET, 0, 1)).toThrow(Abandoned);
    expect(kernel.image.run(PACKET, 0, 6)).toBe(11);
  });

  test("the packet is read where it lies, by proof; words that are left out are 0", () => {
    const kernel = kernelOf(
      target,
      "v_bltii r1, 4, L0 | v_ldnui r10, r0, 0 | v_reti r10 | L0: | v_ori r10, r2, r3 | v_ori r10, r10, r9 | v_reti r10",
    );
    view.setInt32(PACKET, 0x0a000001);
    expect(kernel.image.run(PACKET, 4, 1)).toBe(0x0a000001);
    expect(kernel.image.run(PACKET, 3, 0)).toBe(0);
    expect(kernel.image.accesses).toBe(0);
  });

  test("an entry that somebody scribbled over leads nowhere outside of memory", () => {
    const lines = "v_ldvli r13, r3, 0 | v_retii 1";
    for (const frame of [octets.length, octets.length + PAGE, 0x7ffff000, -0x80000000, -PAGE]) {
      const kernel = kernelOf(target, lines);
      map(1, frame, 3);
      const before = octets.slice();
      const check = target === "wasm" ? WebAssembly.RuntimeError : RangeError;
      expect(() => kernel.image.run(PACKET, 0, 1, PAGE)).toThrow(check);
      const store = new Kernel(emitted(target, "v_setl r13, 1 | v_stvli r13, r3, 0 | v_retii 1"));
      expect(() => store.image.run(PACKET, 0, 1, PAGE + 8)).toThrow(check);
      expect(Buffer.from(octets).equals(before)).toBe(true);
      // The image itself is as good as before.
      map(1, FRAME, 3);
      expect(kernel.image.run(PACKET, 0, 1, PAGE)).toBe(1);
    }
    const kernel = kernelOf(target, lines);
    kernel.image.save = octets.length - SAVE_OCTETS + 8;
    expect(() => kernel.image.run(PACKET, 0, 1, PAGE)).toThrow(
      target === "wasm" ? WebAssembly.RuntimeError : RangeError,
    );
    expect(kernel.traps).toEqual([]);
  });

  test("what is emitted may be posted, and runs on machines that it was made for", () => {
    const posted = structuredClone(emitted(target, "v_ldvuci r10, r3, 0 | v_reti r10"));
    reset();
    const kernel = new Kernel(posted);
    map(1, FRAME, READABLE);
    octets[FRAME] = 200;
    expect(kernel.image.run(PACKET, 0, 1, PAGE)).toBe(200);
    expect(posted).toMatchObject({ target, instructions: 2, octets: expect.any(Number) });
    for (const other of [{ stlb: 0 }, { entries: 32 }, { pageShift: 13 }]) {
      const made = emitted(target, "v_retii 0", { ...FACTS, ...other });
      expect(() => linkImage(made, kernel)).toThrow("another software TLB");
    }
    const compiled = new Kernel(structuredClone(compileImage(posted)));
    expect(compiled.image.run(PACKET, 0, 1, PAGE)).toBe(200);
    for (const wrong of [{ entries: 24 }, { entries: 0 }, { stlb: 4 }, { pageShift: 11 }]) {
      expect(() => emitted(target, "v_retii 0", { ...FACTS, ...wrong })).toThrow("no software TLB");
    }
    expect(kernel.image.cycles === undefined).toBe(target !== "interpreter");
  });

  test("two environments, one image: each sees its own space", () => {
    const image = emitted(target, "v_ldvuci r10, r3, 0 | v_reti r10");
    reset();
    const mine = new Kernel(image);
    const other = new Kernel(image, { space: 0x11100000, salt: 9 });
    map(1, FRAME, READABLE);
    const at = FACTS.stlb + ((1 ^ 9) & (FACTS.entries - 1)) * 8;
    view.setInt32(at, 0x11100001, true);
    view.setInt32(at + 4, OTHER | READABLE, true);
    octets[FRAME] = 1;
    octets[OTHER] = 2;
    expect([mine.image.run(PACKET, 0, 1, PAGE), other.image.run(PACKET, 0, 1, PAGE)]).toEqual([1, 2]);
    expect([mine.image.accesses, other.image.accesses]).toEqual([1, 1]);
  });
});

test("WebAssembly needs the memory itself", () => {
  const { buffer } = memory;
  expect(() => new Kernel(emitted("wasm", "v_retii 0"), { memory: { buffer } })).toThrow("the memory itself");
});
