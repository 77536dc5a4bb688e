/** The open books of the machine, and the drill. */
import { expect, test } from "vitest";
import { startAppliance } from "../../src/appliance/appliance.js";
import { bench, benchOver } from "./bench.js";
import { ROOT } from "./memory-appliance.js";

test("facts, pages and segments are what the kernel says", async () => {
  const { ask, appliance } = await bench();
  expect((await ask("GET", "/api/v1/machine")).json()).toEqual(appliance.machine);
  const book = (await ask("GET", "/api/v1/pages?from=3&limit=2")).json();
  const free = { owner: null, use: "free", readers: [], writers: [], guaranteed: false };
  expect(book).toEqual({
    total: 16,
    free: 16,
    pages: [
      { page: 3, ...free },
      { page: 4, ...free },
    ],
  });
  const segments = [{ segment: 0, generation: 1, holds: 0, environments: [] }];
  expect((await ask("GET", "/api/v1/segments")).json()).toEqual({ segments });
});

test.each([
  "/pages?limit=1001",
  "/pages?from=-1",
  "/pages?from=x",
  "/pages?page=1",
  "/segments?from=1",
  "/machine?x=1",
])("%s is refused", async (path) => {
  const { ask } = await bench();
  expect((await ask("GET", `/api/v1${path}`)).status).toBe(400);
});

test("the drill asks with the caller's capability, and tells how far it has come", async () => {
  const { ask, appliance } = await bench();
  const json = { resource: "pages", count: 3, deadlineMs: 500 };
  const asked = await ask("POST", "/api/v1/environments/0/revocations", { json });
  expect(asked.status).toBe(202);
  const request = { ...json, sequence: 1, state: "asked", given: 0, taken: 0, late: false };
  expect(asked.json()).toEqual(request);
  expect(appliance.calls.at(-1)).toEqual({ capability: ROOT, name: "reclaim", args: { environment: 0, ...json } });
  const told = (await ask("GET", "/api/v1/environments/0/revocations")).json();
  expect(told).toEqual({ requests: [request], vector: [] });
});

test.each([
  [{ resource: "pages", count: 0, deadlineMs: 1 }, 400, "E_SCHEMA"],
  [{ resource: "pages", count: 1, deadlineMs: 60_001 }, 400, "E_SCHEMA"],
  [{ resource: "hearts", count: 1, deadlineMs: 1 }, 400, "E_SCHEMA"],
  [{ resource: "pages", count: 1 }, 400, "E_SCHEMA"],
  [{ resource: "pages", count: 1, deadlineMs: 1, more: 1 }, 400, "E_SCHEMA"],
  [{ resource: "slices", count: 1, deadlineMs: 1 }, 409, "E_NOTHING_HELD"],
])("%j: %i %s", async (json, status, code) => {
  const { ask } = await bench();
  expect((await ask("POST", "/api/v1/environments/0/revocations", { json })).json()).toMatchObject({ status, code });
});

test("an environment that there is not has no revocations", async () => {
  const { ask } = await bench();
  const json = { resource: "pages", count: 1, deadlineMs: 1 };
  const path = "/api/v1/environments/77/revocations";
  expect((await ask("POST", path, { json })).json()).toMatchObject({ status: 404, code: "E_NO_ENVIRONMENT" });
  expect((await ask("GET", path)).status).toBe(404);
});

test("over a real machine: a citizen is asked for pages, and the book of pages says who has them", async () => {
  const made = await benchOver(await startAppliance({ memory: 16 << 20 }), {});
  try {
    const { ask } = made;
    const body = { name: "citizen", program: "citizen", options: { pages: 20 } };
    const { environment } = (await ask("POST", "/api/v1/environments", { json: body })).json() as {
      environment: number;
    };
    const json = { resource: "pages", count: 4, deadlineMs: 30_000 };
    const path = `/api/v1/environments/${environment}/revocations`;
    expect((await ask("POST", path, { json })).status).toBe(202);
    let state = "asked";
    while (state === "asked") {
      const { requests } = (await ask("GET", path)).json() as { requests: { state: string }[] };
      state = requests[0]!.state;
    }
    expect(state).toBe("answered");
    const { pages } = (await ask("GET", `/api/v1/environments/${environment}/query/holds`)).json() as {
      pages: number[];
    };
    expect(pages).toHaveLength(16);
    const book = (await ask("GET", `/api/v1/pages?from=${pages[0]}&limit=18`)).json() as { pages: { owner: number }[] };
    expect(book.pages.map(({ owner }) => owner)).toEqual([...Array(16).fill(environment), null, null]);
    const own = (await ask("GET", `/api/v1/pages?owner=${environment}&limit=1000`)).json() as {
      pages: { page: number }[];
    };
    expect(own.pages.map(({ page }) => page)).toEqual(expect.arrayContaining(pages));
    expect((await ask("GET", "/api/v1/pages?owner=77")).status).toBe(404);
    const rows = () => ask("GET", "/api/v1/environments").then((told) => told.json() as { pages: number }[]);
    await expect
      .poll(async () => (await rows())[1], { timeout: 5_000 })
      .toMatchObject({
        pages: own.pages.length,
        guaranteed: own.pages.filter((page) => "guaranteed" in page && page.guaranteed).length,
        segments: 0,
      });
    const segments = (await ask("GET", "/api/v1/segments")).json() as { segments: object[] };
    expect(segments.segments.length).toBeGreaterThan(3);
  } finally {
    await made.close();
  }
});
