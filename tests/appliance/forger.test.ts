/**
 * The hosted forger: it asks for what is others', lies about cursors, and scribbles over memory. The kernel refuses each with an error
 * of its own; and whatever is scribbled over, the kernel's own books stay true, it goes on and answers.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ApplianceEvent } from "../../src/appliance/interface.js";
import { Cause, DownloadedCall } from "../../src/kernel/abi.js";
import type { PageView } from "../../src/kernel/calls.js";
import { forger as downloadedForger, Try } from "../../src/libos/downloaded/forger.js";
import { ATTEMPTS, type AttemptMade } from "../../src/libos/programs/forger.js";
import { printProgram } from "../../src/vcode/print.js";
import { said } from "../kernel/downloads.js";
import { Machine } from "./machine.js";

let machine: Machine;
let failures: string[];
beforeEach(async () => {
  machine = await Machine.start({ memory: 16 << 20 });
  failures = [];
  machine.appliance.listen((event: ApplianceEvent) => {
    if (event.kind === "failed") failures.push(event.reason);
  });
});
afterEach(() => machine.close());

async function pages(): Promise<readonly PageView[]> {
  return (await machine.call("pageBook", { from: 0, limit: 1 << 20 })).pages;
}

/** What a monitor counted of one run, with a digest of its flows; its epoch is another each time. */
async function summary(monitor: number, on = machine): Promise<unknown> {
  await on.open("captures/demo.pcap");
  await on.playToEnd();
  const { current } = (await on.appliance.query(monitor, "summary", {})) as { current: Record<string, unknown> };
  return { ...current, epoch: 0 };
}

test("each attempt fails with its own error, and nothing of the others changes", async () => {
  const monitor = await machine.environment("monitor", "monitor");
  const { binding } = await machine.bind("monitor", "true", monitor);
  const alone = await summary(monitor);
  const forger = await machine.environment("idle", "forger", { how: "scribble", words: 1 });
  const before = await pages();
  await machine.call("destroyEnvironment", { environment: forger });
  // The same number, and the same pages.
  expect(await machine.environment("forger", "forger")).toBe(forger);
  const made = (await machine.appliance.query(forger, "attempts", {})) as AttemptMade[];
  expect(made.length).toBeGreaterThan(ATTEMPTS.length);
  expect(made.map(({ attempt, got }) => [attempt, got])).toEqual(
    made.map(({ attempt, expected }) => [attempt, expected]),
  );
  expect(await pages()).toEqual(before);
  expect(machine.appliance.bindings.get(binding)?.environment).toBe(monitor);
  expect(await summary(monitor)).toEqual(alone);
  expect(machine.environmentView(forger).state).toBe("ready");
  expect(machine.books()).toMatchObject({ balanced: true, inFlight: 0 });
});

test("the downloaded one sends what it may not, and each attempt fails with its own error", async () => {
  const monitor = await machine.environment("monitor", "monitor");
  const wire = { delayNs: 0, rate: 0, loss: 0, duplicate: 0, reorder: 0, corrupt: 0, seed: 1 };
  const asked = { kind: "wire", name: "w", options: wire, hairpin: false, linkType: 1 } as const;
  const [port = 0] = (await machine.call("createPort", asked)).ports;
  const code = printProgram(downloadedForger(machine.appliance.machine.pageSize));
  const args = { name: "forger", program: "vcode", options: {}, code };
  const { environment } = await machine.call("createEnvironment", args);
  const grant = (name: string, rights: ["transmit"] | ["observe"]) =>
    machine.call("grant", { name, rights, expires: 0, environment }).then(({ handle }) => handle);
  const [may, mayNot] = [await grant("sends", ["transmit"]), await grant("looks", ["observe"])];
  const before = await pages();
  const mine = before.find(({ owner }) => owner === environment)?.page ?? -1;
  const others = before.find(({ owner }) => owner === monitor)?.page ?? -1;
  const table: [string, number[], string][] = [
    ["under a handle that it guessed", [may ^ 0x40, mine, 0, 60, port], "E_HANDLE"],
    ["under one without the right", [mayNot, mine, 0, 60, port], "E_CAPABILITY_RIGHT"],
    ["another's page", [may, others, 0, 60, port], "E_NOT_OWNED"],
    ["its own page and the next", [may, mine, 4090, 60, port], "E_NOT_OWNED"],
    ["a page that there is not", [may, -1, 0, 60, port], "E_NO_PAGE"],
    ["from before its page", [may, mine, -4, 60, port], "E_ARGUMENT"],
    ["no octets", [may, mine, 0, 0, port], "E_FRAME_LENGTH"],
    ["less than none", [may, mine, 0, -60, port], "E_FRAME_LENGTH"],
    ["to no port", [may, mine, 0, 60, 7], "E_NO_PORT"],
  ];
  const got: [string, string | number][] = [];
  for (const [attempt, words] of table) {
    const message = [Try.call, DownloadedCall.send, ...words];
    const { value } = await machine.call("activate", { environment, cause: Cause.message, message, fuel: 20_000 });
    got.push([attempt, said(value)]);
  }
  expect(got).toEqual(table.map(([attempt, , expected]) => [attempt, expected]));
  expect(await pages()).toEqual(before);
  expect(machine.books()).toMatchObject({ sent: 0, balanced: true });
});

