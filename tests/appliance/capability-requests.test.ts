/** What downloaded code does to capabilities while a change of the control plane's is being kept: nothing outlives that. */
import { expect, test } from "vitest";
import { CapabilityRequests } from "../../src/appliance/capability-requests.js";
import type { FromDataPlane } from "../../src/appliance/messages.js";
import type { Right } from "../../src/kernel/abi.js";
import type { Capability } from "../../src/kernel/capability.js";
import { seal } from "../../src/kernel/capability.js";
import { KernelBench } from "../kernel/kernel-bench.js";

function setUp() {
  const bench = new KernelBench();
  const { kernel } = bench;
  const posted: FromDataPlane[] = [];
  const calls = new CapabilityRequests(
    kernel,
    (message) => posted.push(message),
    () => undefined,
  );
  const environment = bench.environment("mine");
  const made = (change: ReturnType<typeof kernel.capabilities.grant>): Capability => {
    kernel.changeCapabilities(change);
    return change.put!.capability;
  };
  const wanted = (rights: readonly Right[]) => ({ rights, expires: 0 });
  const granted = made(kernel.authority.grantTo(bench.root, environment, "granted", wanted(["bind", "observe"])));
  const derive = (by: Capability, name: string, rights: readonly Right[]) =>
    made(kernel.capabilities.derive(by, name, wanted(rights)));
  const outcome: { result?: object; error?: string } = {};
  const ask = (request: Parameters<CapabilityRequests["perform"]>[1]) =>
    calls.perform(
      seal(bench.root, bench.key),
      request,
      (result) => Object.assign(outcome, { result }),
      (error) => Object.assign(outcome, { error }),
    );
  const holds = () => kernel.capabilities.below(bench.root).map(({ path }) => path);
  return { kernel, calls, posted, granted, derive, ask, outcome, holds, wanted };
}

test("a revoked one takes with it what was derived from it meanwhile, and from that", () => {
  const { calls, granted, derive, ask, outcome, holds, posted } = setUp();
  const before = derive(granted, "before", ["bind"]);
  ask({ call: "revoke", args: { of: granted.serial } });
  derive(before, "below", ["bind"]);
  derive(derive(granted, "late", ["bind"]), "later", []);
  expect(outcome).toEqual({});
  calls.kept(true);
  expect(outcome).toEqual({ result: { ended: 5, bindings: 0 } });
  expect(holds()).toEqual(["root"]);
  const told = posted.find((message) => message.kind === "capabilities-ended");
  expect(told?.ended.map(({ path }) => path).sort()).toEqual([
    "root/granted",
    "root/granted/before",
    "root/granted/before/below",
    "root/granted/late",
    "root/granted/late/later",
  ]);
});

test("of a weakened one only what is stronger ends, and what stands on that", () => {
  const { calls, granted, derive, ask, outcome, holds, wanted } = setUp();
  ask({ call: "weaken", args: { of: granted.serial, ...wanted(["observe"]) } });
  derive(derive(granted, "strong", ["bind"]), "below", []);
  derive(granted, "weak", ["observe"]);
  calls.kept(true);
  expect(outcome.result).toMatchObject({ ended: 2, capability: { rights: ["observe"], version: 1 } });
  expect(holds()).toEqual(["root", "root/granted", "root/granted/weak"]);
});

test("what was weakened meanwhile does not become stronger again", () => {
  const { kernel, calls, granted, ask, outcome, wanted } = setUp();
  ask({ call: "weaken", args: { of: granted.serial, ...wanted(["observe"]) } });
  kernel.changeCapabilities(kernel.capabilities.weaken(granted, granted.serial, wanted([])));
  calls.kept(true);
  expect(outcome).toEqual({ error: "E_CAPABILITY_REVOKED" });
  expect(kernel.capabilities.held(granted.serial)?.capability).toMatchObject({ rights: [], version: 1 });
});
