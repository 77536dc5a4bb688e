import { expect, test } from "vitest";
import { Cause } from "../../src/kernel/abi.js";
import type { LinkedImage } from "../../src/vcode/image.js";
import { KernelBench } from "./kernel-bench.js";

function linked(run: LinkedImage["run"]): LinkedImage {
  return { run, fuel: 0, save: 0, accesses: 0 };
}

const D = { name: "d", program: "vcode", options: {} };

test("a downloaded environment lives in the kernel's tables, and a machine check fails it there", () => {
  const bench = new KernelBench();
  const { kernel, memory } = bench;
  const free = memory.freePages;
  const made = kernel.createEnvironment(D, bench.root, () =>
    linked((_packet, _octets, _cause, m1) => {
      if (m1 === 1) throw new RangeError("beyond");
      return 5;
    }),
  );
  expect(made).toEqual({ environment: 1, start: undefined });
  expect(kernel.environments.get(1)?.kind).toBe("downloaded");
  const activate = (m1: number) => kernel.activate({ environment: 1, cause: 3, message: [m1], fuel: 100 }, bench.root);
  expect(activate(0)).toEqual({ used: 1, ended: "done", value: 5 });
  expect(activate(1)).toMatchObject({ ended: "killed" });
  expect(bench.failures).toEqual(["d: beyond"]);
  expect(kernel.environments.get(1)?.state).toBe("failed");
  expect(memory.freePages).toBe(free);
  expect(() => activate(0)).toThrow("does not consist of downloaded code");
  kernel.destroyEnvironment(kernel.beginDestroying(1, bench.root));
  expect(kernel.environments.get(1)).toBeUndefined();
});

test("bindings of it count, and go with it", () => {
  const bench = new KernelBench();
  const { kernel } = bench;
  const { environment } = kernel.createEnvironment(D, bench.root, () => linked(() => 0));
  const { binding } = bench.bind({ environment });
  bench.receive(0, 10);
  expect(kernel.bindings.packets[binding!]).toBe(10);
  expect(bench.balance()).toEqual([0, 0, 0]);
  expect(kernel.destroyEnvironment(kernel.beginDestroying(environment, bench.root))).toEqual([binding]);
  expect(bench.balance()).toEqual([0, 0, 0]);
});

test("what is taken from it after it failed is not written into the page that was its own", () => {
  const bench = new KernelBench();
  const { kernel, memory } = bench;
  const { environment } = kernel.createEnvironment(D, bench.root, () =>
    linked(() => {
      throw new RangeError("beyond");
    }),
  );
  const { context } = kernel.activations.get(environment)!;
  const { binding } = bench.bind({ environment });
  kernel.activate({ environment, cause: Cause.message, message: [], fuel: 100 }, bench.root);
  const page = context / memory.pageSize;
  expect([kernel.environments.get(environment)?.state, memory.ownerOf(page)]).toEqual(["failed", -1]);
  const words = memory.words.subarray(context >> 2, (context + memory.pageSize) >> 2);
  const before = [...words];
  kernel.holdings.reclaim({ environment, resource: "bindings", count: 1, deadlineMs: 0 });
  expect([...words]).toEqual(before);
  const loss = { resource: "bindings", name: binding, count: 1, saved: null };
  expect(kernel.holdings.revocations({ environment }).vector).toEqual([loss]);
});

test("where it cannot be linked, or has no page, there is none, and its name is free", () => {
  const bench = new KernelBench();
  const { kernel, memory } = bench;
  const free = memory.freePages;
  const link = () => {
    throw new RangeError("another machine's");
  };
  expect(() => kernel.createEnvironment(D, bench.root, link)).toThrow(expect.objectContaining({ code: "E_IMAGE" }));
  expect(memory.freePages).toBe(free);
  while (memory.allocate(-9, 1) !== undefined);
  expect(() => kernel.createEnvironment(D, bench.root, () => linked(() => 0))).toThrow(
    expect.objectContaining({ code: "E_NO_MEMORY" }),
  );
  for (let page = 0; page < memory.pages; page++) if (memory.ownerOf(page) === -9) memory.release(-9, page, 1);
  expect(kernel.createEnvironment(D, bench.root, () => linked(() => 0)).environment).toBe(1);
});