test.each([
  ["tail", "it gave back what it never had: its tail cannot be"],
  ["callHead", "it asked for more than its call ring holds: its cursor cannot be"],
  ["transmitHead", "it shows more frames than its transmit ring has room for"],
] as const)("who shows a %s that cannot be is ended, and nobody else is", async (how, reason) => {
  const monitor = await machine.environment("monitor", "monitor");
  await machine.bind("monitor", "true", monitor);
  const alone = await summary(monitor);
  const transmit = await machine.derived("sends", ["transmit"]);
  const args = { name: "forger", program: "forger", options: { how }, transmit };
  const { environment: forger } = await machine.call("createEnvironment", args);
  await machine.bind("forger", "true", forger);
  const failed = new Promise<string>((resolve) => {
    machine.appliance.listen((event) => {
      if (event.kind === "environment-failed") resolve(event.reason);
    });
  });
  expect(await summary(monitor)).toEqual(alone);
  expect(await failed).toBe(reason);
  await machine.call("destroyEnvironment", { environment: forger });
  expect(machine.books()).toMatchObject({ balanced: true, inFlight: 0 });
  expect(failures).toEqual([]);
});

/** Octets that `use` and `owner` have, as physical addresses. */
async function stretchOf(fits: (page: PageView) => boolean): Promise<{ from: number; to: number }> {
  const named = (await pages()).filter(fits).map(({ page }) => page);
  const { pageSize } = machine.appliance.machine;
  return { from: Math.min(...named) * pageSize, to: (Math.max(...named) + 1) * pageSize };
}

describe("scribbles", () => {
  const over: Readonly<Record<string, (page: PageView, victim: number) => boolean>> = {
    "another's mailbox, call ring and packet ring": ({ owner }, victim) => owner === victim,
    "packets, where captures are read to": ({ use }) => use === "packets",
    "what the kernel has in shared memory: the software TLB, demux's stretch": ({ use }) => use === "kernel",
    "all of memory": () => true,
  };
  test.each(Object.entries(over))("over %s: the kernel goes on, and its books are true", async (_, fits) => {
    for (const [seed, words] of [
      [1, 64],
      [2, 20_000],
    ] as const) {
      const victim = await machine.environment("victim", "reader");
      await machine.bind("victim", "true", victim);
      await machine.bind("claims", "14:8 == 69 && 23:8 == 6", victim, "claim");
      const { free } = await machine.call("pageBook", { from: 0, limit: 0 });
      const stretch = await stretchOf((page) => fits(page, victim));
      const forger = await machine.environment("forger", "forger", { how: "scribble", seed, words, ...stretch });
      await machine.bind("forger", "true", forger);
      await machine.open("captures/demo.pcap", { loop: 6 });
      const over = machine.until("ended", "failed");
      await machine.call("play", {});
      await over;
      // It answers, and what it says adds up.
      expect(machine.books().balanced).toBe(true);
      await machine.call("destroyEnvironment", { environment: forger });
      expect((await machine.call("pageBook", { from: 0, limit: 0 })).free).toBe(free);
      await machine.call("destroyEnvironment", { environment: victim });
      expect(machine.books()).toMatchObject({ balanced: true, inFlight: 0 });
      expect(failures).toEqual([]);
    }
    // What was spoilt is what was shared: whoever comes now finds everything as it should be.
    await machine.call("target", { target: "js", shadow: null });
    const monitor = await machine.environment("monitor", "monitor");
    await machine.bind("monitor", "true", monitor);
    const other = await Machine.start({ memory: 16 << 20 });
    const alone = await other.environment("monitor", "monitor");
    await other.bind("monitor", "true", alone);
    const expected = await summary(alone, other);
    await other.close();
    expect(await summary(monitor)).toEqual(expected);
  });
});
