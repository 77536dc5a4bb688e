import { describe, expect, test } from "vitest";
import { makeImage } from "../../src/appliance/image-text.js";
import { Cause, ContextPage, MachineFact } from "../../src/kernel/abi.js";
import { EXCEPTION_FUEL, FUEL_RESERVE, MAX_IMAGE_STACK, MAX_NESTED_EXCEPTIONS } from "../../src/kernel/limits.js";
import { linkImage } from "../../src/vcode/image-target.js";
import { TARGETS, type TargetName } from "../../src/vcode/target.js";
import { Downloads } from "./downloads.js";
import { ABANDON, image, kernel, LOOPS, MAPS, SUMS, TAKES } from "./images.js";

function download(downloads: Downloads, environment: number, target: TargetName, text: string): void {
  const { address: stlb, entries, pageShift } = downloads.activations.stlb;
  const made = makeImage({ text, target, facts: { stlb, entries, pageShift } });
  if (!made.ok) throw new Error(JSON.stringify(made.errors));
  const created = downloads.activations.create(environment, (machine) => linkImage(made.image, machine));
  if (typeof created === "string") throw new Error(created);
}

describe.each(TARGETS)("an image that %s runs", (target) => {
  test("sums three pages that its handler maps one by one", () => {
    const downloads = new Downloads();
    download(downloads, 1, target, SUMS);
    const free = downloads.memory.freePages;
    const used = 3072 * 11 + 3 * (EXCEPTION_FUEL + 1024 + 16);
    expect(downloads.run(1)).toEqual({ used, ended: "done", value: (3071 * 3072) / 2 });
    expect(downloads.memory.freePages).toBe(free - 3);
    expect(downloads.activations.get(1)!.counters()).toEqual({ accesses: 6144, hits: 6141, misses: 3 });
    expect(downloads.run(1)).toMatchObject({ used: 3072 * 11, ended: "done" });
  });

  test("leaves out a store that it may not do, and has the value of its handler for a load", () => {
    const downloads = new Downloads();
    const text = image(
      `${kernel("r10", "alloc", -1)}
${kernel("r11", "map", 3, "r10", 1)}
  v_seti r12, 0x3000
  v_stvii r2, r12, 8
  v_ldvii r13, r12, 8
${kernel("r11", "map", 3, "r10", 2)}
  v_ldvii r14, r12, 8
  v_lshii r13, r13, 16
  v_addi r13, r13, r14
  v_reti r13`,
      `  v_bneii r3, 2, L18
${kernel("r10", "exceptionValue", 77)}
  v_retii 1
L18:
${ABANDON}`,
    );
    download(downloads, 1, target, text);
    expect(downloads.run(1)).toMatchObject({ ended: "done", value: 77 });
  });

  test("has long values of its handler, with their sign", () => {
    const downloads = new Downloads();
    const text = image(
      `  v_seti r10, 0x1000
  v_ldvli r20, r10, 0
  v_rshli r20, r20, 30
  v_cvl2i r11, r20
  v_reti r11`,
      `${kernel("r10", "exceptionValue", 0x40000000, -3)}\n  v_retii 1`,
    ).replace("r10..r19:i", "r10..r19:i, r20:l");
    download(downloads, 1, target, text);
    expect(downloads.run(1)).toMatchObject({ ended: "done", value: -3 * 4 + 1 });
  });

  test("is the same on a machine with large pages and a small table, which it asks for its numbers", () => {
    const downloads = new Downloads(4, 16_384);
    const shift = image(
      `${kernel("r10", "fact", MachineFact.pageSize)}
  v_negi r11, r10
  v_ldvii r12, r11, ${ContextPage.repossession}
  v_stvii r10, r11, ${ContextPage.repossession}
  v_ldvii r12, r11, ${ContextPage.repossession}
${kernel("r13", "fact", MachineFact.contextPage)}
  v_muli r13, r13, r10
  v_subi r13, r13, r11
  v_addi r12, r12, r13
  v_reti r12`,
      ABANDON,
    );
    download(downloads, 1, target, shift);
    expect(downloads.run(1)).toMatchObject({ ended: "done", value: 16_384 });
    expect(downloads.activations.get(1)!.counters()).toEqual({ accesses: 3, hits: 2, misses: 1 });
  });

  test("gives what overflows a value, and what is not aligned", () => {
    const downloads = new Downloads();
    const text = image(
      `  v_seti r10, 0x7fffffff
  v_addoii r11, r10, 1
  v_ldvii r12, r10, 0
  v_lshii r11, r11, 8
  v_addi r11, r11, r12
  v_reti r11`,
      `${kernel("r10", "exceptionValue", "r3")}\n  v_retii 1`,
    );
    download(downloads, 1, target, text);
    expect(downloads.run(1)).toMatchObject({ ended: "done", value: 4 * 256 + 3 });
  });

  test("reads the registers that its trap saved, and its handlers fault inside each other up to the limit", () => {
    const downloads = new Downloads();
    // Register 10 has the page that was asked for; each handler asks for the one after it, until there are as many as r14 says.
    const text = (most: number) =>
      image(
        `  v_seti r10, 0x1000
  v_ldvii r11, r10, 0
  v_reti r11`,
        `  v_ldvii r10, r7, 80
  v_bnei r10, r4, L18
  v_addii r10, r10, 0x1000
  v_seti r11, 0
  v_bgtii r10, ${most * 0x1000}, L0
  v_ldvii r11, r10, 0
L0:
  v_ldvii r12, r7, 80
  v_bnei r12, r4, L18
  v_addii r11, r11, 1
${kernel("r12", "exceptionValue", "r11")}
  v_retii 1
L18:
${ABANDON}`,
      );
    download(downloads, 1, target, text(MAX_NESTED_EXCEPTIONS));
    download(downloads, 2, target, text(MAX_NESTED_EXCEPTIONS + 1));
    expect(downloads.run(1)).toMatchObject({ ended: "done", value: MAX_NESTED_EXCEPTIONS });
    expect(downloads.run(2)).toMatchObject({ ended: "abandoned", value: 0 });
    expect(downloads.run(1)).toMatchObject({ ended: "done", value: MAX_NESTED_EXCEPTIONS });
  });

  test("runs out of fuel, in its loop and in its handler", () => {
    const downloads = new Downloads();
    download(downloads, 1, target, LOOPS);
    download(downloads, 2, target, image("  v_seti r10, 0\n  v_ldvii r10, r10, 0\n  v_reti r10", "  v_retii 0"));
    const first = 100_001 - FUEL_RESERVE;
    const used = first - (first % 2) + EXCEPTION_FUEL;
    // What was held back goes to the handler, who gives up.
    expect(downloads.run(1, 100_001)).toEqual({ used, ended: "abandoned", value: 0 });
    const { used: paid, ended } = downloads.run(2, 100_000);
    expect(ended).toBe("killed");
    expect(paid).toBeGreaterThan(100_000 - EXCEPTION_FUEL);
    expect(paid).toBeLessThanOrEqual(100_000);
  });

  test("does not come to the end of the stack, however deep the kernel lets runs nest", () => {
    const downloads = new Downloads();
    // Lambdas call each other as deep as may be; the last one calls the next environment, or faults, and so do handlers.
    const each = 20;
    const chain = Math.floor((MAX_IMAGE_STACK - 28) / (each + 1 + 8));
    const lambdas = Array.from({ length: chain }, (_, at) => {
      const number = at + 1;
      const registers = Array.from(
        { length: each },
        (_unused, register) => `  v_addii r${register + 1}, r0, ${register}`,
      );
      const call =
        number < chain
          ? `  v_calli r1, f${number + 1}, r0`
          : `${kernel("r1", "transfer")}\n  v_seti r2, 0x1000\n  v_ldvii r1, r2, 0`;
      const sum = Array.from({ length: each - 1 }, (_unused, register) => `  v_addi r1, r1, r${register + 2}`);
      return `v_lambda f${number}(r0:i) : i\nv_getreg r1..r${each}:i\n${[...registers, call, ...sum].join("\n")}\n  v_reti r1\nv_end`;
    });
    const enter = "  v_calli r10, f1, r2\n  v_retii 1";
    let deepest = 0;
    let depth = 0;
    let entered = 0;
    downloads.activations.calls.set("transfer", {
      cost: 1,
      run: ({ environment }) => {
        depth++;
        deepest = Math.max(deepest, depth);
        // Down to the end once; all ways there would be too many.
        if (entered++ < 100) downloads.run(1 + (environment % 5), 1_000_000);
        depth--;
        return 0;
      },
    });
    for (const environment of [1, 2, 3, 4, 5])
      download(downloads, environment, target, image(enter, enter, lambdas.join("\n")));
    downloads.run(1, 1_000_000);
    expect(downloads.failures).toEqual([]);
    expect(deepest).toBeGreaterThan(20);
  });

  test("ends with a machine check where somebody scribbled over the software TLB; the others go on", () => {
    const downloads = new Downloads();
    for (const environment of [1, 2]) download(downloads, environment, target, SUMS);
    const free = downloads.memory.freePages;
    expect(downloads.run(1).ended).toBe("done");
    const { words } = downloads.memory;
    const { address, entries } = downloads.activations.stlb;
    for (let entry = 0; entry < entries; entry++) {
      const frame = (address >> 2) + entry * 2 + 1;
      if (words[frame] !== 0) words[frame] = 0x7ffff003;
    }
    expect(downloads.run(1)).toMatchObject({ ended: "killed" });
    expect(downloads.failures).toHaveLength(1);
    expect(downloads.memory.freePages).toBe(free + 1);
    expect(downloads.run(2)).toMatchObject({ ended: "done", value: (3071 * 3072) / 2 });
  });

  test("1,000 rounds leave all pages free", () => {
    const downloads = new Downloads();
    const free = downloads.memory.freePages;
    for (let round = 0; round < 1000; round += 100) {
      download(downloads, 1, target, TAKES);
      download(downloads, 2, target, SUMS);
      for (let again = 0; again < 100; again++) downloads.run(1 + (again % 2), 50_000, Cause.message, again % 7, again);
      downloads.activations.destroy(1);
      downloads.activations.destroy(2);
      expect(downloads.memory.freePages).toBe(free);
    }
  });
});

test("an image whose calls go too deep is refused, before it takes anything", () => {
  const lambda = (number: number, call: string) =>
    `v_lambda f${number}()\nv_getreg r0..r999:i\n${call}  v_retv\nv_end\n`;
  const text = image(
    "  v_callv f1\n  v_retii 0",
    MAPS,
    lambda(1, "  v_callv f2\n") + lambda(2, "  v_callv f3\n") + lambda(3, ""),
  );
  const made = makeImage({ text, target: "js", facts: { stlb: 0, entries: 64, pageShift: 12 } });
  expect(made).toMatchObject({ ok: false, errors: [{ code: "E_VCODE_LIMIT" }] });
});
