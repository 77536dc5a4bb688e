/** Code of ours that anybody can make an environment of. */
import { expect, onTestFinished, test } from "vitest";
import { startAppliance } from "../../src/appliance/appliance.js";
import type { Trace } from "../../src/control/protocol.js";
import { DownloadedCall } from "../../src/kernel/abi.js";
import { errorNumber } from "../../src/kernel/kerrno.js";
import { TRAPPED, Try } from "../../src/libos/downloaded/forger.js";
import { Trap } from "../../src/vcode/image.js";
import { benchOver } from "../control/bench.js";
import { exonet } from "./command.js";

test("the forger, made over HTTP of what is printed: each attempt fails, and is told in the trace", async () => {
  const { code, out, error } = await exonet(["code", "forger", "--json"]);
  expect([code, error]).toEqual([0, ""]);
  const { ask, close } = await benchOver(await startAppliance({ memory: 1 << 24 }), {});
  onTestFinished(close);
  await ask("PUT", "/api/v1/trace", { json: { levels: ["debug"] } });
  const made = await ask("POST", "/api/v1/environments", { json: JSON.parse(out) });
  expect(made.status).toBe(201);
  const { environment } = made.json() as { environment: number };
  const pages = ((await ask("GET", "/api/v1/pages")).json() as { pages: { page: number; use: string }[] }).pages;
  const buffers = pages.find(({ use }) => use === "packets")!.page;
  const attempts = [
    [[Try.load, 0x5000], TRAPPED - Trap.pageFault],
    [[Try.store, 0x5000, 7], TRAPPED - Trap.pageFault],
    [[Try.load, 0x5001], TRAPPED - Trap.unaligned],
    [[Try.mapAndStore, buffers, 5], TRAPPED - Trap.pageFault],
    [[Try.useAfterFree], TRAPPED - Trap.pageFault],
    [[Try.writeReadable], TRAPPED - Trap.protection],
    [[Try.call, DownloadedCall.sliceAlloc, -1, 77], -errorNumber("E_HANDLE")],
    [[Try.call, DownloadedCall.free, buffers], -errorNumber("E_PAGE_OWNER")],
    [[Try.call, 250], -errorNumber("E_CALL")],
  ] as const;
  const answers: unknown[] = [];
  for (const [message] of attempts) {
    const ran = await ask("POST", `/api/v1/environments/${environment}/activations`, { json: { message } });
    answers.push(ran.json());
  }
  const expected = attempts.map(([, value]) => ({ used: expect.any(Number), ended: "done", value }));
  expect(answers).toEqual(expected);
  const told = async () => {
    const { events } = (await ask("GET", "/api/v1/trace")).json() as Trace;
    return events.flatMap(({ name, fields }) => (name === "environmentTold" ? [fields] : []));
  };
  const events = attempts.map(([[a, c = 0], b]) => ({ environment, a, b, c }));
  await expect.poll(told, { timeout: 10_000 }).toEqual(events);
});

test("says what can be tried, is made for the machine's pages, and names what is wrong", async () => {
  const [text, large, one, none] = await Promise.all([
    exonet(["code", "forger"]),
    exonet(["code", "forger", "--page-size", "16384"]),
    exonet(["code", "forger", "--page-size", "5000"]),
    exonet(["code", "nobody"]),
  ]);
  for (const [name, number] of Object.entries(Try)) expect(text.out).toContain(`#   ${number} ${name}\n`);
  expect(large.out).toContain("-16384");
  expect(text.out).not.toContain("-16384");
  expect([one.code, one.out]).toEqual([1, ""]);
  expect(one.error).toContain("--page-size");
  expect([none.code, none.out]).toEqual([2, ""]);
});
