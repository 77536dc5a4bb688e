/** What capabilities decide in the kernel: what ends with one, and over whose things one has authority. */
import { beforeEach, describe, expect, test } from "vitest";
import type { Right } from "../../src/kernel/abi.js";
import { CALL_RIGHTS } from "../../src/kernel/call-rights.js";
import type { Capability } from "../../src/kernel/capability.js";
import { Refusal } from "../../src/kernel/refusal.js";
import { KernelBench } from "./kernel-bench.js";

const EVERY = { conjunctions: [[]] };
let bench: KernelBench;
beforeEach(() => {
  bench = new KernelBench();
});

function derive(name: string, rights: readonly Right[] = bench.root.rights, by = bench.root): Capability {
  const change = bench.kernel.capabilities.derive(by, name, { rights, expires: 0 });
  bench.kernel.changeCapabilities(change);
  return change.put!.capability;
}

function environment(name: string, by: Capability): number {
  return bench.kernel.createEnvironment({ name, program: "", options: {} }, by).environment;
}

function refusal(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

const nothing = () => undefined;

describe("a binding ends with the capability that it was made under", () => {
  test("its packets go unclaimed, others go on, it is told, and the books balance", () => {
    const lab = derive("lab", ["bind", "create"]);
    const anna = derive("anna", ["bind"], lab);
    const mine = environment("mine", lab);
    const claim = bench.bind({ name: "claim", environment: mine, mode: "claim" }, lab).binding!;
    const below = bench.bind({ name: "below", environment: 0 }, anna).binding!;
    const other = bench.bind({ name: "other" }).binding!;
    bench.receive(0, 3);
    bench.kernel.trace.switch(["info", "warning"]);
    const ended = bench.kernel.changeCapabilities(bench.kernel.capabilities.revoke(bench.root, "root/lab"));
    expect(new Set(ended)).toEqual(new Set([claim, below]));
    expect(bench.kernel.trace.since(0).map(({ name, fields }) => [name, fields])).toEqual([
      ["bindingEnded", [claim, mine]],
      ["bindingEnded", [below, 0]],
      ["capabilitiesEnded", [2, 2]],
      ["bindingLost", [claim, mine]],
      ["bindingLost", [below, 0]],
    ]);
    // Before any compile worker has answered, and after.
    bench.receive(3, 5);
    bench.compile();
    bench.receive(5, 7);
    const { bindings, ledger } = bench.kernel;
    expect([bindings.packets[claim], bindings.packets[below], bindings.packets[other]]).toEqual([3, 3, 7]);
    expect([ledger.claimed, ledger.tappedOnly]).toEqual([3, 4]);
    expect(bench.balance()).toEqual([0, 0, 0]);
    // The environment stays, and is its maker's above.
    expect(bench.kernel.environments.get(mine)?.state).toBe("alive");
    expect(refusal(() => bench.kernel.beginDestroying(mine, bench.root))).toHaveProperty("leaving", true);
  });

  test("one that is weakened keeps those that it could still have made", () => {
    const lab = derive("lab", ["bind", "priority", "grant"]);
    const tap = bench.bind({ name: "tap" }, lab).binding!;
    const high = bench.bind({ name: "high", priority: 1 }, lab).binding!;
    const claim = bench.bind({ name: "claim", mode: "claim" }, lab).binding!;
    const weaken = (rights: readonly Right[]) =>
      bench.kernel.changeCapabilities(bench.kernel.capabilities.weaken(bench.root, "root/lab", { rights, expires: 0 }));
    expect(weaken(["bind", "grant"])).toEqual([high]);
    expect(weaken(["bind"])).toEqual([claim]);
    expect(weaken([])).toEqual([tap]);
  });

  test("one that is asked for when its capability ends never receives", () => {
    const lab = derive("lab", ["bind"]);
    const made: unknown[] = [];
    const args = { name: "late", environment: 0, mode: "tap", priority: 0, filter: EVERY } as const;
    bench.kernel.binder.bind(lab, args, ({ binding }) => made.push(binding), nothing);
    bench.kernel.changeCapabilities(bench.kernel.capabilities.revoke(bench.root, "root/lab"));
    bench.compile();
    bench.receive(0, 3);
    const { packets } = bench.kernel.bindings;
    expect([made.length, packets.reduce((sum, count) => sum + count, 0)]).toEqual([1, 0]);
    expect([...bench.kernel.bindings.all()]).toEqual([]);
    expect(bench.balance()).toEqual([0, 0, 0]);
  });

  test("made in the name of one below the caller's it ends with that one", () => {
    const lab = derive("lab", ["bind"]);
    const other = derive("other", ["bind"]);
    const { binding } = bench.bind({ under: lab.serial });
    expect(bench.kernel.bindings.get(binding!)?.owner).toEqual(["root", "lab"]);
    expect(refusal(() => bench.bind({ name: "x", under: other.serial }, lab))).toBe("E_NO_CAPABILITY");
    expect(refusal(() => bench.bind({ name: "x", under: derive("none", []).serial }))).toBe("E_CAPABILITY_RIGHT");
    expect(bench.kernel.changeCapabilities(bench.kernel.capabilities.revoke(lab, lab.serial))).toEqual([binding]);
  });
});

describe("authority goes down the path and nowhere else", () => {
  test("over environments and bindings", () => {
    const [lab, other] = [derive("lab"), derive("other")];
    const anna = derive("anna", lab.rights, lab);
    const mine = environment("mine", lab);
    const { binding } = bench.bind({ name: "b", environment: mine }, lab);
    for (const stranger of [other, anna]) {
      expect(refusal(() => bench.kernel.beginDestroying(mine, stranger))).toBe("E_CAPABILITY_OWNER");
      expect(refusal(() => bench.kernel.binder.unbind(stranger, { bindings: [binding!] }))).toBe("E_CAPABILITY_OWNER");
      expect(refusal(() => bench.bind({ name: "c", environment: mine }, stranger))).toBe("E_CAPABILITY_OWNER");
      const again = { bindings: [binding!], filter: EVERY };
      expect(refusal(() => bench.kernel.binder.rebind(stranger, again, nothing, nothing))).toBe("E_CAPABILITY_OWNER");
      const release = { bindings: [], release: [binding!] };
      expect(refusal(() => bench.kernel.binder.exchange(stranger, release, nothing, nothing))).toBe(
        "E_CAPABILITY_OWNER",
      );
    }
    // What only counts is everybody's.
    const counts = bench.bind({ name: "count" }, other).binding!;
    expect(refusal(() => bench.kernel.binder.unbind(lab, { bindings: [binding!, counts] }))).toBe("E_CAPABILITY_OWNER");
    expect(refusal(() => bench.kernel.binder.unbind(lab, { bindings: [binding!, 999] }))).toBe("E_NO_BINDING");
    expect(bench.kernel.bindings.get(binding!)?.from).toBeDefined();
    expect(refusal(() => bench.kernel.binder.unbind(lab, { bindings: [binding!] }))).toHaveProperty("packets");
    expect(refusal(() => bench.kernel.beginDestroying(mine, bench.root))).toHaveProperty("leaving", true);
  });

  test("bindings of the control plane's environment are asked back by the root alone", () => {
    const { binding } = bench.bind({ name: "of-root" });
    const asked = { environment: 0, resource: "bindings", count: 1, deadlineMs: 0 } as const;
    expect(refusal(() => bench.kernel.lifetimes.reclaim(asked, derive("lab")))).toBe("E_CAPABILITY_OWNER");
    bench.kernel.tend();
    expect(bench.kernel.bindings.get(binding!)?.name).toBe("of-root");
    expect(bench.kernel.lifetimes.reclaim(asked, bench.root)).toMatchObject({ resource: "bindings", count: 1 });
  });

  test("a name that is used again has the authority that its path has", () => {
    const lab = derive("lab");
    const mine = environment("mine", lab);
    bench.kernel.changeCapabilities(bench.kernel.capabilities.revoke(bench.root, lab.serial));
    expect(refusal(() => bench.kernel.beginDestroying(mine, derive("lab")))).toHaveProperty("leaving", true);
  });

  test("an owner is named at or below the caller's path", () => {
    const lab = derive("lab");
    const create = (owner: readonly string[], by: Capability) =>
      refusal(() => bench.kernel.createEnvironment({ name: owner.join("-"), program: "", options: {}, owner }, by));
    expect(create(["root", "lab", "anna"], lab)).toHaveProperty("environment");
    expect(create(["root"], lab)).toBe("E_CAPABILITY_OWNER");
    expect(create(["root", "other"], lab)).toBe("E_CAPABILITY_OWNER");
    expect(create(["root", "other"], bench.root)).toHaveProperty("environment");
  });
});

describe("what is granted to an environment", () => {
  test("is its own handle, with which it binds for itself, and ends with it", () => {
    const lab = derive("lab", ["bind", "grant", "create"]);
    const [mine, other] = [environment("mine", lab), environment("other", lab)];
    const change = bench.kernel.authority.grantTo(lab, mine, "anna", { rights: ["bind"], expires: 0 });
    bench.kernel.changeCapabilities(change);
    const handle = bench.kernel.authority.openGranted(mine, change.put!.capability.serial);
    const held = bench.kernel.handles.check(mine, handle, "bind");
    expect(held.name).toEqual(["root", "lab", "anna"]);
    expect(bench.bind({ environment: mine }, held)).toHaveProperty("binding");
    expect(refusal(() => bench.bind({ name: "x", environment: other }, held))).toBe("E_CAPABILITY_OWNER");
    expect(refusal(() => bench.kernel.handles.check(other, handle, "bind"))).toBe("E_HANDLE");
    expect(refusal(() => bench.kernel.handles.check(mine, handle, "create"))).toBe("E_CAPABILITY_RIGHT");
    // It is not kept over a restart, and neither is what is derived from it.
    expect(change.put!.passing).toBe(true);
    const below = bench.kernel.capabilities.derive(held, "below", { rights: [], expires: 0 });
    expect(below.put!.passing).toBe(true);
    bench.kernel.changeCapabilities(bench.kernel.capabilities.revokeOf(mine));
    expect(refusal(() => bench.kernel.handles.check(mine, handle, "bind"))).toBe("E_CAPABILITY_REVOKED");
    expect(bench.kernel.capabilities.stands(below)).toBe(false);
  });

  test("needs the right to grant, and authority over the environment", () => {
    const lab = derive("lab", ["bind", "create"]);
    const mine = environment("mine", lab);
    const wanted = { rights: [], expires: 0 };
    expect(() => bench.kernel.authority.grantTo(lab, mine, "x", wanted)).toThrow("the right 'grant'");
    expect(refusal(() => bench.kernel.authority.grantTo(derive("o"), mine, "x", wanted))).toBe("E_CAPABILITY_OWNER");
    expect(refusal(() => bench.kernel.authority.grantTo(bench.root, 77, "x", wanted))).toBe("E_NO_ENVIRONMENT");
    expect(refusal(() => bench.kernel.authority.grantTo(bench.root, 0, "x", wanted))).toBe("E_NO_ENVIRONMENT");
  });
});

test("whoever lacks the right of a call is told which", () => {
  const none = derive("none", []);
  const text = bench.kernel.capabilities.textOf(none);
  for (const right of Object.values(CALL_RIGHTS)) {
    if (right === null) expect(bench.kernel.authorise(text, right)).toEqual(none);
    else expect(() => bench.kernel.authorise(text, right)).toThrow(`this call needs the right '${right}'`);
  }
});
