/** What downloaded code asks of an appliance by itself, through its compile worker and its control thread. */
import { expect, test } from "vitest";
import type { ApplianceEvent } from "../../src/appliance/interface.js";
import { Cause, ContextPage, DownloadedCall, type DownloadedCallName } from "../../src/kernel/abi.js";
import { Entry } from "../../src/libos/downloaded/entry.js";
import { forger, Try } from "../../src/libos/downloaded/forger.js";
import type { Program } from "../../src/vcode/insn.js";
import { printProgram } from "../../src/vcode/print.js";
import { said } from "../kernel/downloads.js";
import { Machine } from "./machine.js";

const TAP = 0;
const PAGE = 4096;

async function download(machine: Machine, name: string, program: Program): Promise<number> {
  const args = { name, program: "vcode", options: {}, code: printProgram(program) };
  return (await machine.call("createEnvironment", args)).environment;
}

test("it binds what is bound, is seen to, and lets go of it; what it revokes ends for everybody", async () => {
  const machine = await Machine.start();
  const { appliance } = machine;
  const events: ApplianceEvent[] = [];
  appliance.listen((event) => events.push(event));
  const environment = await download(machine, "forger", forger(PAGE));
  const tries = async (name: DownloadedCallName, ...words: number[]) => {
    const message = [Try.call, DownloadedCall[name], ...words];
    const { value } = await machine.call("activate", { environment, cause: Cause.message, message, fuel: 100_000 });
    return said(value);
  };
  const { binding: all } = await machine.bind("all", "true");
  const { binding: other } = await machine.bind("low", "0:8 < 128");
  const rights = ["bind"] as const;
  const { handle, capability } = await machine.call("grant", { environment, name: "forger", rights, expires: 0 });
  const own = () => [...appliance.bindings.values()].filter((view) => view.environment === environment);
  const until = async (count: number) => {
    while (own().length !== count) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  expect(await tries("bind", handle, all, TAP, 0)).toBe(1);
  expect(await tries("bind", handle, other, TAP, 0)).toBe(2);
  await until(2);
  const [first, second] = own();
  expect(first).toMatchObject({
    name: "all",
    mode: "tap",
    priority: 0,
    under: capability.serial,
    owner: "root/forger",
  });
  expect(second).toMatchObject({ name: "low", filter: appliance.bindings.get(other)?.filter });
  expect(await tries("release", 0, second!.id)).toBe(0);
  await until(1);
  expect(events).toContainEqual({ kind: "bindings", ended: [second!.id] });
  // It gets what the other binding gets.
  await machine.open("captures/demo.pcap");
  await machine.playToEnd();
  expect(machine.counters(first!.id).packets).toBe(machine.counters(all).packets);
  expect(machine.counters(all).packets).toBeGreaterThan(0);
  expect(await tries("revoke", handle, handle)).toBe(1);
  await until(0);
  const ended = events.find((event) => event.kind === "capabilities-ended");
  const one = { serial: capability.serial, path: "root/forger", reason: "revoked" };
  expect(ended).toMatchObject({ ended: [one], bindings: [{ id: first!.id }] });
  expect(await tries("bind", handle, all, TAP, 0)).toBe("E_CAPABILITY_REVOKED");
  const { capabilities } = await machine.call("capabilities", {});
  expect(capabilities.map(({ path }) => path)).toEqual(["root"]);
  await machine.close();
});

/** Counts epochs in its context page, and gives back how many when it is asked. */
function counter(): Program {
  const entry = new Entry(PAGE);
  const { v } = entry;
  const [address, count] = [v.getreg("i"), v.getreg("i")];
  const load = () => {
    v.set("i", address, -PAGE);
    v.ldv("host", "i", count, address, { imm: ContextPage.repossession + 1536 });
  };
  entry.on(Cause.epoch, 20, () => {
    load();
    v.alui("add", "i", count, count, 1);
    v.stv("host", "i", count, address, { imm: ContextPage.repossession + 1536 });
  });
  entry.on(Cause.message, 20, load, { reg: count });
  return entry.end();
}

test("it hears of each epoch of a replay: loops, and a seek; the run stays deterministic", async () => {
  const machine = await Machine.start();
  const environment = await download(machine, "counter", counter());
  const count = async () =>
    (await machine.call("activate", { environment, cause: Cause.message, message: [], fuel: 1000 })).value;
  expect(await count()).toBe(0);
  await machine.open("captures/demo.pcap", { loop: 3 });
  const epochs = await machine.playToEnd();
  expect(epochs.map(({ deterministic }) => deterministic)).toEqual([true, true, true]);
  expect(await count()).toBe(3);
  await machine.open("captures/demo.pcap");
  const { epoch } = await machine.call("seek", { packet: 5 });
  expect(await count()).toBe(epoch);
  await machine.close();
});
