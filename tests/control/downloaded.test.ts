import { expect, test } from "vitest";
import { bench } from "./bench.js";

const CODE = "v_lambda f0() # ü\n";

test("a downloaded environment is made of a text, which can be had back", async () => {
  const { ask, appliance } = await bench();
  const made = await ask("POST", "/api/v1/environments", { json: { name: "d", program: "vcode", code: CODE } });
  expect(made.status).toBe(201);
  const { environment } = made.json() as { environment: number };
  expect(appliance.calls.at(-1)?.args).toEqual({ name: "d", program: "vcode", options: {}, code: CODE });
  const text = await ask("GET", `/api/v1/environments/${environment}/code`);
  expect(text.headers["content-type"]).toMatch(/^text\/plain/);
  expect(text.body.toString()).toBe(CODE);
  const list = (await ask("GET", "/api/v1/environments")).json();
  expect(list).toMatchObject([
    { id: 0, kind: "counting" },
    { id: environment, kind: "downloaded", accesses: 0, misses: 0, ringEntries: 8192, slices: 0 },
  ]);
  expect((await ask("GET", "/api/v1/environments/0/code")).json()).toMatchObject({ code: "E_NOT_DOWNLOADED" });
  expect((await ask("GET", "/api/v1/environments/77/code")).status).toBe(404);
  expect((await ask("DELETE", `/api/v1/environments/${environment}`)).status).toBe(204);
  expect((await ask("GET", `/api/v1/environments/${environment}/code`)).status).toBe(404);
});

test("code that is wrong, or too long, makes none", async () => {
  const { ask, appliance } = await bench();
  const wrong = await ask("POST", "/api/v1/environments", { json: { name: "d", program: "vcode", code: "wrong" } });
  expect(wrong.status).toBe(422);
  expect(wrong.json()).toMatchObject({ code: "E_IMAGE" });
  const long = { name: "d", program: "vcode", code: "#".repeat(65_537) };
  const refused = await ask("POST", "/api/v1/environments", { json: long });
  expect(refused.status).toBe(413);
  expect(refused.json()).toMatchObject({ code: "E_TEXT_TOO_LONG" });
  expect(appliance.environments.size).toBe(1);
});

test("an activation from outside: cause, words and fuel, within their ranges", async () => {
  const { ask } = await bench();
  const made = await ask("POST", "/api/v1/environments", { json: { name: "d", program: "vcode", code: CODE } });
  const { environment } = made.json() as { environment: number };
  const at = `/api/v1/environments/${environment}/activations`;
  const ran = await ask("POST", at, { json: { cause: 1, message: [4, -2], fuel: 6 } });
  expect(ran.json()).toEqual({ used: 6, ended: "done", value: 1002 });
  expect((await ask("POST", at, { json: {} })).json()).toEqual({ used: 10, ended: "done", value: 3000 });
  for (const json of [{ message: [1, 2, 3, 4, 5, 6, 7, 8] }, { message: [2 ** 31] }, { fuel: 2 ** 23 }, { more: 1 }]) {
    expect((await ask("POST", at, { json })).status).toBe(400);
  }
  expect((await ask("POST", "/api/v1/environments/0/activations", { json: {} })).status).toBe(409);
  expect((await ask("POST", "/api/v1/environments/99/activations", { json: {} })).status).toBe(404);
});

test("the profile carries code out and in, and other code is another environment", async () => {
  const { ask, appliance } = await bench();
  const profile = (code: string) => ({
    filters: [],
    environments: [{ name: "d", program: "vcode", options: {}, code }],
    bindings: [],
  });
  expect((await ask("PUT", "/api/v1/profile", { json: profile(CODE) })).status).toBe(200);
  expect((await ask("GET", "/api/v1/profile")).json()).toEqual(profile(CODE));
  const idOf = () => [...appliance.environments.values()].find(({ name }) => name === "d")?.id;
  const first = idOf();
  await ask("PUT", "/api/v1/profile", { json: profile(CODE) });
  expect(idOf()).toBe(first);
  expect((await ask("PUT", "/api/v1/profile", { json: profile(`${CODE}#`) })).status).toBe(200);
  expect(idOf()).not.toBe(first);
  expect((await ask("PUT", "/api/v1/profile", { json: profile("wrong") })).json()).toMatchObject({ code: "E_IMAGE" });
  expect((await ask("GET", "/api/v1/profile")).json()).toEqual(profile(`${CODE}#`));
});

test("slices: a book, given and taken by position", async () => {
  const { ask, appliance } = await bench();
  const json = { name: "d", program: "vcode", code: CODE, slices: 2 };
  const { environment } = (await ask("POST", "/api/v1/environments", { json })).json() as { environment: number };
  expect(appliance.calls.at(-1)?.args).toMatchObject({ slices: 2 });
  expect((await ask("GET", "/api/v1/slices")).json()).toEqual({
    length: 1000,
    hand: 0,
    slices: [null, null, null, null],
  });
  const at = (position: number | string) => `/api/v1/environments/${environment}/slices/${position}`;
  const given = await ask("PUT", at(2));
  expect(given.json()).toMatchObject({ slices: [null, null, environment, null] });
  expect((await ask("PUT", at(2))).json()).toMatchObject({ code: "E_SLICE_TAKEN", status: 409 });
  expect((await ask("PUT", at(9))).json()).toMatchObject({ code: "E_ARGUMENT" });
  expect((await ask("PUT", at("x"))).status).toBe(400);
  expect((await ask("PUT", "/api/v1/environments/0/slices/1")).json()).toMatchObject({ code: "E_NOT_DOWNLOADED" });
  expect((await ask("DELETE", at(2))).json()).toMatchObject({ slices: [null, null, null, null] });
  expect((await ask("DELETE", at(2))).json()).toMatchObject({ code: "E_SLICE_OWNER" });
});
